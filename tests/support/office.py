"""A whole office on a database of its own, made by the migrations."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from casework import migrate
from casework.context import Casework, Clock, opened
from casework.settings import Settings

SECRET = "a secret that only the tests know, long enough"

_template: tempfile.TemporaryDirectory[str] | None = None


def make_settings(data_dir: Path, **values: Any) -> Settings:
    """Settings that nothing on this machine has a say in, but the environment."""
    return Settings(_env_file=None, **{"data_dir": data_dir, "secret_key": SECRET, **values})


@asynccontextmanager
async def make_casework(
    tmp_path: Path, url: str | None = None, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Casework]:
    """An office: on a SQLite file in `tmp_path`, or on a database that was migrated before."""
    if url is None:
        file = tmp_path / "anlaufstelle.sqlite3"
        if not file.exists():
            shutil.copyfile(await migrated_sqlite(), file)
        url = f"sqlite+aiosqlite:///{file}"
    async with opened(make_settings(tmp_path, database_url=url, **settings), clock=clock) as cw:
        yield cw


async def migrated_sqlite() -> Path:
    """An empty, migrated SQLite file to copy; made once per run."""
    global _template  # noqa: PLW0603  (lives as long as the run)
    if _template is None:
        _template = tempfile.TemporaryDirectory(prefix="anlaufstelle-tests-")
        await migrate.upgrade(f"sqlite+aiosqlite:///{_template.name}/template.sqlite3")
    return Path(_template.name) / "template.sqlite3"
