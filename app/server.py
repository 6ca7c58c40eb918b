"""The web server of this process: the routes of its roles, and what operators ask of it."""

from collections.abc import Awaitable, Callable

import httpx
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

import actions.executor
import bot.app
import bot.preview
import desk.app
from casework.context import Casework

#: Seconds that Rasa may take to say it is there.
RASA_TIMEOUT = 2.0

Check = Callable[[], Awaitable[bool]]


def web_app(cw: Casework) -> Starlette:
    """The routes of this process's roles, beside `/healthz`, `/readyz` and `/metrics`."""
    return Starlette(routes=[*_operators_routes(cw), *_role_routes(cw)])


def _role_routes(cw: Casework) -> list[BaseRoute]:
    roles = cw.settings.role_set
    routes: list[BaseRoute] = []
    if "actions" in roles:
        routes += actions.executor.routes(cw)
    if "bot" in roles:
        routes += [*bot.app.routes(cw), Route("/", _to_the_chat)]
    if "desk" in roles:
        routes += desk.app.routes(cw, preview=bot.preview.previewer(cw))
    return routes


def _operators_routes(cw: Casework) -> list[BaseRoute]:
    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        parts = {"database": await _database_answers(cw)}
        if "bot" in cw.settings.role_set:
            parts["rasa"] = await rasa_answers(cw.settings.rasa_url)
        # Without Rasa the bot goes on with search and menus: worth saying, no reason to stop.
        return JSONResponse(parts, status_code=200 if parts["database"] else 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


async def _to_the_chat(request: Request) -> Response:
    return RedirectResponse("/chat", status_code=307)


async def _database_answers(cw: Casework) -> bool:
    try:
        async with cw.database.reading() as session:
            await session.execute(text("SELECT 1"))
    except Exception:
        return False
    return True


async def rasa_answers(url: str) -> bool:
    """Whether a Rasa server says hello at this address."""
    try:
        async with httpx.AsyncClient(timeout=RASA_TIMEOUT) as client:
            answer = await client.get(f"{url}/")
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and "Rasa" in answer.text


async def rasa_knows(url: str, token: str) -> bool:
    """Whether the Rasa at this address takes this token: it is ours, and no other."""
    try:
        async with httpx.AsyncClient(timeout=RASA_TIMEOUT) as client:
            answer = await client.get(f"{url}/status", params={"token": token})
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK
