"""People who talk to the product through its fronts: what they write, press and read."""

import asyncio
import hashlib
import json
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx

from bot.wire import decode
from casework.models import Ticket
from tests.fakes.people import FakeUser
from tests.journeys.product import PATIENCE, Product

_INVISIBLE = re.compile("[\u200e\u200f\u2066-\u2069]")
_REFERENCE = re.compile(r"W-\d\d-\d{5}")
#: What one answers to a question when the words say nothing else.
_USUALLY = {"consent": {"press": "/affirm"}, "existing": {"press": "/deny"}}

Answer = str | Mapping[str, str] | Sequence["Answer"]


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a person reads it, with the data of its buttons."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    author: str = "bot"

    @property
    def references(self) -> list[str]:
        """The tickets' numbers in it."""
        return _REFERENCE.findall(self.text)

    def leads_to(self, payload: str) -> bool:
        """Whether a button under it means this."""
        return self.button(payload) is not None

    def button(self, payload: str) -> tuple[str, str] | None:
        """Label and data of the button that means this."""
        for label, data in self.buttons:
            pressed = decode(data)
            if pressed is not None and pressed.payload == payload:
                return label, data
        return None


class Person(ABC):
    """Somebody on a front."""

    channel: str
    address: str

    def __init__(self, product: Product) -> None:
        self.product = product
        self.heard: list[Line] = []

    @abstractmethod
    async def _send(self, text: str, data: str | None) -> None:
        """Write, or press a button."""

    @abstractmethod
    def _arrived(self) -> list[Line]:
        """Everything that has been said to them."""

    async def writes(self, text: str) -> list[Line]:
        """Write something; what is said to it."""
        await self._send(text, None)
        return await self.hears()

    async def presses(self, payload: str) -> list[Line]:
        """Press the newest button that means this; what is said to it."""
        await self._send(*self._button(payload))
        return await self.hears()

    async def hears(self) -> list[Line]:
        """What has been said since the last time."""
        await self.product.settled(self.channel, self.address)
        new = self._arrived()[len(self.heard) :]
        self.heard += new
        return new

    async def gives(self, answer: Answer) -> list[Line]:
        """Answer in words, by button (`press`), or in several steps."""
        if isinstance(answer, str):
            return await self.writes(answer)
        if isinstance(answer, Mapping):
            return await self.presses(answer["press"])
        lines: list[Line] = []
        for each in answer:
            lines += await self.gives(each)
        return lines

    async def fills_in(self, answers: Mapping[str, Answer]) -> tuple[list[str], list[Line]]:
        """Answer one question after another to the end: the questions, the last words."""
        asked: list[str] = []
        lines: list[Line] = []
        while (slot := await self.asked()) is not None:
            assert slot not in asked, (slot, lines, self.heard)
            asked.append(slot)
            answer = answers.get(slot) or _USUALLY.get(slot)
            assert answer is not None, f"asked for {slot} after {asked}: {self.heard[-1]}"
            lines = await self.gives(answer)
        return asked, lines

    async def asked(self) -> str | None:
        """The question they are at, if any."""
        position = await self.product.position(self.channel, self.address)
        return position.slot if position.form else None

    async def tickets(self) -> list[Ticket]:
        """Their tickets, newest first."""
        return await self.product.tickets_of(self.channel, self.address)

    async def ticket(self) -> Ticket:
        """Their only ticket."""
        (ticket,) = await self.tickets()
        return ticket

    def _button(self, payload: str) -> tuple[str, str]:
        """Label and data of the newest button with this meaning."""
        for line in reversed(self.heard):
            if found := line.button(payload):
                return found
        raise AssertionError(f"no button means {payload}: {self.heard[-3:]}")


def plain(text: str) -> str:
    """The text without the marks that keep directions apart, in single blanks."""
    return " ".join(_INVISIBLE.sub("", text).split())


class OnTelegram(Person):
    """Somebody with Telegram on the telephone."""

    channel = "telegram"

    def __init__(self, product: Product, user: FakeUser) -> None:
        super().__init__(product)
        self._user = user
        self.address = str(user.id)

    async def _send(self, text: str, data: str | None) -> None:
        if data is None:
            await self._user.sends(text)
            return
        message = next(
            each
            for each in reversed(self._user.inbox)
            if any(button.data == data for button in each.buttons)
        )
        press = await self._user.presses_data(message, data)
        await press.answered(PATIENCE)

    def _arrived(self) -> list[Line]:
        return [
            Line(
                plain(message.text),
                tuple((each.label, each.data) for each in message.buttons if each.data),
            )
            for message in self._user.inbox
        ]


class AtThePage(Person):
    """Somebody at the web chat; speaks HTTP as the page's script does."""

    channel = "web"

    def __init__(self, product: Product, language: str) -> None:
        super().__init__(product)
        self._client = httpx.AsyncClient(
            base_url=product.url,
            headers={"accept-language": language, "sec-fetch-site": "same-origin"},
            timeout=None,
        )
        self._lines: list[Line] = []
        self._stream: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def arrives(self) -> None:
        """Open the page, which gives them their token, and read the greeting."""
        page = await self._client.get("/chat")
        page.raise_for_status()
        token = self._client.cookies["anlaufstelle_chat"]
        self.address = hashlib.sha256(token.encode()).hexdigest()
        history = (await self._client.get("/chat/history")).json()
        self._lines = [_line(message) for message in history["messages"]]
        self.heard = list(self._lines)

    async def _send(self, text: str, data: str | None) -> None:
        answer = await self._client.post(
            "/chat/messages",
            json={"id": secrets.token_hex(12), "text": text, "data": data or ""},
        )
        answer.raise_for_status()
        if self._stream is None:
            self._stream = asyncio.create_task(self._listen())
            async with asyncio.timeout(PATIENCE):
                await self._listening.wait()

    async def _listen(self) -> None:
        async with self._client.stream("GET", "/chat/answers?after=0") as stream:
            stream.raise_for_status()
            event = ""
            async for line in stream.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                    self._listening.set()
                elif name == "data" and event == "message":
                    self._lines.append(_line(json.loads(value)))

    def _arrived(self) -> list[Line]:
        return list(self._lines)

    async def leaves(self) -> None:
        """Close the page."""
        if self._stream is not None:
            self._stream.cancel()
            with suppress(asyncio.CancelledError):
                await self._stream
        await self._client.aclose()


def _line(message: Mapping[str, Any]) -> Line:
    return Line(
        plain(" ".join(each["text"] for each in message["paragraphs"])),
        tuple((each["label"], each["data"]) for row in message["rows"] for each in row),
        message["author"],
    )


@asynccontextmanager
async def somebody(product: Product, front: str, language: str) -> AsyncIterator[Person]:
    """A person who has not written yet; `front` is `telegram` or `web`."""
    if front == "telegram":
        yield OnTelegram(product, product.api.user(language_code=language))
        return
    visitor = AtThePage(product, language)
    await visitor.arrives()
    try:
        yield visitor
    finally:
        await visitor.leaves()
