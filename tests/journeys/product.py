"""The product as it runs: web server, bot, desk and worker in one process, Rasa in another."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sse_starlette.sse import AppStatus

from app.assembly import FirstLogin, prepare
from app.rasa import free_port
from app.run import serve_roles
from bot.rasa import Position, Rasa, rasa_of
from casework import knowledge, requesters, tickets
from casework.context import Casework
from casework.models import InboxItem, OutboxItem, Requester, Ticket
from tests.fakes import FakeBotApi
from tests.support.clock import berlin
from tests.support.office import make_casework
from tests.support.rasa import RunningRasa

#: Seconds that an answer may take; Telegram's pace alone makes it a few.
PATIENCE = 20.0
_LOOK_SECONDS = 0.03


class RunningClock:
    """Begins on Tuesday, 10 March 2026, 10:00 in Wiesbaden, and goes on as time does."""

    def __init__(self) -> None:
        self._begun, self._first = time.monotonic(), berlin("2026-03-10 10:00")

    def __call__(self) -> datetime:
        return self._first + timedelta(seconds=time.monotonic() - self._begun)


@dataclass(frozen=True, slots=True)
class Product:
    """What runs, and what only the office's own database can tell about it."""

    cw: Casework
    rasa: RunningRasa
    dialogue: Rasa
    api: FakeBotApi
    url: str
    first_login: FirstLogin

    async def requester(self, channel: str, address: str) -> Requester:
        """Who somebody is to the office."""
        known = await requesters.known(self.cw, channel=channel, address=address)
        assert known is not None
        return known

    async def tickets_of(self, channel: str, address: str) -> list[Ticket]:
        """Somebody's tickets, newest first."""
        person = await self.requester(channel, address)
        return await tickets.of_requester(self.cw, person.id)

    async def position(self, channel: str, address: str) -> Position:
        """Which question of which form somebody is at."""
        person = await self.requester(channel, address)
        return await self.dialogue.position(person.id)

    async def settled(self, channel: str, address: str) -> None:
        """Wait until everything that somebody wrote is dealt with, and everything for them said."""
        until = time.monotonic() + PATIENCE
        await self.api.settled(PATIENCE)
        while left := await self._left(channel, address):
            if time.monotonic() > until:
                raise AssertionError(f"{left} things are not dealt with.\n{self.api.state()}")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _left(self, channel: str, address: str) -> int:
        incoming = select(func.count()).where(
            InboxItem.channel == channel,
            InboxItem.address == address,
            InboxItem.processed_at.is_(None),
        )
        outgoing = select(func.count()).where(
            OutboxItem.channel == channel,
            OutboxItem.address == address,
            OutboxItem.state == "pending",
        )
        async with self.cw.database.reading() as session:
            counts = [await session.scalar(query) for query in (incoming, outgoing)]
        return sum(count or 0 for count in counts)


@asynccontextmanager
async def running_product(
    data_dir: Path, rasa: RunningRasa, *, webhook: bool = False
) -> AsyncIterator[Product]:
    """A new office with everything running, on Telegram too."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with FakeBotApi(allow_http_webhook=True) as api:
        settings: dict[str, Any] = {
            "port": port,
            "rasa_url": rasa.url,
            "rasa_token": rasa.token,
            "telegram_token": api.token,
            "telegram_api_url": api.base_url,
            "telegram_webhook_url": url if webhook else None,
        }
        async with make_casework(data_dir, clock=RunningClock(), **settings) as cw:
            first_login = await prepare(cw)
            assert first_login is not None
            await knowledge.refresh(cw)
            dialogue = rasa_of(cw)
            async with _served(cw):
                await api.polls()
                yield Product(cw, rasa, dialogue, api, url, first_login)
            await dialogue.close()


@asynccontextmanager
async def _served(cw: Casework) -> AsyncIterator[None]:
    """All roles, started and ended as `anlaufstelle run` does."""
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve_roles(cw, stop, ready.set))
    starting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, starting}, return_when=asyncio.FIRST_COMPLETED)
    starting.cancel()
    try:
        if not serving.done():
            yield
    finally:
        stop.set()
        await serving
        AppStatus.should_exit = False  # it counts for the whole process, which goes on here
