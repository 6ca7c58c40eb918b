"""Tickets: opening, handing over, answering, passing on, closing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeVarTuple

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from casework import clocks, messages, outbox
from casework.context import Casework, Change, changing
from casework.errors import (
    IllegalMove,
    InvalidFact,
    NotAllowed,
    UnknownRequester,
    UnknownStaff,
    UnknownTicket,
)
from casework.events import log_event
from casework.models import Message, Requester, Staff, Ticket, TicketEvent, TicketOffice
from casework.moves import bring_to, move
from casework.opening import Case, open_case
from casework.strings import required
from casework.vocabulary import (
    STATES,
    UNDER_WAY,
    HandOverReason,
    Priority,
    Speaker,
    State,
    WaitingFor,
)

PAGE_SIZE = 25

Columns = TypeVarTuple("Columns")

#: Kinds that may be opened before consent: somebody wants a person, now.
_WITHOUT_CONSENT = ("contact",)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the desk's queue, and how many tickets there are in all."""

    rows: list[Ticket]
    total: int
    page: int = 1
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Tickets under way: all, one's own, nobody's, overdue ones, urgent ones."""

    all: int
    mine: int
    nobody: int
    overdue: int
    urgent: int


# --- the requester's side -------------------------------------------------------------------


async def open_ticket(
    cw: Casework,
    *,
    requester_id: str,
    kind: str,
    topic: str | None = None,
    facts: Mapping[str, Any],
    contact: str | None = None,
    language: str,
    priority: Priority = "normal",
    confidential: bool = False,
    speaker: Speaker = "bot",
) -> Ticket:
    """Open a ticket: routed, numbered, with clocks running and the last hour's conversation."""
    case = Case(
        kind=kind,
        topic=topic,
        facts=facts,
        contact=contact,
        language=language,
        priority=priority,
        confidential=confidential,
        speaker=speaker,
        consent_needed=kind not in _WITHOUT_CONSENT and priority != "urgent",
    )
    async with changing(cw) as change:
        return await loaded(change, await open_case(change, requester_id, case))


async def hand_over(
    cw: Casework,
    requester_id: str,
    *,
    reason: HandOverReason,
    question: str | None = None,
    entry_id: str | None = None,
    role: str | None = None,
) -> Ticket:
    """A person is wanted: by the newest ticket under way, or by a new one.

    An emergency is marked urgent and never hidden in a confidential ticket. A question passed on
    is a ticket of its own, routed by the nearest entry; until it is answered the bot speaks.
    """
    async with changing(cw) as change:
        requester = await change.session.get(Requester, requester_id)
        if requester is None:
            raise UnknownRequester(requester_id)
        ticket = await _to_hand_over(change, requester_id, reason)
        if ticket is None:
            case = _wanted(requester, reason, question, entry_id, role)
            ticket = await open_case(change, requester_id, case)
        else:
            await _switch_speaker(change, ticket)
        if reason == "emergency":
            _make_urgent(change, ticket)
        log_event(change, ticket, "person_wanted", actor="requester", reason=reason)
        return await loaded(change, ticket)


async def pass_on(
    cw: Casework,
    requester_id: str,
    *,
    text: str,
    language: str | None,
    attachment: Mapping[str, Any] | None = None,
    external_id: str | None = None,
) -> Ticket | None:
    """What a person writes while a human owns the conversation; None when the bot speaks.

    The ticket waits for the office again; one resolved lately is open again.
    """
    if await human_ticket(cw, requester_id) is None:
        return None
    async with changing(cw) as change:
        ticket = await _owned_by_human(change.session, cw, requester_id, lock=True)
        if ticket is None:
            return None
        message = messages.incoming(
            requester_id,
            text=text,
            language=language,
            attachment=attachment,
            external_id=external_id,
        )
        await _add_from_requester(change, ticket, message)
        return await loaded(change, ticket)


