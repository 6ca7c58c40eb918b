"""The web chat's routes: page, language, history, messages, answers."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import structlog
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot import metrics
from bot.incoming import TEXT_LIMIT, Incoming
from bot.phrases import Names, Voice, own_name, render
from bot.phrases.page import page_words
from bot.webchat import limits
from bot.webchat.session import (
    CHANNEL,
    PATH,
    Visitor,
    from_our_page,
    remember,
    remember_language,
    visitor_of,
)
from bot.webchat.showing import direction, greeted, history, item_shown, shown
from bot.wire import decode
from casework import inbox, outbox, requesters
from casework.context import Casework
from casework.errors import UnknownRequester
from casework.languages import SERVED, served
from casework.models import Requester

_log = structlog.get_logger(__name__)

_HERE = Path(__file__).parent
_LARGEST_BODY = 64_000
_MESSAGE_ID = re.compile(r"[A-Za-z0-9-]{8,48}")
_LOOK_SECONDS = 5.0
_PING_SECONDS = 20
_LAST_ID = 2**31 - 1
_RETRY_MILLISECONDS = 2000
#: Nothing from elsewhere, nothing inline, in nobody's frame.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def read(payload: Mapping[str, Any], address: str = "") -> Incoming | None:
    """Read what the page sent, as it lies in the inbox."""
    data = payload.get("data")
    pressed = decode(str(data)) if data else None
    if data and pressed is None:
        return None
    return Incoming(
        CHANNEL,
        str(payload["address"]),
        language_hint=payload.get("language"),
        language_choice=payload.get("language") if payload.get("chosen") else None,
        text=str(payload.get("text") or ""),
        payload=pressed.payload if pressed else None,
        asked=pressed.asked if pressed else None,
        external_id=str(payload["id"]),
    )


class WebChat:
    """The page and its doors, for one office."""

    def __init__(self, cw: Casework, names: Names) -> None:
        self._cw, self._names = cw, names
        self._pages = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(["html"]),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._version = _version(_HERE / "static")
        self._writing = limits.RateLimit(limits.BURST, limits.PER_SECOND)
        self._noting: set[asyncio.Future[None]] = set()
        self._arriving = limits.RateLimit(limits.NEW_BURST, limits.NEW_PER_SECOND)

    def routes(self) -> list[BaseRoute]:
        """Return what is to be mounted at the root of the web server."""
        return [
            Route(PATH, self.page),
            Route(f"{PATH}/language", self.language, methods=["POST"]),
            Route(f"{PATH}/history", self.history),
            Route(f"{PATH}/messages", self.message, methods=["POST"]),
            Route(f"{PATH}/answers", self.answers),
            Mount(f"{PATH}/static", StaticFiles(directory=_HERE / "static")),
        ]

    # --- the page ----------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """Show the page in the visitor's language."""
        visitor = visitor_of(request)
        requester = await self._requester(visitor)
        language = requester.language if requester else visitor.language
        words = page_words(Voice(language, self._names))
        html = self._pages.get_template("chat.html").render(
            words=words,
            words_json=json.dumps(words, ensure_ascii=False),
            language=language,
            direction=direction(language),
            languages=[(code, own_name(code), direction(code)) for code in SERVED],
            city=self._names.city(language),
            limit=TEXT_LIMIT,
            path=PATH,
            version=self._version,
        )
        response = HTMLResponse(html, headers=_HEADERS | {"Content-Language": language})
        if visitor.new:
            remember(response, self._cw.settings, visitor)
        return response

    async def language(self, request: Request) -> Response:
        """Change the language by the page's switch; works without a script."""
        if not from_our_page(request, self._cw.settings):
            return self._refused(403, "foreign")
        form = await request.form()
        language = served(str(form.get("language", "")))
        if language is None:
            return self._refused(400, "malformed")
        requester = await self._requester(visitor_of(request))
        if requester is not None:
            await requesters.set_language(self._cw, requester.id, language, chosen=True)
        response = RedirectResponse(PATH, status_code=303)
        remember_language(response, self._cw.settings, language)
        return response

    # --- the conversation --------------------------------------------------------------------

    async def history(self, request: Request) -> Response:
        """Return the conversation so far; before the first word, the greeting."""
        visitor = visitor_of(request)
        requester = await self._requester(visitor)
        lines: list[dict[str, Any]] = []
        last = 0
        if requester is not None:
            lines, last = await history(self._cw, self._names, requester)
        if not lines and not last:
            language = requester.language if requester else visitor.language
            greeting = render(self._names, {"say": "greeting", "first": True}, language)
            lines = [shown(greeted(greeting), author="bot", item_id=None)]
        return JSONResponse(
            {"messages": lines, "last": last, "known": requester is not None}, headers=_HEADERS
        )

    async def message(self, request: Request) -> Response:
        """Take a message or a press in, once per id."""
        if not from_our_page(request, self._cw.settings) or not _is_json(request):
            return self._refused(403, "foreign")
        visitor = visitor_of(request)
        if visitor.new:
            return self._refused(401, "expired")
        written = _message(await _body(request))
        if written is None:
            return self._refused(400, "malformed")
        if len(written["text"]) > TEXT_LIMIT:
            return self._refused(413, "too_long")
        if not await self._may_write(visitor):
            return self._refused(429, "too_fast")
        return await self._take_in(visitor, written)

    async def _take_in(self, visitor: Visitor, written: dict[str, str]) -> Response:
        await requesters.meet(
            self._cw, channel=CHANNEL, address=visitor.address, language_hint=visitor.language
        )
        new = await inbox.receive(
            self._cw,
            channel=CHANNEL,
            update_id=f"{visitor.address[:14]}-{written['id']}",
            address=visitor.address,
            payload={
                **written,
                "address": visitor.address,
                "language": visitor.language,
                "chosen": visitor.chosen,
            },
        )
        if new:
            metrics.RECEIVED.labels(CHANNEL).inc()
        return JSONResponse({"id": written["id"], "new": new}, 202, headers=_HEADERS)

    async def answers(self, request: Request) -> Response:
        """Stream the answers, from the last one that the page has seen."""
        requester = await self._requester(visitor_of(request))
        if requester is None:
            return Response(status_code=204, headers=_HEADERS)  # nothing to wait for
        seen = request.headers.get("last-event-id") or request.query_params.get("after", "0")
        after = min(int(seen), _LAST_ID) if seen.isascii() and seen.isdigit() else 0
        return EventSourceResponse(
            self._stream(requester.id, after),
            ping=_PING_SECONDS,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _stream(self, requester_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(event="ready", data="", retry=_RETRY_MILLISECONDS)
        async with self._cw.signals.subscribe(f"requester:{requester_id}") as news:
            while True:
                for item in await outbox.waiting_for(self._cw, requester_id, after):
                    try:
                        requester = await requesters.find(self._cw, requester_id)
                    except UnknownRequester:
                        return
                    page, message = item_shown(self._names, item, requester.language)
                    yield ServerSentEvent(
                        id=str(item.id),
                        event="message",
                        data=json.dumps(page, ensure_ascii=False),
                    )
                    # Only now has the line gone out; before, a lost connection would lose it.
                    await self._settled(item.id, message.text, page["author"])
                    after = item.id
                await news.wait(_LOOK_SECONDS)

    async def _settled(self, item_id: int, text: str, author: str) -> None:
        """Note that a line has gone out, also when the page is closed at this very moment."""
        noting = asyncio.ensure_future(
            outbox.mark_sent(self._cw, item_id, text=text, external_id=None, author=author)
        )
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)
        await asyncio.shield(noting)

    # --- helpers -----------------------------------------------------------------------------

    async def _requester(self, visitor: Visitor) -> Requester | None:
        if visitor.new:
            return None
        return await requesters.known(self._cw, channel=CHANNEL, address=visitor.address)

    async def _may_write(self, visitor: Visitor) -> bool:
        if not self._writing.allows(visitor.address):
            return False
        known = await self._requester(visitor) is not None
        return known or self._arriving.allows("new")

    def _refused(self, status: int, problem: str) -> Response:
        return JSONResponse({"problem": problem}, status, headers=_HEADERS)


def _is_json(request: Request) -> bool:
    """Whether the body says it is JSON, which another site cannot send without asking first."""
    return request.headers.get("content-type", "").split(";")[0].strip() == "application/json"


async def _body(request: Request) -> Any:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            return None
    try:
        return json.loads(body)
    except ValueError:
        return None


def _message(body: Any) -> dict[str, str] | None:
    """Return the parts of a well-formed message; None for anything else."""
    if not isinstance(body, dict):
        return None
    parts = {key: body.get(key, "") for key in ("id", "text", "data")}
    if not all(isinstance(value, str) for value in parts.values()):
        return None
    well_formed = _MESSAGE_ID.fullmatch(parts["id"]) and (parts["text"] or parts["data"])
    if not well_formed or (parts["data"] and decode(parts["data"]) is None):
        return None
    return parts


def _version(folder: Path) -> str:
    """Return a mark of the static files, so that a new version is fetched at once."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
