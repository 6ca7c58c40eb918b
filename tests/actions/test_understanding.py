"""What one text would lead to, decided as in the live conversation."""

import pytest

from actions.turn import Turn
from actions.understanding import decide
from casework.context import Casework
from tests.support.rasa import RunningRasa, sure_question


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "de",
            "Ich kann Arabisch und möchte gerne dolmetschen",
            {
                "intent": "offer_help",
                "kind": "interpreting",
                "topic": None,
                "languages": ["ar"],
                "decision": "form",
                "offices": [
                    {"id": "coordination_volunteers", "role": "lead"},
                    {"id": "migramundi", "role": "involved"},
                ],
            },
        ),
        (
            "en",
            "our club is looking for a room for 30 people",
            {
                "intent": "request_support",
                "kind": None,
                "topic": "rooms",
                "decision": "form",
                "offices": [{"id": "coordination_organisations", "role": "lead"}],
            },
        ),
        ("tr", "bir insanla konuşmak istiyorum", {"decision": "handoff"}),
        ("ar", "زوجي يضربني الآن ساعدوني", {"intent": "emergency", "decision": "say"}),
        ("pl", "dzień dobry", {"decision": "say", "answers": [], "offices": []}),
    ],
)
async def test_decisions(
    rasa: RunningRasa, office: Casework, language: str, text: str, expected: dict[str, object]
) -> None:
    rasa.behind(office)
    understood = decide(office, await rasa.parse(text), text, language)
    assert {name: understood[name] for name in expected} == expected
    assert understood["text"] == text
    assert understood["language"] == language
    assert 0 < understood["confidence"] <= 1


async def test_a_question_with_a_sure_answer_is_answered(
    rasa: RunningRasa, office: Casework
) -> None:
    question, entry = sure_question(office, "en")
    understood = decide(office, await rasa.parse(question), question, "en")
    assert understood["decision"] == "answer"
    assert understood["answers"][0]["id"] == entry
    assert understood["offices"][0]["role"] == "lead"


async def test_nothing_at_all_is_understood_as_nothing(rasa: RunningRasa, office: Casework) -> None:
    for text in ("", "   ", "🙂🙂🙂", "\u200f", "x" * 4096):
        understood = decide(office, await rasa.parse(text), text, "de")
        assert understood["decision"] in ("say", "suggest", "form", "answer", "handoff")


async def test_a_day_of_another_language_is_no_day_in_this_one(rasa: RunningRasa) -> None:
    parse = await rasa.parse("Szukamy sali na święto")
    assert {each["value"] for each in parse["entities"] if each["entity"] == "day"} == {"tue"}
    assert Turn.parsed(parse, language="pl").values("day") == []
    assert Turn.parsed(await rasa.parse("Salı"), language="tr").values("day") == ["tue"]