async def add_attachment(
    cw: Casework,
    requester_id: str,
    *,
    text: str,
    language: str | None,
    attachment: Mapping[str, Any],
    external_id: str | None = None,
) -> Ticket | None:
    """Put a picture, document or place with the newest ticket under way; None without one."""
    async with changing(cw) as change:
        ticket = await _newest_under_way(change, requester_id)
        if ticket is None:
            return None
        message = messages.incoming(
            requester_id,
            text=text,
            language=language,
            attachment=attachment,
            external_id=external_id,
        )
        await _add_from_requester(change, ticket, message)
        return await loaded(change, ticket)


async def human_ticket(cw: Casework, requester_id: str) -> Ticket | None:
    """The ticket in which a human owns this person's conversation; None when the bot speaks."""
    async with cw.database.reading() as session:
        return await _owned_by_human(session, cw, requester_id, lock=False)


async def of_requester(cw: Casework, requester_id: str) -> list[Ticket]:
    """A person's own tickets, newest first."""
    async with cw.database.reading() as session:
        found = await session.scalars(
            select(Ticket)
            .where(Ticket.requester_id == requester_id)
            .options(*_HEAD)
            .order_by(Ticket.id.desc())
        )
        return list(found)


async def give_feedback(cw: Casework, requester_id: str, reference: str, *, helped: bool) -> None:
    """Whether the person was helped, in their own view."""
    async with changing(cw) as change:
        ticket = await own_ticket(change, requester_id, reference)
        ticket.feedback = "helped" if helped else "not_helped"
        change.announce(f"ticket:{ticket.id}")


# --- the coordinator's side -----------------------------------------------------------------


async def take_over(cw: Casework, ticket_id: int, staff_id: int) -> Ticket:
    """A member of staff owns the conversation from now on; the bot is silent."""
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        await _take(change, ticket, staff, announce=True)
        return await loaded(change, ticket)


async def hand_back(cw: Casework, ticket_id: int, staff_id: int) -> Ticket:
    """The bot speaks again."""
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        if ticket.speaker == "human":
            ticket.speaker = "bot"
            log_event(change, ticket, "handed_back", actor="staff", staff_id=staff.id)
            await _tell(change, ticket, {"say": "handed_back"})
        return await loaded(change, ticket)


async def reply(cw: Casework, ticket_id: int, staff_id: int, text: str) -> Message:
    """Answer the person: they are told, and it is their turn; takes over where needed."""
    text = required(text)
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        requester = await _requester_of(change, ticket)
        await _take(change, ticket, staff, announce=False)
        payload = {
            "say": "staff_reply",
            "reference": ticket.reference,
            "text": text,
            "staff": staff.name,
        }
        item = await outbox.tell(change, requester, payload, ticket.id)
        message = Message(
            requester_id=requester.id,
            ticket_id=ticket.id,
            at=change.at,
            author="staff",
            staff=staff,
            text=text,
            outbox=item,
        )
        change.add(message)
        first = clocks.answered(cw.calendar, ticket, change.at)
        log_event(change, ticket, "replied", actor="staff", staff_id=staff.id, first=first)
        await bring_to(
            change, ticket, "waiting", actor="staff", staff_id=staff.id, waiting_for="requester"
        )
        return message


async def note(cw: Casework, ticket_id: int, staff_id: int, text: str) -> Message:
    """Write a note that only staff see."""
    text = required(text)
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        message = Message(
            requester_id=ticket.requester_id,
            ticket_id=ticket.id,
            at=change.at,
            author="note",
            staff=staff,
            outbox=None,
            text=text,
        )
        change.add(message)
        log_event(change, ticket, "noted", actor="staff", staff_id=staff.id)
        return message


async def assign(cw: Casework, ticket_id: int, staff_id: int, assignee_id: int | None) -> Ticket:
    """Give a ticket to a member of staff, or to nobody; a new one is open then."""
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        assignee = await _active_staff(change, assignee_id) if assignee_id is not None else None
        if assignee is not None:
            _check_sight(ticket, assignee)
        await _assign(change, ticket, assignee, by=staff)
        return await loaded(change, ticket)


