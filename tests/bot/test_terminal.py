"""The chat in a terminal: the same conversation, with numbered choices."""

import io

import pytest

from bot.terminal import chat
from casework.context import Casework
from tests.bot.rasa_stand_in import StandIn


async def talk(cw: Casework, *lines: str, language: str = "de") -> str:
    out = io.StringIO()
    typed = io.StringIO("".join(f"{line}\n" for line in lines))
    await chat(cw, language=language, source=typed, out=out)
    return out.getvalue()


async def test_a_question_is_answered(cw: Casework, rasa: StandIn) -> None:
    shown = await talk(cw, "Wann haben Sie auf?")
    assert "herzlich willkommen" in shown
    assert "Sie können mich nach Ehrenamt" in shown
    assert rasa.messages == ["Wann haben Sie auf?"]
    assert rasa.asked[0]["metadata"] == {
        "language": "de",
        "channel": "terminal",
        "signs": [],
    }


async def test_a_number_presses_a_button(cw: Casework, rasa: StandIn) -> None:
    shown = await talk(cw, "Guten Tag zusammen", "1", "99")
    assert "1) Ich möchte helfen" in shown
    assert rasa.messages == ["Guten Tag zusammen", "/offer_help"]
    assert "Eine Auswahl mit dieser Nummer gibt es nicht." in shown


@pytest.mark.parametrize(("language", "word"), [("en", "Hello and welcome"), ("ar", "\u2068")])
async def test_the_language_can_be_given(language: str, word: str, cw: Casework) -> None:
    assert word in await talk(cw, language=language)


async def test_messages_are_answered_one_after_another(cw: Casework, rasa: StandIn) -> None:
    await talk(cw, "Eins", "Zwei", "Drei")
    assert rasa.messages == ["Eins", "Zwei", "Drei"]
    assert rasa.most_at_once == 1
