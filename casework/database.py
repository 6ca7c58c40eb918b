"""The database: one engine, one way to write and one way to read."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session, UOWTransaction

from casework.encryption import attach_cipher
from casework.models import Base, Counter, TicketEvent
from casework.strings import cleaned

#: Seconds a writer waits for another process's on SQLite.
SQLITE_BUSY_SECONDS = 15


class GuardedSession(Session):
    """A session that adds to the event log and never changes it."""


class Database:
    """SQLite (`sqlite+aiosqlite:///…`) or PostgreSQL (`postgresql+psycopg://…`).

    >>> async with database.transaction() as session:   # commits, or rolls back on an error
    ...     session.add(row)
    >>> async with database.reading() as session:       # never waits for a writer
    ...     await session.get(Ticket, 1)
    """

    def __init__(self, url: str, contact_key: str) -> None:
        self.engine = connect(url)
        attach_cipher(self.engine.dialect, contact_key)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        reader = self.engine.execution_options(casework_reading=True, postgresql_readonly=True)
        self._writing = _sessions(self.engine)
        self._reading = _sessions(reader)
        # SQLite has one writer at a time. Queueing here is fair and costs nothing; its own
        # waiting is a sleep that grows.
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One writing transaction: committed at the end, rolled back on any error."""
        async with self._turn, self._writing() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One consistent look; what is changed in it is not kept."""
        async with self._reading() as session:
            yield session

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


def connect(url: str, *, foreign_keys: bool = True) -> AsyncEngine:
    """An engine with our habits; migrations on SQLite rebuild tables without `foreign_keys`."""
    # An error's text goes into logs; what the statement carried must not.
    ours: dict[str, Any] = {"json_serializer": _json, "hide_parameters": True}
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, **ours)
    engine = create_async_engine(url, connect_args={"async_creator_fn": _open_sqlite}, **ours)
    _tune_sqlite(engine, foreign_keys=foreign_keys)
    return engine


async def insert_once(session: AsyncSession, model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with the same unique key is there; tells whether it was new."""
    key = inspect(model).primary_key[0]
    row = upsert(session, model).values(**values).on_conflict_do_nothing().returning(key)
    return await session.scalar(row) is not None


async def count_up(session: AsyncSession, name: str) -> int:
    """The next number of a counter, without gaps or doubles between transactions."""
    row = upsert(session, Counter).values(name=name, value=1)
    value = await session.scalar(
        row.on_conflict_do_update(
            index_elements=[Counter.name], set_={"value": Counter.value + 1}
        ).returning(Counter.value)
    )
    return int(value or 0)


def upsert(session: AsyncSession, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens when the row is there; both databases know it."""
    return sqlite.insert(model) if on_sqlite(session) else postgresql.insert(model)


def on_sqlite(session: AsyncSession) -> bool:
    """Whether this session writes alone, as SQLite has it."""
    return str(session.get_bind().dialect.name) == "sqlite"


class _RollingBack(aiosqlite.Connection):
    """A connection that ends its transaction before it is closed.

    Work that is cancelled midway leaves a statement unfinished, and SQLite keeps a closed
    connection, lock and all, until the last of its statements is gone.
    """

    async def close(self) -> None:
        self._roll_back()
        await super().close()

    def stop(self) -> "asyncio.Future[Any] | None":
        self._roll_back()
        return super().stop()

    def _roll_back(self) -> None:
        if self._connection is not None:
            self._tx.put_nowait((None, self._connection.rollback))


def _open_sqlite(file: str, **options: Any) -> _RollingBack:
    connection = _RollingBack(partial(sqlite3.connect, file, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does it for its own connections
    return connection


def _sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False, sync_session_class=GuardedSession)


def _json(value: Any) -> str:
    return cleaned(json.dumps(value, ensure_ascii=False))


def _tune_sqlite(engine: AsyncEngine, *, foreign_keys: bool) -> None:
    """Readers beside a writer; writers queue at BEGIN instead of failing at COMMIT."""
    pragmas = (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        f"busy_timeout={SQLITE_BUSY_SECONDS * 1000}",
    )

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: DBAPIConnection, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("casework_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@event.listens_for(GuardedSession, "before_flush")
def _guard_events(session: Session, context: UOWTransaction, instances: Any) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    for row in [*changed, *session.deleted]:
        if isinstance(row, TicketEvent):
            raise RuntimeError("a ticket's event log is never edited")
