"""Transactions: whole or not at all; readers never wait."""

import asyncio
from contextlib import suppress
from datetime import datetime

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from casework.context import Casework
from casework.database import Database, count_up, insert_once
from casework.models import Counter, Message, Requester, Ticket
from tests.support.clock import Clock, berlin
from tests.support.people import make_requester, make_ticket


async def test_a_change_that_fails_leaves_nothing(cw: Casework) -> None:
    with suppress(ZeroDivisionError):
        async with cw.database.transaction() as session:
            await count_up(session, "sheep")
            raise ZeroDivisionError
    async with cw.database.reading() as session:
        assert await session.get(Counter, "sheep") is None


async def test_counting_is_safe_all_at_once(cw: Casework) -> None:
    async def count() -> int:
        async with cw.database.transaction() as session:
            return await count_up(session, "sheep")

    assert sorted(await asyncio.gather(*(count() for _ in range(20)))) == list(range(1, 21))


async def test_a_reader_does_not_wait_for_a_writer(cw: Casework) -> None:
    person = await make_requester(cw)
    async with cw.database.transaction() as writer:
        (await writer.get_one(Requester, person.id)).role = "other"
        await writer.flush()
        async with asyncio.timeout(2), cw.database.reading() as reader:
            assert (await reader.get_one(Requester, person.id)).role is None


async def test_what_is_changed_while_reading_is_not_kept(cw: Casework) -> None:
    person = await make_requester(cw)
    try:
        async with cw.database.reading() as session:
            (await session.get_one(Requester, person.id)).role = "other"
            await session.flush()
    except DBAPIError as refused:
        assert "read-only" in str(refused)  # noqa: PT017  (SQLite lets it pass and forgets it)
    async with cw.database.reading() as session:
        assert (await session.get_one(Requester, person.id)).role is None


async def test_moments_come_back_in_utc(cw: Casework, clock: Clock) -> None:
    person = await make_requester(cw)
    async with cw.database.reading() as session:
        again = await session.get_one(Requester, person.id)
    assert again.created_at == clock() == berlin("2026-03-10 10:00")
    assert again.created_at.utcoffset() is not None


async def test_a_moment_without_a_time_zone_is_refused(cw: Casework) -> None:
    person = await make_requester(cw)
    async with cw.database.transaction() as session:
        row = await session.get_one(Requester, person.id)
        row.last_seen_at = datetime(2026, 1, 1)  # noqa: DTZ001
        with pytest.raises(StatementError, match="without a time zone"):
            await session.flush()
        await session.rollback()


async def test_a_row_is_inserted_once(cw: Casework) -> None:
    async with cw.database.transaction() as session:
        assert await insert_once(session, Counter, name="x", value=1)
        assert not await insert_once(session, Counter, name="x", value=2)


async def test_contacts_need_the_right_key(cw: Casework) -> None:
    ticket = await make_ticket(cw, contact="anna@example.org")
    other = Database(cw.settings.database_url, Fernet.generate_key().decode())
    try:
        async with other.reading() as session:
            with pytest.raises(InvalidToken):
                await session.get_one(Ticket, ticket.id)
            raw = await session.scalar(text("SELECT contact FROM ticket"))
            assert "anna" not in str(raw)
    finally:
        await other.close()
    async with cw.database.reading() as session:
        assert await session.scalar(select(Ticket.contact)) == "anna@example.org"


async def test_work_that_is_cancelled_midway_leaves_no_lock_behind(cw: Casework) -> None:
    async def count() -> None:
        async with cw.database.transaction() as session:
            await count_up(session, "sheep")
            await asyncio.sleep(0)
            await count_up(session, "sheep")

    for pause in range(40):
        task = asyncio.create_task(count())
        await asyncio.sleep(pause / 4000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5):
        await count()
    async with cw.database.reading() as session:
        assert (await session.get_one(Counter, "sheep")).value % 2 == 0


async def test_an_error_tells_nothing_that_somebody_wrote(cw: Casework) -> None:
    with pytest.raises(IntegrityError) as failed:
        async with cw.database.transaction() as session:
            session.add(Message(requester_id="nobody", at=cw.clock(), author="x", text="secret"))
    assert "secret" not in str(failed.value)
