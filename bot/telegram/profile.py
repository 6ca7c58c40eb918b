"""Commands and descriptions in Telegram's lists, in every language, written only when changed."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot, BotCommand
from telegram.error import RetryAfter, TelegramError

from bot.phrases import Names, Voice
from bot.phrases.commands import bot_name, command_descriptions, description, short_description
from casework.languages import DEFAULT, SERVED

_log = structlog.get_logger(__name__)


async def publish(bot: Bot, names: Names) -> int:
    """Bring what Telegram shows up to date; returns how many entries were changed.

    Without a language code it is what speakers of all other languages see.
    """
    changed = 0
    for code in (None, *SERVED):
        voice = Voice(code or DEFAULT, names)
        for update in (_commands, _name, _description, _short_description):
            changed += await _tried(update, bot, code, voice)
    return changed


_Update = Callable[[Bot, str | None, Voice], Awaitable[bool]]


async def _tried(update: _Update, bot: Bot, code: str | None, voice: Voice) -> bool:
    """Try one entry; Telegram allows few changes of the name a day, which must not stop a start."""
    try:
        return await update(bot, code, voice)
    except RetryAfter:
        _log.warning("profile_postponed", entry=update.__name__, language=code)
    except TelegramError as problem:
        _log.error("profile_refused", entry=update.__name__, language=code, problem=problem.message)
    return False


async def _commands(bot: Bot, code: str | None, voice: Voice) -> bool:
    wanted = tuple(BotCommand(*pair) for pair in command_descriptions(voice).items())
    if await bot.get_my_commands(language_code=code) == wanted:
        return False
    return await bot.set_my_commands(wanted, language_code=code)


async def _name(bot: Bot, code: str | None, voice: Voice) -> bool:
    wanted = bot_name(voice)
    return await _when_changed(
        (await bot.get_my_name(code)).name, wanted, lambda: bot.set_my_name(wanted, code)
    )


async def _description(bot: Bot, code: str | None, voice: Voice) -> bool:
    wanted = description(voice)
    present = (await bot.get_my_description(code)).description
    return await _when_changed(present, wanted, lambda: bot.set_my_description(wanted, code))


async def _short_description(bot: Bot, code: str | None, voice: Voice) -> bool:
    wanted = short_description(voice)
    present = (await bot.get_my_short_description(code)).short_description
    return await _when_changed(present, wanted, lambda: bot.set_my_short_description(wanted, code))


async def _when_changed(present: str, wanted: str, write: Callable[[], Awaitable[Any]]) -> bool:
    if present == wanted:
        return False
    return bool(await write())
