"""Logins at the desk."""

import asyncio
import time
from typing import Any

import pytest

from casework import staff
from casework.context import Casework
from casework.errors import DuplicateLogin, InvalidFact, LoginRefused, UnknownStaff
from casework.staff import LOCKED_FOR, MAX_FAILURES
from tests.support.clock import Clock
from tests.support.people import PASSWORD, make_staff


async def test_a_login_opens_a_session(cw: Casework, clock: Clock) -> None:
    member = await staff.add_staff(
        cw, login=" Keller ", name="Frau Keller", password=PASSWORD, complaints=True
    )
    assert member.password_hash.startswith("$argon2id$")
    token, opened = await staff.log_in(cw, "KELLER", PASSWORD)
    assert token not in (opened.token_hash, opened.csrf)
    found = await staff.session_of(cw, token)
    assert found is not None
    assert (found.staff.id, found.staff.name, found.csrf) == (
        member.id,
        "Frau Keller",
        opened.csrf,
    )
    clock.forward(hours=cw.settings.session_hours)
    assert await staff.session_of(cw, token) is None


async def test_logging_out_ends_the_session(cw: Casework) -> None:
    member = await make_staff(cw)
    token, _ = await staff.log_in(cw, member.login, PASSWORD)
    await staff.log_out(cw, token)
    assert await staff.session_of(cw, token) is None
    await staff.log_out(cw, "never there")


@pytest.mark.parametrize("token", ["", "x", "\ud83d", "\x00"])
async def test_a_made_up_token_opens_nothing(cw: Casework, token: str) -> None:
    assert await staff.session_of(cw, token) is None


async def test_a_wrong_password_is_refused(cw: Casework) -> None:
    member = await make_staff(cw)
    for login, password in (
        (member.login, "wrong password"),
        (member.login, ""),
        (member.login, "x" * 100_000),
        ("nobody", PASSWORD),
        ("\x00", PASSWORD),
    ):
        with pytest.raises(LoginRefused):
            await staff.log_in(cw, login, password)


async def test_too_many_wrong_passwords_lock_the_login_for_a_while(
    cw: Casework, clock: Clock
) -> None:
    member = await make_staff(cw)
    for _ in range(MAX_FAILURES):
        with pytest.raises(LoginRefused):
            await staff.log_in(cw, member.login, "wrong password")
    with pytest.raises(LoginRefused):
        await staff.log_in(cw, member.login, PASSWORD)
    clock.forward(seconds=LOCKED_FOR.total_seconds())
    await staff.log_in(cw, member.login, PASSWORD)


async def test_guesses_side_by_side_are_all_counted(cw: Casework) -> None:
    member = await make_staff(cw)
    await asyncio.gather(
        *(staff.log_in(cw, member.login, "wrong password") for _ in range(MAX_FAILURES)),
        return_exceptions=True,
    )
    with pytest.raises(LoginRefused):
        await staff.log_in(cw, member.login, PASSWORD)


async def test_a_right_password_clears_the_count(cw: Casework) -> None:
    member = await make_staff(cw)
    for _ in range(3):
        for _ in range(MAX_FAILURES - 1):
            with pytest.raises(LoginRefused):
                await staff.log_in(cw, member.login, "wrong password")
        await staff.log_in(cw, member.login, PASSWORD)


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(cw: Casework) -> None:
    member = await make_staff(cw)

    async def seconds(login: str) -> float:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            with pytest.raises(LoginRefused):
                await staff.log_in(cw, login, "wrong password")
            times.append(time.perf_counter() - start)
        return min(times)

    await seconds("warm up")
    unknown, known = await seconds("nobody"), await seconds(member.login)
    assert unknown > known / 3  # a look-up without hashing is a hundred times faster


async def test_a_login_exists_once(cw: Casework) -> None:
    await staff.add_staff(cw, login="keller", name="Frau Keller", password=PASSWORD)
    with pytest.raises(DuplicateLogin):
        await staff.add_staff(cw, login="Keller", name="Herr Keller", password=PASSWORD)


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"password": "short"}, "password", "short"),
        ({"password": "x" * 257}, "password", "long"),
        ({"login": "  "}, "login", "length"),
        ({"login": "x" * 65}, "login", "length"),
        ({"name": " "}, "name", "empty"),
    ],
)
async def test_what_is_missing_is_named(
    cw: Casework, values: dict[str, Any], field: str, problem: str
) -> None:
    given = {"login": "keller", "name": "Frau Keller", "password": PASSWORD, **values}
    with pytest.raises(InvalidFact) as refused:
        await staff.add_staff(cw, **given)
    assert (refused.value.field, refused.value.problem) == (field, problem)


async def test_a_new_password_logs_everybody_out_who_used_the_old_one(cw: Casework) -> None:
    member = await make_staff(cw)
    token, _ = await staff.log_in(cw, member.login, PASSWORD)
    await staff.set_password(cw, member.login, "another good one")
    assert await staff.session_of(cw, token) is None
    with pytest.raises(LoginRefused):
        await staff.log_in(cw, member.login, PASSWORD)
    await staff.log_in(cw, member.login, "another good one")
    with pytest.raises(UnknownStaff):
        await staff.set_password(cw, "nobody", "another good one")


async def test_ones_own_new_password_keeps_this_place_logged_in(cw: Casework) -> None:
    member = await make_staff(cw)
    elsewhere, _ = await staff.log_in(cw, member.login, PASSWORD)
    token, _ = await staff.change_own_password(
        cw, member.login, old=PASSWORD, new="another good one"
    )
    assert await staff.session_of(cw, elsewhere) is None
    here = await staff.session_of(cw, token)
    assert here is not None
    assert here.staff.password_is_own
    with pytest.raises(LoginRefused):
        await staff.change_own_password(cw, member.login, old=PASSWORD, new="a third good one")


async def test_who_has_left_is_let_in_no_longer(cw: Casework) -> None:
    member, other = await make_staff(cw, name="Anders"), await make_staff(cw, name="Berg")
    token, _ = await staff.log_in(cw, member.login, PASSWORD)
    assert [row.name for row in await staff.colleagues(cw)] == ["Anders", "Berg"]
    await staff.deactivate(cw, member.login)
    assert await staff.session_of(cw, token) is None
    with pytest.raises(LoginRefused):
        await staff.log_in(cw, member.login, PASSWORD)
    assert [row.id for row in await staff.colleagues(cw)] == [other.id]
    with pytest.raises(UnknownStaff):
        await staff.deactivate(cw, "nobody")
