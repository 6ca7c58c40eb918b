"""Brings a database to the newest revision of its tables; the revisions are in `migrations/`."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from casework.database import connect

#: Any number, the same in every process: one migrates, the others wait and find it done.
_LOCK = 4_711_065_018


async def upgrade(url: str, revision: str = "head") -> None:
    """Make or bring up to date the tables of the database at `url`; all of it or nothing."""
    _make_folder(url)
    await _run(url, command.upgrade, revision)


async def downgrade(url: str, revision: str) -> None:
    """Bring the tables back to an older revision; `base` is none at all."""
    await _run(url, command.downgrade, revision)


async def draft(message: str) -> str:
    """Write the next revision, with what the models have and the migrations do not; its file."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/draft.sqlite3"
        await upgrade(url)
        engine = connect(url)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(_draft, message)
        finally:
            await engine.dispose()


def head() -> str:
    """The newest revision."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    if newest is None:
        raise RuntimeError("no migrations")
    return newest


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file of their own."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.attributes["connection"] = connection
    return settings


async def _run(url: str, step: Callable[[Config, str], None], revision: str) -> None:
    engine = connect(url, foreign_keys=False)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_locked, step, revision)
        await _check_references(engine)
    finally:
        await engine.dispose()


def _locked(connection: Connection, step: Callable[[Config, str], None], revision: str) -> None:
    """SQLite has begun with its write lock; PostgreSQL needs to be asked for one."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    step(config(connection), revision)


def _draft(connection: Connection, message: str) -> str:
    settings = config(connection)
    number = len(list(ScriptDirectory.from_config(settings).walk_revisions())) + 1
    written = command.revision(settings, message, autogenerate=True, rev_id=f"{number:04d}")
    if not isinstance(written, Script):
        raise RuntimeError("more than one revision was written")
    return str(written.path)


def _make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)


async def _check_references(engine: AsyncEngine) -> None:
    """SQLite rebuilds tables without watching its references; so they are looked at afterwards."""
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        broken = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    if broken:
        raise RuntimeError(f"the migration left {len(broken)} rows without what they refer to")
