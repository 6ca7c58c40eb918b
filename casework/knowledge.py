"""The knowledge base: curated answers in memory, found by what people mean, kept in the tables.

The pack's files seed the tables; what the office edits afterwards stays. Every process holds
all published answers with a search index, and reads them again when their version changes.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import phonenumbers
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from casework import faq, wordlist
from casework.context import Change, changing
from casework.database import count_up, insert_once, upsert
from casework.errors import UnknownCollection, UnknownEntry
from casework.models import Counter, EntryUse, KnowledgeEntry, KnowledgeText, OpenQuestion
from casework.pack import Source
from casework.revisions import note_changes, state_of
from casework.search import Document, Hit, Index
from casework.wordlist import SIGNAL

if TYPE_CHECKING:
    from casework.context import Casework
    from casework.semantic import Embedder

_log = structlog.get_logger(__name__)

Decision = Literal["answer", "suggest", "nothing"]

#: From this probability on the best entry is the answer.
SURE = 0.7
#: From this probability on, that one of them is it, the likeliest entries are suggested.
UNSURE = 0.15
SUGGESTIONS, LEAST_LIKELY = 3, 0.03
#: In which languages an answer is shown that does not exist in the person's own.
FALLBACKS = ("en", "de")
#: Seconds after which another process's change is noticed without a signal.
POLL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up came to: `answer` (one hit), `suggest` (up to three) or `nothing`."""

    decision: Decision
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class EntryView:
    """An answer as somebody reads it.

    `language` is the one its words are in, `missing` whether that is another one than was asked
    for; `source` is the title of the document behind it, `as_of` the month `YYYY-MM` it stands
    for, `reviewed` whether a person who speaks the language has read it.
    """

    id: str
    topic: str
    title: str
    answer: str
    language: str
    missing: bool
    source: str
    source_section: str | None
    as_of: str
    next_step: str | None
    offices: tuple[str, ...]
    reviewed: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of each entry, by id.

    `kept` are left as the office edited them, `empty` have no words of their own.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether the tables changed."""
        return bool(self.added or self.changed or self.withdrawn)


def decide(hits: Sequence[Hit]) -> Found:
    """What is done with these hits, best first."""
    if hits and hits[0].score >= SURE:
        return Found("answer", [hits[0]])
    likely = [hit for hit in hits[:SUGGESTIONS] if hit.score >= LEAST_LIKELY]
    if sum(hit.score for hit in likely) >= UNSURE:
        return Found("suggest", likely)
    return Found("nothing", [])


def view_of(row: KnowledgeEntry, language: str, sources: Mapping[str, Source]) -> EntryView:
    """An entry in this language, else English, else German; raises UnknownEntry.

    Words without an answer are found by, and never shown.
    """
    texts = {text.language: text for text in row.texts if text.answer}
    if not texts:
        raise UnknownEntry(row.id)
    text = next(texts[code] for code in (language, *FALLBACKS, *texts) if code in texts)
    source = sources.get(row.source)
    return EntryView(
        id=row.id,
        topic=row.topic,
        title=text.title,
        answer=text.answer,
        language=text.language,
        missing=text.language != language,
        source=source.names.in_language(language) if source else row.source,
        source_section=row.source_section,
        as_of=row.as_of,
        next_step=row.next_step,
        offices=tuple(row.offices),
        reviewed=text.reviewed,
        url=text.url or row.url,
    )


class KnowledgeBase:
    """All published answers of one collection, in memory; empty until `refresh` filled it."""

    def __init__(self, embedder: "Embedder | None" = None) -> None:
        self._loaded = _Loaded()
        self.embedder = embedder

    @property
    def version(self) -> int:
        """Counts the changes; -1 as long as nothing was read."""
        return self._loaded.version

    @property
    def ids(self) -> list[str]:
        """The ids of all published entries, in their order."""
        return list(self._loaded.entries)

    def look_up(self, query: str, language: str) -> Found:
        """What is said to this question: one sure answer, up to three suggestions or nothing."""
        return decide(self.search(query, language))

    def search(self, query: str, language: str, limit: int = 10) -> list[Hit]:
        """The likeliest entries with their probabilities, best first."""
        return self._loaded.index.search(query, language, limit)

    def settle(self) -> None:
        """Have done what the first questions would otherwise wait for; takes a second or two."""
        self._loaded.index.settle()

    async def prepare(self, query: str) -> None:
        """Have a question's vector made in a thread, so that searching for it does not wait."""
        if self.embedder is not None:
            await self.embedder.prepare(query)

    def text(self, entry_id: str, language: str) -> EntryView:
        """An answer in this language, else English, else German; raises UnknownEntry."""
        entry = self._loaded.entries.get(entry_id)
        if entry is None:
            raise UnknownEntry(entry_id)
        return view_of(entry, language, self._loaded.sources)

    def page_id(self, entry_id: str, language: str) -> str:
        """The id under which an imported page is known in this language; else the entry's own."""
        entry = self._loaded.entries[entry_id]
        for text in entry.texts:
            if text.language == language and text.external_id:
                return f"{entry.collection}/{text.external_id}"
        return entry_id

    def _take(self, loaded: "_Loaded") -> bool:
        """Put what was read in place, unless something newer came in meanwhile."""
        known = self._loaded
        if known.collection == loaded.collection and known.version > loaded.version:
            return False
        self._loaded = loaded
        return True


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What was read at one moment; replaced as a whole, so that no look-up sees half of it."""

    collection: str | None = None
    version: int = -1
    complete: bool = False
    entries: Mapping[str, KnowledgeEntry] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    index: Index = field(default_factory=Index)


async def refresh(cw: "Casework", collection: str | None = None) -> bool:
    """Read the answers again if they changed since; whether they had.

    `collection` is another one than the pack's, such as an imported one. Making the first vectors
    may take minutes, so the first reading leaves them out and the second one adds them.
    """
    wanted = collection or cw.pack.municipality.id
    before = cw.knowledge._loaded
    version = await _version(cw)
    if (before.collection, before.version, before.complete) == (wanted, version, True):
        return False
    embedder = cw.knowledge.embedder if before.collection == wanted else None
    entries = await _published(cw, wanted)
    groups = await wordlist.groups(cw)
    index = await asyncio.to_thread(Index, _documents(entries), groups, before.index, embedder)
    by_id = {entry.id: entry for entry in entries}
    complete = embedder is cw.knowledge.embedder
    return cw.knowledge._take(_Loaded(wanted, version, complete, by_id, cw.pack.sources, index))


async def prepare_search(cw: "Casework", collection: str | None = None) -> None:
    """Fill the knowledge base for one command, with a pack that nobody brought in yet, too.

    Raises UnknownCollection.
    """
    wanted = collection or cw.pack.municipality.id
    async with cw.database.reading() as session:
        entry = await session.scalar(
            select(KnowledgeEntry.id).filter_by(collection=wanted).limit(1)
        )
    if entry is None and collection is not None:
        raise UnknownCollection(f"no collection {collection}")
    if entry is None:
        await _bring_pack_in(cw, overwrite=False)
    await refresh(cw, collection)
    await refresh(cw, collection)  # now with vectors, where there are any


async def follow(cw: "Casework") -> None:
    """Keep this process's answers up to date; runs until it is cancelled."""
    async with cw.signals.subscribe(SIGNAL) as subscription:
        while True:
            try:
                await refresh(cw)
                await asyncio.to_thread(cw.knowledge.settle)
            except SQLAlchemyError as problem:
                _log.warning("knowledge not read again", problem=type(problem).__name__)
            await subscription.wait(POLL_SECONDS)


