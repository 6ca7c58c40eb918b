"""The worker role: what has to be done by the clock."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from casework import integreat_api, privacy
from casework.context import Casework

log = structlog.get_logger(__name__)

#: Seconds between two rounds of housekeeping.
HOUSEKEEPING_SECONDS = 600.0

Chore = Callable[[Casework], Awaitable[object]]

#: Each is safe to run in several processes at once, to be cancelled and to run again.
CHORES: tuple[Chore, ...] = (privacy.purge, integreat_api.keep_up)


async def run(cw: Casework, stop: asyncio.Event) -> None:
    """Each chore at the start and every ten minutes, none waiting for another, until stopped."""
    chores = [asyncio.create_task(_again_and_again(cw, chore)) for chore in CHORES]
    try:
        await stop.wait()
    finally:
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)


async def _again_and_again(cw: Casework, chore: Chore) -> None:
    while True:
        await _do(cw, chore)
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


async def _do(cw: Casework, chore: Chore) -> None:
    """A chore that fails is logged and tried again in the next round."""
    try:
        await chore(cw)
    except Exception:
        log.exception("chore failed", chore=getattr(chore, "__name__", "?"))
