"""What came in: every update once, everybody's in their order, nothing lost."""

import asyncio
from pathlib import Path

from casework import inbox
from casework.context import Casework
from casework.inbox import LEASE, MAX_ATTEMPTS
from casework.models import InboxItem
from tests.support.clock import Clock
from tests.support.office import make_casework
from tests.support.people import claim_all, receive


async def _row(cw: Casework, item_id: int) -> InboxItem:
    async with cw.database.reading() as session:
        return await session.get_one(InboxItem, item_id)


async def test_an_update_is_taken_once(cw: Casework) -> None:
    assert await receive(cw, update_id="5")
    assert not await receive(cw, update_id="5")
    assert len(await claim_all(cw)) == 1


async def test_an_update_that_comes_twice_at_once_is_taken_once(cw: Casework) -> None:
    taken = await asyncio.gather(*(receive(cw, update_id="5") for _ in range(8)))
    assert sorted(taken) == [False] * 7 + [True]


async def test_the_same_number_on_another_channel_is_another_update(cw: Casework) -> None:
    assert await receive(cw, update_id="5")
    assert await inbox.receive(cw, channel="web", update_id="5", address="1", payload={})
    only_web = await inbox.claim_next(cw, "web")
    assert only_web is not None
    assert only_web.channel == "web"
    assert await inbox.claim_next(cw, "web") is None


async def test_a_persons_next_message_waits_for_the_one_before(cw: Casework) -> None:
    for update_id, address in (("1", "anna"), ("2", "anna"), ("3", "bo")):
        await receive(cw, update_id=update_id, address=address)
    first = await claim_all(cw)
    assert [item.update_id for item in first] == ["1", "3"]
    await inbox.finish(cw, first[0].id, "done")
    assert [item.update_id for item in await claim_all(cw)] == ["2"]


async def test_words_are_not_kept_after_processing(cw: Casework) -> None:
    await receive(cw)
    (item,) = await claim_all(cw)
    assert item.payload == {"text": "merhaba"}
    await inbox.finish(cw, item.id, "ignored")
    kept = await _row(cw, item.id)
    assert (kept.payload, kept.outcome) == ({}, "ignored")


async def test_what_a_dead_worker_held_is_taken_up_after_its_lease(
    cw: Casework, clock: Clock
) -> None:
    await receive(cw)
    (item,) = await claim_all(cw)
    clock.forward(seconds=LEASE.total_seconds() - 1)
    assert await claim_all(cw) == []
    await inbox.extend(cw, item.id)
    clock.forward(seconds=2)
    assert await claim_all(cw) == []
    clock.forward(seconds=LEASE.total_seconds())
    assert [again.id for again in await claim_all(cw)] == [item.id]


async def test_what_fails_is_tried_again_later_and_given_up_in_the_end(
    cw: Casework, clock: Clock
) -> None:
    await receive(cw, address="anna", update_id="1")
    await receive(cw, address="anna", update_id="2")
    waits = []
    for _ in range(MAX_ATTEMPTS):
        (item,) = await claim_all(cw)
        assert item.update_id == "1"
        await inbox.release(cw, item.id)
        waited = 0
        while (await _row(cw, item.id)).processed_at is None and await claim_free(cw, item) is None:
            waited += 1
            clock.forward(seconds=1)
        waits.append(waited)
    assert waits == [2, 4, 8, 16, 0]
    assert (await _row(cw, item.id)).outcome == "failed"
    assert [after.update_id for after in await claim_all(cw)] == ["2"]


async def claim_free(cw: Casework, item: InboxItem) -> int | None:
    """The item's id when it could be claimed now (looked at, not taken)."""
    row = await _row(cw, item.id)
    free = row.claimed_until is None or row.claimed_until <= cw.clock()
    return row.id if free else None


async def test_what_kills_its_worker_each_time_is_given_up(cw: Casework, clock: Clock) -> None:
    await receive(cw, address="anna", update_id="1")
    await receive(cw, address="anna", update_id="2")
    for _ in range(MAX_ATTEMPTS):
        (item,) = await claim_all(cw)
        assert item.update_id == "1"
        clock.forward(seconds=LEASE.total_seconds() + 1)
    assert [after.update_id for after in await claim_all(cw)] == ["2"]
    assert (await _row(cw, item.id)).outcome == "failed"


async def test_several_processes_share_the_work_without_doing_it_twice(
    cw: Casework, clock: Clock, tmp_path: Path, database_url: str | None
) -> None:
    """Each address's updates come in order, whoever takes them."""
    addresses = [f"person {number}" for number in range(6)]
    for number in range(60):
        await receive(cw, update_id=str(number), address=addresses[number % 6])
    taken: list[tuple[str, int]] = []
    under_way: set[str] = set()

    async def work(office: Casework) -> None:
        while len(taken) < 60:
            item = await inbox.claim_next(office)
            if item is None:
                await asyncio.sleep(0.002)
                continue
            assert item.address not in under_way
            under_way.add(item.address)
            taken.append((item.address, int(item.update_id)))
            await asyncio.sleep(0.001)
            under_way.discard(item.address)
            await inbox.finish(office, item.id, "done")

    async with make_casework(tmp_path, url=database_url, clock=clock) as second:
        await asyncio.gather(*(work(office) for office in (cw, second) for _ in range(4)))

    assert len(taken) == 60
    for address in addresses:
        own = [number for name, number in taken if name == address]
        assert own == sorted(own)
        assert len(own) == 10


async def test_a_signal_tells_that_something_came_in(cw: Casework) -> None:
    async with cw.signals.subscribe("inbox") as worker:
        await receive(cw)
        assert await worker.wait(1) == "inbox"


async def test_finishing_what_is_gone_harms_nobody(cw: Casework) -> None:
    await inbox.finish(cw, 4711, "done")
    await inbox.release(cw, 4711)
