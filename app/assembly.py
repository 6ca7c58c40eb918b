"""Put the parts together: from settings to the casework that every role works with."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from casework import knowledge, migrate, staff
from casework.calendar import ServiceCalendar
from casework.context import Casework
from casework.database import Database
from casework.knowledge import KnowledgeBase
from casework.pack import load_pack
from casework.settings import Settings
from casework.signals import Signals

FIRST_LOGIN = "koordination"


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_casework(settings: Settings) -> AsyncIterator[Casework]:
    """The casework of this process; connections are given back at the end."""
    pack = load_pack(settings.knowledge_dir, settings.municipality)
    database = Database(settings.database, settings.key("contacts"))
    signals = Signals(settings.redis_url)
    cw = Casework(
        settings=settings,
        database=database,
        pack=pack,
        calendar=ServiceCalendar(pack.municipality),
        knowledge=KnowledgeBase(),
        signals=signals,
        clock=now,
    )
    try:
        yield cw
    finally:
        await signals.close()
        await database.close()


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """The login made at the very first start; the password is shown once and never again."""

    login: str
    password: str


async def prepare(cw: Casework) -> FirstLogin | None:
    """Migrate the database, bring in the pack, make the first login if nobody has one."""
    await migrate.upgrade(cw.settings.database)
    await knowledge.import_pack(cw)
    if await staff.anybody(cw):
        return None
    password = secrets.token_urlsafe(12)
    await staff.add_staff(
        cw,
        login=FIRST_LOGIN,
        name=cw.pack.municipality.name_in("de"),
        password=password,
        role="admin",
        language="de",
        complaints=True,
    )
    return FirstLogin(FIRST_LOGIN, password)
