"""What must be sent: once, in order, and honest about what could not be."""

import asyncio
from pathlib import Path

import pytest

from casework import messages, outbox, tickets
from casework.context import Casework
from casework.errors import UnknownRequester
from casework.models import OutboxItem
from casework.outbox import LEASE
from tests.support.clock import Clock
from tests.support.office import make_casework
from tests.support.people import make_requester, make_staff, make_ticket


async def _row(cw: Casework, item_id: int) -> OutboxItem:
    async with cw.database.reading() as session:
        return await session.get_one(OutboxItem, item_id)


async def _say(cw: Casework, requester_id: str, *keys: str) -> list[OutboxItem]:
    return await outbox.say(cw, requester_id, [{"say": key} for key in keys])


async def test_a_persons_messages_are_claimed_one_by_one_in_order(cw: Casework) -> None:
    anna, bo = await make_requester(cw), await make_requester(cw)
    await _say(cw, anna.id, "greeting", "menu")
    await _say(cw, bo.id, "goodbye")
    first = await outbox.claim_due(cw, "telegram", 10)
    assert [item.payload["say"] for item in first] == ["greeting", "goodbye"]
    assert await outbox.claim_due(cw, "telegram", 10) == []
    await outbox.mark_sent(cw, first[0].id, text="Merhaba", external_id="90")
    second = await outbox.claim_due(cw, "telegram", 10)
    assert [item.payload["say"] for item in second] == ["menu"]


async def test_what_waits_is_not_overtaken(cw: Casework, clock: Clock) -> None:
    anna = await make_requester(cw)
    await _say(cw, anna.id, "greeting", "menu")
    (first,) = await outbox.claim_due(cw, "telegram", 10)
    await outbox.retry_later(cw, first.id, seconds=30, problem="429")
    clock.forward(seconds=29)
    assert await outbox.claim_due(cw, "telegram", 10) == []
    clock.forward(seconds=1)
    (again,) = await outbox.claim_due(cw, "telegram", 10)
    assert (again.id, again.attempts, again.problem) == (first.id, 2, "429")


async def test_each_channel_takes_its_own(cw: Casework) -> None:
    web = await make_requester(cw, channel="web", address="session")
    await _say(cw, web.id, "greeting")
    assert await outbox.claim_due(cw, "telegram", 10) == []
    assert len(await outbox.claim_due(cw, "web", 10)) == 1


async def test_the_limit_holds(cw: Casework) -> None:
    for _ in range(5):
        await _say(cw, (await make_requester(cw)).id, "greeting")
    assert len(await outbox.claim_due(cw, "telegram", 3)) == 3
    assert len(await outbox.claim_due(cw, "telegram", 3)) == 2


async def test_what_a_dead_deliverer_held_is_taken_up(cw: Casework, clock: Clock) -> None:
    anna = await make_requester(cw)
    await _say(cw, anna.id, "greeting")
    (item,) = await outbox.claim_due(cw, "telegram", 1)
    clock.forward(seconds=LEASE.total_seconds())
    assert [again.id for again in await outbox.claim_due(cw, "telegram", 1)] == [item.id]


async def test_what_was_said_is_on_record_once(cw: Casework, clock: Clock) -> None:
    anna = await make_requester(cw)
    (item,) = await _say(cw, anna.id, "greeting")
    await asyncio.gather(
        *(outbox.mark_sent(cw, item.id, text="Merhaba", external_id="90") for _ in range(4))
    )
    record = await messages.history(cw, anna.id)
    assert [(m.text, m.author, m.external_id) for m in record] == [("Merhaba", "bot", "90")]
    sent = await _row(cw, item.id)
    assert (sent.state, sent.sent_at, sent.external_id) == ("sent", clock(), "90")


async def test_what_is_settled_stays_settled(cw: Casework) -> None:
    anna = await make_requester(cw)
    (item,) = await _say(cw, anna.id, "greeting")
    await outbox.give_up(cw, item.id, "400 Bad Request")
    await outbox.mark_sent(cw, item.id, text="Merhaba", external_id="90")
    await outbox.retry_later(cw, item.id, seconds=1, problem="late")
    assert (await _row(cw, item.id)).state == "failed"
    assert await outbox.claim_due(cw, "telegram", 1) == []


