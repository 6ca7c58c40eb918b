"""The outbox worker for Telegram: worded, paced, tried again, never lost."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot import metrics
from bot.phrases import Names, Rendered, render, units
from bot.waiting import cancelled, news_or, seconds_of
from bot.wire import encode
from casework import outbox, requesters
from casework.context import Casework
from casework.errors import UnknownRequester
from casework.models import OutboxItem

_log = structlog.get_logger(__name__)

CHANNEL = "telegram"
#: Longest text of one message, in UTF-16 units.
TEXT_LIMIT = 4096
#: Telegram's limits, kept a little below: messages a second over all chats and in one chat.
PER_SECOND = 28.0
CHAT_PER_SECOND, CHAT_BURST = 1.0, 3
GROUP_PER_SECOND = 20 / 60
_IN_FLIGHT = 32
_LOOK_SECONDS = 1.0
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 2.0, 300.0
#: What could not be delivered for so long is not news any more.
_GIVE_UP_AFTER = timedelta(days=2)
_FINISH_SECONDS = 15.0
_REMEMBERED_CHATS = 10_000


class Bucket:
    """Lets `rate` pass a second, after a burst of `burst`."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, time.monotonic()

    async def take(self) -> None:
        """Wait for one's turn; the turns are given out in order."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate) - 1
        self._at = now
        if self._tokens < 0:
            await asyncio.sleep(-self._tokens / self._rate)


class Pace:
    """Telegram's limits over all chats and per chat."""

    def __init__(self) -> None:
        self._all = Bucket(PER_SECOND, PER_SECOND / 2)
        self._chats: OrderedDict[str, Bucket] = OrderedDict()

    async def take(self, chat: str) -> None:
        """Wait until a message may be sent to that chat."""
        await self._chat(chat).take()
        await self._all.take()

    def _chat(self, chat: str) -> Bucket:
        if chat not in self._chats:
            rate = GROUP_PER_SECOND if chat.startswith("-") else CHAT_PER_SECOND
            self._chats[chat] = Bucket(rate, CHAT_BURST)
        self._chats.move_to_end(chat)
        while len(self._chats) > _REMEMBERED_CHATS:
            self._chats.popitem(last=False)
        return self._chats[chat]


@dataclass(slots=True)
class _Parcel:
    """An item on its way: its messages, and how many of them have arrived."""

    messages: list[Rendered]
    arrived: int = 0
    external_id: str | None = None
    texts: list[str] = field(default_factory=list)


