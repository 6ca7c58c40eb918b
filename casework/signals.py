"""Short notices that something changed, inside a process or, through Redis, between them.

A signal only speeds things up: it carries a topic, no data, and may be lost. Whoever listens
also looks by itself every few seconds.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol, Self

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_log = structlog.get_logger(__name__)

_CHANNEL = "anlaufstelle:signals"
_RECONNECT_SECONDS = 2.0


class Subscription:
    """The topics that were announced and not yet looked at; each is kept once."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._pending: dict[str, None] = {}
        self._arrived = asyncio.Event()

    def push(self, topic: str) -> None:
        """Note that a topic was announced."""
        self._pending[topic] = None
        self._arrived.set()

    async def wait(self, seconds: float | None = None) -> str | None:
        """The next topic announced; None when nothing came in that time."""
        if not self._pending:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._arrived.wait()
        return self._next()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while True:
            topic = await self.wait()
            if topic is not None:
                return topic

    def _next(self) -> str | None:
        topic = next(iter(self._pending), None)
        if topic is not None:
            del self._pending[topic]
        if not self._pending:
            self._arrived.clear()
        return topic


class Signals(Protocol):
    """What use cases announce with and fronts listen to."""

    async def publish(self, topic: str) -> None:
        """Tell everybody who listens; never fails."""

    def subscribe(self, *topics: str) -> contextlib.AbstractAsyncContextManager[Subscription]:
        """Listen to some topics for as long as the context lasts."""

    async def close(self) -> None:
        """Give back what is held."""


class LocalSignals:
    """Signals within this process."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    async def publish(self, topic: str) -> None:
        """Tell everybody in this process who listens."""
        self.deliver(topic)

    def deliver(self, topic: str) -> None:
        """Hand a topic to the subscriptions that asked for it."""
        for subscription in self._subscriptions:
            if topic in subscription.topics:
                subscription.push(topic)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        """Listen to some topics for as long as the context lasts."""
        subscription = Subscription(frozenset(topics))
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    async def close(self) -> None:
        """Nothing is held."""


class RedisSignals(LocalSignals):
    """Signals between processes by Redis pub/sub; without Redis, within this process only."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_connect_timeout=2, health_check_interval=30
        )
        self._sender = uuid.uuid4().hex
        self._listener: asyncio.Task[None] | None = None

    async def publish(self, topic: str) -> None:
        """Tell this process at once, and the others through Redis."""
        self.deliver(topic)
        try:
            await self._redis.publish(_CHANNEL, f"{self._sender} {topic}")
        except RedisError as problem:
            _log.warning("signal not passed on", problem=str(problem))

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        """Listen to some topics for as long as the context lasts."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        async with super().subscribe(*topics) as subscription:
            yield subscription

    async def close(self) -> None:
        """Stop listening and close the connections."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self._redis.aclose()

    async def _listen(self) -> None:
        while True:
            try:
                await self._receive()
            except RedisError as problem:
                _log.warning("no signals from Redis", problem=str(problem))
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _receive(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(_CHANNEL)
            async for message in channel.listen():
                sender, _, topic = str(message["data"]).partition(" ")
                if sender != self._sender:
                    self.deliver(topic)


def connect_signals(redis_url: str | None) -> Signals:
    """Signals through that Redis, or within this process."""
    return RedisSignals(redis_url) if redis_url else LocalSignals()
