"""The chat in a terminal: the same conversation, in this process, with numbered choices."""

import asyncio
import itertools
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TextIO

from bot.conversation import Conversation
from bot.incoming import Incoming
from bot.language import Detector
from bot.phrases import Button, Names, Rendered, Voice, render
from bot.phrases.names import OfficeNames
from bot.phrases.page import terminal_words
from bot.rasa import rasa_of
from bot.wire import decode, encode
from bot.worker import InboxWorker
from casework import inbox, outbox, requesters
from casework.context import Casework
from casework.languages import DEFAULT
from casework.models import Requester

CHANNEL = "terminal"
#: Seconds of silence after which the next line is asked for.
_QUIET_SECONDS = 0.25
_ANSWER_SECONDS = 20.0
_LOOK_SECONDS = 0.5


def read(payload: Mapping[str, Any]) -> Incoming | None:
    """Read what was typed, as it lies in the inbox."""
    pressed = decode(str(payload["data"])) if payload.get("data") else None
    return Incoming(
        CHANNEL,
        str(payload["address"]),
        language_hint=payload.get("language"),
        text=str(payload.get("text") or ""),
        payload=pressed.payload if pressed else None,
        asked=pressed.asked if pressed else None,
        external_id=str(payload["id"]),
    )


class TerminalChat:
    """One conversation between standard input and standard output."""

    def __init__(self, cw: Casework, names: Names, out: TextIO) -> None:
        self._cw, self._names, self._out = cw, names, out
        self._address = secrets.token_hex(16)
        self._choices: list[tuple[Button, str]] = []
        self._numbers = itertools.count(1)
        self._seen = 0

    async def run(
        self, lines: Callable[[], Awaitable[str]], stop: asyncio.Event, language: str
    ) -> None:
        """Take lines until there are no more; each is answered before the next."""
        person = await requesters.meet(
            self._cw, channel=CHANNEL, address=self._address, language_hint=language
        )
        words = terminal_words(Voice(person.language, self._names))
        self._print(words["welcome"])
        self._show(render(self._names, {"say": "greeting", "first": True}, person.language))
        async with self._cw.signals.subscribe(f"requester:{person.id}") as news:
            listening = asyncio.create_task(self._listen(person, news.wait))
            try:
                while line := await lines():
                    if line.strip():
                        await self._send(line.strip(), person)
            finally:
                stop.set()
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _send(self, line: str, person: Requester) -> None:
        button = self._chosen(line)
        if button is None and line.isdigit() and self._choices:
            self._print(terminal_words(Voice(person.language, self._names))["no_choice"])
            return
        before = self._seen
        label, data = (button[0].label, button[1]) if button else (line, "")
        number = f"{next(self._numbers)}"
        await inbox.receive(
            self._cw,
            channel=CHANNEL,
            update_id=f"{self._address}-{number}",
            address=self._address,
            payload={
                "address": self._address,
                "id": number,
                "text": label,
                "data": data,
                "language": person.language,
            },
        )
        await self._until_answered(before)

    def _chosen(self, line: str) -> tuple[Button, str] | None:
        if not line.isdigit() or not 1 <= int(line) <= len(self._choices):
            return None
        return self._choices[int(line) - 1]

    async def _until_answered(self, before: int) -> None:
        """Wait for the answer, and for a moment in which nothing more comes."""
        for _ in range(int(_ANSWER_SECONDS / _QUIET_SECONDS)):
            seen = self._seen
            await asyncio.sleep(_QUIET_SECONDS)
            if self._seen == seen and seen > before:
                return

    async def _listen(
        self, person: Requester, wait: Callable[[float], Awaitable[str | None]]
    ) -> None:
        while True:
            for item in await outbox.waiting_for(self._cw, person.id, self._seen):
                language = (await requesters.find(self._cw, person.id)).language
                message = render(self._names, item.payload, language)
                self._show(message)
                await outbox.mark_sent(self._cw, item.id, text=message.text, external_id=None)
                self._seen = item.id
            await wait(_LOOK_SECONDS)

    def _show(self, message: Rendered) -> None:
        """Print a message; its choices are numbered from 1."""
        self._print("\n" + message.text)
        self._choices = []
        for one in message.buttons():
            data = encode(one.payload, message.asked)
            if data is not None:
                self._choices.append((one, data))
                self._print(f"  {len(self._choices)}) {one.label}")

    def _print(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


async def chat(
    cw: Casework, *, language: str = DEFAULT, source: TextIO = sys.stdin, out: TextIO = sys.stdout
) -> None:
    """Talk in the terminal until the input ends."""
    names, rasa, stop = OfficeNames(cw), rasa_of(cw), asyncio.Event()
    worker = InboxWorker(cw, Conversation(cw, rasa, Detector()), {CHANNEL: read}, channel=CHANNEL)
    working = asyncio.create_task(worker.run(stop))
    try:
        await TerminalChat(cw, names, out).run(
            lambda: asyncio.to_thread(source.readline), stop, language
        )
    finally:
        stop.set()
        await working
        await rasa.close()
