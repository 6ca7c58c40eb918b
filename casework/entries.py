"""The knowledge base as the office sees it: every entry with its state, uses and history."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from casework import faq
from casework.context import Casework
from casework.errors import PackError, UnknownEntry
from casework.languages import SERVED
from casework.models import EntryUse, KnowledgeEntry, KnowledgeRevision, KnowledgeText, Staff

EntryState = Literal["live", "draft", "withdrawn"]
#: What may be left to do with an entry; the last two are states.
Need = Literal[
    "check", "missing", "overdue", "unhelpful", "unasked", "unreviewed", "draft", "withdrawn"
]
NEEDS: tuple[Need, ...] = (
    "check",
    "missing",
    "overdue",
    "unhelpful",
    "unasked",
    "unreviewed",
    "draft",
    "withdrawn",
)
#: Days over which uses are added up.
USES_DAYS = 365
#: Lines of history that are shown at most.
HISTORY_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Uses:
    """How often an answer was shown and judged in the last `USES_DAYS`."""

    shown: int = 0
    helpful: int = 0
    not_helpful: int = 0

    def __add__(self, other: "Uses") -> "Uses":
        return Uses(
            self.shown + other.shown,
            self.helpful + other.helpful,
            self.not_helpful + other.not_helpful,
        )

    @property
    def unhelpful(self) -> bool:
        """Whether at least as many people say that it did not help as that it did."""
        return 0 < self.not_helpful >= self.helpful


@dataclass(frozen=True, slots=True)
class TextState:
    """How an entry stands in one language; without an answer it is in preparation."""

    title: str
    answered: bool
    outdated: bool
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in the list."""

    id: str
    topic: str
    state: EntryState
    as_of: str
    overdue: bool
    texts: Mapping[str, TextState] = field(default_factory=dict)
    uses: Mapping[str, Uses] = field(default_factory=dict)
    edited_at: datetime | None = None
    editor: str | None = None

    def use(self, language: str | None = None) -> Uses:
        """Its uses in one language, or in all together."""
        if language is not None:
            return self.uses.get(language, Uses())
        return sum(self.uses.values(), Uses())

    def missing(self, language: str | None = None) -> list[str]:
        """The languages (or this one) without an answer."""
        wanted = (language,) if language else SERVED
        return [code for code in wanted if code not in self.texts or not self.texts[code].answered]

    def title(self, language: str) -> str:
        """Its title in this language, else in German, else in any."""
        order = (language, "de", "en", *self.texts)
        found = (self.texts[code].title for code in order if code in self.texts)
        return next((title for title in found if title), self.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None or empty: no matter."""

    collection: str | None = None
    topic: str | None = None
    language: str | None = None
    need: Need | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """The entries that fit, in their order, and how many fit each need beside the other filters."""

    lines: list[Line]
    counts: Mapping[Need, int]
    total: int
    topics: list[str]


async def overview(cw: Casework, filters: Filters) -> Overview:
    """The entries of one collection, the pack's unless another is asked for."""
    collection = filters.collection or cw.pack.municipality.id
    async with cw.database.reading() as session:
        lines = await _lines(session, cw, collection)
        found = await _containing(session, collection, filters.search)
    topics = list(dict.fromkeys(line.topic for line in lines))
    beside = [
        line
        for line in lines
        if (filters.topic is None or line.topic == filters.topic)
        and (found is None or line.id in found)
    ]
    counts = {need: sum(needs(line, need, filters.language) for line in beside) for need in NEEDS}
    need = filters.need
    fitting = [line for line in beside if need is None or needs(line, need, filters.language)]
    return Overview(fitting, counts, len(beside), topics)


def needs(line: Line, need: Need, language: str | None = None) -> bool:
    """Whether this is left to do with the entry, in this language or in any."""
    if need in ("draft", "withdrawn"):
        return line.state == need
    if line.state == "withdrawn":
        return False
    texts = [text for code, text in line.texts.items() if language in (None, code)]
    found = {
        "check": any(text.outdated for text in texts),
        "missing": bool(line.missing(language)),
        "overdue": line.overdue,
        "unhelpful": line.use(language).unhelpful,
        "unasked": line.state == "live" and line.use(language).shown == 0,
        "unreviewed": any(text.answered and not text.reviewed for text in texts),
    }
    return found[need]


async def collections(cw: Casework) -> list[str]:
    """The names of all collections, the pack's first."""
    own = cw.pack.municipality.id
    async with cw.database.reading() as session:
        names = await session.scalars(select(KnowledgeEntry.collection).distinct())
        return [own, *sorted(set(names) - {own})]


async def read(cw: Casework, entry_id: str) -> KnowledgeEntry:
    """An entry of any collection with its texts; raises UnknownEntry."""
    async with cw.database.reading() as session:
        row = await session.get(
            KnowledgeEntry, entry_id, options=[selectinload(KnowledgeEntry.texts)]
        )
    if row is None:
        raise UnknownEntry(entry_id)
    return row


async def uses_of(cw: Casework, entry_id: str) -> dict[str, Uses]:
    """An entry's uses by language."""
    async with cw.database.reading() as session:
        found = await _uses(session, cw, EntryUse.entry_id == entry_id)
    return found.get(entry_id, {})


async def history(cw: Casework, entry_id: str) -> Sequence[KnowledgeRevision]:
    """An entry's latest changes with who made them, newest first."""
    async with cw.database.reading() as session:
        found = await session.scalars(
            select(KnowledgeRevision)
            .where(KnowledgeRevision.entry_id == entry_id)
            .options(selectinload(KnowledgeRevision.staff))
            .order_by(KnowledgeRevision.id.desc())
            .limit(HISTORY_LIMIT)
        )
        return found.all()


async def in_file(cw: Casework, entry_id: str) -> faq.Entry | None:
    """What the pack's files say of an entry; None where they do not know it, or have mistakes."""
    try:
        known = await asyncio.to_thread(faq.read_all, cw.pack.path)
    except PackError:
        return None
    return next((entry for entry in known if entry.id == entry_id), None)


def state_name(published: bool, published_at: datetime | None) -> EntryState:
    """Whether an entry is live, withdrawn, or was never published."""
    if published:
        return "live"
    return "draft" if published_at is None else "withdrawn"


def is_overdue(as_of: str, review_months: int, today: date) -> bool:
    """Whether an entry's facts should have been looked at again by now."""
    year, month = map(int, as_of.split("-"))
    return (today.year - year) * 12 + today.month - month > review_months


def today_of(cw: Casework) -> date:
    """The date on the municipality's wall."""
    return cw.clock().astimezone(ZoneInfo(cw.pack.municipality.time_zone)).date()


async def _lines(session: AsyncSession, cw: Casework, collection: str) -> list[Line]:
    today = today_of(cw)
    texts = await _texts(session, collection)
    edits = await _edits(session, collection)
    uses = await _uses(session, cw)
    row = KnowledgeEntry
    found = await session.execute(
        select(row.id, row.topic, row.published, row.published_at, row.as_of, row.review_months)
        .where(row.collection == collection)
        .order_by(row.topic, row.position, row.id)
    )
    lines = [
        Line(
            id=entry_id,
            topic=topic,
            state=state_name(published, published_at),
            as_of=as_of,
            overdue=is_overdue(as_of, months, today),
            texts=texts.get(entry_id, {}),
            uses=uses.get(entry_id, {}),
        )
        for entry_id, topic, published, published_at, as_of, months in found
    ]
    return [_with_edit(line, edits.get(line.id)) for line in lines]


def _with_edit(line: Line, edit: tuple[datetime, str] | None) -> Line:
    return replace(line, edited_at=edit[0], editor=edit[1]) if edit else line


async def _texts(session: AsyncSession, collection: str) -> dict[str, dict[str, TextState]]:
    text = KnowledgeText
    found = await session.execute(
        select(
            text.entry_id,
            text.language,
            text.title,
            text.answer != "",
            text.outdated_at.is_not(None),
            text.reviewed,
        )
        .join(KnowledgeEntry, KnowledgeEntry.id == text.entry_id)
        .where(KnowledgeEntry.collection == collection)
    )
    states: dict[str, dict[str, TextState]] = {}
    for entry_id, language, title, answered, outdated, reviewed in found:
        state = TextState(title, bool(answered), bool(outdated), reviewed)
        states.setdefault(entry_id, {})[language] = state
    return states


async def _edits(session: AsyncSession, collection: str) -> dict[str, tuple[datetime, str]]:
    """By whom and when each entry was changed last."""
    latest = (
        select(func.max(KnowledgeRevision.id))
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeRevision.entry_id)
        .where(KnowledgeEntry.collection == collection, KnowledgeRevision.staff_id.is_not(None))
        .group_by(KnowledgeRevision.entry_id)
    )
    found = await session.execute(
        select(KnowledgeRevision.entry_id, KnowledgeRevision.at, Staff.name)
        .join(Staff, Staff.id == KnowledgeRevision.staff_id)
        .where(KnowledgeRevision.id.in_(latest))
    )
    return {entry_id: (at, name) for entry_id, at, name in found}


