"""Questions that stand in no entry find the pack's answers, in every language alike.

`tools/measure_search.py` prints the same numbers per language.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from casework import faq
from casework.knowledge import Found, decide
from casework.languages import SERVED
from casework.search import Document, Index

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
#: Fewer questions than these say nothing about a language.
ENOUGH = 20


@dataclass(frozen=True)
class Asked:
    language: str
    entry: str | None
    found: Found


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Every question whose entry exists in its language, and every message that none answers."""
    entries = faq.read_all(ROOT / "knowledge" / "wiesbaden")
    known = {(entry.id, language) for entry in entries for language in entry.texts}
    index = Index(
        Document(entry.id, language, text.title, text.answer, text.asking)
        for entry in entries
        for language, text in entry.texts.items()
    )
    return [
        Asked(language, entry, decide(index.search(text, language)))
        for language, text, entry in questions()
        if entry is None or (entry, language) in known
    ]


def questions() -> Iterator[tuple[str, str, str | None]]:
    for language in SERVED:
        for folder in ("knowledge", "understanding"):
            lines = (DATA / folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
            for one in map(json.loads, lines):
                if "entry" in one or one.get("intent") == "out_of_scope":
                    yield language, one["text"], one.get("entry")


def share(which: list[bool]) -> float:
    return sum(which) / len(which)


@pytest.mark.parametrize("language", [*SERVED, "all"])
def test_questions_find_their_answer(asked: list[Asked], language: str) -> None:
    own = [one for one in asked if one.entry and language in (one.language, "all")]
    if len(own) < ENOUGH:
        pytest.skip(f"only {len(own)} questions about entries that exist in {language}")
    offered = share([any(hit.id == one.entry for hit in one.found.hits) for one in own])
    wrong = [one.found.decision == "answer" and one.found.hits[0].id != one.entry for one in own]
    assert offered >= 0.75
    assert share(wrong) <= (0.04 if language == "all" else 0.08)


def test_messages_that_no_entry_answers_are_not_answered(asked: list[Asked]) -> None:
    strange = [one for one in asked if one.entry is None]
    assert share([one.found.decision == "answer" for one in strange]) <= 0.05
