"""What happens on the way: another language, Rasa gone and back, updates by webhook."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.phrases import render
from bot.phrases.names import OfficeNames
from casework.models import Requester
from tests.journeys.coordinator import Coordinator
from tests.journeys.people import Line, Person, plain, somebody
from tests.journeys.product import Product, running_product
from tests.support.rasa import RunningRasa

_CHAT = '/inform{"contact":"chat"}'


async def test_the_language_changes_in_the_middle_of_a_form(product: Product) -> None:
    async with somebody(product, "web", "de") as person:
        await person.writes("Guten Tag, ich würde gern ein Fußballtraining für Kinder leiten")
        await person.writes("Deutsch und Türkisch")
        (by_words,) = await person.writes("hafta sonları öğleden sonra boş vaktim oluyor")
        assert by_words.text == _question(product, "district", "tr")
        await person.writes("/language")
        changed = await person.presses('/set_language{"language_choice":"en"}')
        assert changed[-1].text == _question(product, "district", "en", again=True)
        answers = {"district": "Biebrich", "remark": "no, that's all", "confirm": "yes, send it"}
        await person.fills_in({**answers, "contact": {"press": _CHAT}})
        ticket = await person.ticket()
    assert (ticket.kind, ticket.topic, ticket.language) == ("offer", "sports", "en")
    assert ticket.facts["languages"] == ["de", "tr"]
    assert ticket.facts["availability"]["days"] == ["weekend"]
    assert ticket.facts["district"] == "biebrich"


def _question(product: Product, slot: str, language: str, *, again: bool = False) -> str:
    """A question of the offer's form in this language."""
    options = [district.id for district in product.cw.pack.municipality.districts]
    payload = {"say": "ask", "form": "offer", "slot": slot, "options": options, "again": again}
    return plain(render(OfficeNames(product.cw), payload, language).text)


async def test_without_rasa_nobody_is_left_alone_and_nothing_is_lost(
    product: Product, coordinator: Coordinator
) -> None:
    async with (
        somebody(product, "web", "de") as volunteer,
        somebody(product, "telegram", "en") as neighbour,
    ):
        await volunteer.writes("Ich möchte Kindern in der Grundschule beim Rechnen helfen")
        await volunteer.writes("Deutsch und Arabisch")
        assert await volunteer.asked() == "availability"
        await product.rasa.process.end()
        try:
            await _lives_without_rasa(product, neighbour)
        finally:
            await product.rasa.process.start()
        await _goes_on(volunteer)
        await _is_answered_again(product, neighbour, coordinator)


async def _lives_without_rasa(product: Product, person: Person) -> None:
    """Search answers, the menu is smaller, and a message can be left with the office."""
    (answer,) = await person.writes("When is the coordination for volunteers open?")
    assert _holds(product, answer, "volunteering/office_hours")
    (menu,) = await person.writes("/help")
    assert menu.leads_to("/leave_message")
    await person.writes("My neighbour's cat has eaten the landlord's goldfish")
    (left,) = await person.presses("/leave_message")
    ticket = await person.ticket()
    assert left.references == [ticket.reference]
    assert ticket.speaker == "human"


async def _goes_on(person: Person) -> None:
    """The form stands where it stood."""
    await person.writes("montags und mittwochs nachmittags")
    answers = {"district": {"press": "/skip"}, "contact": {"press": _CHAT}}
    await person.fills_in({**answers, "remark": {"press": "/skip"}, "confirm": "ja"})
    ticket = await person.ticket()
    assert (ticket.topic, ticket.facts["languages"]) == ("learning_support", ["de", "ar"])
    assert ticket.facts["availability"]["days"] == ["mon", "wed"]


async def _is_answered_again(product: Product, person: Person, coordinator: Coordinator) -> None:
    page = f"/desk/tickets/{(await person.ticket()).id}"
    await coordinator.opens(page)
    written = coordinator.reads(".message.by-requester .text")
    assert "My neighbour's cat has eaten the landlord's goldfish" in written
    await coordinator.sends(f"{page}/take_over")
    await coordinator.sends(f"{page}/hand_back")
    await person.hears()
    (thanks,) = await person.writes("thank you very much")
    assert thanks.text == plain(
        render(OfficeNames(product.cw), {"say": "you_are_welcome"}, "en").text
    )


def _holds(product: Product, answer: Line, entry: str) -> bool:
    return plain(product.cw.knowledge.text(entry, "en").answer) in answer.text


@pytest.fixture
async def by_webhook(rasa: RunningRasa, tmp_path: Path) -> AsyncIterator[Product]:
    """Another office, to which Telegram posts its updates."""
    async with running_product(tmp_path, rasa, webhook=True) as product:
        rasa.behind(product.cw)
        yield product


async def test_telegram_posts_its_updates(by_webhook: Product) -> None:
    hook = by_webhook.api.updates.webhook
    assert hook is not None
    async with somebody(by_webhook, "telegram", "en") as person:
        (greeting,) = await person.writes("/start")
        assert greeting.leads_to("/offer_help")
        (answer,) = await person.writes("When is the coordination for volunteers open?")
        assert _holds(by_webhook, answer, "volunteering/office_hours")
        await person.presses("/offer_help")
        assert await person.asked() == "offer_kind"
        known: Requester = await by_webhook.requester("telegram", person.address)
        assert known.language == "en"
    async with httpx.AsyncClient() as stranger:
        forged = await stranger.post(hook.url, json={"update_id": 1})
    assert forged.status_code == httpx.codes.FORBIDDEN
    assert by_webhook.api.refused == []
