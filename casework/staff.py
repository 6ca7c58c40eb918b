"""The people at the desk: logins, passwords, sessions."""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from casework.context import Casework
from casework.errors import DuplicateLogin, InvalidFact, LoginRefused, UnknownStaff
from casework.languages import served
from casework.models import Staff, StaffSession
from casework.strings import cleaned
from casework.vocabulary import StaffRole

MIN_PASSWORD = 10
MAX_PASSWORD = 256
MAX_LOGIN = 64
#: After so many wrong passwords in a row a login is locked for a while.
MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


async def add_staff(
    cw: Casework,
    *,
    login: str,
    name: str,
    password: str,
    role: StaffRole = "coordinator",
    language: str = "de",
    complaints: bool = False,
) -> Staff:
    """Add somebody to the desk; raises DuplicateLogin, or InvalidFact for what is missing."""
    login = _normal(login)
    if not 0 < len(login) <= MAX_LOGIN:
        raise InvalidFact("login", "length")
    if not name.strip():
        raise InvalidFact("name", "empty")
    password_hash = await _hash(password)
    async with cw.database.transaction() as session:
        if await _by_login(session, login) is not None:
            raise DuplicateLogin(login)
        staff = Staff(
            login=login,
            name=cleaned(name).strip(),
            password_hash=password_hash,
            role=role,
            language=served(language) or "de",
            complaints=complaints,
            created_at=cw.clock(),
        )
        session.add(staff)
        return staff


async def anybody(cw: Casework) -> bool:
    """Whether there is any login yet."""
    async with cw.database.reading() as session:
        return await session.scalar(select(Staff.id).limit(1)) is not None


async def set_password(cw: Casework, login: str, password: str) -> None:
    """Give somebody a new password; who is logged in under that name is logged out."""
    password_hash = await _hash(password)
    async with cw.database.transaction() as session:
        staff = await _by_login(session, _normal(login))
        if staff is None:
            raise UnknownStaff(login)
        staff.password_hash, staff.password_is_own = password_hash, False
        staff.failed_logins, staff.locked_until = 0, None
        await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


async def change_own_password(
    cw: Casework, login: str, *, old: str, new: str
) -> tuple[str, StaffSession]:
    """Replace one's password; all other sessions end, a new one is opened for this place.

    Raises LoginRefused where the old one is wrong (this counts towards the lock), InvalidFact
    (`password`: `short`, `long`, `same`) for the new one.
    """
    await log_in(cw, login, old)
    if new == old:
        raise InvalidFact("password", "same")
    await set_password(cw, login, new)
    async with cw.database.transaction() as session:
        mine = update(Staff).where(Staff.login == _normal(login))
        await session.execute(mine.values(password_is_own=True))
    return await log_in(cw, login, new)


async def set_language(cw: Casework, staff_id: int, language: str) -> None:
    """The language that somebody works in."""
    if served(language) != language:
        raise InvalidFact("language", "unknown")
    async with cw.database.transaction() as session:
        staff = await session.get(Staff, staff_id)
        if staff is None:
            raise UnknownStaff(staff_id)
        staff.language = language


async def deactivate(cw: Casework, login: str) -> None:
    """Let somebody in no longer; what they wrote keeps their name."""
    async with cw.database.transaction() as session:
        staff = await _by_login(session, _normal(login))
        if staff is None:
            raise UnknownStaff(login)
        staff.active = False
        await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


async def colleagues(cw: Casework) -> list[Staff]:
    """Everybody who works at the desk now, by name."""
    async with cw.database.reading() as session:
        active = select(Staff).where(Staff.active).order_by(Staff.name, Staff.id)
        return list(await session.scalars(active))


async def log_in(cw: Casework, login: str, password: str) -> tuple[str, StaffSession]:
    """A session and the token that opens it; raises LoginRefused, whatever the reason.

    An unknown or locked login takes as long as a wrong password does.
    """
    async with cw.database.reading() as session:
        staff = await _by_login(session, _normal(login))
    known = staff.password_hash if staff is not None else None
    right = await asyncio.to_thread(_verify, known, password)
    if staff is None or not staff.active or _locked(staff, cw.clock()):
        raise LoginRefused
    if not right:
        await _count_failure(cw, staff.id)
        raise LoginRefused
    return await _open_session(cw, staff.id, await _rehashed(staff, password))


async def session_of(cw: Casework, token: str) -> StaffSession | None:
    """The session that a token opens, with its member of staff; None when it has ended."""
    async with cw.database.reading() as session:
        found: StaffSession | None = await session.scalar(
            select(StaffSession)
            .where(
                StaffSession.token_hash == _digest(token),
                StaffSession.expires_at > cw.clock(),
            )
            .options(selectinload(StaffSession.staff))
        )
        return found if found is not None and found.staff.active else None


async def log_out(cw: Casework, token: str) -> None:
    """End a session."""
    async with cw.database.transaction() as session:
        await session.execute(delete(StaffSession).where(StaffSession.token_hash == _digest(token)))


async def _open_session(
    cw: Casework, staff_id: int, new_hash: str | None
) -> tuple[str, StaffSession]:
    token, now = secrets.token_urlsafe(32), cw.clock()
    async with cw.database.transaction() as session:
        staff = await session.get_one(Staff, staff_id)
        if _locked(staff, now):  # by others' wrong guesses in the meantime
            raise LoginRefused
        staff.failed_logins, staff.locked_until = 0, None
        staff.password_hash = new_hash or staff.password_hash
        opened = StaffSession(
            token_hash=_digest(token),
            staff=staff,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + timedelta(hours=cw.settings.session_hours),
        )
        session.add(opened)
    return token, opened


async def _count_failure(cw: Casework, staff_id: int) -> None:
    """Counted in the database, so that guesses side by side are all counted."""
    async with cw.database.transaction() as session:
        failures = await session.scalar(
            update(Staff)
            .where(Staff.id == staff_id)
            .values(failed_logins=Staff.failed_logins + 1)
            .returning(Staff.failed_logins)
        )
        if failures is not None and failures >= MAX_FAILURES:
            await session.execute(
                update(Staff)
                .where(Staff.id == staff_id)
                .values(failed_logins=0, locked_until=cw.clock() + LOCKED_FOR)
            )


async def _by_login(session: AsyncSession, login: str) -> Staff | None:
    found: Staff | None = await session.scalar(select(Staff).where(Staff.login == login))
    return found


def _normal(login: str) -> str:
    return cleaned(login).strip().casefold()


def _locked(staff: Staff, now: datetime) -> bool:
    return staff.locked_until is not None and staff.locked_until > now


async def _hash(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise InvalidFact("password", "short")
    if len(password) > MAX_PASSWORD:
        raise InvalidFact("password", "long")
    return await asyncio.to_thread(_hasher().hash, password)


async def _rehashed(staff: Staff, password: str) -> str | None:
    """A new hash where the old one was made with weaker parameters."""
    if _hasher().check_needs_rehash(staff.password_hash):
        return await asyncio.to_thread(_hasher().hash, password)
    return None


def _verify(known: str | None, password: str) -> bool:
    try:
        return _hasher().verify(known or _nobodys(), password[:MAX_PASSWORD]) and bool(known)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """Compared with where there is no such login."""
    return _hasher().hash(secrets.token_urlsafe(32))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
