"""What people write in each language, a file a language, and what is to come of it.

None of it stands in the training examples or among the ways of asking of the answers.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from casework.languages import SERVED
from tests.journeys.people import Answer

WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Question:
    """Words, and the entry that answers them."""

    words: str
    entry: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A first message, answers to what is asked then, and the ticket that comes of it."""

    words: str
    kind: str
    asked: list[str]
    answers: dict[str, Answer]
    lead: str
    facts: dict[str, Any]
    topic: str | None = None
    contact: str | None = None
    involved: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person is wanted, a coordinator replies, the person writes back and asks on."""

    words: str
    reply: str
    back: str
    afterwards: Question


@dataclass(frozen=True, slots=True)
class Speaker:
    """A language's people, and the front they use."""

    language: str
    front: str
    question: Question
    offer: Matter
    request: Matter
    hand_over: HandOver
    emergency: str


def speakers() -> list[Speaker]:
    """One for each served language."""
    return [_read(language) for language in SERVED]


def _read(language: str) -> Speaker:
    words = yaml.safe_load((WORDS / f"{language}.yml").read_text(encoding="utf-8"))
    hand_over = words["hand_over"]
    return Speaker(
        language=language,
        front=words["front"],
        question=Question(**words["question"]),
        offer=Matter(kind="offer", **words["offer"]),
        request=Matter(**words["request"]),
        hand_over=HandOver(**{**hand_over, "afterwards": Question(**hand_over["afterwards"])}),
        emergency=words["emergency"],
    )
