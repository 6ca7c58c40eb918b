"""How a case becomes a ticket, within a use case's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework import clocks
from casework import facts as case_facts
from casework.context import Change
from casework.database import count_up
from casework.errors import ConsentMissing, InvalidFact, UnknownRequester
from casework.events import log_event
from casework.languages import served
from casework.messages import attach_lead_up
from casework.models import Requester, Ticket, TicketOffice
from casework.requesters import has_consent
from casework.routing import route
from casework.vocabulary import OFFER_KINDS, REQUEST_TOPICS, TICKET_KINDS, Priority, Speaker

_TOPICS = {"offer": OFFER_KINDS, "request": REQUEST_TOPICS}
_TOPIC_LENGTH = 48


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody wants of the office."""

    kind: str
    language: str
    topic: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    contact: str | None = None
    priority: Priority = "normal"
    confidential: bool = False
    speaker: Speaker = "bot"
    consent_needed: bool = True


async def open_case(change: Change, requester_id: str, case: Case) -> Ticket:
    """Route a case, number it, start its clocks, write its log, attach what led to it."""
    requester = await change.session.get(Requester, requester_id)
    if requester is None:
        raise UnknownRequester(requester_id)
    if case.consent_needed and not has_consent(requester):
        raise ConsentMissing
    ticket = _ticket(change, requester, case)
    ticket.reference = await _next_reference(change)
    change.add(ticket)
    await change.session.flush()
    clocks.start(change.cw.calendar, ticket, change.at)
    log_event(
        change,
        ticket,
        "opened",
        actor="requester",
        case=ticket.kind,
        topic=ticket.topic,
        lead=ticket.lead_office,
        involved=[row.office for row in ticket.involved],
    )
    await attach_lead_up(change, ticket)
    change.announce(f"requester:{requester.id}")
    return ticket


def _ticket(change: Change, requester: Requester, case: Case) -> Ticket:
    facts = case_facts.checked(case.facts)
    topic = _checked_topic(case)
    routed = {**facts, "role": facts.get("role") or requester.role}
    way = route(change.cw.pack, case.kind, topic, routed)
    return Ticket(
        kind=case.kind,
        topic=topic,
        language=served(case.language) or requester.language,
        requester=requester,
        facts=facts,
        contact=case_facts.checked_contact(case.contact),
        lead_office=way.lead,
        involved=[TicketOffice(office=office) for office in way.involved],
        routing_reason=way.reason,
        state="new",
        speaker=case.speaker,
        human_since=change.at if case.speaker == "human" else None,
        assignee=None,
        priority=case.priority,
        confidential=case.confidential or case.kind == "complaint",
        tags=[],
        opened_at=change.at,
        updated_at=change.at,
    )


def _checked_topic(case: Case) -> str | None:
    if case.kind not in TICKET_KINDS:
        raise InvalidFact("kind", "unknown")
    known = _TOPICS.get(case.kind)
    if known is not None and case.topic not in known:
        raise InvalidFact("topic", "unknown")
    if case.topic is not None and len(case.topic) > _TOPIC_LENGTH:
        raise InvalidFact("topic", "long")
    return case.topic


async def _next_reference(change: Change) -> str:
    """`W-26-00042`: municipality, year on the office's wall, number within the year."""
    year = change.cw.calendar.today(change.at).year % 100
    series = f"{change.cw.pack.municipality.reference_prefix}-{year:02d}"
    number = await count_up(change.session, f"ticket:{series}")
    return f"{series}-{number:05d}"
