"""Factories: people on channels, their tickets, and the staff at the desk."""

from functools import cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher

from casework import inbox, requesters, tickets
from casework.context import Casework
from casework.models import InboxItem, Requester, Staff, Ticket

PASSWORD = "correct horse battery"

_numbers = count(1)


async def make_requester(
    cw: Casework,
    *,
    channel: str = "telegram",
    address: str | None = None,
    language: str = "tr",
    role: str | None = None,
    consent: bool = True,
) -> Requester:
    """Somebody who has written, and agreed that their data is kept."""
    person = await requesters.meet(
        cw,
        channel=channel,
        address=address or str(1000 + next(_numbers)),
        language_hint=language,
    )
    if role:
        await requesters.set_role(cw, person.id, role)
    if consent:
        await requesters.give_consent(cw, person.id)
    return await requesters.find(cw, person.id)


async def make_ticket(
    cw: Casework, person: Requester | None = None, *, kind: str = "request", **values: Any
) -> Ticket:
    """A ticket of that person, or of somebody new; an organisation's request for rooms."""
    person = person or await make_requester(cw)
    topics = {"request": "rooms", "offer": "interpreting"}
    values = {"topic": topics.get(kind), "facts": {}, "language": person.language, **values}
    return await tickets.open_ticket(cw, requester_id=person.id, kind=kind, **values)


async def make_staff(cw: Casework, *, complaints: bool = False, **values: Any) -> Staff:
    """A coordinator with the password `PASSWORD`; a row, since hashing takes its time."""
    number = next(_numbers)
    member = Staff(
        **{
            "login": f"staff{number}",
            "name": f"Coordinator {number}",
            "password_hash": _password_hash(),
            "complaints": complaints,
            "created_at": cw.clock(),
            **values,
        }
    )
    async with cw.database.transaction() as session:
        session.add(member)
    return member


@cache
def _password_hash() -> str:
    return PasswordHasher().hash(PASSWORD)


async def receive(cw: Casework, *, address: str = "1", update_id: str | None = None) -> bool:
    """An update that came in by Telegram."""
    return await inbox.receive(
        cw,
        channel="telegram",
        update_id=update_id or str(next(_numbers)),
        address=address,
        payload={"text": "merhaba"},
    )


async def claim_all(cw: Casework) -> list[InboxItem]:
    """Everything that can be claimed now."""
    claimed = []
    while (item := await inbox.claim_next(cw)) is not None:
        claimed.append(item)
    return claimed
