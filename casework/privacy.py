"""A person's data: shown, deleted, and forgotten when its time is over."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update

from casework import facts, moves
from casework.context import Casework, Change, changing
from casework.errors import UnknownRequester
from casework.events import log_event
from casework.models import (
    HelpOffer,
    InboxItem,
    Message,
    OpenQuestion,
    Organisation,
    OutboxItem,
    Requester,
    StaffSession,
    Ticket,
)

#: Rows handled in one transaction, so that nobody waits long behind a purge.
_BATCH = 100
#: A sent message's words are kept that long, for a web chat that lost its connection.
_REPLAY = timedelta(days=1)
#: A question that nobody made anything of is forgotten: people write about themselves.
_OPEN_QUESTIONS = timedelta(days=180)
#: Time to deliver the last word to somebody whose data was deleted.
_FAREWELL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MyData:
    """Everything that is kept about a person."""

    channel: str
    language: str
    role: str | None
    consent_at: str | None
    first_seen_at: str
    tickets: list[dict[str, Any]] = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)
    organisations: list[dict[str, Any]] = field(default_factory=list)
    messages: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing personal is kept."""
        return not (self.tickets or self.offers or self.organisations or self.consent_at)

    def payload(self) -> dict[str, Any]:
        """The same as plain values, fit for JSON."""
        return asdict(self)


@dataclass(slots=True)
class Purged:
    """How many rows a purge closed, made anonymous or deleted."""

    closed: int = 0
    anonymised: int = 0
    offers: int = 0
    requesters: int = 0
    messages: int = 0
    inbox: int = 0
    outbox: int = 0
    sessions: int = 0
    questions: int = 0


async def my_data(cw: Casework, requester_id: str) -> MyData:
    """What is kept about a person, for themselves."""
    async with cw.database.reading() as session:
        person = await session.get(Requester, requester_id)
        if person is None:
            raise UnknownRequester(requester_id)
        tickets = await session.scalars(
            select(Ticket).where(Ticket.requester_id == requester_id).order_by(Ticket.id)
        )
        offers = await session.scalars(
            select(HelpOffer).where(HelpOffer.requester_id == requester_id).order_by(HelpOffer.id)
        )
        organisations = await session.scalars(
            select(Organisation).where(Organisation.requester_id == requester_id)
        )
        messages = await session.scalar(
            select(func.count()).where(
                Message.requester_id == requester_id, Message.author != "note"
            )
        )
        return MyData(
            channel=person.channel,
            language=person.language,
            role=person.role,
            consent_at=person.consent_at.isoformat() if person.consent_at else None,
            first_seen_at=person.created_at.isoformat(),
            tickets=[_ticket_data(ticket) for ticket in tickets],
            offers=[_offer_data(offer) for offer in offers],
            organisations=[_organisation_data(row) for row in organisations],
            messages=int(messages or 0),
        )


async def delete_my_data(cw: Casework, requester_id: str) -> None:
    """Delete what names a person; tickets stay as numbers for the statistics.

    The row that leads to their chat is emptied at once and goes within the hour, so that they can
    still be told that it is done.
    """
    async with changing(cw) as change:
        tickets = await _all_of(change, requester_id)
        person = await change.session.get(Requester, requester_id)
        if person is None:
            raise UnknownRequester(requester_id)
        for ticket in tickets:
            log_event(change, ticket, "data_deleted", actor="requester")
            moves.close_out(change, ticket, actor="requester")
            await _anonymise(change, ticket)
        own = HelpOffer.requester_id == requester_id
        withdrawn = {"state": "withdrawn", "active_until": change.at}
        await change.session.execute(update(HelpOffer).where(own).values(withdrawn))
        await _forget_offers(change, own)
        await _forget_organisations(change, requester_id)
        await _forget_traffic(change, person)
        person.role = person.consent_at = person.consent_version = None
        person.language_chosen = False
        person.forgotten_at = change.at
        change.announce(f"requester:{requester_id}")


