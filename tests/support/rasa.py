"""A real Rasa with the real trained model, and conversations with it.

One Rasa serves the whole run; its actions are answered by whichever office is put behind it.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

import actions.executor
from app.rasa import RasaProcess, free_port
from app.training import ensure_model, nlu_python
from casework import knowledge, requesters, signs
from casework.context import Casework
from casework.models import Requester
from tests.support.clock import Clock
from tests.support.office import make_casework, make_settings

ROOT = Path(__file__).resolve().parent.parent.parent
Payload = dict[str, Any]


class Switchboard:
    """A web server on one port, behind which offices can be exchanged."""

    def __init__(self) -> None:
        self.app: ASGIApp = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@dataclass
class RunningRasa:
    """Rasa with the trained model; `behind` says which office answers its actions."""

    process: RasaProcess
    switchboard: Switchboard
    token: str
    client: httpx.AsyncClient

    @property
    def url(self) -> str:
        """Its address."""
        return self.process.url

    def behind(self, cw: Casework) -> None:
        """From now on this office answers."""
        self.switchboard.app = Starlette(routes=list(actions.executor.routes(cw)))

    async def restart(self) -> None:
        """End it and start it again, with the same conversations."""
        await self.process.end()
        await self.process.start()

    async def send(
        self, sender: str, message: str, language: str, channel: str = "web"
    ) -> list[Payload]:
        """What it says to a message, as the bot gets it."""
        answer = await self.client.post(
            f"{self.url}/webhooks/rest/webhook",
            params={"token": self.token},
            json={
                "sender": sender,
                "message": message,
                "metadata": {
                    "language": language,
                    "channel": channel,
                    "signs": sorted(signs.finder().of(message)),
                },
            },
        )
        answer.raise_for_status()
        return [each["custom"] for each in answer.json()]

    async def parse(self, text: str) -> dict[str, Any]:
        """What it makes of a text."""
        answer = await self.client.post(
            f"{self.url}/model/parse", params={"token": self.token}, json={"text": text}
        )
        answer.raise_for_status()
        parsed: dict[str, Any] = answer.json()
        return parsed


def trained_model() -> Path:
    """The model for the present inputs; trained once, kept in var/."""
    if not nlu_python().exists():
        pytest.skip("Rasa's environment is not set up (make setup)")
    return ensure_model(make_settings(ROOT / "var"), echo=print)


@asynccontextmanager
async def running_rasa(data_dir: Path) -> AsyncIterator[RunningRasa]:
    """Rasa and a port for its actions."""
    model = await asyncio.to_thread(trained_model)
    settings = make_settings(data_dir)
    switchboard = Switchboard()
    port = free_port()
    async with _served(switchboard, port):
        process = RasaProcess(settings, model, f"http://127.0.0.1:{port}/actions/webhook")
        async with process, httpx.AsyncClient(timeout=30) as client:
            yield RunningRasa(process, switchboard, settings.key("rasa"), client)


@asynccontextmanager
async def _served(app: ASGIApp, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    )
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await serving


@asynccontextmanager
async def answering_office(data_dir: Path) -> AsyncIterator[Casework]:
    """An office with the municipality's answers in it."""
    async with make_casework(data_dir, clock=Clock()) as cw:
        await knowledge.import_pack(cw)
        await knowledge.refresh(cw)
        yield cw


@dataclass
class Talk:
    """One person's conversation with Rasa, without any front."""

    rasa: RunningRasa
    cw: Casework
    requester: Requester
    language: str
    said: list[Payload] = field(default_factory=list)

    async def say(self, message: str) -> list[str]:
        """Send words or a button's payload; the keys of what is said to it."""
        self.said = await self.rasa.send(self.requester.id, message, self.language)
        return [payload["say"] for payload in self.said]

    async def walk(self, *messages: str) -> list[str]:
        """Several messages; the keys of what is said to the last."""
        keys: list[str] = []
        for message in messages:
            keys = await self.say(message)
        return keys

    @property
    def last(self) -> Payload:
        """What was said last."""
        return self.said[-1]

    def told(self, key: str) -> Payload:
        """The payload with that key among what was said last."""
        return next(payload for payload in self.said if payload["say"] == key)

    @property
    def asked(self) -> str | None:
        """The slot that was asked for last."""
        return self.last.get("slot") if self.last["say"] == "ask" else self.last["say"]


async def begin_talk(
    rasa: RunningRasa, cw: Casework, language: str = "de", *, consent: bool = False
) -> Talk:
    """A new person writes in this language."""
    person = await requesters.meet(
        cw, channel="web", address=uuid.uuid4().hex, language_hint=language
    )
    if consent:
        await requesters.give_consent(cw, person.id)
    return Talk(rasa, cw, person, language)


def sure_questions(cw: Casework, language: str, topic: str) -> Iterator[tuple[str, str]]:
    """The questions of the pack on a topic that the search is sure of, and their entries."""
    path = cw.settings.knowledge_dir / cw.settings.municipality / "faq" / f"{topic}.yml"
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["entries"]:
        for question in (entry["texts"].get(language) or {}).get("asking") or ():
            found = cw.knowledge.look_up(question, language)
            if found.decision == "answer" and found.hits[0].id == entry["id"]:
                yield question, entry["id"]


def sure_question(cw: Casework, language: str, topic: str = "language") -> tuple[str, str]:
    """The first of them that ends like a question."""
    return next(each for each in sure_questions(cw, language, topic) if each[0].endswith("?"))
