"""Fixtures that every folder of tests can use."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casework import migrate
from casework.context import Casework
from tests.support.clock import Clock
from tests.support.office import make_casework
from tests.support.postgres import NoPostgres, Server, running_server
from tests.support.redis import NoRedis, running_redis

#: The one PostgreSQL database of a run; a new one for each test would take most of its time.
DATABASE = "office"


if TYPE_CHECKING:
    from tests.support.rasa import RunningRasa


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """What this machine has set up for the program is no part of a test."""
    mine = {name: os.environ.pop(name) for name in list(os.environ) if "ANLAUFSTELLE_" in name}
    yield
    os.environ.update(mine)


@pytest.fixture
def clock() -> Clock:
    """Tuesday, 10 March 2026, 10:00 in Wiesbaden."""
    return Clock()


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock) -> AsyncIterator[Casework]:
    """An office on a new SQLite file."""
    async with make_casework(tmp_path, clock=clock) as office:
        yield office


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Server]:
    """A PostgreSQL server; skips where none can be started."""
    try:
        with running_server() as server:
            await migrate.upgrade(server.create(DATABASE))
            yield server
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """The address of a database with our tables, all of them empty."""
    postgres.clear(DATABASE)
    return postgres.url(DATABASE)


@pytest.fixture(scope="session")
async def rasa(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["RunningRasa"]:
    """A real Rasa with the trained model, one for the whole run; trains when inputs changed."""
    from tests.support.rasa import running_rasa

    async with running_rasa(tmp_path_factory.mktemp("rasa")) as running:
        yield running


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis server; skips where none can be started."""
    try:
        with running_redis() as url:
            yield url
    except NoRedis as reason:
        pytest.skip(f"no Redis: {reason}")
