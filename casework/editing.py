"""Editing the knowledge base: one change, one transaction, a row of history for each part.

Only the pack's own collection can be edited. A change is live at once, in every process. Whoever
saves says by `seen` which row of the history was the last one that they knew; what others changed
since is kept, and where both changed the same field, EntryChanged says so.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from casework import drafts, entries
from casework.amendments import Facts, Words, apply, as_row, check, merged, only, typed
from casework.context import Casework, Change, changing
from casework.errors import (
    EntryChanged,
    EntryProblem,
    InvalidEntry,
    UnknownEntry,
    UnknownStaff,
)
from casework.knowledge import (
    EntryView,
    mark_changed,
    one_at_a_time,
    view_of,
    write_entry,
)
from casework.languages import DEFAULT
from casework.models import KnowledgeEntry, KnowledgeRevision, Staff
from casework.revisions import (
    FACTS,
    MEANING,
    WORDS,
    State,
    differing,
    note,
    note_changes,
    rewound,
    state_of,
    state_of_file,
)


async def save(
    cw: Casework,
    staff_id: int,
    entry_id: str,
    *,
    seen: int,
    words: Mapping[str, Words],
    facts: Facts | None = None,
    same_meaning: bool = False,
) -> list[str | None]:
    """Keep what was typed; the parts that changed (languages, None for the facts).

    Other languages are marked as to be checked where the German title or answer changed, unless
    `same_meaning`. Raises InvalidEntry, EntryChanged, UnknownEntry.
    """
    async with _editing(cw, staff_id, entry_id) as (change, row):
        before = state_of(row)
        later = await _later(change, entry_id, seen)
        given = typed(row, words, facts)
        wanted = merged(rewound(before, later), before, given)
        await check(change, row, before, wanted)
        apply(row, wanted, words)
        meant = _german_changed(before, wanted)
        known = not any(_is_german(revision) for revision in later)
        confirmed = [code for code in words if known and _fits(before, wanted, code, words[code])]
        _mark_translations(change, row, confirmed, outdated=meant and not same_meaning)
        parts = note_changes(change, row, before, kind=_kind(before, row), staff_id=staff_id)
        parts += _note_fits(change, row, parts, confirmed, staff_id)
        if parts:
            row.edited_at = change.at
            await mark_changed(change)
        return parts


async def preview(
    cw: Casework,
    entry_id: str,
    language: str,
    *,
    words: Mapping[str, Words],
    facts: Facts | None = None,
) -> EntryView:
    """The entry as it would be read with what was typed; nothing is kept.

    Raises InvalidEntry, and UnknownEntry where there is no answer in any language yet.
    """
    row = await entries.read(cw, entry_id)
    state = state_of(row)
    for part, fields in typed(row, words, facts).items():
        state[part] = {**state.get(part, {}), **fields}
    return view_of(as_row(row, state), language, cw.pack.sources)


async def create(
    cw: Casework,
    staff_id: int,
    *,
    topic: str,
    title: str,
    language: str = DEFAULT,
    name: str = "",
) -> str:
    """Begin a new entry, not yet published; its id, made of the topic and a name or the title.

    Raises InvalidEntry.
    """
    async with changing(cw) as change:
        await one_at_a_time(change)
        await check_staff(change, staff_id)
        row = await drafts.begin(
            change, staff_id, topic=topic, title=title, language=language, name=name
        )
        await mark_changed(change)
        return row.id


async def publish(cw: Casework, staff_id: int, entry_id: str, *, seen: int) -> None:
    """Let the bot answer with it; raises InvalidEntry for what is missing, EntryChanged."""
    async with _editing(cw, staff_id, entry_id) as (change, row):
        await _nothing_later(change, entry_id, seen)
        before = state_of(row)
        await check(change, row, {}, before, live=True)
        row.published = True
        row.published_at = row.published_at or change.at
        await _done(change, row, before, "published", staff_id)


async def withdraw(cw: Casework, staff_id: int, entry_id: str, *, seen: int) -> None:
    """Keep the bot from answering with it; the words stay. Raises EntryChanged."""
    async with _editing(cw, staff_id, entry_id) as (change, row):
        await _nothing_later(change, entry_id, seen)
        before = state_of(row)
        row.published = False
        await _done(change, row, before, "withdrawn", staff_id)


async def confirm_facts(cw: Casework, staff_id: int, entry_id: str) -> None:
    """Say that the facts still hold this month."""
    async with _editing(cw, staff_id, entry_id) as (change, row):
        before = state_of(row)
        row.as_of = f"{entries.today_of(cw):%Y-%m}"
        await _done(change, row, before, "checked", staff_id)


async def confirm_words(
    cw: Casework, staff_id: int, entry_id: str, languages: Iterable[str], *, seen: int
) -> None:
    """Say that translations still say what the German says.

    Raises EntryChanged where the German has changed since it was looked at.
    """
    async with _editing(cw, staff_id, entry_id) as (change, row):
        if any(_is_german(revision) for revision in await _later(change, entry_id, seen)):
            raise EntryChanged([(DEFAULT, "answer")])
        if _note_fits(change, row, [], languages, staff_id):
            row.edited_at = change.at
            await mark_changed(change)


async def remove_words(
    cw: Casework, staff_id: int, entry_id: str, language: str, *, seen: int
) -> None:
    """Take a language away; the bot answers in another one then. Raises EntryChanged.

    Of a published entry the German words stay: raises InvalidEntry.
    """
    async with _editing(cw, staff_id, entry_id) as (change, row):
        if any(one.language == language for one in await _later(change, entry_id, seen)):
            raise EntryChanged([(language, "title")])
        if language == DEFAULT or len(row.texts) == 1:
            raise InvalidEntry([EntryProblem(language, "title", "needed")])
        before = state_of(row)
        row.texts = [text for text in row.texts if text.language != language]
        await _done(change, row, before, "removed", staff_id)


async def restore(
    cw: Casework, staff_id: int, entry_id: str, revision_id: int, *, seen: int
) -> None:
    """Bring a part back to what it was before a change. Raises EntryChanged, InvalidEntry."""
    async with _editing(cw, staff_id, entry_id) as (change, row):
        await _nothing_later(change, entry_id, seen)
        undone = await _later(change, entry_id, revision_id - 1)
        revision = next((one for one in undone if one.id == revision_id), None)
        if revision is None:
            raise UnknownEntry(entry_id)
        part, before = revision.language, state_of(row)
        names = FACTS if part is None else WORDS
        old = rewound(before, undone).get(part, {})
        if part is not None and not old:
            raise InvalidEntry([EntryProblem(part, "title", "missing")])
        wanted = {**before, part: {**before.get(part, {}), **only(old, names)}}
        await check(change, row, before, wanted)
        apply(row, wanted, {})
        _mark_translations(change, row, (), outdated=_german_changed(before, wanted))
        await _mark_restored(change, row, part, undone)
        await _done(change, row, before, "edited", staff_id)


async def take_file(cw: Casework, staff_id: int, entry_id: str, *, seen: int) -> None:
    """Give up the office's edits for what the pack's file says. Raises EntryChanged."""
    entry = await entries.in_file(cw, entry_id)
    if entry is None:
        raise UnknownEntry(entry_id)
    async with _editing(cw, staff_id, entry_id) as (change, row):
        await _nothing_later(change, entry_id, seen)
        before, was_live = state_of(row), row.published
        write_entry(change, row, entry, row.position)
        if not was_live:
            row.published, row.edited_at = False, change.at
        note_changes(change, row, before, kind="imported", staff_id=staff_id)
        await mark_changed(change)


async def differences_from_file(
    cw: Casework, row: KnowledgeEntry
) -> dict[str | None, tuple[dict[str, Any], dict[str, Any]]]:
    """By part, what the pack's file says and what the entry says; empty where they agree."""
    entry = await entries.in_file(cw, row.id) if row.edited_at is not None else None
    if entry is None:
        return {}
    theirs, ours = state_of_file(entry), state_of(row)
    del ours[None]["published"]
    pairs = {part: differing(theirs.get(part, {}), ours.get(part, {})) for part in theirs | ours}
    return {part: pair for part, pair in pairs.items() if any(pair)}


