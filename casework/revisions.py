"""What changed of an entry: its parts before and after, kept as the rows of its history.

A part is the entry's own facts (named None) or its words in one language (named by its code).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from casework import faq
from casework.context import Change
from casework.models import KnowledgeEntry, KnowledgeRevision, KnowledgeText

#: An entry's fields by part.
State = dict[str | None, dict[str, Any]]

FACTS = ("source", "section", "as_of", "review_months", "next_step", "offices", "url")
WORDS = ("title", "answer", "asking", "reviewed")
#: What a translation must follow when it changes in German.
MEANING = ("title", "answer")


def state_of(row: KnowledgeEntry) -> State:
    """The parts of an entry as it is; its facts with whether it is `published`."""
    facts = {
        "source": row.source,
        "section": row.source_section,
        "as_of": row.as_of,
        "review_months": row.review_months,
        "next_step": row.next_step,
        "offices": list(row.offices),
        "url": row.url,
        "published": row.published,
    }
    return {None: facts, **{text.language: _words(text) for text in row.texts}}


def _words(text: KnowledgeText) -> dict[str, Any]:
    return {
        "title": text.title,
        "answer": text.answer,
        "asking": list(text.asking),
        "reviewed": text.reviewed,
    }


def state_of_file(entry: faq.Entry) -> State:
    """The parts of an entry as a file has it, without whether it is published."""
    state: State = {None: entry.model_dump(mode="json", include=set(FACTS))}
    for language, text in entry.texts.items():
        state[language] = text.model_dump(mode="json")
    return state


def note_changes(
    change: Change,
    row: KnowledgeEntry,
    before: State,
    *,
    kind: str,
    staff_id: int | None = None,
) -> list[str | None]:
    """Add a row to the history for each part that is not as it was before; the parts."""
    after = state_of(row)
    parts = [part for part in {**before, **after} if before.get(part) != after.get(part)]
    for part in parts:
        old, new = differing(before.get(part, {}), after.get(part, {}))
        note(change, row, kind=kind, language=part, before=old, after=new, staff_id=staff_id)
    return parts


def differing(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that are not the same, as they were and as they are."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not before or not after:
        names = [*{**before, **after}]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def note(
    change: Change,
    row: KnowledgeEntry,
    *,
    kind: str,
    language: str | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    staff_id: int | None,
) -> None:
    """Add one row to the history."""
    change.add(
        KnowledgeRevision(
            entry_id=row.id,
            at=change.at,
            staff_id=staff_id,
            kind=kind,
            language=language,
            before=dict(before),
            after=dict(after),
        )
    )


def rewound(state: State, later: Iterable[KnowledgeRevision]) -> State:
    """The parts as they were before these changes, which are the latest ones."""
    earlier = {part: dict(fields) for part, fields in state.items()}
    for revision in sorted(later, key=lambda row: row.id, reverse=True):
        fields = earlier.setdefault(revision.language, {})
        for name in revision.after:
            if name not in revision.before:
                fields.pop(name, None)
        fields.update(revision.before)
        if not fields:
            del earlier[revision.language]
    return earlier
