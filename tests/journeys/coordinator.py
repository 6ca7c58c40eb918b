"""A coordinator at the desk, over HTTP: cookies, hidden fields and all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.journeys.people import plain
from tests.journeys.product import Product


class Coordinator:
    """Somebody with a browser at the desk."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._answer = httpx.Response(200)

    @property
    def page(self) -> LexborHTMLParser:
        """The page they see."""
        return LexborHTMLParser(self._answer.text)

    @property
    def at(self) -> str:
        """Its path."""
        return self._answer.url.path

    async def opens(self, path: str) -> None:
        """Go to a page."""
        self._take(await self._client.get(path))

    async def sends(self, path: str, **fields: str) -> None:
        """Fill in the form of this page that leads there, and send it."""
        form = self.page.css_first(f'form[action="{path}"]')
        assert form is not None, f"no form for {path} on {self.at}"
        hidden = {_attribute(field, "name"): _attribute(field, "value") for field in _hidden(form)}
        assert hidden["csrf"]
        referer = {"referer": str(self._answer.url)}
        self._take(await self._client.post(path, data={**hidden, **fields}, headers=referer))

    async def logs_in(self, login: str, password: str) -> None:
        """Log in, as everybody has to."""
        await self.opens("/desk/")
        assert self.at == "/desk/login"
        await self.sends("/desk/login", login=login, password=password)

    async def says(self, ticket_id: int, text: str) -> None:
        """Reply on a ticket's page."""
        await self.sends(f"/desk/tickets/{ticket_id}/reply", text=text)

    def reads(self, selector: str) -> list[str]:
        """The words of these elements."""
        return [plain(node.text()) for node in self.page.css(selector)]

    def _take(self, answer: httpx.Response) -> None:
        assert answer.status_code == httpx.codes.OK, f"{answer.url}: {answer.status_code}"
        self._answer = answer


def _hidden(form: LexborNode) -> list[LexborNode]:
    return form.css("input[type=hidden]")


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


@asynccontextmanager
async def at_the_desk(product: Product) -> AsyncIterator[Coordinator]:
    """A browser in which nobody is logged in."""
    async with httpx.AsyncClient(
        base_url=product.url,
        headers={"accept-language": "de", "sec-fetch-site": "same-origin"},
        follow_redirects=True,
    ) as client:
        yield Coordinator(client)
