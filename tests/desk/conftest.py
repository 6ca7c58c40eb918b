"""The desk as a browser sees it: in memory, and over a real server."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from bot.preview import previewer
from casework.context import Casework
from desk.app import routes
from tests.desk.scenes import Day, a_day
from tests.desk.server import Server, serving
from tests.support.clock import Clock
from tests.support.people import PASSWORD

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Browser:
    """Somebody at the desk without scripts: keeps cookies, sends the token of the last page."""

    def __init__(self, app: Starlette, language: str = "de") -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://desk.test",
            headers={"accept-language": language},
            follow_redirects=True,
        )
        self.page: httpx.Response = httpx.Response(200)

    async def get(self, path: str) -> str:
        self.page = await self.client.get(path)
        return self.page.text

    async def post(self, path: str, **fields: str | list[str]) -> str:
        """Send a form; the hidden fields of the form with that address come along."""
        hidden = self.hidden(path)
        self.page = await self.client.post(
            path, data={**hidden, **fields}, headers={"referer": str(self.page.url)}
        )
        return self.page.text

    def hidden(self, path: str) -> dict[str, str]:
        form = re.search(rf'<form[^>]*action="{re.escape(path)}".*?</form>', self.page.text, re.S)
        if form is None:
            token = _TOKEN.search(self.page.text)
            return {"csrf": token[1]} if token else {}
        return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))

    async def log_in(self, login: str, password: str = PASSWORD) -> str:
        await self.get("/desk/login")
        return await self.post("/desk/login", login=login, password=password)


Open = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def day(cw: Casework, clock: Clock) -> Day:
    """A working day with tickets in many languages."""
    return await a_day(cw, clock)


@pytest.fixture
def app(cw: Casework) -> Starlette:
    """The desk mounted as in production."""
    return Starlette(routes=routes(cw, preview=previewer(cw)))


@pytest.fixture
async def browser(app: Starlette) -> AsyncIterator[Browser]:
    """Somebody who is not logged in."""
    guest = Browser(app)
    yield guest
    await guest.client.aclose()


@pytest.fixture
async def logged_in(app: Starlette) -> AsyncIterator[Open]:
    """Log somebody of the team in: `await logged_in("yildiz")`."""
    opened: list[Browser] = []

    async def open_for(login: str) -> Browser:
        member = Browser(app)
        opened.append(member)
        await member.log_in(login)
        assert "/login" not in str(member.page.url)
        return member

    yield open_for
    for member in opened:
        await member.client.aclose()


@pytest.fixture
async def server(app: Starlette) -> AsyncIterator[Server]:
    """The desk on a real port."""
    async with serving(app) as running:
        yield running


@asynccontextmanager
async def client_of(server: Server, login: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of the team over the network, logged in."""
    async with httpx.AsyncClient(base_url=server.url, follow_redirects=True) as client:
        page = await client.get("/desk/login")
        token = _TOKEN.search(page.text)
        assert token
        fields = {"csrf": token[1], "login": login, "password": PASSWORD}
        await client.post("/desk/login", data=fields)
        yield client