async def _uses(
    session: AsyncSession, cw: Casework, *conditions: Any
) -> dict[str, dict[str, Uses]]:
    since = (today_of(cw) - timedelta(days=USES_DAYS)).isoformat()
    use = EntryUse
    found = await session.execute(
        select(
            use.entry_id,
            use.language,
            func.sum(use.shown),
            func.sum(use.helpful),
            func.sum(use.not_helpful),
        )
        .where(use.day >= since, *conditions)
        .group_by(use.entry_id, use.language)
    )
    uses: dict[str, dict[str, Uses]] = {}
    for entry_id, language, *numbers in found:
        uses.setdefault(entry_id, {})[language] = Uses(*map(int, numbers))
    return uses


async def _containing(
    session: AsyncSession, collection: str, search: str
) -> Collection[str] | None:
    """The entries with these words in any language, or in their id; None without a search."""
    search = search.strip()
    if not search:
        return None
    text = KnowledgeText
    places = (text.title, text.answer, cast(text.asking, Text), KnowledgeEntry.id)
    anywhere = or_(
        *(place.contains(form, autoescape=True) for place in places for form in _cases(search))
    )
    found = await session.scalars(
        select(text.entry_id)
        .join(KnowledgeEntry, KnowledgeEntry.id == text.entry_id)
        .where(KnowledgeEntry.collection == collection, anywhere)
        .distinct()
    )
    return set(found)


def _cases(search: str) -> Iterable[str]:
    """SQLite knows upper and lower case only of ASCII letters."""
    return dict.fromkeys((search, search.lower(), search.capitalize(), search.title()))