class TelegramDelivery:
    """Takes what is due out of the outbox and sends it."""

    def __init__(self, cw: Casework, bot: Bot, names: Names) -> None:
        self._cw, self._bot, self._names = cw, bot, names
        self._pace = Pace()
        self._running: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._begun: dict[int, _Parcel] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set, then finish what was begun."""
        try:
            async with self._cw.signals.subscribe("outbox") as news:
                while not stop.is_set():
                    self._room.clear()
                    if not await self._started_due():
                        await news_or(news, _LOOK_SECONDS, self._room, stop)
            if self._running:
                await asyncio.wait(self._running, timeout=_FINISH_SECONDS)
        finally:  # what is late is cancelled: its lease runs out, and it is sent again
            await cancelled(list(self._running))

    async def _started_due(self) -> bool:
        """Begin to deliver what is due; False when nothing is, or there is no way to it."""
        try:
            return await self._start_due()
        except Exception as problem:  # the database is away: say so, try again
            _log.error("outbox_unreachable", problem=type(problem).__name__)
            return False

    async def _start_due(self) -> bool:
        free = _IN_FLIGHT - len(self._running)
        items = await outbox.claim_due(self._cw, CHANNEL, free) if free else []
        for item in items:
            task = asyncio.create_task(self._deliver(item))
            self._running.add(task)
            metrics.DELIVERING.labels(CHANNEL).inc()
            task.add_done_callback(self._done)
        return bool(items)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        metrics.DELIVERING.labels(CHANNEL).dec()
        self._room.set()

    async def _deliver(self, item: OutboxItem) -> None:
        try:
            outcome = await self._send_parcel(item)
        except Exception as problem:  # the database is away; the lease runs out
            _log.error("item_not_settled", item=item.id, problem=type(problem).__name__)
            outcome = "trouble"
        metrics.DELIVERED.labels(CHANNEL, outcome).inc()

    async def _send_parcel(self, item: OutboxItem) -> str:
        try:
            parcel = await self._parcel(item)
            while parcel.arrived < len(parcel.messages):
                message = parcel.messages[parcel.arrived]
                parcel.external_id = await self._send(item.address, message)
                parcel.texts.append(message.text)
                parcel.arrived += 1
        except UnknownRequester:
            await outbox.give_up(self._cw, item.id, "requester gone")
            return "given_up"
        except TelegramError as problem:
            return await self._not_sent(item, problem)
        self._begun.pop(item.id, None)
        await outbox.mark_sent(
            self._cw,
            item.id,
            text="\n\n".join(parcel.texts),
            external_id=parcel.external_id,
            author=author_of(item),
        )
        return "sent"

    async def _parcel(self, item: OutboxItem) -> _Parcel:
        """Word an item in its recipient's language of now; one begun goes on where it was."""
        if item.id not in self._begun:
            requester = await requesters.find(self._cw, item.requester_id or "")
            rendered = render(self._names, item.payload, requester.language)
            self._begun[item.id] = _Parcel(rendered.split(TEXT_LIMIT))
        return self._begun[item.id]

    # --- one message -------------------------------------------------------------------------

    async def _send(self, chat: str, message: Rendered) -> str:
        """Send one message; where Telegram refuses its form, a simpler one."""
        try:
            return await self._send_as(chat, message.html, ParseMode.HTML, keyboard(message))
        except BadRequest as problem:
            reason = problem.message.lower()
            _log.error("message_refused", problem=problem.message)
            if "parse entities" in reason:
                return await self._send_as(chat, message.text, None, keyboard(message))
            if "button" in reason or "markup" in reason:
                return await self._send_as(chat, message.html, ParseMode.HTML, None)
            if "too long" in reason and units(message.text) > 1:
                return await self._send_halves(chat, message)
            raise

    async def _send_halves(self, chat: str, message: Rendered) -> str:
        last = ""
        for half in message.split(units(message.text) // 2 + 1):
            last = await self._send_as(chat, half.text, None, keyboard(half))
        return last

    async def _send_as(
        self,
        chat: str,
        text: str,
        parse_mode: ParseMode | None,
        markup: InlineKeyboardMarkup | None,
    ) -> str:
        await self._pace.take(chat)
        sent = await self._bot.send_message(
            int(chat),
            text,
            parse_mode=parse_mode,
            reply_markup=markup,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return str(sent.message_id)

    # --- when it does not work ---------------------------------------------------------------

    async def _not_sent(self, item: OutboxItem, problem: TelegramError) -> str:
        match problem:
            case RetryAfter():
                seconds = seconds_of(problem.retry_after)
                await self._later(item, seconds, f"asked to wait {seconds:.0f} s")
            case Forbidden():
                self._begun.pop(item.id, None)
                await requesters.mark_unreachable(self._cw, item.requester_id or "")
                return "unreachable"
            case ChatMigrated() | BadRequest():
                return await self._refused(item, problem)
            case InvalidToken():
                _log.error("token_refused")
                await self._later(item, _LONGEST_RETRY_SECONDS, "token refused")
            case NetworkError() | TelegramError():
                await self._later(item, _retry_seconds(item.attempts), type(problem).__name__)
        return "later"

    async def _later(self, item: OutboxItem, seconds: float, problem: str) -> None:
        if self._cw.clock() - item.created_at > _GIVE_UP_AFTER:
            self._begun.pop(item.id, None)
            await outbox.give_up(self._cw, item.id, problem)
        else:
            await outbox.retry_later(self._cw, item.id, seconds=seconds, problem=problem)

    async def _refused(self, item: OutboxItem, problem: TelegramError) -> str:
        """Telegram does not know the chat, or will not take the message in any form."""
        _log.error("message_given_up", item=item.id, problem=problem.message)
        self._begun.pop(item.id, None)
        await outbox.give_up(self._cw, item.id, problem.message)
        return "given_up"


def author_of(item: OutboxItem) -> str:
    """Return who speaks in an item: a member of staff, or the bot."""
    return "staff" if item.payload.get("say") == "staff_reply" else "bot"


def keyboard(message: Rendered) -> InlineKeyboardMarkup | None:
    """Return a message's buttons; one whose data does not fit is left out and logged."""
    rows = []
    for row in message.rows:
        buttons = []
        for one in row:
            data = encode(one.payload, message.asked)
            if data is None:
                _log.error("button_too_long", payload=one.payload)
                continue
            buttons.append(InlineKeyboardButton(one.label, callback_data=data))
        if buttons:
            rows.append(buttons)
    return InlineKeyboardMarkup(rows) if rows else None


def _retry_seconds(attempts: int) -> float:
    return float(min(_FIRST_RETRY_SECONDS * 2 ** max(attempts - 1, 0), _LONGEST_RETRY_SECONDS))
