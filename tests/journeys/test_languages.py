"""What the office is there for, in each of the ten languages, from the first word to the last."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from casework.vocabulary import UNDER_WAY
from tests.journeys.coordinator import Coordinator
from tests.journeys.people import Line, Person, plain
from tests.journeys.product import Product
from tests.journeys.speakers import Matter, Question, Speaker

_NUMBERS = ("112", "110", "116 117", "116 016", "0800 111 0 111")


async def test_a_question_is_answered(product: Product, speaker: Speaker, person: Person) -> None:
    answer = await _asks(person, speaker.question)
    _is_answered(product, answer, speaker.question, speaker.language)
    assert await person.tickets() == []
    (thanks,) = await person.presses(
        f'/feedback{{"helpful":"yes","entry":"{speaker.question.entry}"}}'
    )
    assert thanks.text != answer.text


async def test_an_offer_of_help_becomes_a_routed_ticket(speaker: Speaker, person: Person) -> None:
    await _becomes_a_ticket(person, speaker.offer, speaker.language)


async def test_an_organisations_request_becomes_a_routed_ticket(
    speaker: Speaker, person: Person
) -> None:
    await _becomes_a_ticket(person, speaker.request, speaker.language)


async def test_a_person_takes_over_and_hands_back(
    product: Product, speaker: Speaker, person: Person, coordinator: Coordinator
) -> None:
    words = speaker.hand_over
    (told,) = await person.writes(words.words)
    ticket = await person.ticket()
    assert told.references == [ticket.reference]
    assert (ticket.kind, ticket.speaker, ticket.language) == ("contact", "human", speaker.language)
    page = f"/desk/tickets/{ticket.id}"
    await _takes_up(coordinator, page, ticket.reference)
    assert words.words in coordinator.reads(".message .text")
    (joined,) = await person.hears()
    assert joined.references == [ticket.reference]
    await coordinator.says(ticket.id, words.reply)
    (reply,) = await person.hears()
    assert (words.reply in reply.text, ticket.reference in reply.text) == (True, True)
    assert await person.writes(words.back) == []
    await coordinator.opens(page)
    assert coordinator.reads("#messages .by-requester .text")[-1] == words.back
    await coordinator.sends(f"{page}/hand_back")
    assert len(await person.hears()) == 1
    answer = await _asks(person, words.afterwards)
    _is_answered(product, answer, words.afterwards, speaker.language)


async def test_in_danger_numbers_come_first_and_the_office_is_told(
    speaker: Speaker, person: Person, coordinator: Coordinator
) -> None:
    first, *others = await person.writes(speaker.emergency)
    assert others == []
    assert [number for number in _NUMBERS if number not in first.text] == []
    assert await person.tickets() == []
    (told,) = await person.presses("/inform_office")
    ticket = await person.ticket()
    assert told.references == [ticket.reference]
    assert (ticket.priority, ticket.state, ticket.speaker) == ("urgent", "new", "human")
    await coordinator.opens("/desk/")
    rows = coordinator.page.css("table.queue tbody tr")
    ids = [link.attributes["id"] for row in rows for link in row.css("a[id^=ticket-]")]
    above = rows[: ids.index(f"ticket-{ticket.id}") + 1]
    assert all("is-urgent" in (row.attributes["class"] or "") for row in above)
    await coordinator.opens(f"/desk/tickets/{ticket.id}")
    assert plain(speaker.emergency) in coordinator.reads(".message .text")


async def _takes_up(coordinator: Coordinator, page: str, reference: str) -> None:
    await coordinator.opens("/desk/")
    assert any(reference in row for row in coordinator.reads("table.queue .c-ticket"))
    await coordinator.opens(page)
    await coordinator.sends(f"{page}/take_over")
    assert coordinator.at == page


async def _becomes_a_ticket(person: Person, matter: Matter, language: str) -> None:
    await person.writes(matter.words)
    asked, (last, *others) = await person.fills_in(matter.answers)
    assert others == []
    assert [slot for slot in asked if slot != "existing"] == matter.asked
    ticket = await person.ticket()
    assert last.references == [ticket.reference]
    assert (ticket.kind, ticket.topic, ticket.language) == (matter.kind, matter.topic, language)
    assert (ticket.lead_office, [row.office for row in ticket.involved]) == (
        matter.lead,
        matter.involved,
    )
    assert ticket.contact == matter.contact
    assert ticket.state in UNDER_WAY
    assert ticket.speaker == "bot"
    _holds(ticket.facts, matter.facts)


def _holds(facts: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Whether the facts are there; what is not expected of a time need not be."""
    for name, value in expected.items():
        if isinstance(value, dict):
            _holds(facts[name], value)
        else:
            assert facts[name] == value, (name, facts)


async def _asks(person: Person, question: Question) -> Line:
    """Ask; where the bot is not sure which answer is meant, choose it."""
    (answer,) = await person.writes(question.words)
    choice = f'/show_entry{{"entry":"{question.entry}"}}'
    if answer.leads_to(choice):
        (answer,) = await person.presses(choice)
    return answer


def _is_answered(product: Product, answer: Line, question: Question, language: str) -> None:
    """The entry in the person's own language, with its source and month."""
    entry = product.cw.knowledge.text(question.entry, language)
    assert not entry.missing
    assert plain(entry.title) in answer.text
    assert plain(entry.answer) in answer.text
    assert plain(entry.source) in answer.text
    year, month = map(int, entry.as_of.split("-"))
    assert format_date(date(year, month, 1), "LLLL y", locale=language) in answer.text
