"""A person's data: shown, deleted, forgotten in time; the numbers stay."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from casework import inbox, messages, offers, organisations, outbox, privacy, requesters, tickets
from casework.context import Casework
from casework.errors import UnknownRequester
from casework.models import (
    Base,
    HelpOffer,
    InboxItem,
    Message,
    Organisation,
    OutboxItem,
    Requester,
    StaffSession,
    Ticket,
)
from tests.support.clock import Clock
from tests.support.people import make_requester, make_staff, make_ticket, receive

SECRETS = ("Kowalska", "anna@example.org", "bardzo pilne", "0611", "Polonia")


async def _count(cw: Casework, table: type[Base], *conditions: Any) -> int:
    async with cw.database.reading() as session:
        counted = select(func.count()).select_from(table).where(*conditions)
        return int(await session.scalar(counted) or 0)


async def _everything(cw: Casework) -> str:
    """All rows of all tables as one text, as a reader of the tables would see them."""
    rows: list[Any] = []
    async with cw.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows += (await session.execute(select(table))).all()
    return repr(rows)


async def _busy_person(cw: Casework) -> tuple[Requester, Ticket]:
    """Somebody with a request, an offer, an organisation, messages, a reply on its way."""
    anna = await make_requester(cw, address="7007", language="pl", role="organisation")
    desk = await make_staff(cw)
    await messages.record_incoming(cw, anna.id, text="Kowalska, bardzo pilne", language="pl")
    ticket = await make_ticket(
        cw,
        anna,
        facts={
            "organisation": "Polonia",
            "need": "bardzo pilne",
            "district": "biebrich",
            "people": 20,
            "deadline": {"text": "Kowalska"},
            "availability": {"text": "Kowalska", "days": ["mon"], "times": []},
        },
        contact="anna@example.org",
    )
    await offers.take_offer(
        cw,
        requester_id=anna.id,
        language="pl",
        kind="interpreting",
        languages=["pl"],
        availability={"text": "bardzo pilne", "days": ["mon"]},
        district="Kowalska street",
        contact="0611 12345",
        remark="Kowalska",
    )
    await organisations.register(
        cw,
        requester_id=anna.id,
        language="pl",
        name="Polonia",
        legal_form="association",
        fields=["culture"],
        languages=["pl"],
        district="biebrich",
        contact="anna@example.org",
    )
    await tickets.reply(cw, ticket.id, desk.id, "Frau Kowalska, ja.")
    await tickets.note(cw, ticket.id, desk.id, "Kowalska ruft an.")
    return anna, ticket


async def test_a_person_sees_what_is_kept_about_them(cw: Casework) -> None:
    anna, ticket = await _busy_person(cw)
    data = await privacy.my_data(cw, anna.id)
    assert (data.channel, data.language, data.role) == ("telegram", "pl", "organisation")
    assert data.tickets[0]["reference"] == ticket.reference
    assert data.tickets[0]["contact"] == "anna@example.org"
    assert data.offers[0]["contact"] == "0611 12345"
    assert data.organisations[0]["name"] == "Polonia"
    assert data.messages == 2  # what they wrote, what they were told; no notes
    assert data.payload()["tickets"] == data.tickets
    assert not data.empty


async def test_somebody_new_has_nothing(cw: Casework) -> None:
    person = await make_requester(cw, consent=False)
    assert (await privacy.my_data(cw, person.id)).empty
    with pytest.raises(UnknownRequester):
        await privacy.my_data(cw, "nobody")


async def test_deletion_leaves_numbers_and_no_person(cw: Casework) -> None:
    anna, ticket = await _busy_person(cw)
    await privacy.delete_my_data(cw, anna.id)
    left = await _everything(cw)
    for secret in SECRETS:
        assert secret not in left
    assert await _count(cw, Ticket) == 3
    assert await _count(cw, Ticket, Ticket.requester_id.is_not(None)) == 0
    assert await _count(cw, HelpOffer, HelpOffer.state == "withdrawn") == 1
    assert await _count(cw, Organisation) == 0
    assert await _count(cw, Message) == 0
    async with cw.database.reading() as session:
        kept = await session.get_one(Ticket, ticket.id)
    assert (kept.state, kept.kind, kept.topic) == ("closed", "request", "rooms")
    assert kept.facts == {
        "district": "biebrich",
        "people": 20,
        "availability": {"days": ["mon"], "times": []},
    }
    assert kept.anonymised_at is not None


async def test_the_log_tells_that_data_was_deleted(cw: Casework) -> None:
    anna, ticket = await _busy_person(cw)
    desk = await make_staff(cw)
    await privacy.delete_my_data(cw, anna.id)
    seen = await tickets.read(cw, ticket.id, desk)
    assert [event.kind for event in seen.events][-2:] == ["data_deleted", "state_changed"]
    assert seen.requester is None


async def test_the_person_can_still_be_told_and_is_forgotten_then(
    cw: Casework, clock: Clock
) -> None:
    anna, _ = await _busy_person(cw)
    await privacy.delete_my_data(cw, anna.id)
    (item,) = await outbox.say(cw, anna.id, [{"say": "data_deleted"}])
    assert [due.id for due in await outbox.claim_due(cw, "telegram", 5)] == [item.id]
    await outbox.mark_sent(cw, item.id, text="Usunięte.", external_id="1")
    clock.forward(minutes=59)
    assert (await privacy.purge(cw)).requesters == 0
    clock.forward(minutes=1)
    assert (await privacy.purge(cw)).requesters == 1
    assert await _count(cw, Requester) == 0
    assert "7007" not in await _everything(cw)


async def test_who_writes_after_deletion_is_somebody_new_with_nothing_kept(
    cw: Casework, clock: Clock
) -> None:
    anna, _ = await _busy_person(cw)
    await privacy.delete_my_data(cw, anna.id)
    again = await requesters.meet(cw, channel="telegram", address="7007", language_hint=None)
    assert not requesters.has_consent(again)
    assert (await privacy.my_data(cw, again.id)).empty
    clock.forward(hours=2)
    assert (await privacy.purge(cw)).requesters == 0  # they are here again


async def test_the_chat_is_gone_from_what_came_in(cw: Casework) -> None:
    anna, _ = await _busy_person(cw)
    await receive(cw, address="7007", update_id="1")
    done = await inbox.claim_next(cw)
    assert done is not None
    await inbox.finish(cw, done.id, "done")
    await receive(cw, address="7007", update_id="2")  # the wish to delete, being worked on
    await privacy.delete_my_data(cw, anna.id)
    assert await _count(cw, InboxItem, InboxItem.address == "7007") == 1
    assert not await receive(cw, address="7007", update_id="1")  # still known as seen


async def test_a_confirmed_organisation_stays_in_the_register(cw: Casework) -> None:
    anna, _ = await _busy_person(cw)
    async with cw.database.transaction() as session:
        row = (await session.scalars(select(Organisation))).one()
        row.state = "confirmed"
    await privacy.delete_my_data(cw, anna.id)
    async with cw.database.reading() as session:
        kept = (await session.scalars(select(Organisation))).one()
    assert (kept.name, kept.contact, kept.requester_id) == ("Polonia", None, None)


async def test_deletion_and_a_delivery_at_once_leave_nothing_behind(cw: Casework) -> None:
    anna, _ = await _busy_person(cw)
    (item,) = await outbox.claim_due(cw, "telegram", 1)
    await asyncio.gather(
        privacy.delete_my_data(cw, anna.id),
        outbox.mark_sent(cw, item.id, text="Frau Kowalska, ja.", external_id="1"),
    )
    assert "Kowalska" not in await _everything(cw)


async def test_contacts_are_unreadable_in_the_tables(cw: Casework) -> None:
    _, ticket = await _busy_person(cw)
    async with cw.database.reading() as session:
        connection = await session.connection()
        raw: list[str | None] = []
        for table in ("ticket", "help_offer"):
            rows = await connection.exec_driver_sql(f"SELECT contact FROM {table}")
            raw += rows.scalars()
    assert len([value for value in raw if value]) >= 3
    assert not any("anna" in (value or "") or "0611" in (value or "") for value in raw)
    assert ticket.contact == "anna@example.org"


# --- what time takes ------------------------------------------------------------------------


async def test_chat_without_a_ticket_is_forgotten_after_a_day(cw: Casework, clock: Clock) -> None:
    anna = await make_requester(cw)
    await messages.record_incoming(cw, anna.id, text="hej", language="pl")
    clock.forward(hours=23)
    assert (await privacy.purge(cw)).messages == 0
    clock.forward(hours=1)
    assert (await privacy.purge(cw)).messages == 1


async def test_a_tickets_messages_stay_as_long_as_it_does(cw: Casework, clock: Clock) -> None:
    _, ticket = await _busy_person(cw)
    clock.forward(days=100)
    await privacy.purge(cw)
    assert await _count(cw, Message, Message.ticket_id == ticket.id) == 3


async def test_closed_tickets_become_anonymous_after_half_a_year(
    cw: Casework, clock: Clock
) -> None:
    _, ticket = await _busy_person(cw)
    desk = await make_staff(cw)
    await tickets.change_state(cw, ticket.id, desk.id, "resolved")
    await tickets.change_state(cw, ticket.id, desk.id, "closed")
    clock.forward(days=179)
    assert (await privacy.purge(cw)).anonymised == 0
    clock.forward(days=1)
    assert (await privacy.purge(cw)).anonymised == 1
    assert (await privacy.purge(cw)).anonymised == 0
    seen = await tickets.read(cw, ticket.id, desk)
    assert (seen.requester, seen.contact, seen.messages) == (None, None, [])
    assert seen.events[-1].kind == "anonymised"
    assert "bardzo pilne" not in repr(seen.facts)


async def test_offers_that_nobody_confirmed_expire(cw: Casework, clock: Clock) -> None:
    await _busy_person(cw)
    clock.forward(days=183)
    assert (await privacy.purge(cw)).offers == 1
    assert await _count(cw, HelpOffer, HelpOffer.state == "expired") == 1
    assert await _count(cw, HelpOffer, HelpOffer.contact.is_not(None)) == 1
    clock.forward(days=180)
    await privacy.purge(cw)
    assert await _count(cw, HelpOffer, HelpOffer.contact.is_not(None)) == 0


async def test_queues_are_emptied_after_a_week(cw: Casework, clock: Clock) -> None:
    anna, _ = await _busy_person(cw)
    await receive(cw, update_id="1")
    item = await inbox.claim_next(cw)
    assert item is not None
    await inbox.finish(cw, item.id, "done")
    await receive(cw, update_id="2")  # never processed: not forgotten either
    (reply,) = await outbox.claim_due(cw, "telegram", 1)
    await outbox.mark_sent(cw, reply.id, text="Frau Kowalska, ja.", external_id="1")
    (pending,) = await outbox.say(cw, anna.id, [{"say": "menu"}])

    clock.forward(days=1)
    await privacy.purge(cw)
    async with cw.database.reading() as session:
        assert (await session.get_one(OutboxItem, reply.id)).payload == {}
        assert (await session.get_one(OutboxItem, pending.id)).payload == {"say": "menu"}
    assert [row.id for row in await outbox.waiting_for(cw, anna.id, 0)] == [pending.id]

    clock.forward(days=6)
    purged = await privacy.purge(cw)
    assert (purged.inbox, purged.outbox) == (1, 1)
    assert await _count(cw, InboxItem) == 1
    assert await _count(cw, OutboxItem) == 1
    assert await _count(cw, Message, Message.author == "staff") == 1


async def test_expired_logins_and_long_gone_people_are_forgotten(
    cw: Casework, clock: Clock
) -> None:
    desk = await make_staff(cw)
    async with cw.database.transaction() as session:
        session.add(
            StaffSession(
                token_hash="x",
                staff_id=desk.id,
                csrf="y",
                created_at=clock(),
                expires_at=clock.forward(hours=1),
            )
        )
    await make_requester(cw)
    with_ticket = await make_ticket(cw)
    assert (await privacy.purge(cw)).sessions == 1
    clock.forward(days=180)
    assert (await privacy.purge(cw)).requesters == 1
    assert with_ticket.requester_id
    assert await requesters.find(cw, with_ticket.requester_id)


async def test_more_than_a_batch_is_purged_in_one_go(cw: Casework, clock: Clock) -> None:
    for _ in range(105):
        await make_requester(cw, consent=False)
    clock.forward(days=181)
    assert (await privacy.purge(cw)).requesters == 105


async def test_two_workers_purging_at_once_do_it_once(cw: Casework, clock: Clock) -> None:
    anna = await make_requester(cw)
    desk = await make_staff(cw)
    for _ in range(3):
        ticket = await make_ticket(cw, anna)
        await tickets.change_state(cw, ticket.id, desk.id, "open")
        await tickets.change_state(cw, ticket.id, desk.id, "resolved")
    clock.forward(days=15)
    one, other = await asyncio.gather(privacy.purge(cw), privacy.purge(cw))
    assert one.closed + other.closed == 3
    said = [item.payload.get("say") for item in await outbox.waiting_for(cw, anna.id, 0)]
    assert said.count("ticket_closed") == 3
