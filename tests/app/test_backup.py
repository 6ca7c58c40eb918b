"""An archive brings an office back as it was."""

import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select

from app import backup as archive
from casework import keys
from casework.models import Ticket
from tests.support.office import make_casework, make_settings
from tests.support.people import make_requester, make_ticket


def made(folder: Path) -> Path:
    """A folder that is there."""
    folder.mkdir(exist_ok=True)
    return folder


async def test_a_restored_office_has_its_tickets_contacts_and_messages(tmp_path: Path) -> None:
    async with make_casework(made(tmp_path / "old")) as old:
        ticket = await make_ticket(old, await make_requester(old), contact="ada@example.org")
        rows = await archive.backup(old, tmp_path / "office.tar.gz")
    async with make_casework(made(tmp_path / "new")) as new:
        assert await archive.restore(new, tmp_path / "office.tar.gz") == rows
        async with new.database.reading() as session:
            back = await session.scalar(select(Ticket))
        assert back is not None
        assert (back.reference, back.contact) == (ticket.reference, "ada@example.org")
        assert back.opened_at == ticket.opened_at


async def test_new_tickets_after_a_restore_get_the_next_number(
    tmp_path: Path, postgres_url: str
) -> None:
    async with make_casework(made(tmp_path / "old")) as old:
        first = await make_ticket(old, await make_requester(old))
        await archive.backup(old, tmp_path / "office.tar.gz")
    async with make_casework(made(tmp_path / "new"), url=postgres_url) as new:
        await archive.restore(new, tmp_path / "office.tar.gz")
        second = await make_ticket(new, await make_requester(new))
    assert int(second.reference[-5:]) == int(first.reference[-5:]) + 1
    assert second.id == first.id + 1


async def test_contacts_lie_encrypted_in_the_archive(tmp_path: Path) -> None:
    async with make_casework(made(tmp_path / "old")) as old:
        await make_ticket(old, await make_requester(old), contact="ada@example.org")
        await archive.backup(old, tmp_path / "office.tar.gz")
    with tarfile.open(tmp_path / "office.tar.gz") as opened:
        content = b"".join(
            file.read() for each in opened if (file := opened.extractfile(each)) is not None
        )
    assert b"ada@example.org" not in content
    assert (tmp_path / "office.tar.gz").stat().st_mode & 0o077 == 0


async def test_an_office_in_use_is_not_overwritten(tmp_path: Path) -> None:
    async with make_casework(made(tmp_path / "old")) as old:
        await make_ticket(old, await make_requester(old))
        await archive.backup(old, tmp_path / "office.tar.gz")
        with pytest.raises(archive.RestoreRefused, match="not empty"):
            await archive.restore(old, tmp_path / "office.tar.gz")


async def test_the_installation_s_own_secret_goes_along_and_never_replaces_another(
    tmp_path: Path,
) -> None:
    settings = make_settings(tmp_path / "old", secret_key=None)
    secret = settings.key("contacts")
    async with make_casework(made(tmp_path / "old"), secret_key=None) as old:
        await archive.backup(old, tmp_path / "office.tar.gz")
    new = make_settings(tmp_path / "new", secret_key=None)
    assert archive.restore_secret(tmp_path / "office.tar.gz", new.data_dir)
    assert new.key("contacts") == secret
    (new.data_dir / keys.FILE_NAME).write_text("another secret, quite long enough for this\n")
    with pytest.raises(archive.RestoreRefused, match="another secret"):
        archive.restore_secret(tmp_path / "office.tar.gz", new.data_dir)