async def _version(cw: "Casework") -> int:
    async with cw.database.reading() as session:
        counter = await session.get(Counter, SIGNAL)
    return counter.value if counter else 0


async def _published(cw: "Casework", collection: str) -> list[KnowledgeEntry]:
    async with cw.database.reading() as session:
        rows = await session.scalars(
            select(KnowledgeEntry)
            .where(KnowledgeEntry.collection == collection, KnowledgeEntry.published)
            .options(selectinload(KnowledgeEntry.texts))
            .order_by(KnowledgeEntry.topic, KnowledgeEntry.position, KnowledgeEntry.id)
        )
        return list(rows)


def _documents(entries: Iterable[KnowledgeEntry]) -> list[Document]:
    return [
        Document(
            entry.id, text.language, text.title, text.answer, tuple(text.asking), text.context or ""
        )
        for entry in entries
        for text in entry.texts
    ]


# --- from the pack's files into the tables, and back -----------------------------------------


async def import_pack(cw: "Casework", *, overwrite: bool = False) -> ImportReport:
    """Bring the pack's files into the tables; raises PackError before anything is written.

    What the office edited is left alone unless `overwrite`; entries that are no longer in the
    files are withdrawn. Doing it again changes nothing.
    """
    report = await _bring_pack_in(cw, overwrite)
    await refresh(cw)
    return report