async def purge(cw: Casework) -> Purged:
    """Forget what is past its time; run by the worker, harmless to run twice."""
    done = Purged()
    done.closed = await _in_batches(cw, _close_resolved)
    done.anonymised = await _in_batches(cw, _anonymise_closed)
    done.offers = await _in_batches(cw, _expire_offers)
    await _purge_rows(cw, done)
    done.requesters = await _in_batches(cw, _forget_requesters)
    return done


async def _in_batches(cw: Casework, step: Any) -> int:
    total = 0
    while True:
        async with changing(cw) as change:
            done: int = await step(change)
        total += done
        if done < _BATCH:
            return total


async def _close_resolved(change: Change) -> int:
    before = change.at - timedelta(days=change.cw.settings.close_after_days)
    tickets = await _tickets(change, Ticket.state == "resolved", Ticket.resolved_at <= before)
    for ticket in tickets:
        await moves.move(change, ticket, "closed", actor="system")
    return len(tickets)


async def _anonymise_closed(change: Change) -> int:
    before = change.at - timedelta(days=change.cw.settings.anonymise_after_days)
    tickets = await _tickets(
        change,
        Ticket.state == "closed",
        Ticket.closed_at <= before,
        Ticket.anonymised_at.is_(None),
    )
    for ticket in tickets:
        await _anonymise(change, ticket)
        log_event(change, ticket, "anonymised", actor="system")
    return len(tickets)


async def _expire_offers(change: Change) -> int:
    """Offers that nobody confirmed leave the pool, and their person's data goes with them."""
    due = (
        select(HelpOffer.id)
        .where(HelpOffer.active_until <= change.at, HelpOffer.state.in_(("new", "confirmed")))
        .limit(_BATCH)
    )
    expired = list(await change.session.scalars(due))
    await change.session.execute(
        update(HelpOffer).where(HelpOffer.id.in_(expired)).values(state="expired")
    )
    before = change.at - timedelta(days=change.cw.settings.anonymise_after_days)
    await _forget_offers(
        change,
        HelpOffer.state.in_(("expired", "withdrawn")),
        HelpOffer.active_until <= before,
        HelpOffer.requester_id.is_not(None),
    )
    return len(expired)


async def _purge_rows(cw: Casework, done: Purged) -> None:
    now, settings = cw.clock(), cw.settings
    chat = now - timedelta(hours=settings.chat_retention_hours)
    queues = now - timedelta(days=settings.queue_retention_days)
    done.messages = await _delete(cw, Message, Message.ticket_id.is_(None), Message.at <= chat)
    done.inbox = await _delete(cw, InboxItem, InboxItem.processed_at <= queues)
    forgotten = now - _OPEN_QUESTIONS
    done.questions = await _delete(cw, OpenQuestion, OpenQuestion.at <= forgotten)
    done.sessions = await _delete(cw, StaffSession, StaffSession.expires_at <= now)
    async with cw.database.transaction() as session:
        await session.execute(
            update(OutboxItem)
            .where(OutboxItem.state != "pending", OutboxItem.created_at <= now - _REPLAY)
            .where(or_(OutboxItem.state == "sent", OutboxItem.ticket_id.is_(None)))
            .values(payload={})
        )
    done.outbox = await _delete(
        cw,
        OutboxItem,
        OutboxItem.created_at <= queues,
        or_(
            OutboxItem.state == "sent",
            (OutboxItem.state != "pending") & OutboxItem.ticket_id.is_(None),
        ),
    )


