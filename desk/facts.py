"""What a person has stated, as rows of a page in the reader's language."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casework.context import Casework
from casework.errors import UnknownEntry
from desk.labels import LABELS, label
from desk.wording import Wording

#: Facts in the person's own words; everything else is a key or a number.
OWN_WORDS = frozenset({"organisation", "need", "question", "complaint", "remark"})
#: What a ticket is about in one line, the most telling first.
_GIST = ("need", "question", "complaint", "remark", "organisation", "availability")
#: Shown elsewhere on the page.
_ELSEWHERE = frozenset({"kind", "topic", "contact"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: its heading, its value, and whether that is in the person's own words."""

    key: str
    heading: str
    value: str
    own_words: bool


def rows(cw: Casework, wording: Wording, facts: Mapping[str, Any]) -> list[Fact]:
    """The facts in the order of the headings; what has no heading comes last under its key."""
    known = [key for key in LABELS["fact"] if key in facts]
    other = [key for key in facts if key not in LABELS["fact"] and key not in _ELSEWHERE]
    found = (_row(cw, wording, key, facts[key]) for key in (*known, *other))
    return [fact for fact in found if fact.value]


def gist(facts: Mapping[str, Any]) -> str:
    """The person's own words that tell most; empty where there are none."""
    for key in _GIST:
        value = facts.get(key)
        words = value.get("text") if isinstance(value, Mapping) else value
        if words:
            return str(words)
    return ""


def _row(cw: Casework, wording: Wording, key: str, value: Any) -> Fact:
    heading = label(wording, "fact", key)
    own = key in OWN_WORDS
    if key == "district" and cw.pack.municipality.district(str(value)) is None:
        own = True
    if key == "deadline":
        own = isinstance(value, Mapping) and not value.get("date")
    shown = _SHOWN.get(key)
    words = shown(cw, wording, value) if shown and value is not None else _plain(wording, value)
    return Fact(key, heading, words, own)


def _plain(wording: Wording, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return wording.listing(str(item) for item in value)
    if isinstance(value, Mapping):
        return str(value.get("text") or "")
    return str(value)


def _labelled(group: str) -> Callable[[Casework, Wording, Any], str]:
    def shown(cw: Casework, wording: Wording, value: Any) -> str:
        keys = value if isinstance(value, list | tuple) else [value]
        return wording.listing(label(wording, group, str(key)) for key in keys)

    return shown


def _languages(cw: Casework, wording: Wording, value: Any) -> str:
    codes = value if isinstance(value, list | tuple) else [value]
    return wording.listing(wording.language_name(str(code)) for code in codes)


def _district(cw: Casework, wording: Wording, value: Any) -> str:
    district = cw.pack.municipality.district(str(value))
    return district.name if district else str(value)


def _availability(cw: Casework, wording: Wording, value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    keys = [(group, key) for group in ("days", "times") for key in value.get(group) or ()]
    understood = wording.listing(label(wording, group, str(key)) for group, key in keys)
    own = str(value.get("text") or "")
    return _with(wording, own, understood) if own and understood else own or understood


def _deadline(cw: Casework, wording: Wording, value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    own = str(value.get("text") or "")
    day = _date(value.get("date"))
    if day is None:
        return own
    written = wording.date(day)
    if not own or own == value.get("date"):
        return written
    return _with(wording, own, written)


def _with(wording: Wording, own: str, understood: str) -> str:
    return wording.text(
        # Translators: the person's own words, then what was understood of them
        "{words} ({understood})",
        words=f"\N{FIRST STRONG ISOLATE}{own}\N{POP DIRECTIONAL ISOLATE}",
        understood=understood,
    )


def _date(value: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None


def _entry(cw: Casework, wording: Wording, value: Any) -> str:
    try:
        return cw.knowledge.text(str(value), wording.language).title
    except UnknownEntry:
        return str(value)


_SHOWN: dict[str, Callable[[Casework, Wording, Any], str]] = {
    "purpose": _labelled("purpose"),
    "legal_form": _labelled("legal_form"),
    "fields": _labelled("fields"),
    "role": _labelled("role"),
    "news_topics": _labelled("news_topics"),
    "reason": _labelled("reason"),
    "languages": _languages,
    "district": _district,
    "availability": _availability,
    "deadline": _deadline,
    "entry": _entry,
}