async def change_offices(
    cw: Casework, ticket_id: int, staff_id: int, *, lead: str, involved: Sequence[str]
) -> Ticket:
    """Put other offices in charge; the log keeps the old and the new ones."""
    wanted = [office for office in dict.fromkeys(involved) if office != lead]
    for office in (lead, *wanted):
        cw.pack.office(office)
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        await change.session.refresh(ticket, ["involved"])
        old = {"lead": ticket.lead_office, "involved": [row.office for row in ticket.involved]}
        new = {"lead": lead, "involved": wanted}
        if old != new:
            ticket.lead_office = lead
            _set_involved(ticket, wanted)
            log_event(
                change,
                ticket,
                "offices_changed",
                actor="staff",
                staff_id=staff.id,
                old=old,
                new=new,
            )
        return await loaded(change, ticket)


async def change_state(
    cw: Casework,
    ticket_id: int,
    staff_id: int,
    state: str,
    *,
    waiting_for: WaitingFor | None = None,
) -> Ticket:
    """Bring a ticket into another state; raises IllegalMove where that cannot follow."""
    wanted = _state(state)
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        await move(
            change, ticket, wanted, actor="staff", staff_id=staff.id, waiting_for=waiting_for
        )
        if ticket.assignee_id is None and wanted == "open":
            await _assign(change, ticket, staff, by=staff)
        return await loaded(change, ticket)


async def change_priority(
    cw: Casework, ticket_id: int, staff_id: int, priority: Priority
) -> Ticket:
    """Mark a ticket urgent, or not."""
    async with changing(cw) as change:
        ticket, staff = await _for_staff(change, ticket_id, staff_id)
        if priority == "urgent":
            _make_urgent(change, ticket, staff_id=staff.id)
        elif ticket.priority != priority:
            _log_priority(change, ticket, priority, staff.id)
            ticket.priority = priority
        return await loaded(change, ticket)


