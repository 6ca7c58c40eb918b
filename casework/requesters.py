"""The people on the channels: language, role, consent, and whether they can be reached."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from casework.context import Casework, Change, changing
from casework.database import upsert
from casework.errors import InvalidFact, UnknownRequester
from casework.events import EventKind, log_event
from casework.languages import DEFAULT, served
from casework.models import OutboxItem, Requester, Ticket
from casework.vocabulary import ROLES, UNDER_WAY

#: The text of the consent that is asked for now; a new text asks everybody again.
CONSENT_VERSION = "2026-01"

#: Replies that could not be delivered for that long are not sent any more.
_STILL_NEWS = timedelta(days=14)


async def meet(cw: Casework, *, channel: str, address: str, language_hint: str | None) -> Requester:
    """The person behind an address, new or known; whoever writes can be reached again."""
    async with changing(cw) as change:
        row = upsert(change.session, Requester).values(
            id=str(uuid.uuid4()),
            channel=channel,
            address=address,
            language=served(language_hint) or DEFAULT,
            language_chosen=False,
            reachable=True,
            created_at=change.at,
            last_seen_at=change.at,
        )
        met = row.on_conflict_do_update(
            index_elements=[Requester.channel, Requester.address],
            set_={"last_seen_at": change.at, "forgotten_at": None},
        )
        requester = (await change.session.scalars(met.returning(Requester))).one()
        if not requester.reachable:
            await _reachable_again(change, requester)
        return requester


async def find(cw: Casework, requester_id: str) -> Requester:
    """The requester with that id; raises UnknownRequester."""
    async with cw.database.reading() as session:
        requester = await session.get(Requester, requester_id)
        if requester is None:
            raise UnknownRequester(requester_id)
        return requester


async def known(cw: Casework, *, channel: str, address: str) -> Requester | None:
    """The person behind an address, if they ever wrote."""
    async with cw.database.reading() as session:
        found: Requester | None = await session.scalar(
            select(Requester).where(Requester.channel == channel, Requester.address == address)
        )
        return found


async def set_language(cw: Casework, requester_id: str, language: str, *, chosen: bool) -> None:
    """Speak this served language from now on; `chosen`: it was the person's own word."""
    if served(language) != language:
        raise InvalidFact("language", "unknown")
    values: dict[str, Any] = {"language": language}
    if chosen:
        values["language_chosen"] = True
    await _set(cw, requester_id, values)


async def set_role(cw: Casework, requester_id: str, role: str) -> None:
    """Note whether somebody writes as a volunteer, for an organisation, or as neither."""
    if role not in ROLES:
        raise InvalidFact("role", "unknown")
    await _set(cw, requester_id, {"role": role})


async def give_consent(cw: Casework, requester_id: str) -> None:
    """The person agreed to the present text: their data may be kept."""
    await _set(cw, requester_id, {"consent_at": cw.clock(), "consent_version": CONSENT_VERSION})


def has_consent(requester: Requester) -> bool:
    """Whether the person agreed to the text that is asked for now."""
    return requester.consent_at is not None and requester.consent_version == CONSENT_VERSION


async def mark_unreachable(cw: Casework, requester_id: str) -> None:
    """The person blocked the bot: nothing more is sent, and their tickets say so."""
    async with changing(cw) as change:
        tickets = await _open_tickets(change, requester_id)
        requester = await change.session.get(Requester, requester_id, with_for_update=True)
        if requester is None:
            raise UnknownRequester(requester_id)
        await change.session.execute(
            update(OutboxItem)
            .where(OutboxItem.requester_id == requester_id, OutboxItem.state == "pending")
            .values(state="unreachable", claimed_until=None)
        )
        if requester.reachable:
            requester.reachable = False
            _log_all(change, tickets, "unreachable")


async def _reachable_again(change: Change, requester: Requester) -> None:
    """The office's messages that could not be delivered are due now; the bot's own are stale."""
    tickets = await _open_tickets(change, requester.id)
    requester.reachable = True
    await change.session.execute(
        update(OutboxItem)
        .where(
            OutboxItem.requester_id == requester.id,
            OutboxItem.state == "unreachable",
            OutboxItem.ticket_id.is_not(None),
            OutboxItem.created_at > change.at - _STILL_NEWS,
        )
        .values(state="pending", due_at=change.at)
    )
    _log_all(change, tickets, "reachable")
    change.announce("outbox", f"requester:{requester.id}")


async def _open_tickets(change: Change, requester_id: str) -> list[Ticket]:
    found = await change.session.scalars(
        select(Ticket)
        .where(Ticket.requester_id == requester_id, Ticket.state.in_(UNDER_WAY))
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    )
    return list(found)


def _log_all(change: Change, tickets: list[Ticket], kind: EventKind) -> None:
    for ticket in tickets:
        log_event(change, ticket, kind, actor="system")


async def _set(cw: Casework, requester_id: str, values: dict[str, Any]) -> None:
    async with cw.database.transaction() as session:
        known = await session.scalar(
            update(Requester)
            .where(Requester.id == requester_id)
            .values(**values)
            .returning(Requester.id)
        )
        if known is None:
            raise UnknownRequester(requester_id)
