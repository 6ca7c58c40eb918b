"""`anlaufstelle understand`: many texts in, what the bot would make of each out, in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, TextIO

from actions.understanding import decide
from app.run import any_rasa
from bot.language import Detector, Situation, settle
from bot.rasa import Rasa, rasa_of
from casework import knowledge, migrate
from casework.context import Casework, opened
from casework.errors import CaseworkError
from casework.languages import DEFAULT, SERVED
from casework.settings import Settings

#: Texts that are with Rasa at a time.
AT_ONCE = 8


class BadLine(CaseworkError):
    """A line of the input is not what is asked for; the message names it."""


async def understand(
    settings: Settings, source: TextIO, target: TextIO, echo: Callable[[str], None]
) -> None:
    """Answer each JSON line of `source` with one on `target`; raises BadLine.

    In: `{"text": …, "language"?: …}`. Out: see `actions.understanding.decide`.
    """
    async with (
        any_rasa(settings, echo, actions_port=settings.port) as reached,
        opened(reached) as cw,
    ):
        await migrate.upgrade(cw.settings.database_url)
        await knowledge.import_pack(cw)  # as `run` does; nothing when nothing changed
        rasa, detector = rasa_of(cw), Detector()
        try:
            async for answer in _answers(cw, rasa, detector, source):
                target.write(json.dumps(answer, ensure_ascii=False) + "\n")
                target.flush()
        finally:
            await rasa.close()


async def _answers(
    cw: Casework, rasa: Rasa, detector: Detector, source: Iterable[str]
) -> AsyncIterator[dict[str, Any]]:
    """The answers in the order of the lines, several texts being with Rasa at once."""
    under_way: list[asyncio.Task[dict[str, Any]]] = []
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        query = _read(line, number)
        under_way.append(asyncio.create_task(_answer(cw, rasa, detector, query)))
        if len(under_way) >= AT_ONCE:
            yield await under_way.pop(0)
    for task in under_way:
        yield await task


async def _answer(
    cw: Casework, rasa: Rasa, detector: Detector, query: Mapping[str, Any]
) -> dict[str, Any]:
    text = query["text"]
    language = query.get("language") or settle(detector, text, _FIRST).language
    return decide(cw, await rasa.parse(text), text, language)


_FIRST = Situation(DEFAULT, first=True)


def _read(line: str, number: int) -> Mapping[str, Any]:
    try:
        query = json.loads(line)
    except json.JSONDecodeError as problem:
        raise BadLine(f"line {number}: no JSON: {problem.msg}") from None
    if not isinstance(query, dict) or not isinstance(query.get("text"), str):
        raise BadLine(f'line {number}: {{"text": …}} is needed')
    if query.get("language") not in (None, *SERVED):
        raise BadLine(f"line {number}: language is one of {', '.join(SERVED)}")
    return query