async def _bring_pack_in(cw: "Casework", overwrite: bool) -> ImportReport:
    wanted = await asyncio.to_thread(faq.read_all, cw.pack.path)
    words = await asyncio.to_thread(wordlist.read, cw.pack.path)
    collection = cw.pack.municipality.id
    async with changing(cw) as change:
        await one_at_a_time(change)
        rows = await rows_of(change.session, collection)
        bringing = _Bringing(change, collection, overwrite)
        for position, entry in enumerate(wanted):
            bringing.entry(position, entry, rows.pop(entry.id, None))
        bringing.withdraw(rows.values())
        new_words = await wordlist.bring_in(change, words, overwrite=overwrite)
        if bringing.report.anything or new_words:
            await mark_changed(change)
    return bringing.report


async def export_pack(cw: "Casework", pack: Path) -> list[Path]:
    """Write the published answers as the pack's files; the files that changed by it."""
    entries = await _published(cw, cw.pack.municipality.id)
    rows = sorted(entries, key=lambda entry: (entry.position, entry.id))
    return await asyncio.to_thread(faq.write_all, pack, [as_file(row) for row in rows])


async def mark_changed(change: Change) -> None:
    """Count a change of the answers up, so that every process reads them again."""
    await count_up(change.session, SIGNAL)
    change.announce(SIGNAL)


async def one_at_a_time(change: Change) -> None:
    """Wait until no other process brings answers in; several may start at the same moment."""
    await insert_once(change.session, Counter, name=SIGNAL, value=0)
    await change.session.get(Counter, SIGNAL, with_for_update=True)


async def rows_of(session: AsyncSession, collection: str) -> dict[str, KnowledgeEntry]:
    """All entries of a collection with their texts, also withdrawn ones."""
    found = await session.scalars(
        select(KnowledgeEntry)
        .where(KnowledgeEntry.collection == collection)
        .options(selectinload(KnowledgeEntry.texts))
    )
    return {row.id: row for row in found}


@dataclass(frozen=True, slots=True)
class _Bringing:
    """One import under way."""

    change: Change
    collection: str
    overwrite: bool
    report: ImportReport = field(default_factory=ImportReport)

    def entry(self, position: int, entry: faq.Entry, row: KnowledgeEntry | None) -> None:
        if row is None:
            row = KnowledgeEntry(id=entry.id, collection=self.collection, texts=[])
            write_entry(self.change, row, entry, position)
            self.change.add(row)
            self.report.added.append(entry.id)
            return
        if row.published and _is_as_in(entry, row):
            row.edited_at = None  # the files have caught up with the office
            moved, row.position = row.position != position, position
            (self.report.changed if moved else self.report.unchanged).append(entry.id)
        elif self._is_the_offices(row):
            self.report.kept.append(entry.id)
        else:
            before = state_of(row)
            write_entry(self.change, row, entry, position)
            note_changes(self.change, row, before, kind="imported")
            self.report.changed.append(entry.id)

    def withdraw(self, rows: Iterable[KnowledgeEntry]) -> None:
        for row in rows:
            if self._is_the_offices(row):
                self.report.kept.append(row.id)
            elif row.published:
                before = state_of(row)
                row.published = False
                note_changes(self.change, row, before, kind="imported")
                self.report.withdrawn.append(row.id)

    def _is_the_offices(self, row: KnowledgeEntry) -> bool:
        return row.edited_at is not None and not self.overwrite