# --- within a transaction ---------------------------------------------------------------------


async def add_asking(
    change: Change, staff_id: int, entry_id: str, language: str, questions: Sequence[str]
) -> None:
    """Let an entry be asked for in these words too; raises InvalidEntry, UnknownEntry.

    Where it has no answer in that language, the bot finds it all the same and answers in another.
    """
    row = await own_entry(change, entry_id)
    before = state_of(row)
    known = before.get(language) or {"title": questions[0][: drafts.TITLE_LENGTH], "answer": ""}
    own = Words(known["title"], known["answer"], (*known.get("asking", ()), *questions))
    wanted = {**before, **typed(row, {language: own}, None)}
    await check(change, row, before, wanted)
    apply(row, wanted, {language: own})
    if note_changes(change, row, before, kind="edited", staff_id=staff_id):
        row.edited_at = change.at


async def own_entry(change: Change, entry_id: str) -> KnowledgeEntry:
    """An entry of the pack's own collection with its texts; raises UnknownEntry."""
    row = await change.session.get(
        KnowledgeEntry, entry_id, options=[selectinload(KnowledgeEntry.texts)]
    )
    if row is None or row.collection != change.cw.pack.municipality.id:
        raise UnknownEntry(entry_id)
    return row


async def check_staff(change: Change, staff_id: int) -> None:
    """Raises UnknownStaff for somebody who no longer works here."""
    staff = await change.session.get(Staff, staff_id)
    if staff is None or not staff.active:
        raise UnknownStaff(staff_id)


