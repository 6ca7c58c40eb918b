"""The fronts are tested over real HTTP: a stand-in for Rasa, the strict fake of the Bot API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import bot.app
from bot.conversation import Conversation
from bot.language import Detector
from bot.phrases.names import OfficeNames
from bot.rasa import rasa_of
from casework.context import Casework
from tests.bot.rasa_stand_in import StandIn, standing_in
from tests.bot.talking import Person
from tests.fakes import FakeBotApi
from tests.support.clock import Clock
from tests.support.office import make_casework

DETECTOR = Detector()


@pytest.fixture
async def rasa() -> AsyncIterator[StandIn]:
    """A stand-in for Rasa."""
    async with standing_in() as one:
        yield one


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock, rasa: StandIn) -> AsyncIterator[Casework]:
    """An office whose Rasa is the stand-in."""
    async with make_casework(tmp_path, clock=clock, rasa_url=rasa.url) as office:
        yield office


@pytest.fixture
def names(cw: Casework) -> OfficeNames:
    """The pack's names."""
    return OfficeNames(cw)


@pytest.fixture
async def person(cw: Casework) -> AsyncIterator[Person]:
    """Somebody who talks to the conversation without any front."""
    client = rasa_of(cw)
    yield Person(cw, Conversation(cw, client, DETECTOR))
    await client.close()


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    """Telegram, as strict as the real one."""
    async with FakeBotApi(allow_http_webhook=True) as one:
        yield one


@asynccontextmanager
async def running(cw: Casework) -> AsyncIterator[asyncio.Task[None]]:
    """The bot's workers, for as long as the context is open."""
    stop = asyncio.Event()
    task = asyncio.create_task(bot.app.run(cw, stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 20)


@pytest.fixture
async def telegram(
    tmp_path: Path, clock: Clock, rasa: StandIn, api: FakeBotApi
) -> AsyncIterator[Casework]:
    """An office that is on Telegram by long polling."""
    async with (
        make_casework(
            tmp_path,
            clock=clock,
            rasa_url=rasa.url,
            telegram_token=api.token,
            telegram_api_url=api.base_url,
        ) as office,
        running(office),
    ):
        yield office
