"""The tables: made by migrations, in one line, as the models say."""

import asyncio
import re
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from casework import migrate
from casework.database import connect
from casework.models import Base
from tests.support.postgres import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/new/folder/office.sqlite3"
    server: Server = request.getfixturevalue("postgres")
    server.drop("migrated")
    return server.create("migrated")


async def test_the_migrations_make_what_the_models_say(empty_url: str) -> None:
    await migrate.upgrade(empty_url)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    engine = connect(empty_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_second_start_changes_nothing(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    await migrate.upgrade(empty_url)
    assert await _revision(empty_url) == migrate.head()


async def test_processes_that_start_at_once_do_not_get_in_each_others_way(empty_url: str) -> None:
    program = "import asyncio, sys; from casework import migrate; "
    program += "asyncio.run(migrate.upgrade(sys.argv[1]))"
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, empty_url)
        for _ in range(3)
    ]
    assert [await process.wait() for process in started] == [0, 0, 0]
    assert await _revision(empty_url) == migrate.head()


async def test_a_database_can_go_back_and_forth(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    await migrate.downgrade(empty_url, "base")
    await migrate.upgrade(empty_url)
    assert await _revision(empty_url) == migrate.head()


def test_the_revisions_are_numbered_in_one_line() -> None:
    scripts = list(ScriptDirectory.from_config(migrate.config()).walk_revisions())
    numbers = sorted(script.revision for script in scripts)
    assert numbers == [f"{number:04d}" for number in range(1, len(scripts) + 1)]
    assert all(
        re.fullmatch(rf"{script.revision}_\w+\.py", Path(script.path).name) for script in scripts
    )


async def _revision(url: str) -> str:
    engine = connect(url)
    async with engine.connect() as connection:
        found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    await engine.dispose()
    return str(found)
