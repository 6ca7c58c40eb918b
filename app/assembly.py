"""What has to be there before any role can work."""

import secrets
from dataclasses import dataclass

from casework import knowledge, migrate, staff
from casework.context import Casework

FIRST_LOGIN = "koordination"


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """The login made at the very first start; the password is shown once and never again."""

    login: str
    password: str


async def prepare(cw: Casework) -> FirstLogin | None:
    """Migrate the database, bring in the pack, make the first login if nobody has one."""
    await migrate.upgrade(cw.settings.database_url)
    await knowledge.import_pack(cw)
    if await staff.anybody(cw):
        return None
    password = secrets.token_urlsafe(12)
    await staff.add_staff(
        cw,
        login=FIRST_LOGIN,
        name=cw.pack.municipality.name.in_language("de"),
        password=password,
        role="admin",
        language="de",
        complaints=True,
    )
    return FirstLogin(FIRST_LOGIN, password)
