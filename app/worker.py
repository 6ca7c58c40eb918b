"""The worker role: what has to be done by the clock."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from casework import privacy
from casework.context import Casework

log = structlog.get_logger(__name__)

#: Seconds between two rounds of housekeeping.
HOUSEKEEPING_SECONDS = 600.0

Chore = Callable[[Casework], Awaitable[object]]

#: Each is safe to run in several processes at once and to run again.
CHORES: tuple[Chore, ...] = (privacy.purge,)


async def run(cw: Casework, stop: asyncio.Event) -> None:
    """Housekeeping at the start and every ten minutes, until stopped."""
    while not stop.is_set():
        for chore in CHORES:
            await _do(cw, chore)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), HOUSEKEEPING_SECONDS)


async def _do(cw: Casework, chore: Chore) -> None:
    """A chore that fails is logged and tried again in the next round."""
    try:
        await chore(cw)
    except Exception:
        log.exception("chore failed", chore=getattr(chore, "__name__", "?"))
