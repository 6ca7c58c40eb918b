"""Getting in, staying in, and being kept out."""

import httpx
import pytest
from starlette.applications import Starlette

from casework import staff
from casework.context import Casework
from desk.app import application
from desk.visit import GUEST_COOKIE, SESSION_COOKIE
from tests.desk.conftest import Browser, Open
from tests.desk.scenes import Day, make_team
from tests.support.clock import Clock
from tests.support.people import PASSWORD


def _paths(cw: Casework) -> list[tuple[str, str]]:
    app = application(cw)
    return [
        (method, "/desk" + route.path.replace("{ticket_id:int}", "1"))
        for route in app.routes
        for method in sorted(getattr(route, "methods", None) or [])
        if method != "HEAD" and route.name not in ("login", "log_in", "static")
    ]


async def test_every_page_and_form_of_the_desk_asks_for_a_login(
    cw: Casework, browser: Browser, day: Day
) -> None:
    paths = _paths(cw)
    assert len(paths) > 20
    await browser.get("/desk/login")
    token = browser.hidden("/desk/login")["csrf"]
    for method, path in paths:
        answer = await browser.client.request(
            method, path, data={"csrf": token}, follow_redirects=False
        )
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/desk/login?next="), path


async def test_the_bare_address_leads_to_the_login(browser: Browser, day: Day) -> None:
    assert "Anmelden" in await browser.get("/desk")


async def test_a_login_leads_to_the_page_that_was_wanted(browser: Browser, day: Day) -> None:
    ticket = day.tickets["arabic"]
    page = await browser.get(f"/desk/tickets/{ticket.id}")
    assert "Anmelden" in page
    page = await browser.post("/desk/login", login="yildiz", password=PASSWORD)
    assert str(browser.page.url).endswith(f"/desk/tickets/{ticket.id}")
    assert ticket.reference in page


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/desk\\..",
        "/other",
        "javascript:x",
    ],
)
async def test_a_login_never_leads_out_of_the_desk(
    browser: Browser, day: Day, elsewhere: str
) -> None:
    await browser.get("/desk/login")
    fields = browser.hidden("/desk/login") | {"login": "yildiz", "password": PASSWORD}
    answer = await browser.client.post(
        "/desk/login", data=fields | {"next": elsewhere}, follow_redirects=False
    )
    assert answer.headers["location"] == "/desk/"


async def test_a_wrong_password_is_told_without_saying_what_was_wrong(
    browser: Browser, day: Day
) -> None:
    known = await browser.log_in("yildiz", "wrong password")
    assert browser.page.status_code == 401
    assert "Anmeldename oder Passwort stimmt nicht" in known
    unknown = await browser.log_in("nobody", "wrong password")
    assert "Anmeldename oder Passwort stimmt nicht" in unknown
    assert SESSION_COOKIE not in browser.client.cookies


async def test_after_five_wrong_passwords_the_right_one_must_wait(
    browser: Browser, day: Day, clock: Clock
) -> None:
    for _ in range(staff.MAX_FAILURES):
        await browser.log_in("yildiz", "wrong password")
    page = await browser.log_in("yildiz")
    assert "zu viele Versuche" in page
    clock.forward(minutes=16)
    await browser.log_in("yildiz")
    assert browser.page.url.path == "/desk/"


async def test_a_session_ends_by_itself_and_the_login_leads_back(
    logged_in: Open, day: Day, clock: Clock
) -> None:
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{day.tickets['turkish'].id}"
    await member.get(path)
    clock.forward(hours=13)
    await member.post(f"{path}/note", text="too late")
    assert member.page.url.path == "/desk/login"
    assert f'name="next" value="{path}"' in member.page.text
    await member.post("/desk/login", login="yildiz", password=PASSWORD)
    assert member.page.url.path == path
    assert "too late" not in member.page.text


async def test_logging_out_ends_the_session_on_the_server(
    logged_in: Open, day: Day, app: Starlette
) -> None:
    member = await logged_in("yildiz")
    token = member.client.cookies[SESSION_COOKIE]
    page = await member.post("/desk/logout")
    assert "Sie sind abgemeldet." in page
    again = Browser(app)
    again.client.cookies.set(SESSION_COOKIE, token, domain="desk.test", path="/desk")
    await again.get("/desk/")
    assert again.page.url.path == "/desk/login"
    await again.client.aclose()


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    browser: Browser, day: Day
) -> None:
    await browser.get("/desk/login")
    fields = browser.hidden("/desk/login") | {"login": "yildiz", "password": PASSWORD}
    answer = await browser.client.post("/desk/login", data=fields, follow_redirects=False)
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/desk" in cookie
    assert "Secure" not in cookie  # no https address is set