@asynccontextmanager
async def _editing(
    cw: Casework, staff_id: int, entry_id: str
) -> AsyncIterator[tuple[Change, KnowledgeEntry]]:
    """One change of one entry; changes of answers come one after another, imports too."""
    async with changing(cw) as change:
        await one_at_a_time(change)
        await check_staff(change, staff_id)
        yield change, await own_entry(change, entry_id)


async def _done(
    change: Change, row: KnowledgeEntry, before: State, kind: str, staff_id: int
) -> None:
    if note_changes(change, row, before, kind=kind, staff_id=staff_id):
        row.edited_at = change.at
        await mark_changed(change)


async def _later(change: Change, entry_id: str, seen: int) -> Sequence[KnowledgeRevision]:
    found = await change.session.scalars(
        select(KnowledgeRevision)
        .where(KnowledgeRevision.entry_id == entry_id, KnowledgeRevision.id > seen)
        .order_by(KnowledgeRevision.id)
    )
    return found.all()


async def _nothing_later(change: Change, entry_id: str, seen: int) -> None:
    later = await _later(change, entry_id, seen)
    if later:
        raise EntryChanged([(one.language, name) for one in later for name in one.after])


# --- what follows from a change ---------------------------------------------------------------


def _german_changed(before: State, wanted: State) -> bool:
    old, new = before.get(DEFAULT, {}), wanted.get(DEFAULT, {})
    return bool(old) and any(old.get(name) != new.get(name) for name in MEANING)


def _is_german(revision: KnowledgeRevision) -> bool:
    """Whether a change touched what translations must follow."""
    return revision.language == DEFAULT and any(name in revision.after for name in MEANING)


def _fits(before: State, wanted: State, language: str, typed: Words) -> bool:
    """Whether somebody has just seen to it that a translation says what the German says."""
    old, new = before.get(language, {}), wanted.get(language, {})
    changed = any(old.get(name) != new.get(name) for name in MEANING)
    return bool(new) and (typed.fits or typed.read or changed)


def _mark_translations(
    change: Change, row: KnowledgeEntry, confirmed: Iterable[str], *, outdated: bool
) -> None:
    for text in row.texts:
        if outdated and text.language != DEFAULT and text.language not in confirmed:
            text.outdated_at = text.outdated_at or change.at


def _note_fits(
    change: Change,
    row: KnowledgeEntry,
    noted: Iterable[str | None],
    confirmed: Iterable[str],
    staff_id: int,
) -> list[str | None]:
    """Clear the marks of translations that fit, with a row of history where there is none yet."""
    cleared: list[str | None] = []
    for text in row.texts:
        if text.language in set(confirmed) and text.outdated_at is not None:
            text.outdated_at = None
            if text.language not in noted:
                was, now = {"outdated": True}, {"outdated": False}
                note(
                    change,
                    row,
                    kind="checked",
                    language=text.language,
                    before=was,
                    after=now,
                    staff_id=staff_id,
                )
                cleared.append(text.language)
    return cleared


async def _mark_restored(
    change: Change, row: KnowledgeEntry, part: str | None, undone: Sequence[KnowledgeRevision]
) -> None:
    """An old translation is to be checked when the German has changed since it was written."""
    if part in (None, DEFAULT):
        return
    written = await change.session.scalar(
        select(func.max(KnowledgeRevision.id)).where(
            KnowledgeRevision.entry_id == row.id,
            KnowledgeRevision.language == part,
            KnowledgeRevision.id < undone[0].id,
        )
    )
    since = await _later(change, row.id, written or 0)
    for text in row.texts:
        if text.language == part:
            text.outdated_at = change.at if any(map(_is_german, since)) else None


def _kind(before: State, row: KnowledgeEntry) -> str:
    """`checked` where nothing changed but that somebody has read it."""
    after = state_of(row)
    names = {
        name
        for part in {**before, **after}
        for name in differing(before.get(part, {}), after.get(part, {}))[1]
    }
    return "checked" if names == {"reviewed"} else "edited"