async def test_a_reply_that_cannot_be_delivered_is_visible_at_the_desk(cw: Casework) -> None:
    staff, ticket = await make_staff(cw), await make_ticket(cw)
    await tickets.reply(cw, ticket.id, staff.id, "Kommen Sie am Montag.")
    (item,) = await outbox.claim_due(cw, "telegram", 1)
    async with cw.signals.subscribe(f"ticket:{ticket.id}") as desk:
        await outbox.give_up(cw, item.id, "x" * 500)
        assert await desk.wait(1) == f"ticket:{ticket.id}"
    seen = await tickets.read(cw, ticket.id, staff)
    assert [event.kind for event in seen.events][-1] == "not_delivered"
    assert seen.messages[-1].outbox is not None
    assert seen.messages[-1].outbox.state == "failed"


async def test_a_web_chat_reads_on_from_where_it_was(cw: Casework) -> None:
    web = await make_requester(cw, channel="web", address="session")
    first, second = await _say(cw, web.id, "greeting", "menu")
    await outbox.mark_sent(cw, first.id, text="Merhaba", external_id=None)
    every = await outbox.waiting_for(cw, web.id, 0)
    assert [item.id for item in every] == [first.id, second.id]
    assert [item.id for item in await outbox.waiting_for(cw, web.id, first.id)] == [second.id]
    record = await messages.history(cw, web.id)
    assert [message.outbox_id for message in record] == [first.id]


async def test_numbers_never_start_again(cw: Casework) -> None:
    """A web chat that waits for what comes after 2 would wait for ever."""
    web = await make_requester(cw, channel="web", address="session")
    *_, last = await _say(cw, web.id, "greeting", "menu")
    async with cw.database.transaction() as session:
        for row in [await session.get_one(OutboxItem, last.id - 1), last]:
            await session.delete(await session.merge(row))
    (new,) = await _say(cw, web.id, "greeting")
    assert new.id > last.id


async def test_sayings_to_nobody_are_refused(cw: Casework) -> None:
    assert await outbox.say(cw, "nobody", []) == []
    with pytest.raises(UnknownRequester):
        await _say(cw, "nobody", "greeting")


async def test_deliverers_wake_up(cw: Casework) -> None:
    anna = await make_requester(cw)
    async with cw.signals.subscribe("outbox", f"requester:{anna.id}") as deliverer:
        await _say(cw, anna.id, "greeting")
        assert {await deliverer.wait(1), await deliverer.wait(1)} == {
            "outbox",
            f"requester:{anna.id}",
        }


async def test_several_processes_deliver_everything_once_and_in_order(
    cw: Casework, clock: Clock, tmp_path: Path, database_url: str | None
) -> None:
    people = [await make_requester(cw) for _ in range(5)]
    for person in people:
        await outbox.say(cw, person.id, [{"say": "menu", "n": n} for n in range(8)])
    delivered: dict[str, list[int]] = {person.address: [] for person in people}

    async def deliver(office: Casework) -> None:
        while sum(map(len, delivered.values())) < 40:
            for item in await outbox.claim_due(office, "telegram", 3):
                delivered[item.address].append(item.payload["n"])
                await asyncio.sleep(0.001)
                await outbox.mark_sent(office, item.id, text="…", external_id=None)
            await asyncio.sleep(0)

    async with make_casework(tmp_path, url=database_url, clock=clock) as second:
        await asyncio.gather(*(deliver(office) for office in (cw, second) for _ in range(3)))
    assert list(delivered.values()) == [list(range(8))] * 5


async def test_many_at_once_keep_the_order_of_what_one_person_is_told(cw: Casework) -> None:
    anna = await make_requester(cw)
    seen: list[int] = []

    async def read_on() -> None:
        while len(seen) < 30:
            after = seen[-1] if seen else 0
            seen.extend(item.id for item in await outbox.waiting_for(cw, anna.id, after))
            await asyncio.sleep(0)

    await asyncio.gather(read_on(), *(_say(cw, anna.id, "menu", "goodbye") for _ in range(15)))
    assert seen == sorted(seen)
    assert len(set(seen)) == 30


async def test_what_is_said_again_is_counted(cw: Casework) -> None:
    anna = await make_requester(cw)
    counted = []
    for key in ("menu", "menu", "menu", "goodbye", "menu"):
        (item,) = await outbox.say(cw, anna.id, [{"say": key}])
        counted.append(item.payload.get("repeats", 0))
    assert counted == [0, 1, 2, 0, 0]
