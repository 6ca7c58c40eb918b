"""The record of a conversation: what a person wrote and what they were told."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from casework.context import Casework, Change, changing
from casework.errors import UnknownRequester
from casework.events import log_event
from casework.models import Message, OutboxItem, Requester, Ticket

#: How far back a new ticket takes the conversation that led to it.
LEAD_UP = timedelta(hours=1)


async def record_incoming(
    cw: Casework,
    requester_id: str,
    *,
    text: str,
    language: str | None,
    attachment: Mapping[str, Any] | None = None,
    external_id: str | None = None,
) -> Message:
    """Keep what a person wrote to the bot; without a ticket it goes after a day."""
    async with cw.database.transaction() as session:
        if await session.get(Requester, requester_id) is None:
            raise UnknownRequester(requester_id)
        message = incoming(
            requester_id,
            text=text,
            language=language,
            attachment=attachment,
            external_id=external_id,
        )
        message.at = cw.clock()
        session.add(message)
        return message


def incoming(
    requester_id: str,
    *,
    text: str,
    language: str | None,
    attachment: Mapping[str, Any] | None,
    external_id: str | None,
) -> Message:
    """A requester's message, not yet in any transaction."""
    return Message(
        requester_id=requester_id,
        author="requester",
        language=language,
        text=text,
        attachment=dict(attachment) if attachment else None,
        external_id=external_id,
    )


async def record_edit(
    cw: Casework, requester_id: str, *, external_id: str, text: str
) -> Message | None:
    """A person changed what they wrote: the new text counts, the first one stays visible."""
    async with changing(cw) as change:
        message = await change.session.scalar(
            select(Message)
            .where(
                Message.requester_id == requester_id,
                Message.external_id == external_id,
                Message.author == "requester",
            )
            .order_by(Message.id.desc())
            .limit(1)
        )
        if message is None or message.text == text:
            return message
        if message.original_text is None:
            message.original_text = message.text
        message.text, message.edited_at = text, change.at
        ticket = await change.session.get(Ticket, message.ticket_id) if message.ticket_id else None
        if ticket is not None:
            log_event(change, ticket, "edited", actor="requester")
        return message


async def record_outgoing(
    change: Change, item: OutboxItem, *, text: str, author: str = "bot"
) -> Message:
    """Keep what a person was told, as it was worded for them."""
    message = None
    if item.ticket_id is not None:  # then it may be a reply, on record since it was written
        message = await change.session.scalar(select(Message).where(Message.outbox_id == item.id))
    if message is None:
        message = Message(
            requester_id=item.requester_id,
            ticket_id=item.ticket_id,
            at=change.at,
            author=author,
            text=text,
            outbox_id=item.id,
        )
        change.add(message)
    message.external_id = item.external_id
    return message


async def history(cw: Casework, requester_id: str, limit: int = 50) -> list[Message]:
    """The last messages that a person wrote or has seen, oldest first.

    What is still on its way is not among them: `outbox.waiting_for` has it, after the last
    `outbox_id` here.
    """
    async with cw.database.reading() as session:
        newest = await session.scalars(
            select(Message)
            .outerjoin(OutboxItem, OutboxItem.id == Message.outbox_id)
            .where(
                Message.requester_id == requester_id,
                Message.author != "note",
                or_(OutboxItem.id.is_(None), OutboxItem.state == "sent"),
            )
            .order_by(Message.id.desc())
            .limit(limit)
        )
        return list(newest)[::-1]


async def last_words(cw: Casework, ticket_ids: Sequence[int]) -> dict[int, Message]:
    """What the person wrote last, by ticket; tickets without a word of theirs are left out."""
    newest = (
        select(func.max(Message.id))
        .where(Message.ticket_id.in_(ticket_ids), Message.author == "requester")
        .group_by(Message.ticket_id)
    )
    async with cw.database.reading() as session:
        found = await session.scalars(select(Message).where(Message.id.in_(newest)))
        return {message.ticket_id: message for message in found if message.ticket_id is not None}


async def attach_lead_up(change: Change, ticket: Ticket) -> None:
    """Give a new ticket the conversation that led to it."""
    await change.session.execute(
        update(Message)
        .where(
            Message.requester_id == ticket.requester_id,
            Message.ticket_id.is_(None),
            Message.at >= change.at - LEAD_UP,
        )
        .values(ticket_id=ticket.id)
    )
