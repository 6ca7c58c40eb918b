"""One request at the desk: who asks, in which language, with what form; and the answer to it."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from casework import staff as staff_cases
from casework.context import Casework
from casework.models import Staff, StaffSession
from desk.catalogues import LANGUAGES
from desk.pages import Pages
from desk.wording import Wording

SESSION_COOKIE = "anlaufstelle_desk"
#: Carries the CSRF token as long as nobody is logged in.
GUEST_COOKIE = "anlaufstelle_desk_guest"
DONE_COOKIE = "anlaufstelle_desk_done"
#: Largest form that is read, in bytes: a reply of 4096 characters many times over.
FORM_LIMIT = 200_000
_DONE_SECONDS = 60
_GUEST_SECONDS = 4 * 3600

View = Callable[["Visit"], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Visit:
    """A request with everything that a view needs."""

    request: Request
    cw: Casework
    pages: Pages
    wording: Wording
    session: StaffSession | None
    csrf: str
    form: FormData

    @property
    def staff(self) -> Staff:
        """Who is logged in."""
        if self.session is None:
            raise HTTPException(401)
        return self.session.staff

    @property
    def root(self) -> str:
        """The path that the desk is mounted at."""
        return str(self.request.scope.get("root_path", "")).rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether people reach the desk by https."""
        return (self.cw.settings.public_url or "").startswith("https://")

    def link(self, name: str, /, **params: Any) -> str:
        """The path of a route."""
        return self.root + str(self.request.app.url_path_for(name, **params))

    def value(self, name: str) -> str:
        """A field of the form; empty when it was not sent."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def values(self, name: str) -> list[str]:
        """All values of a field that may be sent several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page; what was done before the redirect that led here is told once."""
        done = self.request.cookies.get(DONE_COOKIE)
        body = self.pages.render(template, visit=self, done=done, **values)
        response = HTMLResponse(body, status)
        if done:
            response.delete_cookie(DONE_COOKIE, path=self.root or "/")
        if self.session is None:
            self.keep(response, GUEST_COOKIE, self.csrf, _GUEST_SECONDS)
        return response

    def go(self, path: str, done: str | None = None) -> Response:
        """On to another page, after a form was taken; `done` is a key of `desk.notices`."""
        response = RedirectResponse(path, 303)
        if done:
            self.keep(response, DONE_COOKIE, done, _DONE_SECONDS)
        return response

    def keep(self, response: Response, name: str, value: str, seconds: int) -> None:
        """Set a cookie that scripts and other sites cannot use."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=self.root or "/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def guarded(view: View, *, with_given_password: bool = False) -> Endpoint:
    """A route for people who are logged in; everybody else is asked to log in first.

    Whose password somebody else has chosen comes no further than to choosing another, but where
    `with_given_password`.
    """

    async def endpoint(request: Request) -> Response:
        visit = await begin(request)
        if visit.session is None:
            return ask_to_log_in(visit)
        if not (with_given_password or visit.staff.password_is_own):
            return visit.go(visit.link("profile"))
        return await view(visit)

    return endpoint


def public(view: View) -> Endpoint:
    """A route that needs no login."""

    async def endpoint(request: Request) -> Response:
        return await view(await begin(request))

    return endpoint


async def begin(request: Request) -> Visit:
    """Find out who asks and read the form; a form without the right token is refused."""
    visit = await identify(request)
    request.state.visit = visit
    if request.method == "POST":
        await _take_form(visit)
    return visit


async def identify(request: Request) -> Visit:
    """Find out who asks."""
    token = request.cookies.get(SESSION_COOKIE)
    session = await staff_cases.session_of(request.app.state.cw, token) if token else None
    return _visit(request, session)


def guest(request: Request) -> Visit:
    """A visit of somebody unknown."""
    return _visit(request, None)


def _visit(request: Request, session: StaffSession | None) -> Visit:
    unknown = request.cookies.get(GUEST_COOKIE) or secrets.token_hex(16)
    return Visit(
        request=request,
        cw=request.app.state.cw,
        pages=request.app.state.pages,
        wording=wording_for(request, session),
        session=session,
        csrf=session.csrf if session else unknown,
        form=FormData(),
    )


def ask_to_log_in(visit: Visit) -> Response:
    """To the login page, and afterwards back to where the person wanted to go."""
    return visit.go(f"{visit.link('login')}?{urlencode({'next': _wanted(visit)})}")


def safe_path(visit: Visit, path: str) -> str:
    """The path if it lies within the desk; the queue otherwise."""
    parts = urlsplit(path)
    inside = path.startswith(f"{visit.root}/") and not parts.scheme and not parts.netloc
    plain = "\\" not in path and not path.startswith("//") and path.isprintable()
    return path if inside and plain else visit.link("queue")


def wording_for(request: Request, session: StaffSession | None) -> Wording:
    """The language of the member of staff; before the login, the browser's."""
    cw: Casework = request.app.state.cw
    language = session.staff.language if session else _browser_language(request)
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    return Wording(language, cw.calendar.zone, cw.clock())


def _browser_language(request: Request) -> str:
    asked = request.query_params.get("language")
    if asked in LANGUAGES:
        return asked
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip().split("-")[0].lower()
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


async def _take_form(visit: Visit) -> None:
    length = visit.request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > FORM_LIMIT:
        raise HTTPException(413)
    visit.form = await visit.request.form()
    if visit.session is None and visit.request.cookies.get(SESSION_COOKIE):
        return  # the session has ended: the person is asked to log in, nothing is done
    expected = visit.session is not None or GUEST_COOKIE in visit.request.cookies
    if not expected or not hmac.compare_digest(visit.value("csrf").encode(), visit.csrf.encode()):
        raise HTTPException(403)


def _wanted(visit: Visit) -> str:
    """Where to go after the login: the page itself, or the one that held the form."""
    if visit.request.method in ("GET", "HEAD"):
        url = visit.request.url
        return safe_path(visit, f"{url.path}?{url.query}" if url.query else url.path)
    return safe_path(visit, urlsplit(visit.request.headers.get("referer", "")).path)
