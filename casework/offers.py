"""Help offers: what volunteers put at others' disposal."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from casework import moves, tickets
from casework.context import Casework, Change, changing
from casework.events import log_event
from casework.models import HelpOffer, Ticket
from casework.opening import Case, open_case

#: A volunteer is asked again after half a year whether the offer still stands.
ACTIVE = timedelta(days=183)


async def take_offer(
    cw: Casework,
    *,
    requester_id: str,
    language: str,
    kind: str,
    languages: Sequence[str],
    availability: Mapping[str, Any],
    district: str | None,
    contact: str | None,
    remark: str | None,
) -> Ticket:
    """Record an offer of help and open its ticket."""
    facts = {
        "languages": list(languages),
        "availability": dict(availability),
        "district": district,
        "remark": remark,
    }
    case = Case(kind="offer", topic=kind, facts=facts, contact=contact, language=language)
    async with changing(cw) as change:
        ticket = await open_case(change, requester_id, case)
        change.add(_offer(change, ticket))
        return await tickets.loaded(change, ticket)


async def withdraw(cw: Casework, requester_id: str, reference: str) -> Ticket:
    """Take a ticket back by the person's own word: closed, and its offer out of the pool."""
    async with changing(cw) as change:
        ticket = await tickets.own_ticket(change, requester_id, reference)
        offers = await change.session.scalars(
            select(HelpOffer).where(HelpOffer.ticket_id == ticket.id)
        )
        for offer in offers:
            offer.state, offer.active_until = "withdrawn", change.at
        if ticket.state != "closed":
            log_event(change, ticket, "withdrawn", actor="requester")
            moves.close_out(change, ticket, actor="requester")
        return await tickets.loaded(change, ticket)


def _offer(change: Change, ticket: Ticket) -> HelpOffer:
    facts = ticket.facts
    return HelpOffer(
        requester_id=ticket.requester_id,
        ticket_id=ticket.id,
        kind=ticket.topic,
        languages=facts.get("languages", []),
        availability=facts.get("availability", {}),
        district=(facts.get("district") or "")[:48] or None,
        contact=ticket.contact,
        remark=facts.get("remark"),
        active_until=change.at + ACTIVE,
        state="new",
        created_at=change.at,
    )
