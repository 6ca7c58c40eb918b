"""Logging in and out."""

from starlette.responses import Response

from casework import staff as staff_cases
from casework.errors import LoginRefused
from desk.catalogues import LANGUAGES
from desk.errors import sentence_of, status_of
from desk.visit import GUEST_COOKIE, SESSION_COOKIE, Visit, safe_path
from desk.wording import own_name


async def show(visit: Visit) -> Response:
    """The login page; who is logged in goes on at once."""
    wanted = safe_path(visit, visit.request.query_params.get("next", ""))
    if visit.session is not None:
        return visit.go(wanted)
    return _page(visit, wanted)


async def log_in(visit: Visit) -> Response:
    """Take login and password."""
    wanted = safe_path(visit, visit.value("next"))
    try:
        token, _ = await staff_cases.log_in(visit.cw, visit.value("login"), visit.value("password"))
    except LoginRefused as problem:
        sentence = sentence_of(visit.wording, problem)
        return _page(
            visit, wanted, status_of(problem), problem=sentence, login=visit.value("login")
        )
    response = visit.go(wanted)
    keep_session(visit, response, token)
    response.delete_cookie(GUEST_COOKIE, path=visit.root or "/")
    return response


async def log_out(visit: Visit) -> Response:
    """End the session."""
    await staff_cases.log_out(visit.cw, visit.request.cookies.get(SESSION_COOKIE, ""))
    response = visit.go(visit.link("login"), done="logged_out")
    response.delete_cookie(SESSION_COOKIE, path=visit.root or "/")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def keep_session(visit: Visit, response: Response, token: str) -> None:
    """Put the session's token into the browser."""
    visit.keep(response, SESSION_COOKIE, token, visit.cw.settings.session_hours * 3600)


def _page(
    visit: Visit, wanted: str, status: int = 200, *, problem: str = "", login: str = ""
) -> Response:
    response = visit.page(
        "login.html",
        status,
        next=wanted,
        problem=problem,
        login=login,
        languages=[(code, own_name(code)) for code in LANGUAGES],
    )
    if visit.request.cookies.get(SESSION_COOKIE):
        response.delete_cookie(SESSION_COOKIE, path=visit.root or "/")
    return response
