"""Notices that something changed: within a process, and between processes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from casework.signals import LocalSignals, RedisSignals, connect_signals


@pytest.fixture
async def two_processes(redis_url: str) -> AsyncIterator[tuple[RedisSignals, RedisSignals]]:
    one, other = RedisSignals(redis_url), RedisSignals(redis_url)
    yield one, other
    await one.close()
    await other.close()


async def test_who_listens_is_told() -> None:
    signals = LocalSignals()
    async with signals.subscribe("queue", "outbox") as listener:
        await signals.publish("queue")
        await signals.publish("knowledge")
        assert await listener.wait(1) == "queue"
        assert await listener.wait(0.01) is None


async def test_the_same_notice_twice_is_one() -> None:
    signals = LocalSignals()
    async with signals.subscribe("queue", "outbox") as listener:
        for topic in ("queue", "outbox", "queue"):
            await signals.publish(topic)
        assert [await listener.wait(0.01) for _ in range(3)] == ["queue", "outbox", None]


async def test_notices_can_be_iterated() -> None:
    signals = LocalSignals()

    async def first(count: int) -> list[str]:
        heard = []
        async with signals.subscribe("queue") as listener:
            ready.set()
            async for topic in listener:
                heard.append(topic)
                if len(heard) == count:
                    break
        return heard

    ready = asyncio.Event()
    listening = asyncio.create_task(first(2))
    await ready.wait()
    for _ in range(2):
        await signals.publish("queue")
        await asyncio.sleep(0.01)
    assert await asyncio.wait_for(listening, 1) == ["queue", "queue"]


async def test_who_stopped_listening_is_forgotten() -> None:
    signals = LocalSignals()
    async with signals.subscribe("queue") as listener:
        pass
    await signals.publish("queue")
    assert await listener.wait(0.01) is None


async def test_without_redis_signals_stay_in_the_process() -> None:
    signals = connect_signals(None)
    assert type(signals) is LocalSignals
    await signals.close()


async def test_another_process_is_told_through_redis(
    two_processes: tuple[RedisSignals, RedisSignals],
) -> None:
    one, other = two_processes
    async with one.subscribe("queue") as near, other.subscribe("queue") as far:
        for _ in range(50):  # until the far listener is connected
            await one.publish("queue")
            if await far.wait(0.1) == "queue":
                break
        else:
            pytest.fail("nothing came through")
        assert await near.wait(1) == "queue"
        await asyncio.sleep(0.1)
        while await near.wait(0.01):
            pass
        await one.publish("queue")
        assert await near.wait(1) == "queue"
        assert await near.wait(0.2) is None  # its own echo is not heard


async def test_a_lost_redis_is_survived() -> None:
    signals = RedisSignals("redis://127.0.0.1:1/0")
    async with signals.subscribe("queue") as listener:
        await signals.publish("queue")
        assert await listener.wait(1) == "queue"
    await signals.close()
