"""Two matters in one message, and what happens when nothing is sure."""

import pytest

from actions.decision import READING
from actions.knowledge import readings
from actions.turn import Turn
from tests.actions.conftest import NewTalk

#: To whatever a form asks.
ANSWERS = {
    "offer_kind": '/inform{"offer_kind":"interpreting"}',
    "languages": "Arabisch",
    "availability": "montags abends",
    "district": "/skip",
    "contact": '/inform{"contact":"chat"}',
    "remark": "/skip",
    "topic": '/inform{"topic":"rooms"}',
    "organisation": "Haus der Kulturen",
    "need": "einen Raum für dreißig Leute",
    "deadline": "/skip",
    "existing_answer": "/deny",
    "summary": "/affirm",
}


async def test_an_offer_and_a_question_both_get_their_due(talk: NewTalk) -> None:
    person = await talk("en")
    said = await person.say(
        "Hello, I can interpret Arabic. How do I reach the coordination office?"
    )
    assert said[-1] == "ask"
    assert {"answer", "suggestions"} & set(said[:-1])
    assert person.last["form"] == "offer"
    assert person.asked not in ("offer_kind", "languages")


async def test_a_question_and_an_offer_both_get_their_due(talk: NewTalk) -> None:
    person = await talk("de")
    said = await person.say(
        "Bekommt man als Ehrenamtlicher die Fahrkarte bezahlt? "
        "Ich würde gerne Kindern Nachhilfe geben."
    )
    assert {"answer", "suggestions"} & set(said)
    assert person.last["form"] == "offer"


async def test_a_second_wish_comes_after_the_first(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.say(
        "Ich möchte ehrenamtlich als Dolmetscher für Arabisch helfen. "
        "Außerdem sucht unser Verein einen Raum für 30 Leute."
    )
    first = person.last["form"]
    assert first in ("offer", "request")
    keys = [payload["say"] for payload in person.said]
    for _ in range(12):
        if "next_matter" in keys:
            break
        keys = await person.say(ANSWERS[str(person.asked)])
    assert keys[:2] == ["ticket_opened", "next_matter"]
    assert person.last["form"] == ({"offer", "request"} - {first}).pop()


async def test_an_answer_with_a_question_beside_it(talk: NewTalk) -> None:
    person = await talk("de")
    await person.say('/offer_help{"offer_kind":"interpreting"}')
    assert person.asked == "languages"
    said = await person.say(
        "Arabisch und Deutsch. "
        "Welche Möglichkeiten gibt es für freiwilliges Engagement mit Zugewanderten?"
    )
    assert said == ["answer", "ask"]
    assert person.asked == "availability"


async def test_nonsense_twice_in_a_row_offers_a_person(talk: NewTalk) -> None:
    person = await talk("de")
    await person.say("xqzt wrmpf glorb")
    first = person.last
    await person.say("plömf xqrz trallafitti wumms")
    second = person.last
    if first["say"] == second["say"] == "not_understood":
        assert "attempts" not in first
        assert second["attempts"] == 2
        assert await person.say("ja") == ["handed_over"]


def _unsure(*ranking: tuple[str, float], **kinds: tuple[str, float]) -> Turn:
    shares = [{"name": name, "confidence": share} for name, share in ranking]
    return Turn.parsed(
        {
            "text": "hm",
            "intent": {"name": "nlu_fallback", "confidence": 0.6},
            "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.6}, *shares],
            "kinds": {
                slot: [{"name": name, "confidence": share}] for slot, (name, share) in kinds.items()
            },
        }
    )


def test_likely_readings_are_offered_likeliest_first() -> None:
    turn = _unsure(
        ("request_support", 0.4),
        ("greet", 0.2),
        ("offer_help", 0.15),
        ("complain", 0.12),
        ("subscribe", 0.11),
        topic=("rooms", 0.8),
        offer_kind=("sports", 0.1),
    )
    assert readings(turn) == ["request_support/rooms", "offer_help", "complain"]


@pytest.mark.parametrize("share", [READING - 0.01, 0.0])
def test_what_is_quite_unlikely_is_not_offered(share: float) -> None:
    assert readings(_unsure(("offer_help", share))) == []


async def test_a_reading_keeps_what_the_message_said(talk: NewTalk) -> None:
    person = await talk("de")
    await person.say("xqzt Arabisch glorb montags wrmpf")
    if person.last["say"] == "not_understood":
        await person.say('/offer_help{"offer_kind":"interpreting"}')
        assert person.asked not in ("languages", "availability")


async def test_danger_comes_before_everything_in_a_form_too(talk: NewTalk) -> None:
    person = await talk("tr")
    await person.say('/request_support{"topic":"rooms"}')
    assert (await person.say("kocam beni dövüyor"))[0] == "emergency"


async def test_an_unserved_language_is_named(talk: NewTalk) -> None:
    person = await talk("en")
    assert await person.say("Can we write in Spanish please?") == ["unserved_language"]
    assert person.last["language"] == "es"
