"""The history of an entry in words, with what was different."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from casework.context import Casework
from casework.models import KnowledgeRevision
from desk.catalogues import mark
from desk.difference import difference, lines_of
from desk.labels import label
from desk.wording import Wording

_SENTENCES = {
    # Translators: what happened to an entry of the knowledge base; {who} is a colleague's name
    "created": mark("{who} began this entry"),
    "edited": mark("{who} changed {part}"),
    "checked": mark("{who} checked {part}"),
    "removed": mark("{who} removed {part}"),
    "published": mark("{who} published the entry"),
    "withdrawn": mark("{who} withdrew the entry"),
    "imported": mark("{who} brought in {part} from the files"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field that changed: its heading and the difference, a line each."""

    heading: str
    lines: list[Markup]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change; `restorable` when what was before it can be brought back."""

    id: int
    at: datetime
    sentence: Markup
    language: str | None
    fields: list[Field]
    restorable: bool


def entries(cw: Casework, wording: Wording, revisions: Sequence[KnowledgeRevision]) -> list[Entry]:
    """The history, newest first."""
    return [_entry(cw, wording, revision) for revision in revisions]


def fields_of(
    cw: Casework, wording: Wording, before: dict[str, Any], after: dict[str, Any]
) -> list[Field]:
    """What is different between two sets of fields."""
    names = list(dict.fromkeys((*before, *after)))
    found = [
        Field(
            label(wording, "entry_field", name),
            _lines(cw, wording, name, before.get(name), after.get(name)),
        )
        for name in names
    ]
    return [one for one in found if one.lines]


def part_of(wording: Wording, language: str | None) -> str:
    """The words for a part of an entry."""
    if language is None:
        # Translators: part of an entry of the knowledge base, as in "changed the facts"
        return wording.text("the facts")
    # Translators: part of an entry of the knowledge base, as in "changed the words in Turkish"
    return wording.text("the words in {language}", language=wording.language_name(language))


def _entry(cw: Casework, wording: Wording, revision: KnowledgeRevision) -> Entry:
    name = revision.staff.name if revision.staff else wording.text("The system")
    sentence = wording.markup(
        _SENTENCES.get(revision.kind, _SENTENCES["edited"]),
        who=Markup("<strong>{}</strong>").format(name),
        part=part_of(wording, revision.language),
    )
    return Entry(
        id=revision.id,
        at=revision.at,
        sentence=sentence,
        language=revision.language,
        fields=fields_of(cw, wording, revision.before, revision.after),
        restorable=_restorable(revision),
    )


def _restorable(revision: KnowledgeRevision) -> bool:
    if revision.language is None:
        return any(name != "published" for name in revision.after)
    return bool(revision.before) and "outdated" not in revision.after


def _lines(cw: Casework, wording: Wording, name: str, old: Any, new: Any) -> list[Markup]:
    if old == new:
        return []
    if name == "asking":
        return lines_of(old or [], new or [])
    return [difference(said(cw, wording, name, old), said(cw, wording, name, new))]


def said(cw: Casework, wording: Wording, name: str, value: Any) -> str:
    """A field's value as the page says it elsewhere."""
    if not value or value is True:
        yes = wording.text("yes") if value else wording.text("no")
        return yes if isinstance(value, bool) else ""
    if name == "offices":
        return wording.listing(_office(cw, wording, one) for one in value)
    if name == "source":
        return source_name(cw, wording, str(value))
    if name == "next_step":
        return step_name(wording, str(value))
    return wording.month(str(value)) if name == "as_of" else str(value)


def source_name(cw: Casework, wording: Wording, source: str) -> str:
    """The title of a document that answers stand on."""
    known = cw.pack.sources.get(source)
    return known.names.in_language(wording.language) if known else source


def step_name(wording: Wording, step: str) -> str:
    """The words for a button below an answer, such as `request_support/rooms`."""
    action, _, detail = step.partition("/")
    name = label(wording, "next_step", action)
    if not detail:
        return name
    topic = label(wording, "topic", detail)
    # Translators: the kind of a ticket and its topic, such as "Help offer: Interpreting"
    return wording.text("{kind}: {topic}", kind=name, topic=topic)


def _office(cw: Casework, wording: Wording, office_id: str) -> str:
    office = cw.pack.offices.get(office_id)
    return office.name.in_language(wording.language) if office else office_id
