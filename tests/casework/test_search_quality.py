"""Questions that stand in no entry find the pack's answers, in every language.

They were written apart from the entries' ways of asking (`tests/data/search`);
`tools/measure_search.py pack` prints the same numbers per language.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from casework import faq, wordlist
from casework.knowledge import Found, decide
from casework.languages import SERVED
from casework.search import Document, Index
from casework.text import words

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "knowledge" / "wiesbaden"
QUESTIONS = ROOT / "tests" / "data" / "search"


@dataclass(frozen=True)
class Asked:
    language: str
    entry: str | None
    found: Found


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    index = Index(
        (
            Document(entry.id, language, text.title, text.answer, text.asking)
            for entry in faq.read_all(PACK)
            for language, text in entry.texts.items()
        ),
        wordlist.read(PACK),
    )
    return [
        Asked(language, entry, decide(index.search(text, language)))
        for language, text, entry in questions()
    ]


def questions() -> Iterator[tuple[str, str, str | None]]:
    """Language, words and entry of each question; no entry for a message that none answers."""
    for language in SERVED:
        content = yaml.safe_load((QUESTIONS / f"{language}.yml").read_text(encoding="utf-8"))
        for entry, texts in content["questions"].items():
            yield from ((language, text, entry) for text in texts)
        yield from ((language, text, None) for text in content["outside"])


def share(which: list[bool]) -> float:
    return sum(which) / len(which)


def test_each_entry_is_asked_for_in_each_language_and_none_in_its_own_words() -> None:
    entries = {entry.id: entry for entry in faq.read_all(PACK)}
    known = {
        (language, *(word.spelling for word in words(said, language)))
        for entry in entries.values()
        for language, text in entry.texts.items()
        for said in (text.title, *text.asking)
    }
    asked_for = set()
    for language, text, entry in questions():
        if entry is not None:
            asked_for.add((language, entry))
            assert (language, *(word.spelling for word in words(text, language))) not in known
    assert asked_for == {(language, entry) for language in SERVED for entry in entries}


@pytest.mark.parametrize("language", SERVED)
def test_questions_find_their_answer(asked: list[Asked], language: str) -> None:
    own = [one for one in asked if one.entry and one.language == language]
    assert share([one.entry in [hit.id for hit in one.found.hits[:1]] for one in own]) >= 0.85
    assert share([one.entry in [hit.id for hit in one.found.hits] for one in own]) >= 0.88
    wrong = [one.found.decision == "answer" and one.found.hits[0].id != one.entry for one in own]
    assert share(wrong) <= 0.04


def test_messages_that_no_entry_answers_are_not_answered(asked: list[Asked]) -> None:
    strange = [one for one in asked if one.entry is None]
    assert share([one.found.decision == "answer" for one in strange]) <= 0.05
