"""Waiting that ends when the process does."""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import timedelta

from casework.signals import Subscription

_FIRST_SECONDS, _LONGEST_SECONDS = 1.0, 60.0


class Backoff:
    """Waits longer each time, up to a minute, until `reset`."""

    def __init__(self) -> None:
        self._seconds = _FIRST_SECONDS

    def reset(self) -> None:
        """Begin anew: it worked."""
        self._seconds = _FIRST_SECONDS

    async def wait(self, stop: asyncio.Event, seconds: float | None = None) -> None:
        """Wait that long, or until `stop`."""
        await until(stop, self._seconds if seconds is None else seconds)
        if seconds is None:
            self._seconds = min(self._seconds * 2, _LONGEST_SECONDS)


async def until(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def news_or(news: Subscription, seconds: float, *events: asyncio.Event) -> None:
    """Wait for a signal or one of the events, at most so many seconds."""
    waiting = [asyncio.create_task(news.wait(seconds))]
    waiting += [asyncio.create_task(event.wait()) for event in events]  # type: ignore[arg-type]
    _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)


def seconds_of(value: float | timedelta) -> float:
    """Return a span in seconds, however it is given."""
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


async def cancelled(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Cancel what is still running, and wait until it has ended."""
    left = [task for task in tasks if not task.done()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
