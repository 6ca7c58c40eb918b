"""Two matters in one message, and what happens when nothing is sure."""

from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Speech
from actions.decision import READING
from actions.executor import all_forms
from actions.forms import FormTurn
from actions.general import Yes
from actions.knowledge import Answer, readings
from actions.turn import Turn
from casework.context import Casework
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


async def _said_by(cw: Casework, turn: Turn) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the answering action says to a turn, and the slots that it sets."""
    dispatcher = CollectingDispatcher()
    events = await Answer(cw).act(turn, Speech(dispatcher))
    (message,) = dispatcher.messages
    return message["custom"], {event["name"]: event["value"] for event in events}


async def test_the_second_failure_in_a_row_offers_a_person(office: Casework) -> None:
    unsure = _unsure(("complain", 0.3))
    first, slots = await _said_by(office, unsure)
    assert (first["say"], first["guesses"]) == ("not_understood", ["complain"])
    assert "attempts" not in first
    assert "offered" not in slots
    second, slots = await _said_by(office, replace(unsure, slots=slots))
    assert (second["say"], second["attempts"]) == ("not_understood", 2)
    assert slots["offered"] == "person"


async def test_yes_to_a_person_hands_over(office: Casework) -> None:
    yes = replace(_unsure(("affirm", 0.9)), slots={"offered": "person"})
    events = await Yes(office).act(yes, Speech(CollectingDispatcher()))
    assert [event["name"] for event in events] == ["action_hand_over"]


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


async def test_a_reading_keeps_what_the_message_said(office: Casework) -> None:
    forms = all_forms()
    named = [{"entity": "language", "value": "ar"}, {"entity": "day", "value": "mon"}]
    unclear = {"text": "hm Arabisch montags", "entities": named, "kinds": {}}
    pressed = Turn.parsed(
        {
            "text": "/offer_help",
            "intent": {"name": "offer_help", "confidence": 1.0},
            "entities": [{"entity": "offer_kind", "value": "interpreting"}],
        },
        slots={"unclear": unclear},
    )
    dispatcher = CollectingDispatcher()
    events = await FormTurn(office, forms["offer"], forms).act(pressed, Speech(dispatcher))
    slots = {event["name"]: event["value"] for event in events}
    assert (slots["offer_kind"], slots["languages"]) == ("interpreting", ["ar"])
    assert slots["availability"]["days"] == ["mon"]
    assert dispatcher.messages[-1]["custom"]["slot"] == "district"


async def test_danger_comes_before_everything_in_a_form_too(talk: NewTalk) -> None:
    person = await talk("tr")
    await person.say('/request_support{"topic":"rooms"}')
    assert (await person.say("kocam beni dövüyor"))[0] == "emergency"


async def test_an_unserved_language_is_named(talk: NewTalk) -> None:
    person = await talk("en")
    assert await person.say("Can we write in Spanish please?") == ["unserved_language"]
    assert person.last["language"] == "es"
