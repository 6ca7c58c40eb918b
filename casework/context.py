"""What every use case works with, opened once per process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.calendar import ServiceCalendar
from casework.database import Database
from casework.pack import Pack, load_pack
from casework.settings import Settings
from casework.signals import Signals, connect_signals

if TYPE_CHECKING:
    from casework.knowledge import KnowledgeBase

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Casework:
    """The office: its settings, tables, pack, hours, answers, signals and clock (aware UTC)."""

    settings: Settings
    database: Database
    pack: Pack
    calendar: ServiceCalendar
    knowledge: "KnowledgeBase"
    signals: Signals
    clock: Clock


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Casework]:
    """The office of these settings, on a database that `casework.migrate.upgrade` has made.

    Answers are empty until `casework.knowledge.refresh` reads them. Raises PackError, and
    SettingsError where a model for semantic search cannot be loaded.
    """
    from casework.knowledge import KnowledgeBase  # it needs this module itself
    from casework.semantic import connect

    embedder = await asyncio.to_thread(connect, settings)
    pack = load_pack(settings.knowledge_dir, settings.municipality)
    database = Database(settings.database_url, settings.key("contacts"))
    signals = connect_signals(settings.redis_url)
    try:
        yield Casework(
            settings=settings,
            database=database,
            pack=pack,
            calendar=ServiceCalendar(pack.municipality),
            knowledge=KnowledgeBase(embedder),
            signals=signals,
            clock=clock or utc_now,
        )
    finally:
        await signals.close()
        await database.close()


@dataclass(slots=True)
class Change:
    """One transaction of a use case: when it happens, and whom to tell once it is kept."""

    cw: Casework
    session: AsyncSession
    at: datetime
    topics: dict[str, None] = field(default_factory=dict)

    def announce(self, *topics: str) -> None:
        """Signal these topics after the commit."""
        self.topics.update(dict.fromkeys(topics))

    def add(self, row: Any) -> None:
        """Put a new row into the transaction."""
        self.session.add(row)


@asynccontextmanager
async def changing(cw: Casework) -> AsyncIterator[Change]:
    """One transaction; what it announced is signalled when it is committed, and only then."""
    async with cw.database.transaction() as session:
        change = Change(cw, session, cw.clock())
        yield change
    for topic in change.topics:
        await cw.signals.publish(topic)


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)
