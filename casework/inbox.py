"""What came in: every update once, each person's in order, none lost."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.orm import aliased

from casework.context import Casework
from casework.database import insert_once
from casework.models import InboxItem

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
        now = cw.clock()
        item = await session.scalar(_next(channel, now))
        while item is not None and item.attempts >= MAX_ATTEMPTS:  # its worker died each time
            _end(item, now, "failed")
            await session.flush()
            item = await session.scalar(_next(channel, now))
        if item is not None:
            item.claimed_until = now + LEASE
            item.attempts += 1
        return item


async def finish(cw: Casework, item_id: int, outcome: str = "done") -> None:
    """An item is dealt with; what it said is not kept."""
    async with cw.database.transaction() as session:
        item = await session.get(InboxItem, item_id)
        if item is not None and item.processed_at is None:
            _end(item, cw.clock(), outcome)
    await cw.signals.publish("inbox")


async def release(cw: Casework, item_id: int) -> None:
    """An item could not be dealt with: again after a while, and given up the fifth time."""
    async with cw.database.transaction() as session:
        item = await session.get(InboxItem, item_id)
        if item is None or item.processed_at is not None:
            return
        if item.attempts >= MAX_ATTEMPTS:
            _end(item, cw.clock(), "failed")
        else:
            item.claimed_until = cw.clock() + _FIRST_BACK_OFF * 2 ** (item.attempts - 1)


async def extend(cw: Casework, item_id: int) -> None:
    """Hold a claimed item for a full lease from now."""
    async with cw.database.transaction() as session:
        await session.execute(
            update(InboxItem)
            .where(InboxItem.id == item_id, InboxItem.processed_at.is_(None))
            .values(claimed_until=cw.clock() + LEASE)
        )


def _next(channel: str | None, now: datetime) -> Select[InboxItem]:
    earlier = aliased(InboxItem)
    free = (
        select(InboxItem)
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
    return free if channel is None else free.where(InboxItem.channel == channel)


def _end(item: InboxItem, at: datetime, outcome: str) -> None:
    item.processed_at, item.outcome = at, outcome
    item.claimed_until, item.payload = None, {}