def _is_as_in(entry: faq.Entry, row: KnowledgeEntry) -> bool:
    return all(text.answer for text in row.texts) and as_file(row) == entry


def write_entry(change: Change, row: KnowledgeEntry, entry: faq.Entry, position: int) -> None:
    """Make a row what the file says, published and nobody's edit."""
    write_facts(row, entry)
    row.topic = entry.id.split("/")[0]
    row.position = position
    row.published = True
    row.published_at = row.published_at or change.at
    row.edited_at = None
    present = {text.language: text for text in row.texts}
    row.texts = [
        _written(present.get(language) or KnowledgeText(language=language), text)
        for language, text in entry.texts.items()
    ]


def write_facts(row: KnowledgeEntry, entry: faq.Entry) -> None:
    """What an entry says beside its words."""
    row.source = entry.source
    row.source_section = entry.section
    row.as_of = entry.as_of
    row.review_months = entry.review_months
    row.next_step = entry.next_step
    row.offices = list(entry.offices)
    row.url = entry.url


def _written(row: KnowledgeText, text: faq.EntryText) -> KnowledgeText:
    row.title = text.title
    row.answer = text.answer
    row.asking = list(text.asking)
    row.reviewed = text.reviewed
    row.outdated_at = None
    return row


def as_file(row: KnowledgeEntry) -> faq.Entry:
    """The entry as a file has it; words without an answer stay here."""
    return faq.Entry(
        id=row.id,
        source=row.source,
        section=row.source_section,
        as_of=row.as_of,
        review_months=row.review_months,
        next_step=row.next_step,
        offices=tuple(row.offices),
        url=row.url,
        texts={
            text.language: faq.EntryText(
                title=text.title,
                reviewed=text.reviewed,
                answer=text.answer,
                asking=tuple(text.asking),
            )
            for text in row.texts
            if text.answer
        },
    )


# --- learning from use -----------------------------------------------------------------------

#: What of a question is kept: its beginning, without numbers and addresses of people.
_KEPT_CHARACTERS = 500
_EMAIL = re.compile(r"\S+@\S+")

Outcome = Literal["nothing", "unsure", "not_helpful"]


async def note_unanswered(
    cw: "Casework", text: str, language: str, outcome: Outcome, entry_id: str | None = None
) -> None:
    """Keep a question that was answered badly or not at all, without the person who asked."""
    kept = _without_contacts(text, cw.pack.municipality.holidays.country)[:_KEPT_CHARACTERS]
    async with changing(cw) as change:
        change.add(
            OpenQuestion(
                at=change.at, language=language, text=kept, entry_id=entry_id, outcome=outcome
            )
        )


async def note_shown(cw: "Casework", entry_id: str, language: str) -> None:
    """Count that an answer was shown."""
    await _count(cw, entry_id, language, "shown")


async def note_feedback(cw: "Casework", entry_id: str, language: str, helpful: bool) -> None:
    """Count that somebody found an answer helpful, or not."""
    await _count(cw, entry_id, language, "helpful" if helpful else "not_helpful")


async def _count(cw: "Casework", entry_id: str, language: str, what: str) -> None:
    today = cw.clock().astimezone(ZoneInfo(cw.pack.municipality.time_zone)).date().isoformat()
    async with changing(cw) as change:
        row = upsert(change.session, EntryUse).values(
            day=today, entry_id=entry_id, language=language, **{what: 1}
        )
        await change.session.execute(
            row.on_conflict_do_update(
                index_elements=[EntryUse.day, EntryUse.entry_id, EntryUse.language],
                set_={what: getattr(EntryUse, what) + 1},
            )
        )


def _without_contacts(text: str, country: str) -> str:
    for found in reversed(list(phonenumbers.PhoneNumberMatcher(text, country))):
        text = f"{text[: found.start]}…{text[found.end :]}"
    return _EMAIL.sub("…", text)