async def test_a_form_without_the_right_token_changes_nothing(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{day.tickets['turkish'].id}/note"
    for fields in ({}, {"csrf": ""}, {"csrf": "guessed"}):
        answer = await member.client.post(path, data={**fields, "text": "from elsewhere"})
        assert answer.status_code == 403
        assert "Nicht erlaubt" in answer.text
    assert "from elsewhere" not in await member.get(path.removesuffix("/note"))


async def test_a_login_form_from_another_site_is_refused(browser: Browser, day: Day) -> None:
    fields = {"login": "yildiz", "password": PASSWORD, "csrf": "chosen by the other site"}
    answer = await browser.client.post("/desk/login", data=fields)
    assert answer.status_code == 403
    await browser.get("/desk/login")
    assert GUEST_COOKIE in browser.client.cookies
    answer = await browser.client.post("/desk/login", data=fields)
    assert answer.status_code == 403


async def test_a_huge_form_is_refused(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{day.tickets['turkish'].id}/note"
    answer = await member.client.post(path, data={"text": "x" * 300_000})
    assert answer.status_code == 413
    assert "zu groß" in answer.text


async def test_the_login_page_speaks_the_browsers_language_or_the_chosen_one(
    app: Starlette, day: Day
) -> None:
    english = Browser(app, language="fr,en-GB;q=0.8")
    assert "Log in" in await english.get("/desk/login")
    assert "Anmelden" in await english.get("/desk/login?language=de")
    await english.client.aclose()


async def test_a_given_password_leads_to_choosing_an_own_one(
    cw: Casework, browser: Browser
) -> None:
    await staff.add_staff(cw, login="new", name="Neu Hier", password=PASSWORD)
    page = await browser.log_in("new")
    assert browser.page.url.path == "/desk/profile"
    assert "zuerst ein eigenes Passwort" in page
    own = "my very own words"
    page = await browser.post("/desk/profile/password", old=PASSWORD, new=own, again=own)
    assert browser.page.url.path == "/desk/"
    assert "Ihr Passwort ist geändert" in page
    assert "zuerst ein eigenes Passwort" not in await browser.get("/desk/profile")


async def test_until_then_no_other_page_opens(cw: Casework, browser: Browser) -> None:
    await staff.add_staff(cw, login="new", name="Neu Hier", password=PASSWORD)
    await browser.log_in("new")
    await browser.get("/desk/")
    assert browser.page.url.path == "/desk/profile"


async def test_every_answer_carries_the_headers_that_keep_others_out(
    logged_in: Open, day: Day
) -> None:
    member = await logged_in("yildiz")
    for path in ("/desk/", "/desk/nowhere", "/desk/static/desk.css"):
        answer = await member.client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
    assert (await member.client.get("/desk/")).headers["cache-control"] == "no-store"


async def test_behind_https_cookies_never_travel_in_the_open(cw: Casework, day: Day) -> None:
    from dataclasses import replace

    from desk.app import routes

    settings = cw.settings.model_copy(update={"public_url": "https://desk.example"})
    secure = replace(cw, settings=settings)
    app = Starlette(routes=routes(secure))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://desk.example"
    ) as client:
        answer = await client.get("/desk/login")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_team_members_may_change_their_language(logged_in: Open, day: Day) -> None:
    member = await logged_in("berger")
    page = await member.get("/desk/profile")
    assert "Alle Vorgänge außer vertraulichen Beschwerden." in page
    page = await member.post("/desk/profile/language", language="en")
    assert "Your settings are kept." in page
    assert 'lang="en"' in await member.get("/desk/")
    await member.post("/desk/profile/language", language="xx")
    assert member.page.status_code == 422


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"old": "wrong password", "new": "my very own words"},
            "Das bisherige Passwort stimmt nicht",
        ),
        ({"old": PASSWORD, "new": "short"}, "mindestens 10 Zeichen"),
        ({"old": PASSWORD, "new": PASSWORD}, "ist das alte"),
        ({"old": PASSWORD, "new": "my very own words", "again": "other"}, "sind verschieden"),
    ],
)
async def test_a_password_that_cannot_be_taken_is_explained(
    cw: Casework, browser: Browser, fields: dict[str, str], sentence: str
) -> None:
    await make_team(cw)
    await browser.log_in("yildiz")
    await browser.get("/desk/profile")
    page = await browser.post("/desk/profile/password", **{"again": fields["new"], **fields})
    assert browser.page.status_code == 422
    assert sentence in page
