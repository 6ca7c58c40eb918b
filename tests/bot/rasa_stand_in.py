"""A stand-in for Rasa over real HTTP: says what a test tells it to, keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Payload = dict[str, Any]
_ASKED_BY = {"summary": "confirm", "existing_answer": "existing"}


@dataclass
class StandIn:
    """What it says next, where conversations stand, and what it was asked."""

    url: str = ""
    answers: dict[str, list[Payload]] = field(default_factory=dict)
    otherwise: Callable[[str], list[Payload]] = lambda text: [{"say": "menu"}]
    form: str | None = None
    slot: str | None = None
    intent: tuple[str, float] = ("greet", 0.9)
    broken: bool = False
    seconds: float = 0.0
    asked: list[Payload] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def says(self, message: str, *payloads: Payload) -> None:
        """Say these to that message."""
        self.answers[message] = list(payloads)

    @property
    def messages(self) -> list[str]:
        """What was said to it, in order."""
        return [each["message"] for each in self.asked]

    async def turn(self, request: Request) -> Response:
        """Rasa's REST channel."""
        said = await request.json()
        if self.broken:
            return PlainTextResponse("no", status_code=500)
        self.asked.append(said | {"token": request.query_params.get("token")})
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        payloads = self.answers.get(said["message"]) or self.otherwise(said["message"])
        self._move(payloads)
        return JSONResponse(
            [{"recipient_id": said["sender"], "custom": payload} for payload in payloads]
        )

    def _move(self, payloads: list[Payload]) -> None:
        """Stand where the last question was asked, as Rasa's forms do."""
        for payload in payloads:
            if payload["say"] in ("ask", "summary", "existing_answer"):
                self.form = payload["form"]
                self.slot = payload.get("slot") or _ASKED_BY[payload["say"]]

    async def tracker(self, request: Request) -> Response:
        """Where a conversation stands."""
        loop = {"name": f"{self.form}_form"} if self.form else {}
        return JSONResponse({"active_loop": loop, "slots": {"requested_slot": self.slot}})

    async def parse(self, request: Request) -> Response:
        """What a text means."""
        name, confidence = self.intent
        return JSONResponse({"intent": {"name": name, "confidence": confidence}})


@asynccontextmanager
async def standing_in() -> AsyncIterator[StandIn]:
    """A stand-in on a port of its own."""
    one = StandIn()
    app = Starlette(
        routes=[
            Route("/webhooks/rest/webhook", one.turn, methods=["POST"]),
            Route("/conversations/{sender}/tracker", one.tracker),
            Route("/model/parse", one.parse, methods=["POST"]),
        ]
    )
    async with served(app) as url:
        one.url = url
        yield one


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """An app on a free port of the loopback interface."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    serving = asyncio.create_task(server._serve(sockets=[socket]))
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        socket.close()
