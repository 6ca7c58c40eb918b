"""Updates from Telegram into the inbox: by long polling, or by webhook."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot import metrics
from bot.phrases.names import OfficeNames
from bot.telegram import profile
from bot.telegram.connection import Connection, refused
from bot.telegram.reading import ALLOWED, CHANNEL, Identity, address_of
from bot.waiting import Backoff, seconds_of
from casework import inbox
from casework.context import Casework
from casework.settings import Settings

_log = structlog.get_logger(__name__)

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)
_LARGEST_UPDATE = 1_000_000
_WEBHOOK_CONNECTIONS = 40
_CONFLICT_SECONDS = 5.0


async def take_in(cw: Casework, raw: Mapping[str, Any]) -> bool:
    """Keep an update in the inbox; False when it was there already."""
    new = await inbox.receive(
        cw,
        channel=CHANNEL,
        update_id=str(raw["update_id"]),
        address=address_of(raw),
        payload=dict(raw),
    )
    if new:
        metrics.RECEIVED.labels(CHANNEL).inc()
    return new


class Acknowledger:
    """Answers a button's press at once, so that it stops glowing; its effect comes after."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tasks: set[asyncio.Task[None]] = set()

    def acknowledge(self, raw: Mapping[str, Any]) -> None:
        """Begin to answer the press in an update, if it is one."""
        query = raw.get("callback_query")
        if isinstance(query, dict) and "id" in query:
            task = asyncio.create_task(self._answer(str(query["id"])))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, query_id: str) -> None:
        try:
            await self._connection.bot.answer_callback_query(query_id)
        except TelegramError as problem:  # too old by now, or no network: it only glows longer
            _log.info("press_not_acknowledged", problem=type(problem).__name__)


class TelegramFront:
    """Keeps in touch with Telegram and fills the inbox."""

    def __init__(self, cw: Casework, connection: Connection) -> None:
        self._cw = cw
        self._connection = connection
        self._presses = Acknowledger(connection)

    async def connect(self, stop: asyncio.Event) -> Identity | None:
        """Ask Telegram who we are, as often as the network needs; None when stopped meanwhile."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                return await self._connection.identify()
            except TelegramError as problem:
                _log.warning("telegram_unreachable", problem=type(problem).__name__)
                await backoff.wait(stop)
        return None

    async def run(self, stop: asyncio.Event) -> None:
        """Take updates in until `stop`: by webhook where one is set, else by long polling."""
        publishing = asyncio.create_task(self._publish())
        try:
            if self._cw.settings.telegram_webhook_url:
                await self._announce_webhook(stop)
                await stop.wait()
            else:
                await self._poll(stop)
        finally:
            publishing.cancel()
            await asyncio.gather(publishing, return_exceptions=True)

    # --- long polling ------------------------------------------------------------------------

    async def _poll(self, stop: asyncio.Event) -> None:
        """Fetch and keep; only what is in the inbox is confirmed, by the next offset."""
        offset: int | None = None
        backoff = Backoff()
        webhook_gone = False
        while not stop.is_set():
            try:
                if not webhook_gone:
                    webhook_gone = await self._connection.bot.delete_webhook()
                for raw in await self._fetch(offset, stop):
                    await self._keep(raw)
                    offset = int(raw["update_id"]) + 1
                backoff.reset()
            except InvalidToken:
                raise refused() from None
            except Conflict:
                _log.error("another_process_polls_this_bot", retry_in=_CONFLICT_SECONDS)
                await backoff.wait(stop, _CONFLICT_SECONDS)
            except RetryAfter as problem:
                await backoff.wait(stop, seconds_of(problem.retry_after))
            except Exception as problem:  # the network or the database is away
                _log.warning("polling_interrupted", problem=type(problem).__name__)
                await backoff.wait(stop)

    async def _fetch(self, offset: int | None, stop: asyncio.Event) -> list[dict[str, Any]]:
        """Wait for updates, or for the end."""
        fetching = asyncio.create_task(self._connection.updates(offset, ALLOWED))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if fetching.done():
            return fetching.result()
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)
        return []

    async def _keep(self, raw: Mapping[str, Any]) -> None:
        if await take_in(self._cw, raw):
            self._presses.acknowledge(raw)

    # --- webhook -----------------------------------------------------------------------------

    async def _announce_webhook(self, stop: asyncio.Event) -> None:
        settings = self._cw.settings
        backoff = Backoff()
        while not stop.is_set():
            try:
                await self._connection.bot.set_webhook(
                    f"{settings.telegram_webhook_url}/telegram/{webhook_path(settings)}",
                    secret_token=settings.telegram_webhook_secret,
                    allowed_updates=list(ALLOWED),
                    max_connections=_WEBHOOK_CONNECTIONS,
                )
                return
            except InvalidToken:
                raise refused() from None
            except TelegramError as problem:
                _log.error("webhook_refused", problem=problem.message)
                await backoff.wait(stop)

    async def _publish(self) -> None:
        changed = await profile.publish(self._connection.bot, OfficeNames(self._cw))
        _log.info("profile_published", changed=changed)


def webhook_path(settings: Settings) -> str:
    """Return the part of the webhook's address that nobody guesses."""
    token = (settings.telegram_token or "").encode()
    return hmac.new(token, b"webhook path", hashlib.sha256).hexdigest()[:32]


def webhook_route(cw: Casework) -> Route:
    """Return the route that Telegram posts updates to."""
    presses = Acknowledger(Connection(cw.settings))

    async def take(request: Request) -> Response:
        if not _is_telegram(request, cw.settings):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            raw = json.loads(body)
            int(raw["update_id"])
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        if await take_in(cw, raw):
            presses.acknowledge(raw)
        return Response(status_code=200)

    return Route("/telegram/{path}", take, methods=["POST"])


def _is_telegram(request: Request, settings: Settings) -> bool:
    path_fits = hmac.compare_digest(
        request.path_params["path"].encode(), webhook_path(settings).encode()
    )
    secret = (settings.telegram_webhook_secret or "").encode()
    header = request.headers.get(_SECRET_HEADER, "").encode()
    return path_fits & bool(secret) & hmac.compare_digest(header, secret)


async def _body(request: Request) -> bytes | None:
    """Read the body; None when it is larger than any update."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_UPDATE:
            return None
    return body
