"""What must be sent: rows written with the change that caused them, delivered afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework import messages
from casework.context import Casework, Change, changing
from casework.database import on_sqlite
from casework.errors import UnknownRequester
from casework.events import log_event
from casework.models import OutboxItem, Requester, Ticket

_log = structlog.get_logger(__name__)

#: How long a deliverer may hold an item before another one takes it.
LEASE = timedelta(minutes=2)
_PROBLEM_LENGTH = 200


async def enqueue(
    session: AsyncSession,
    *,
    requester: Requester,
    payload: dict[str, Any],
    ticket_id: int | None = None,
    at: datetime,
) -> OutboxItem:
    """Add a message to a requester within a use case's transaction."""
    # One writer per person at a time: then ids are in the order in which they become visible,
    # and whoever reads on from the last id seen misses nothing.
    if not on_sqlite(session):
        mine = select(Requester.id).where(Requester.id == requester.id)
        await session.execute(mine.with_for_update(key_share=True))
    item = OutboxItem(
        channel=requester.channel,
        requester_id=requester.id,
        address=requester.address,
        payload=payload,
        ticket_id=ticket_id,
        created_at=at,
        due_at=at,
    )
    session.add(item)
    await session.flush()
    return item


async def tell(
    change: Change, requester: Requester, payload: dict[str, Any], ticket_id: int | None = None
) -> OutboxItem:
    """The same, with the signals that wake the deliverers."""
    change.announce("outbox", f"requester:{requester.id}")
    return await enqueue(
        change.session, requester=requester, payload=payload, ticket_id=ticket_id, at=change.at
    )


async def say(
    cw: Casework,
    requester_id: str,
    payloads: Sequence[dict[str, Any]],
    ticket_id: int | None = None,
) -> list[OutboxItem]:
    """Add several messages to a requester, in this order, in one transaction.

    What was said last, too, gets `repeats`: how often in a row it comes.
    """
    if not payloads:
        return []
    async with changing(cw) as change:
        requester = await change.session.get(Requester, requester_id)
        if requester is None:
            raise UnknownRequester(requester_id)
        changed = any(payload.get("say") == "language_changed" for payload in payloads)
        last = [] if changed else await _said_last(change, requester_id, len(payloads))
        return [
            await tell(change, requester, _counted(payload, last), ticket_id)
            for payload in payloads
        ]


async def _said_last(change: Change, requester_id: str, count: int) -> list[dict[str, Any]]:
    newest = (
        select(OutboxItem.payload)
        .filter_by(requester_id=requester_id)
        .order_by(OutboxItem.id.desc())
        .limit(count)
    )
    return list(await change.session.scalars(newest))


def _counted(payload: dict[str, Any], last: Sequence[dict[str, Any]]) -> dict[str, Any]:
    for said in last:
        if {**said, "repeats": None} == {**payload, "repeats": None}:
            return {**payload, "repeats": said.get("repeats", 0) + 1}
    return payload


async def claim_due(cw: Casework, channel: str, limit: int) -> list[OutboxItem]:
    """Take items to deliver, at most one per address and only its oldest; others leave them be."""
    async with cw.database.transaction() as session:
        now = cw.clock()
        items = (await session.scalars(_due(channel, now, limit))).all()
        for item in items:
            item.claimed_until = now + LEASE
            item.attempts += 1
        return list(items)


async def mark_sent(
    cw: Casework, item_id: int, *, text: str, external_id: str | None, author: str = "bot"
) -> None:
    """Note that an item has reached the channel, and what the person saw; once is enough."""
    async with changing(cw) as change:
        item = await _settle(
            change, item_id, "sent", sent_at=change.at, external_id=external_id, problem=None
        )
        if item is None:
            return
        await messages.record_outgoing(change, item, text=text, author=author)


async def retry_later(cw: Casework, item_id: int, *, seconds: float, problem: str) -> None:
    """Try an item again after that many seconds; what comes after it waits with it."""
    async with cw.database.transaction() as session:
        await session.execute(
            update(OutboxItem)
            .where(OutboxItem.id == item_id, OutboxItem.state == "pending")
            .values(
                due_at=cw.clock() + timedelta(seconds=seconds),
                claimed_until=None,
                problem=problem[:_PROBLEM_LENGTH],
            )
        )


async def give_up(cw: Casework, item_id: int, problem: str) -> None:
    """Never try an item again; its ticket's log tells the coordinator."""
    async with changing(cw) as change:
        ticket = await _locked_ticket(change, item_id)
        item = await _settle(change, item_id, "failed", problem=problem[:_PROBLEM_LENGTH])
        if item is None:
            return
        _log.warning("a message was given up", channel=item.channel, item=item.id)
        if ticket is not None:
            log_event(change, ticket, "not_delivered", actor="system", problem=item.problem)


async def waiting_for(cw: Casework, requester_id: str, after_id: int) -> list[OutboxItem]:
    """Everything said to a requester after that item, in order, seen already or not."""
    async with cw.database.reading() as session:
        items = await session.scalars(
            select(OutboxItem)
            .where(
                OutboxItem.requester_id == requester_id,
                OutboxItem.id > after_id,
                OutboxItem.state.in_(("pending", "sent")),
            )
            .order_by(OutboxItem.id)
        )
        return [item for item in items if item.payload]


def _due(channel: str, now: datetime, limit: int) -> Select[OutboxItem]:
    earlier = aliased(OutboxItem)
    return (
        select(OutboxItem)
        .where(
            OutboxItem.channel == channel,
            OutboxItem.state == "pending",
            OutboxItem.due_at <= now,
            or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until <= now),
            ~exists().where(
                earlier.channel == OutboxItem.channel,
                earlier.address == OutboxItem.address,
                earlier.state == "pending",
                earlier.id < OutboxItem.id,
            ),
        )
        .order_by(OutboxItem.due_at, OutboxItem.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


async def _locked_ticket(change: Change, item_id: int) -> Ticket | None:
    ticket: Ticket | None = await change.session.scalar(
        select(Ticket)
        .join(OutboxItem, OutboxItem.ticket_id == Ticket.id)
        .where(OutboxItem.id == item_id)
        .with_for_update(key_share=True, of=Ticket)
    )
    return ticket


async def _settle(change: Change, item_id: int, state: str, **values: Any) -> OutboxItem | None:
    """End an item's waiting; None when it is gone or was settled before."""
    item: OutboxItem | None = await change.session.scalar(
        update(OutboxItem)
        .where(OutboxItem.id == item_id, OutboxItem.state == "pending")
        .values(state=state, claimed_until=None, **values)
        .returning(OutboxItem)
    )
    if item is not None and item.ticket_id is not None:
        change.announce(f"ticket:{item.ticket_id}")
    return item
