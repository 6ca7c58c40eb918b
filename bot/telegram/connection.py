"""The connection to Telegram: one bot, with its raw updates kept as they came."""

import json
from typing import Any

import structlog
from telegram import Bot
from telegram.error import InvalidToken
from telegram.request import HTTPXRequest

from bot.telegram.reading import Identity
from casework.errors import SettingsError
from casework.settings import PREFIX, Settings

_log = structlog.get_logger(__name__)

#: Seconds that Telegram holds a request for updates open.
POLL_SECONDS = 25
_CONNECTIONS = 64
_POOL_SECONDS = 30.0
_ANSWER_SECONDS = 10.0


class RawUpdates(HTTPXRequest):
    """Keeps the updates as Telegram sent them, so that an unknown kind cannot spoil a batch."""

    def __init__(self) -> None:
        super().__init__(connection_pool_size=1, read_timeout=_ANSWER_SECONDS)
        self._last = b""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make the request, and keep what came back."""
        status, payload = await super().do_request(*args, **kwargs)
        self._last = payload
        return status, payload

    def updates(self) -> list[dict[str, Any]]:
        """Return the updates of the last answer."""
        found = json.loads(self._last.decode("utf-8", "replace")).get("result")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


class Connection:
    """The bot on Telegram; `async with` opens and closes its connections."""

    def __init__(self, settings: Settings) -> None:
        self._raw = RawUpdates()
        self.bot = Bot(
            settings.telegram_token or "",
            base_url=f"{settings.telegram_api_url}/bot",
            base_file_url=f"{settings.telegram_api_url}/file/bot",
            request=HTTPXRequest(
                connection_pool_size=_CONNECTIONS,
                pool_timeout=_POOL_SECONDS,
                read_timeout=_ANSWER_SECONDS,
            ),
            get_updates_request=self._raw,
        )

    async def identify(self) -> Identity:
        """Ask Telegram who the bot is; raises SettingsError when the token is refused."""
        try:
            await self.bot.initialize()
        except InvalidToken:
            raise refused() from None
        return Identity(self.bot.id, self.bot.username)

    async def updates(self, offset: int | None, allowed: tuple[str, ...]) -> list[dict[str, Any]]:
        """Fetch updates from `offset` on, which confirms all before it."""
        try:
            await self.bot.get_updates(
                offset=offset, timeout=POLL_SECONDS, allowed_updates=list(allowed)
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            # One update that the library cannot read; the worker will look at each by itself.
            _log.error("updates_malformed", problem=type(problem).__name__)
        return self._raw.updates()

    async def close(self) -> None:
        """Close the connections."""
        await self.bot.shutdown()


def refused() -> SettingsError:
    """Return the error for a token that Telegram does not know; the token is not in it."""
    return SettingsError(f"{PREFIX}TELEGRAM_TOKEN", "Telegram refuses this token")
