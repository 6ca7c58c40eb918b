"""The desk as a web application: its routes, what every answer carries, its error pages."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.context import Casework
from casework.errors import CaseworkError
from desk.errors import sentence_of, status_of
from desk.pages import load_pages
from desk.preview import Preview
from desk.views import entries, knowledge, login, profile, questions, queue, tickets, words
from desk.visit import Visit, guarded, guest, identify, public

STATIC = Path(__file__).parent / "static"

#: Nothing from elsewhere, nothing inline, no frame around it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def routes(cw: Casework, preview: Preview | None = None) -> list[BaseRoute]:
    """The desk, at `/desk`; `preview` words an answer as the bot does."""
    https = (cw.settings.public_url or "").startswith("https://")
    app = application(cw, preview)
    return [Mount("/desk", app=SecureHeaders(app, https=https), name="desk")]


def application(cw: Casework, preview: Preview | None = None) -> Starlette:
    """The desk's application."""
    app = Starlette(
        routes=[*_open_routes(), *_guarded_routes(), *_knowledge_routes()],
        exception_handlers={
            CaseworkError: _on_refusal,
            HTTPException: _on_http_error,
            Exception: _on_crash,
        },
    )
    app.state.cw = cw
    app.state.pages = load_pages()
    app.state.preview = preview
    app.state.turns = tickets.Turns()
    return app


def _open_routes() -> list[BaseRoute]:
    """What can be reached without a login."""
    return [
        Route("/login", public(login.show), name="login"),
        Route("/login", public(login.log_in), methods=["POST"], name="log_in"),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]


def _guarded_routes() -> list[BaseRoute]:
    ticket = "/tickets/{ticket_id:int}"
    forms = {
        "reply": tickets.action(tickets.reply, "#latest"),
        "note": tickets.action(tickets.note, "#latest"),
        "take_over": tickets.action(tickets.take_over),
        "hand_back": tickets.action(tickets.hand_back),
        "assign": tickets.action(tickets.assign),
        "offices": tickets.action(tickets.offices),
        "state": tickets.action(tickets.state),
        "priority": tickets.action(tickets.priority),
    }
    return [
        Route("/", guarded(queue.show), name="queue"),
        Route("/live", guarded(queue.watch), name="queue_live"),
        Route(ticket, guarded(tickets.show), name="ticket"),
        Route(f"{ticket}/live", guarded(tickets.watch), name="ticket_live"),
        *(
            Route(f"{ticket}/{name}", guarded(view), methods=["GET", "POST"], name=name)
            for name, view in forms.items()
        ),
        Route("/profile", guarded(profile.show, with_given_password=True), name="profile"),
        Route(
            "/profile/language", guarded(profile.change_language), methods=["POST"], name="language"
        ),
        Route(
            "/profile/password",
            guarded(profile.change_password, with_given_password=True),
            methods=["POST"],
            name="password",
        ),
        Route(
            "/logout",
            guarded(login.log_out, with_given_password=True),
            methods=["POST"],
            name="logout",
        ),
    ]


def _knowledge_routes() -> list[BaseRoute]:
    entry, both = "/knowledge/{topic}/{name}", ["GET", "POST"]
    forms = {
        "preview": entries.preview,
        "publish": entries.publish,
        "withdraw": entries.withdraw,
        "remove": entries.remove,
        "check": entries.check,
        "restore": entries.restore,
        "take_file": entries.take_file,
    }
    return [
        Route("/knowledge", guarded(knowledge.show), name="knowledge"),
        Route("/knowledge/new", guarded(knowledge.new), methods=both, name="new_entry"),
        Route("/knowledge/try", guarded(knowledge.ask), name="try"),
        Route(entry, guarded(entries.show), name="entry"),
        Route(entry, guarded(entries.save), methods=["POST"], name="save_entry"),
        Route(f"{entry}/history", guarded(entries.history), name="entry_history"),
        Route(f"{entry}/languages", guarded(entries.languages), name="entry_languages"),
        *(
            Route(f"{entry}/{name}", guarded(view), methods=both, name=f"entry_{name}")
            for name, view in forms.items()
        ),
        Route("/questions", guarded(questions.show), methods=both, name="questions"),
        Route("/words", guarded(words.show), name="words"),
        Route("/words/new", guarded(words.new), methods=both, name="new_words"),
        Route("/words/{group}", guarded(words.edit), methods=both, name="word_group"),
        Route("/words/{group}/remove", guarded(words.remove), methods=both, name="remove_words"),
    ]


class SecureHeaders:
    """Put the headers on every answer that keep others out of the page, and pages out of caches."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        if https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and put the headers on what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                is_file = "/static/" in scope["path"]
                headers["Cache-Control"] = "no-cache" if is_file else "no-store"
            await send(message)

        await self.app(scope, receive, with_headers)


async def _on_refusal(request: Request, error: Exception) -> Response:
    visit = await _visit(request)
    if not isinstance(error, CaseworkError):
        raise error
    return _problem(visit, status_of(error), sentence_of(visit.wording, error))


async def _on_http_error(request: Request, error: Exception) -> Response:
    visit = await _visit(request)
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = _problem(visit, status, _http_sentence(visit, status))
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


async def _on_crash(request: Request, error: Exception) -> Response:
    """The log has the cause; the page says that it was not the reader's doing."""
    visit = guest(request)  # who it was is not asked: the database may be what is broken
    return _problem(visit, 500, _http_sentence(visit, 500))


async def _visit(request: Request) -> Visit:
    found: Any = getattr(request.state, "visit", None)
    return found if isinstance(found, Visit) else await identify(request)


def _problem(visit: Visit, status: int, sentence: str) -> Response:
    return visit.page("problem.html", status, heading=_heading(visit, status), sentence=sentence)


def _heading(visit: Visit, status: int) -> str:
    wording = visit.wording
    headings = {
        HTTPStatus.FORBIDDEN: wording.text("Not allowed"),
        HTTPStatus.NOT_FOUND: wording.text("Not found"),
        HTTPStatus.METHOD_NOT_ALLOWED: wording.text("Not found"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: wording.text("Too much at once"),
        HTTPStatus.INTERNAL_SERVER_ERROR: wording.text("Something went wrong here"),
    }
    return headings.get(HTTPStatus(status)) or wording.text("That did not work")


def _http_sentence(visit: Visit, status: int) -> str:
    wording = visit.wording
    sentences = {
        HTTPStatus.FORBIDDEN: wording.text(
            "The page you sent was too old or came from elsewhere, so nothing was changed. "
            "Go back, load the page anew and try once more."
        ),
        HTTPStatus.NOT_FOUND: wording.text("There is no such page, or not any more."),
        HTTPStatus.METHOD_NOT_ALLOWED: wording.text("There is no such page, or not any more."),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: wording.text(
            "What you sent is too large. Nothing was changed."
        ),
        HTTPStatus.INTERNAL_SERVER_ERROR: wording.text(
            "It was not your doing. Try again in a moment; if it happens again, tell the "
            "administration of this desk what you wanted to do."
        ),
    }
    return sentences.get(HTTPStatus(status)) or wording.text("That is not possible at the moment.")
