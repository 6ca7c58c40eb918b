"""Settling the language a person is answered in, message by message.

The person's own choice wins; else what the message is written in, when that is clear; else what
the channel says. One word, a name or a number never turns a conversation around.
"""

from dataclasses import dataclass

from bot.language.detect import Detector, Guess

#: Forms' questions whose answers are names or figures, in whatever language.
NAME_SLOTS = frozenset({"organisation", "contact", "district", "deadline"})
_ONE, _SOME = 1, 3


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known before a message is read.

    `chosen`: the language is the person's own word; `first`: nothing has been written before;
    `before`: the language that the previous message was written in.
    """

    language: str
    chosen: bool = False
    first: bool = False
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The language to answer in, and the one that the message itself is written in, if clear."""

    language: str
    written: str | None


def settle(detector: Detector, text: str, situation: Situation) -> Settled:
    """Settle the language of the answer to a message."""
    guess = detector.detect(text, expected=situation.language)
    if guess is None or not (guess.clear or (situation.first and guess.likely)):
        return Settled(situation.language, None)
    if guess.language == situation.language or not _turns(guess, situation):
        return Settled(situation.language, guess.language)
    return Settled(guess.language, guess.language)


def _turns(guess: Guess, situation: Situation) -> bool:
    """Whether a clear message in another language turns the conversation around."""
    if situation.chosen:  # twice in a row, or the choice holds
        return guess.words >= _SOME and situation.before == guess.language
    if situation.first:
        return guess.words >= _ONE
    return guess.words >= _SOME or (guess.words > _ONE and guess.script != "latin")
