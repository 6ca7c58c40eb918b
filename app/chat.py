"""`anlaufstelle chat`: the terminal front, with the whole office behind it in one process."""

from collections.abc import Callable
from dataclasses import replace

from starlette.applications import Starlette

import actions.executor
import bot.terminal
from app.assembly import prepare
from app.rasa import free_port
from app.run import any_rasa, served
from casework import knowledge
from casework.context import opened
from casework.languages import DEFAULT
from casework.settings import Settings


async def chat(settings: Settings, language: str | None, echo: Callable[[str], None]) -> None:
    """Talk until the input ends."""
    port = free_port()
    async with opened(settings) as cw:
        await prepare(cw)
        await knowledge.refresh(cw)
        async with (
            served(Starlette(routes=list(actions.executor.routes(cw))), port),
            any_rasa(settings, echo, actions_port=port) as reached,
        ):
            await bot.terminal.chat(replace(cw, settings=reached), language=language or DEFAULT)
