"""The bot's parts put together: routes for the web server, workers for the process."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import structlog
from starlette.routing import BaseRoute

from bot.conversation import Conversation
from bot.delivery import TelegramDelivery
from bot.language import Detector
from bot.phrases.names import OfficeNames
from bot.rasa import rasa_of
from bot.telegram import reading
from bot.telegram.connection import Connection
from bot.telegram.front import TelegramFront, webhook_route
from bot.waiting import cancelled
from bot.webchat import routes as webchat
from bot.webchat.session import CHANNEL as WEB
from bot.worker import InboxWorker
from casework.context import Casework

_log = structlog.get_logger(__name__)


def routes(cw: Casework) -> list[BaseRoute]:
    """Return the web chat's routes, and Telegram's door where a webhook is set."""
    found = webchat.WebChat(cw, OfficeNames(cw)).routes()
    if cw.settings.telegram_token and cw.settings.telegram_webhook_url:
        found.append(webhook_route(cw))
    return found


async def run(cw: Casework, stop: asyncio.Event) -> None:
    """Answer what comes in until `stop` is set; raises SettingsError for a refused token."""
    quieten_addresses()
    rasa = rasa_of(cw)
    conversation = Conversation(cw, rasa, Detector())
    web = InboxWorker(cw, conversation, {WEB: webchat.read}, channel=WEB)
    work = [web.run(stop)]
    if cw.settings.telegram_token:
        work.append(_telegram(cw, conversation, stop))
    try:
        await _together(stop, *work)
    finally:
        await rasa.close()


async def _telegram(cw: Casework, conversation: Conversation, stop: asyncio.Event) -> None:
    connection = Connection(cw.settings)
    try:
        await _together(
            stop,
            _answer_telegram(cw, connection, conversation, stop),
            TelegramDelivery(cw, connection.bot, OfficeNames(cw)).run(stop),
        )
    finally:
        await connection.close()


async def _answer_telegram(
    cw: Casework, connection: Connection, conversation: Conversation, stop: asyncio.Event
) -> None:
    front = TelegramFront(cw, connection)
    me = await front.connect(stop)
    if me is None:
        return
    _log.info("telegram_connected", username=me.username)
    worker = InboxWorker(
        cw,
        conversation,
        {reading.CHANNEL: lambda raw: reading.read(raw, me)},
        channel=reading.CHANNEL,
    )
    await _together(stop, worker.run(stop), front.run(stop))


def quieten_addresses() -> None:
    """Keep the addresses of calls out of the log: they hold Telegram's and Rasa's tokens."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


async def _together(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
    """Run several parts; when one fails, the others end in order and its error is raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.exception() for task in done):
            stop.set()
        await asyncio.gather(*pending, return_exceptions=True)
    finally:  # cancelled from outside: nothing goes on by itself
        await cancelled(tasks)
    for task in tasks:
        task.result()