async def queue(
    cw: Casework,
    staff: Staff,
    *,
    states: Sequence[str] | None = None,
    kind: str | None = None,
    office: str | None = None,
    assignee: int | Literal["nobody"] | None = None,
    search: str | None = None,
    page: int = 1,
) -> QueuePage:
    """The tickets that somebody may see: urgent on top, then by what is due first.

    `assignee` is somebody's id, or `nobody`; `search` is a part of the reference.
    """
    wanted = _visible_to(select(Ticket), staff).where(Ticket.state.in_(states or UNDER_WAY))
    if kind:
        wanted = wanted.where(Ticket.kind == kind)
    if office:
        wanted = wanted.where(or_(Ticket.lead_office == office, _involves(office)))
    if assignee is not None:
        nobody = assignee == "nobody"
        wanted = wanted.where(Ticket.assignee_id == (None if nobody else assignee))
    if search:
        wanted = wanted.where(Ticket.reference.icontains(search.strip(), autoescape=True))
    page = max(page, 1)
    in_order = (
        wanted.options(*_HEAD)
        .order_by(
            (Ticket.priority == "urgent").desc(),
            Ticket.due_at.is_(None),
            Ticket.due_at,
            Ticket.id,
        )
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    async with cw.database.reading() as session:
        total = await session.scalar(select(func.count()).select_from(wanted.subquery()))
        return QueuePage(list(await session.scalars(in_order)), int(total or 0), page)


async def queue_counts(cw: Casework, staff: Staff) -> QueueCounts:
    """How many tickets are under way, of those that somebody may see."""
    wanted = _visible_to(
        select(
            func.count(),
            func.count().filter(Ticket.assignee_id == staff.id),
            func.count().filter(Ticket.assignee_id.is_(None)),
            func.count().filter(Ticket.due_at <= cw.clock()),
            func.count().filter(Ticket.priority == "urgent"),
        ).select_from(Ticket),
        staff,
    ).where(Ticket.state.in_(UNDER_WAY))
    async with cw.database.reading() as session:
        return QueueCounts(*(await session.execute(wanted)).one())


async def read(cw: Casework, ticket_id: int, staff: Staff) -> Ticket:
    """A ticket with everything that belongs to it; raises NotAllowed for others' complaints."""
    async with cw.database.reading() as session:
        ticket = await session.get(Ticket, ticket_id, options=_WHOLE)
        if ticket is None:
            raise UnknownTicket(ticket_id)
        _check_sight(ticket, staff)
        return ticket


# --- within a transaction -------------------------------------------------------------------

_HEAD: tuple[ORMOption, ...] = (
    selectinload(Ticket.requester),
    selectinload(Ticket.assignee),
    selectinload(Ticket.involved),
)
_WHOLE: tuple[ORMOption, ...] = (
    *_HEAD,
    selectinload(Ticket.messages).selectinload(Message.staff),
    selectinload(Ticket.messages).selectinload(Message.outbox),
    selectinload(Ticket.events).selectinload(TicketEvent.staff),
)


async def loaded(change: Change, ticket: Ticket) -> Ticket:
    """The ticket as it will be kept, with requester, assignee and involved offices."""
    await change.session.flush()
    return await change.session.get_one(Ticket, ticket.id, options=_HEAD, populate_existing=True)


async def own_ticket(change: Change, requester_id: str, reference: str) -> Ticket:
    """A person's ticket by its reference, locked; raises UnknownTicket for anybody else's."""
    ticket = await change.session.scalar(
        select(Ticket)
        .where(Ticket.requester_id == requester_id, Ticket.reference == reference)
        .with_for_update(key_share=True)
    )
    if ticket is None:
        raise UnknownTicket(reference)
    return ticket


async def _for_staff(change: Change, ticket_id: int, staff_id: int) -> tuple[Ticket, Staff]:
    ticket = await change.session.get(Ticket, ticket_id, with_for_update={"key_share": True})
    if ticket is None:
        raise UnknownTicket(ticket_id)
    staff = await _active_staff(change, staff_id)
    _check_sight(ticket, staff)
    return ticket, staff


async def _active_staff(change: Change, staff_id: int) -> Staff:
    staff = await change.session.get(Staff, staff_id)
    if staff is None or not staff.active:
        raise UnknownStaff(staff_id)
    return staff


def _check_sight(ticket: Ticket, staff: Staff) -> None:
    if ticket.confidential and not staff.complaints:
        raise NotAllowed


def _visible_to(query: Select[*Columns], staff: Staff) -> Select[*Columns]:
    return query if staff.complaints else query.where(Ticket.confidential.is_(False))


def _involves(office: str) -> Any:
    return exists().where(TicketOffice.ticket_id == Ticket.id, TicketOffice.office == office)


async def _requester_of(change: Change, ticket: Ticket) -> Requester:
    requester = (
        await change.session.get(Requester, ticket.requester_id) if ticket.requester_id else None
    )
    if requester is None:
        raise UnknownRequester(ticket.reference)
    return requester


async def _tell(change: Change, ticket: Ticket, payload: dict[str, Any]) -> None:
    if ticket.requester_id is not None:
        requester = await _requester_of(change, ticket)
        payload = {**payload, "reference": ticket.reference}
        await outbox.tell(change, requester, payload, ticket.id)


async def _take(change: Change, ticket: Ticket, staff: Staff, *, announce: bool) -> None:
    """Somebody of the office speaks; nobody is told twice."""
    if ticket.state == "closed":
        raise IllegalMove("closed", "open")
    joined = ticket.speaker != "human" or ticket.assignee_id != staff.id
    ticket.speaker, ticket.human_since = "human", change.at
    if ticket.state in ("new", "resolved"):
        await move(change, ticket, "open", actor="staff", staff_id=staff.id)
    if not joined:
        return
    await _assign(change, ticket, staff, by=staff)
    log_event(change, ticket, "taken_over", actor="staff", staff_id=staff.id)
    if announce:
        await _tell(change, ticket, {"say": "staff_joined", "staff": staff.name})


async def _assign(change: Change, ticket: Ticket, assignee: Staff | None, *, by: Staff) -> None:
    old, new = ticket.assignee_id, assignee.id if assignee else None
    if old != new:
        ticket.assignee_id = new
        log_event(change, ticket, "assigned", actor="staff", staff_id=by.id, old=old, new=new)
    if assignee is not None and ticket.state == "new":
        await move(change, ticket, "open", actor="staff", staff_id=by.id)


def _set_involved(ticket: Ticket, wanted: Sequence[str]) -> None:
    there = {row.office: row for row in ticket.involved}
    ticket.involved = [there.get(office) or TicketOffice(office=office) for office in wanted]


def _state(state: str) -> State:
    for known in STATES:
        if known == state:
            return known
    raise InvalidFact("state", "unknown")


async def _newest_under_way(
    change: Change, requester_id: str, *, kind: str | None = None
) -> Ticket | None:
    wanted = select(Ticket).where(Ticket.requester_id == requester_id, Ticket.state.in_(UNDER_WAY))
    if kind is not None:
        wanted = wanted.where(Ticket.kind == kind)
    found: Ticket | None = await change.session.scalar(
        wanted.order_by(Ticket.id.desc()).limit(1).with_for_update(key_share=True)
    )
    return found


async def _to_hand_over(change: Change, requester_id: str, reason: HandOverReason) -> Ticket | None:
    if reason == "question":
        return None
    return await _newest_under_way(
        change, requester_id, kind="contact" if reason == "emergency" else None
    )


def _wanted(
    requester: Requester,
    reason: HandOverReason,
    question: str | None,
    entry_id: str | None,
    role: str | None,
) -> Case:
    return Case(
        kind="question" if reason == "question" else "contact",
        topic="emergency" if reason == "emergency" else None,
        facts={"question": question, "entry": entry_id, "role": role or requester.role},
        language=requester.language,
        priority="urgent" if reason == "emergency" else "normal",
        speaker="bot" if reason == "question" else "human",
        consent_needed=False,
    )


async def _switch_speaker(change: Change, ticket: Ticket) -> None:
    """The person waits for the office from now on."""
    ticket.speaker, ticket.human_since = "human", change.at
    if ticket.waiting_for == "requester":
        await move(change, ticket, "open", actor="requester")
    clocks.wants_news(change.cw.calendar, ticket, change.at)
    await messages.attach_lead_up(change, ticket)


def _make_urgent(change: Change, ticket: Ticket, staff_id: int | None = None) -> None:
    if ticket.priority != "urgent":
        _log_priority(change, ticket, "urgent", staff_id)
        ticket.priority = "urgent"
    clocks.hurry(change.cw.calendar, ticket, change.at)


def _log_priority(change: Change, ticket: Ticket, priority: Priority, staff_id: int | None) -> None:
    log_event(
        change,
        ticket,
        "priority_changed",
        actor="staff" if staff_id else "system",
        staff_id=staff_id,
        old=ticket.priority,
        new=priority,
    )


async def _owned_by_human(
    session: AsyncSession, cw: Casework, requester_id: str, *, lock: bool
) -> Ticket | None:
    reopenable = cw.clock() - timedelta(days=cw.settings.close_after_days)
    wanted = (
        select(Ticket)
        .where(
            Ticket.requester_id == requester_id,
            Ticket.speaker == "human",
            or_(
                Ticket.state.in_(UNDER_WAY),
                (Ticket.state == "resolved") & (Ticket.resolved_at > reopenable),
            ),
        )
        .order_by((Ticket.state == "resolved"), Ticket.human_since.desc(), Ticket.id.desc())
        .limit(1)
    )
    if lock:
        wanted = wanted.with_for_update(key_share=True)
    ticket: Ticket | None = await session.scalar(wanted)
    return ticket


async def _add_from_requester(change: Change, ticket: Ticket, message: Message) -> None:
    message.at, message.ticket_id = change.at, ticket.id
    change.add(message)
    log_event(change, ticket, "wrote", actor="requester", attachment=message.attachment is not None)
    change.announce(f"requester:{message.requester_id}")
    if ticket.state == "resolved" or ticket.waiting_for == "requester":
        await move(change, ticket, "open", actor="requester")
    if ticket.first_answered_at:
        clocks.wants_news(change.cw.calendar, ticket, change.at)
