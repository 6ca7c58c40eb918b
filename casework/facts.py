"""A case's structured facts: which keys exist, what they may hold, which name nobody.

`kind`, `topic`, `purpose`, `role`, `legal_form` – words of `casework.vocabulary`;
`languages` – ISO 639-1 codes; `fields`, `news_topics` – lists of words;
`availability` – `{"text", "days", "times"}`; `deadline` – `{"text", "date"?}`;
`district` – a key of the pack or the person's own words; `people`, `amount` – numbers;
`entry` – the nearest knowledge entry; `organisation`, `need`, `remark`, `question`, `complaint` –
the person's own words.
"""

from collections.abc import Mapping
from typing import Any

from casework.errors import InvalidFact
from casework.pack import Pack
from casework.strings import cleaned
from casework.vocabulary import (
    DAYS,
    FUNDING_PURPOSES,
    LEGAL_FORMS,
    NEWS_TOPICS,
    ORGANISATION_FIELDS,
    ROLES,
    TIMES,
)

#: Longest text that one fact may hold: one whole Telegram message.
TEXT_LIMIT = 4096
CONTACT_LIMIT = 254

_ONE_OF: dict[str, tuple[str, ...]] = {
    "purpose": FUNDING_PURPOSES,
    "role": ROLES,
    "legal_form": LEGAL_FORMS,
}
_SOME_OF: dict[str, tuple[str, ...]] = {
    "fields": ORGANISATION_FIELDS,
    "news_topics": NEWS_TOPICS,
}
#: What stays of a case for the statistics once it is anonymous.
_IMPERSONAL = {
    *_ONE_OF,
    *_SOME_OF,
    "kind",
    "topic",
    "languages",
    "interpreter_language",
    "people",
    "amount",
    "entry",
}


def checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without empty ones; raises InvalidFact for a word that does not exist."""
    kept = {key: _clean(key, value) for key, value in facts.items() if value not in (None, "", [])}
    for key, words in _ONE_OF.items():
        if key in kept and kept[key] not in words:
            raise InvalidFact(key, "unknown")
    for key, words in _SOME_OF.items():
        if key in kept and not set(_as_list(kept[key])) <= set(words):
            raise InvalidFact(key, "unknown")
    _check_availability(kept.get("availability"))
    return kept


def checked_contact(contact: str | None) -> str | None:
    """A way to reach somebody, without blanks around it; None means: through this chat."""
    stripped = cleaned(contact or "").strip()
    if len(stripped) > CONTACT_LIMIT:
        raise InvalidFact("contact", "long")
    return stripped or None


def impersonal(pack: Pack, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What may stay of the facts when the person's data goes."""
    kept = {key: value for key, value in facts.items() if key in _IMPERSONAL}
    availability = facts.get("availability")
    if isinstance(availability, Mapping):
        kept["availability"] = {k: v for k, v in availability.items() if k in ("days", "times")}
    if pack.municipality.district(str(facts.get("district"))):
        kept["district"] = facts["district"]
    return kept


def _clean(key: str, value: Any) -> Any:
    if isinstance(value, str):
        text = cleaned(value).strip()
        if len(text) > TEXT_LIMIT:
            raise InvalidFact(key, "long")
        return text
    if isinstance(value, Mapping):
        return {name: _clean(key, part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(key, part) for part in value]
    return value


def _check_availability(value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise InvalidFact("availability", "shape")
    for part, words in (("days", DAYS), ("times", TIMES)):
        if not set(value.get(part) or ()) <= set(words):
            raise InvalidFact("availability", "unknown")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
