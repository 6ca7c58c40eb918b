"""The inbox worker: every update once, a chat's in order, many chats at a time."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot import metrics
from bot.conversation import Conversation
from bot.incoming import Incoming
from bot.waiting import cancelled, news_or
from casework import inbox
from casework.context import Casework
from casework.models import InboxItem

_log = structlog.get_logger(__name__)

#: Turns an inbox payload into something that came in; None for what is nobody's business.
Reader = Callable[[Mapping[str, Any]], Incoming | None]

#: Chats that are answered at the same time; a turn takes some 50 ms of waiting for others.
CONCURRENCY = 16
_LOOK_SECONDS = 2.0
_FINISH_SECONDS = 15.0


class InboxWorker:
    """Takes items out of the inbox and lets the conversation deal with them."""

    def __init__(
        self,
        cw: Casework,
        conversation: Conversation,
        readers: Mapping[str, Reader],
        *,
        channel: str | None = None,
    ) -> None:
        self._cw = cw
        self._conversation = conversation
        self._readers = readers
        self._channel = channel
        self._slots = asyncio.Semaphore(CONCURRENCY)
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what was begun."""
        try:
            async with self._cw.signals.subscribe("inbox") as news:
                while not stop.is_set():
                    if not await self._started_next():
                        await news_or(news, _LOOK_SECONDS, stop)
            if self._running:
                await asyncio.wait(self._running, timeout=_FINISH_SECONDS)
        finally:  # what is late is cancelled: its lease runs out, another worker takes it
            await cancelled(list(self._running))

    async def _started_next(self) -> bool:
        """Begin with the next item; False when there is none, or no way to it."""
        try:
            return await self._start_next()
        except Exception as problem:  # the database is away: say so, try again
            _log.error("inbox_unreachable", problem=type(problem).__name__)
            return False

    async def _start_next(self) -> bool:
        await self._slots.acquire()
        item = None
        try:
            item = await inbox.claim_next(self._cw, self._channel)
        finally:
            if item is None:
                self._slots.release()
        if item is None:
            return False
        task = asyncio.create_task(self._process(item))
        self._running.add(task)
        task.add_done_callback(self._done)
        return True

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._slots.release()

    async def _process(self, item: InboxItem) -> None:
        begun = time.perf_counter()
        try:
            outcome = await self._deal_with(item)
            await inbox.finish(self._cw, item.id, outcome)
        except Exception as problem:  # whatever it is, the item is not lost
            await self._put_back(item, problem)
            return
        metrics.HANDLED.labels(item.channel, outcome).inc()
        if outcome == "done":
            metrics.ANSWER_SECONDS.labels(item.channel).observe(time.perf_counter() - begun)

    async def _deal_with(self, item: InboxItem) -> str:
        incoming = self._readers[item.channel](item.payload)
        if incoming is None:
            return "ignored"
        return await self._conversation.handle(incoming, repeated=item.attempts > 1)

    async def _put_back(self, item: InboxItem, problem: Exception) -> None:
        """Try again later; the last time, tell the person."""
        _log.error(
            "item_failed",
            item=item.id,
            channel=item.channel,
            attempt=item.attempts,
            problem=type(problem).__name__,
            where=_where(problem),
        )
        metrics.HANDLED.labels(item.channel, "failed").inc()
        try:
            await inbox.release(self._cw, item.id)
            if item.attempts >= inbox.MAX_ATTEMPTS:
                await self._apologise(item)
        except Exception as again:  # the lease runs out by itself
            _log.error("item_not_released", item=item.id, problem=type(again).__name__)

    async def _apologise(self, item: InboxItem) -> None:
        incoming = self._readers[item.channel](item.payload)
        if incoming is not None and incoming.group is None and incoming.event == "message":
            await self._conversation.apologise(incoming)


def _where(problem: BaseException) -> str:
    """Return file and line of an error, without the values that were at hand."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
