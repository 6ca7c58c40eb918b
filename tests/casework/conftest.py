"""Casework is tested on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casework.context import Casework
from tests.support.clock import Clock
from tests.support.office import make_casework


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """The address of a new database; None for the usual SQLite file."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock, database_url: str | None) -> AsyncIterator[Casework]:
    """An office on a new database, once on SQLite and once on PostgreSQL."""
    async with make_casework(tmp_path, url=database_url, clock=clock) as office:
        yield office
