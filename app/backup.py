"""Backup and restore: every table as JSON lines in one archive, on any of the databases.

Contact details stay encrypted in the archive. Where the installation made its own secret
(`secret.key` in the data folder) it goes along, since nothing could be read without it:
the archive is therefore as confidential as the database and only its owner may read it.
"""

import io
import json
import os
import tarfile
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession

from casework import keys
from casework.context import Casework
from casework.encryption import EncryptedText
from casework.errors import CaseworkError
from casework.models import Base, UtcDateTime

FORMAT = 1
#: Rows read and written at a time.
BATCH = 500


class RestoreRefused(CaseworkError):
    """The archive does not fit this installation; the message says why."""


async def backup(cw: Casework, target: Path) -> int:
    """Write the archive (mode 0600) and return the number of rows in it."""
    partial = target.with_name(target.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    rows = 0
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        async with cw.database.reading() as session:
            _add(archive, "manifest.json", json.dumps(await _manifest(cw, session)).encode())
            for table in Base.metadata.sorted_tables:
                lines = [line async for line in _dump(session, table)]
                rows += len(lines)
                _add(archive, f"tables/{table.name}.jsonl", "\n".join(lines).encode())
        secret = cw.settings.data_dir / keys.FILE_NAME
        if secret.exists():
            _add(archive, keys.FILE_NAME, secret.read_bytes())
    partial.replace(target)
    return rows


async def restore(cw: Casework, source: Path) -> int:
    """Fill an empty, migrated database from the archive; returns the number of rows."""
    with tarfile.open(source, mode="r:gz") as archive:
        manifest = json.loads(_read(archive, "manifest.json"))
        async with cw.database.transaction() as session:
            await _refuse_unfit(cw, session, manifest)
            rows = 0
            for table in Base.metadata.sorted_tables:
                rows += await _load(session, table, _read(archive, f"tables/{table.name}.jsonl"))
            await _advance_sequences(session)
    return rows


def restore_secret(source: Path, data_dir: Path) -> bool:
    """Put the archive's secret into the data folder, before the database is opened.

    RestoreRefused when another secret is there already.
    """
    with tarfile.open(source, mode="r:gz") as archive:
        if keys.FILE_NAME not in archive.getnames():
            return False
        secret = _read(archive, keys.FILE_NAME)
    target = data_dir / keys.FILE_NAME
    if target.exists():
        if target.read_bytes() != secret:
            raise RestoreRefused(f"{target} holds another secret than the archive; move it away")
        return True
    data_dir.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
    return True


async def _manifest(cw: Casework, session: AsyncSession) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "revision": await _revision(session),
        "municipality": cw.settings.municipality,
        "made_at": cw.clock().isoformat(),
    }


async def _refuse_unfit(cw: Casework, session: AsyncSession, manifest: dict[str, Any]) -> None:
    if manifest.get("format") != FORMAT:
        raise RestoreRefused("the archive was written by another version of this program")
    revision = await _revision(session)
    if manifest["revision"] != revision:
        raise RestoreRefused(f"the archive is of revision {manifest['revision']}, not {revision}")
    for name in ("requester", "ticket", "staff"):
        table = Base.metadata.tables[name]
        if await session.scalar(select(func.count()).select_from(table)):
            raise RestoreRefused(f"the database is not empty: it has rows in {name}")
    for table in reversed(Base.metadata.sorted_tables):  # the pack, which comes with the archive
        await session.execute(table.delete())


async def _revision(session: AsyncSession) -> str:
    return str(await session.scalar(text("SELECT version_num FROM alembic_version")))


async def _dump(session: AsyncSession, table: Table) -> AsyncIterator[str]:
    columns = [_as_stored(column) for column in table.columns]
    order = list(table.primary_key.columns)
    async for row in await session.stream(
        select(*columns).order_by(*order).execution_options(yield_per=BATCH)
    ):
        yield json.dumps(dict(row._mapping), default=_plain, ensure_ascii=False)


def _as_stored(column: Column[Any]) -> Any:
    """Encrypted columns as the database has them."""
    if isinstance(column.type, EncryptedText):
        return type_coerce(column, Text).label(column.name)
    return column


async def _load(session: AsyncSession, table: Table, lines: bytes) -> int:
    rows = [_typed(table, json.loads(line)) for line in lines.splitlines() if line]
    encrypted = [c.name for c in table.columns if isinstance(c.type, EncryptedText)]
    statement = insert(table).values({n: bindparam(n, type_=Text()) for n in encrypted})
    for start in range(0, len(rows), BATCH):
        await session.execute(statement, rows[start : start + BATCH])
    return len(rows)


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    for column in table.columns:
        value = row.get(column.name)
        if isinstance(value, str) and isinstance(column.type, UtcDateTime):
            row[column.name] = datetime.fromisoformat(value)
    return row


async def _advance_sequences(session: AsyncSession) -> None:
    """PostgreSQL's sequences know nothing of the numbers that came with the rows."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        for column in _numbered(table.columns):
            await session.execute(
                select(
                    func.setval(
                        func.pg_get_serial_sequence(table.name, column.name),
                        func.coalesce(select(func.max(column)).scalar_subquery(), 1),
                    )
                )
            )


def _numbered(columns: Iterable[Column[Any]]) -> list[Column[Any]]:
    return [c for c in columns if c.primary_key and isinstance(c.type, Integer)]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a table")


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    archive.addfile(entry, io.BytesIO(content))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    try:
        file = archive.extractfile(name)
    except KeyError:
        file = None
    if file is None:
        raise RestoreRefused(f"this is no backup: {name} is missing")
    return file.read()
