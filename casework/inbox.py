"""What came in: every update once, each person's in order, none lost."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Update, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from casework.context import Casework
from casework.database import insert_once
from casework.models import InboxItem

_log = structlog.get_logger(__name__)

#: How long a worker may hold an item before another one takes it.
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
_FIRST_BACK_OFF = timedelta(seconds=2)


async def receive(
    cw: Casework, *, channel: str, update_id: str, address: str, payload: dict[str, Any]
) -> bool:
    """Keep an update; False when it was there already."""
    async with cw.database.transaction() as session:
        new = await insert_once(
            session,
            InboxItem,
            channel=channel,
            update_id=update_id,
            address=address,
            payload=payload,
            received_at=cw.clock(),
            attempts=0,
        )
    if new:
        await cw.signals.publish("inbox")
    return new


async def claim_next(cw: Casework, channel: str | None = None) -> InboxItem | None:
    """Take the oldest item whose address has none before it; None when nothing is to be done."""
    async with cw.database.transaction() as session:
        while True:
            item: InboxItem | None = await session.scalar(_claim(channel, cw.clock()))
            if item is None or item.attempts <= MAX_ATTEMPTS:
                return item
            # Whoever took it before has died of it, each time.
            await session.execute(_of(item.id).values(_ended(cw.clock(), "failed")))


async def finish(cw: Casework, item_id: int, outcome: str = "done") -> None:
    """An item is dealt with; what it said is not kept."""
    async with cw.database.transaction() as session:
        await session.execute(_of(item_id).values(_ended(cw.clock(), outcome)))
    await cw.signals.publish("inbox")


async def release(cw: Casework, item_id: int) -> None:
    """An item could not be dealt with: again after a while, and given up the fifth time."""
    async with cw.database.transaction() as session:
        item = await session.get(InboxItem, item_id)
        if item is None or item.processed_at is not None:
            return
        if item.attempts >= MAX_ATTEMPTS:
            await session.execute(_of(item_id).values(_ended(cw.clock(), "failed")))
            _log.warning("an update was given up", channel=item.channel, item=item_id)
        else:
            item.claimed_until = cw.clock() + _FIRST_BACK_OFF * 2 ** (item.attempts - 1)


async def extend(cw: Casework, item_id: int) -> None:
    """Hold a claimed item for a full lease from now."""
    async with cw.database.transaction() as session:
        await session.execute(_of(item_id).values(claimed_until=cw.clock() + LEASE))


def _claim(channel: str | None, now: datetime) -> ReturningUpdate[InboxItem]:
    earlier = aliased(InboxItem)
    free = (
        select(InboxItem.id)
        .where(
            InboxItem.processed_at.is_(None),
            or_(InboxItem.claimed_until.is_(None), InboxItem.claimed_until <= now),
            ~exists().where(
                earlier.channel == InboxItem.channel,
                earlier.address == InboxItem.address,
                earlier.processed_at.is_(None),
                earlier.id < InboxItem.id,
            ),
        )
        .order_by(InboxItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if channel is not None:
        free = free.where(InboxItem.channel == channel)
    return (
        update(InboxItem)
        .where(InboxItem.id == free.scalar_subquery())
        .values(claimed_until=now + LEASE, attempts=InboxItem.attempts + 1)
        .returning(InboxItem)
        .execution_options(populate_existing=True)
    )


def _of(item_id: int) -> Update:
    return update(InboxItem).where(InboxItem.id == item_id, InboxItem.processed_at.is_(None))


def _ended(at: datetime, outcome: str) -> dict[str, Any]:
    """What it said is not kept."""
    return {"processed_at": at, "outcome": outcome, "claimed_until": None, "payload": {}}