async def _forget_requesters(change: Change) -> int:
    """People who asked for it, and people who have long gone, with nothing kept for them."""
    long_gone = change.at - timedelta(days=change.cw.settings.anonymise_after_days)
    gone = select(Requester.id).where(
        or_(
            Requester.forgotten_at <= change.at - _FAREWELL,
            Requester.last_seen_at <= long_gone,
        ),
        ~exists().where(Ticket.requester_id == Requester.id),
        ~exists().where(HelpOffer.requester_id == Requester.id),
        ~exists().where(Organisation.requester_id == Requester.id),
        ~exists().where(OutboxItem.requester_id == Requester.id, OutboxItem.state == "pending"),
    )
    gone = gone.limit(_BATCH).with_for_update(skip_locked=True)
    people = list(await change.session.scalars(gone))
    for table in (OutboxItem, Message):
        await change.session.execute(delete(table).where(table.requester_id.in_(people)))
    await change.session.execute(delete(Requester).where(Requester.id.in_(people)))
    return len(people)


async def _tickets(change: Change, *conditions: ColumnElement[bool]) -> Sequence[Ticket]:
    found = await change.session.scalars(
        select(Ticket)
        .where(*conditions)
        .order_by(Ticket.id)
        .limit(_BATCH)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return found.all()


async def _all_of(change: Change, requester_id: str) -> Sequence[Ticket]:
    found = await change.session.scalars(
        select(Ticket)
        .where(Ticket.requester_id == requester_id)
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    )
    return found.all()


async def _anonymise(change: Change, ticket: Ticket) -> None:
    """What names nobody stays: kind, topic, language, offices, states, times, the event log."""
    # In this order: a delivery that ends meanwhile adds its message before, or not at all.
    await change.session.execute(delete(OutboxItem).where(OutboxItem.ticket_id == ticket.id))
    await change.session.execute(delete(Message).where(Message.ticket_id == ticket.id))
    ticket.facts = facts.impersonal(change.cw.pack, ticket.facts)
    ticket.requester_id = ticket.contact = None
    ticket.anonymised_at = change.at


async def _forget_offers(change: Change, *conditions: ColumnElement[bool]) -> None:
    await change.session.execute(
        update(HelpOffer)
        .where(*conditions)
        .values(requester_id=None, contact=None, remark=None, district=None, availability={})
    )


async def _forget_organisations(change: Change, requester_id: str) -> None:
    """A confirmed organisation stays in the register as such, without the person."""
    own = Organisation.requester_id == requester_id
    await change.session.execute(delete(Organisation).where(own, Organisation.state == "announced"))
    await change.session.execute(
        update(Organisation).where(own).values(requester_id=None, contact=None)
    )


async def _forget_traffic(change: Change, person: Requester) -> None:
    await change.session.execute(delete(OutboxItem).where(OutboxItem.requester_id == person.id))
    await change.session.execute(delete(Message).where(Message.requester_id == person.id))
    await change.session.execute(
        update(InboxItem)
        .where(
            InboxItem.channel == person.channel,
            InboxItem.address == person.address,
            InboxItem.processed_at.is_not(None),
        )
        .values(address="")
    )


async def _delete(cw: Casework, table: Any, *conditions: ColumnElement[bool]) -> int:
    async with cw.database.transaction() as session:
        result = await session.execute(delete(table).where(*conditions))
        return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has one


def _ticket_data(ticket: Ticket) -> dict[str, Any]:
    return {
        "reference": ticket.reference,
        "kind": ticket.kind,
        "topic": ticket.topic,
        "state": ticket.state,
        "opened_at": ticket.opened_at.isoformat(),
        "facts": ticket.facts,
        "contact": ticket.contact,
    }


def _offer_data(offer: HelpOffer) -> dict[str, Any]:
    return {
        "kind": offer.kind,
        "state": offer.state,
        "languages": offer.languages,
        "availability": offer.availability,
        "district": offer.district,
        "contact": offer.contact,
        "remark": offer.remark,
        "active_until": offer.active_until.isoformat(),
    }


def _organisation_data(row: Organisation) -> dict[str, Any]:
    return {
        "name": row.name,
        "legal_form": row.legal_form,
        "fields": row.fields,
        "languages": row.languages,
        "district": row.district,
        "contact": row.contact,
        "state": row.state,
    }
