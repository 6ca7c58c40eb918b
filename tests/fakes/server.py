"""The HTTP side: takes requests apart, answers in the Bot API's envelope."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from tests.fakes.errors import METHOD_NOT_FOUND, NOT_FOUND, UNAUTHORIZED, ApiError, bad_request
from tests.fakes.flood import FloodControl, FloodLimits
from tests.fakes.methods import METHODS
from tests.fakes.parameters import Upload, read_parameters
from tests.fakes.schema import METHODS as METHOD_TABLE
from tests.fakes.updates import Retries, UpdateQueue
from tests.fakes.world import Chat, Json, World

DEFAULT_TOKEN = "7000000001:AAFakeTokenForTheTestsOfThisProject1"
BY_LOWER_NAME = {name.lower(): name for name in METHOD_TABLE}


@dataclass(slots=True)
class Call:
    """One request of the bot and what it was answered."""

    method: str
    parameters: Json
    at: float
    status: int = 0
    description: str | None = None
    result: Any = None

    @property
    def ok(self) -> bool:
        return self.status == 200


@dataclass(slots=True)
class Fault:
    """A failure that a test ordered for the next calls of a method."""

    error: ApiError | str
    times: int
    where: Callable[[Json], bool] | None


@dataclass(slots=True)
class Action:
    """A chat action such as "typing"."""

    chat_id: int
    action: str
    at: float


LOST = "lost"
SILENT = "silent"


class FakeServer:
    """The server with its state; FakeBotApi adds what tests do with it."""

    def __init__(
        self,
        *,
        token: str = DEFAULT_TOKEN,
        host: str = "127.0.0.1",
        port: int = 0,
        flood: FloodLimits | None = None,
        allow_http_webhook: bool = False,
        reads_all_group_messages: bool = False,
        query_lifetime: float = 15,
        retries: Retries | None = None,
        first_update_id: int = 100_000_001,
        first_message_id: int = 1,
        clock: Callable[[], float] = time.time,
        routes: Sequence[BaseRoute] = (),
    ) -> None:
        self.token = token
        self.world = World(clock, first_message_id)
        self.world.bot["id"] = int(token.partition(":")[0])
        self.updates = UpdateQueue(clock, retries or Retries(), first_update_id)
        self.flood = FloodControl(flood or FloodLimits())
        self.allow_http_webhook = allow_http_webhook
        self.reads_all_group_messages = reads_all_group_messages
        self.query_lifetime = query_lifetime
        self.logged_out = False
        self.closing = False
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[str, dict[str, str]] = {}
        self.menu_buttons: dict[int | None, Json] = {}
        self.calls: list[Call] = []
        self.actions: list[Action] = []
        self.sent_records: list[tuple[Chat, Json]] = []
        self.edit_records: list[tuple[Chat, Json]] = []
        self.faults: dict[str, list[Fault]] = {}
        self._news = asyncio.Event()
        self._host, self._port = host, port
        self._routes = list(routes)

    # Life

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve on a port of the loopback interface while the context is open."""
        config = uvicorn.Config(
            self.app(),
            host=self._host,
            port=self._port,
            log_level="warning",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        socket = config.bind_socket()
        self._port = socket.getsockname()[1]
        server = QuietServer(config)
        task = asyncio.create_task(server.serve(sockets=[socket]))
        try:
            while not server.started:
                if task.done():
                    task.result()
                await asyncio.sleep(0.005)
            yield
        finally:
            self.closing = True
            self.changed()
            await self.updates.close()
            server.end()
            await task
            socket.close()

    @property
    def base_url(self) -> str:
        """Return the address to set as ANLAUFSTELLE_TELEGRAM_API_URL."""
        return f"http://{self._host}:{self._port}"

    def app(self) -> Starlette:
        """Return the web application."""
        get_and_post = ["GET", "POST"]
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._answer, methods=get_and_post),
                Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
                *self._routes,
                Route("/{path:path}", _not_found, methods=get_and_post),
            ]
        )

    # News for those who wait

    def changed(self) -> None:
        """Wake everyone who waits for something to happen."""
        self._news.set()
        self._news = asyncio.Event()

    async def wait_for_news(self, seconds: float) -> None:
        """Wait until something happens, at most so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    async def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds; False when the seconds have passed."""
        end = time.monotonic() + seconds
        while not condition():
            news, left = self._news, end - time.monotonic()
            if left <= 0:
                return False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), left)
        return True

    def note_sent(self, chat: Chat, message: Json) -> None:
        """Remember a message that the bot has sent."""
        self.sent_records.append((chat, message))
        self.changed()

    def note_edited(self, chat: Chat, message: Json) -> None:
        """Remember that the bot has edited a message."""
        self.edit_records.append((chat, message))
        self.changed()

    def note_deleted(self, chat: Chat, message: Json) -> None:
        """Tell those who wait that a message is gone."""
        self.changed()

    def note_action(self, chat: Chat, action: str) -> None:
        """Remember that the bot showed an action."""
        self.actions.append(Action(chat.id, action, time.monotonic()))
        self.changed()

    # Requests

    async def _answer(self, request: Request) -> Response:
        try:
            method = self._method(request)
        except ApiError as error:
            return JSONResponse(error.body(), error.code)
        call = Call(method, {}, time.monotonic())
        self.calls.append(call)
        try:
            raw, uploads = await _read(request)
            call.parameters = {**raw, **uploads}
            call.parameters = read_parameters(method, raw, uploads)
            return await _unless_hung_up(request, self._run(call), call)
        except ApiError as error:
            call.status, call.description = error.code, error.description
            return JSONResponse(error.body(), error.code)
        finally:
            self.changed()

    def _method(self, request: Request) -> str:
        token = request.path_params["token"]
        if token != self.token:
            raise ApiError(*(UNAUTHORIZED if _is_token(token) else NOT_FOUND))
        if self.logged_out:
            raise bad_request("Logged out")
        name = BY_LOWER_NAME.get(request.path_params["method"].lower())
        if name is None:
            raise ApiError(*METHOD_NOT_FOUND)
        return name

    async def _run(self, call: Call) -> Response:
        fault = self._due_fault(call)
        if isinstance(fault, ApiError):
            raise fault
        if fault == SILENT:
            call.status, call.description = 0, "no answer ordered by the test"
            await asyncio.sleep(3600)
        result = await METHODS[call.method](self, call.parameters)
        body: Json = {"ok": True}
        if isinstance(result, tuple):
            result, body["description"] = result
        call.status, call.result = 200, result
        if fault == LOST:
            call.description = "answer lost by order of the test"
            return _broken_answer()
        return JSONResponse({"ok": True, "result": result, **body})

    def _due_fault(self, call: Call) -> ApiError | str | None:
        for fault in self.faults.get(call.method, []) + self.faults.get("*", []):
            if fault.times > 0 and (fault.where is None or fault.where(call.parameters)):
                fault.times -= 1
                return fault.error
        return None

    async def _download(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return JSONResponse(ApiError(*UNAUTHORIZED).body(), 401)
        for stored in self.world.files.values():
            if stored.path == request.path_params["path"]:
                return Response(stored.content, media_type="application/octet-stream")
        return JSONResponse(ApiError(*NOT_FOUND).body(), 404)


async def _unless_hung_up(
    request: Request, answer: Coroutine[Any, Any, Response], call: Call
) -> Response:
    """Return the answer, or give up on it when the bot has closed the connection."""
    work = asyncio.create_task(answer)
    gone = asyncio.create_task(_hang_up(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        call.description = "the bot hung up"
        return Response(status_code=408)
    finally:
        work.cancel()
        gone.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _is_token(token: str) -> bool:
    number, colon, secret = token.partition(":")
    return bool(colon) and number.isdigit() and len(secret) >= 30


async def _not_found(request: Request) -> Response:
    return JSONResponse(ApiError(*NOT_FOUND).body(), 404)


def _broken_answer() -> Response:
    """Return an answer that breaks off, so that the bot cannot know what became of its request."""

    async def part() -> AsyncIterator[bytes]:
        yield b'{"ok":'

    return StreamingResponse(part(), headers={"content-length": "1000"})


async def _read(request: Request) -> tuple[Json, dict[str, Upload]]:
    """Return the parameters and the files of a request, from the query and the body."""
    raw: Json = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        raw |= _json_object(await request.body())
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form(max_part_size=64 * 1024 * 1024) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime = value.content_type or "application/octet-stream"
                    uploads[name] = Upload(value.filename or name, mime, await value.read())
                else:
                    raw[name] = value
    return raw, uploads


def _json_object(body: bytes) -> Json:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("can't parse JSON object: object expected")
    return value


class QuietServer(uvicorn.Server):
    """Leaves the signals of the process to whoever runs it, and ends without waiting."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Let `serve` return."""
        self.should_exit = True
        self._ended.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._ended.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
