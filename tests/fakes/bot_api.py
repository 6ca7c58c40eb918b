"""FakeBotApi: a strict stand-in for Telegram's Bot API on a loopback port, for tests.

async with FakeBotApi() as api:
    # the bot gets api.token and api.base_url, as after a new registration
    ada = api.user(11, "Ada", "tr")
    await ada.starts("offer_interpreting")
    message = await ada.receives()
    press = await ada.presses(message, "Evet")
    await press.answered()
    assert (await ada.sees("W-2026-")).formatted == [("bold", "W-2026-0001")]
    assert api.refused == []
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Self

from tests.fakes.errors import ApiError
from tests.fakes.people import FakeChannel, FakeGroup, FakeUser, Message, status_change
from tests.fakes.server import LOST, SILENT, Call, FakeServer, Fault
from tests.fakes.world import Chat, Json

__all__ = ["LOST", "SILENT", "ApiError", "FakeBotApi"]


class FakeBotApi(FakeServer):
    """The server, and what people do on it.

    Use it as an async context manager and from the event loop in which it was entered.
    """

    async def __aenter__(self) -> Self:
        self._stack = contextlib.AsyncExitStack()
        await self._stack.enter_async_context(self.running())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    # People and places

    def user(
        self,
        user_id: int | None = None,
        first_name: str = "Ada",
        language_code: str | None = "de",
        *,
        last_name: str | None = None,
        username: str | None = None,
    ) -> FakeUser:
        """Return the person of that id, new or known; a new one has not pressed Start yet."""
        if user_id is None:
            user_id = next(n for n in itertools.count(501) if n not in self.world.users)
        if user_id in self.world.users:
            return FakeUser(self, self.world.users[user_id], self.world.chats[user_id])
        names = {"first_name": first_name, "last_name": last_name, "username": username}
        given = {name: value for name, value in names.items() if value}
        user: Json = {"id": user_id, "is_bot": False, **given}
        if language_code:
            user["language_code"] = language_code
        chat = Chat({"id": user_id, "type": "private", **given}, language_code=language_code)
        self.world.users[user_id] = user
        self.world.chats[user_id] = chat
        return FakeUser(self, user, chat)

    def group(
        self,
        title: str = "Verein",
        *members: FakeUser,
        chat_id: int | None = None,
        supergroup: bool = True,
        username: str | None = None,
    ) -> FakeGroup:
        """Return a new group with these members and without the bot."""
        number = chat_id or (-1_002_000_000_000 if supergroup else -4_000_000) - len(
            self.world.chats
        )
        wire: Json = {
            "id": number,
            "type": "supergroup" if supergroup else "group",
            "title": title,
        }
        if username:
            wire["username"] = username
        group = FakeGroup(self, self._add(wire))
        group.joins(*members)
        return group

    def channel(self, title: str = "Neuigkeiten", *, administrator: bool = True) -> FakeChannel:
        """Return a new channel in which the bot is administrator or nothing."""
        wire: Json = {
            "id": -1_003_000_000_000 - len(self.world.chats),
            "type": "channel",
            "title": title,
        }
        channel = FakeChannel(self, self._add(wire))
        channel.chat.bot_status = "administrator" if administrator else "never"
        return channel

    def _add(self, wire: Json) -> Chat:
        chat = self.world.chats[wire["id"]] = Chat(wire)
        return chat

    def change_bot_status(self, chat: Chat, by: Json, status: str) -> None:
        """Change what the bot is in a chat and tell it."""
        change = status_change(chat, by, self.world.bot, status, self.world.now())
        chat.bot_status = status
        self.updates.add("my_chat_member", change, chat.id)
        self.changed()

    def bot_sees(self, chat: Chat, record: Json, *, was_last: bool) -> bool:
        """Return whether the bot gets a message, given its privacy mode in groups."""
        if chat.type == "private":
            return True
        if chat.bot_status not in {"member", "administrator"}:
            return False
        if self.reads_all_group_messages or chat.bot_status == "administrator":
            return True
        if record.get("reply_to_message", {}).get("from", {}).get("id") == self.world.bot["id"]:
            return True
        text = str(record.get("text", record.get("caption", ""))).lower()
        if f"@{self.world.bot['username']}".lower() in text:
            return True
        return text.startswith("/") and "@" not in text.split()[0] and was_last

    def commands_for(self, user: FakeUser) -> list[Json]:
        """Return the command menu that the server chooses for a person's private chat."""
        languages = [user.language_code or "", ""]
        scopes = [f"chat:{user.id}", "all_private_chats", "default"]
        for scope, language in itertools.product(scopes, languages):
            if commands := self.commands.get((scope, language.partition("-")[0])):
                return commands
        return []

    def profile_for(self, user: FakeUser, field: str) -> str:
        """Return name, description or short_description in a person's language."""
        lines = self.profile.get(field, {})
        language = (user.language_code or "").partition("-")[0]
        return lines.get(language, lines.get("", ""))

    # What the bot did

    @property
    def sent(self) -> list[Message]:
        """Return every message that the bot has sent, oldest first."""
        return [Message(record, chat) for chat, record in self.sent_records]

    def calls_to(self, method: str) -> list[Call]:
        """Return the requests for one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    @property
    def refused(self) -> list[Call]:
        """Return the requests that were answered with an error."""
        return [call for call in self.calls if call.status >= 400]

    async def called(self, method: str, times: int = 1, within: float = 10) -> list[Call]:
        """Wait until a method was asked for so often; return the requests."""
        if not await self.wait_until(lambda: len(self.calls_to(method)) >= times, within):
            raise AssertionError(f"{method} was not called.\n{self.state()}")
        return self.calls_to(method)

    async def polls(self, within: float = 10) -> None:
        """Wait until a bot waits for updates, by a long poll or with a webhook."""
        end = time.monotonic() + within
        while not self.updates.is_taken:
            if time.monotonic() > end:
                raise AssertionError(f"no bot asks for updates.\n{self.state()}")
            await asyncio.sleep(0.01)

    async def settled(self, within: float = 10) -> None:
        """Wait until the bot has taken every update."""
        end = time.monotonic() + within
        while self.updates.pending or self.updates.held:
            if time.monotonic() > end:
                raise AssertionError(f"updates are left.\n{self.state()}")
            await asyncio.sleep(0.01)

    def state(self) -> str:
        """Describe what happened last, for messages of failed tests."""
        pending = [list(queued.wire)[1] for queued in self.updates.pending]
        webhook = self.updates.webhook
        lines = [f"updates not taken: {pending}"]
        if webhook is not None:
            lines.append(f"webhook: {webhook.url}, last error: {webhook.last_error_message}")
        lines += [f"{c.method} → {c.status} {c.description or ''}" for c in self.calls[-8:]]
        return "\n".join(lines)

    # Trouble

    def fail_next(
        self,
        method: str,
        error: ApiError | str,
        *,
        times: int = 1,
        where: Callable[[Json], bool] | None = None,
    ) -> None:
        """Let the next calls of a method (or "*") fail.

        `error` is an ApiError, LOST (done, but the answer breaks off) or SILENT (no answer).
        """
        self.faults.setdefault(method, []).append(Fault(error, times, where))

    def raw_update(self, content: Json, *, key: int = 0) -> Json:
        """Queue an update of any kind, known to the Bot API or not."""
        (kind, payload), *_ = content.items()
        update = self.updates.add(kind, payload, key, whatever=True)
        assert update is not None
        update |= content
        return update

    def repeats(self, update: Json) -> None:
        """Deliver an update once more."""
        self.updates.again(update)

    @contextlib.contextmanager
    def holding(self, *, reverse: bool = False, twice: bool = False) -> Iterator[None]:
        """Keep back updates while the context is open, then deliver them, reversed or doubled."""
        self.updates.held = []
        try:
            yield
        finally:
            held, self.updates.held = self.updates.held, None
            held = held[::-1] if reverse else held
            for queued in held:
                for _ in range(2 if twice else 1):
                    self.updates.again(queued.wire)

    @contextlib.asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Answer every request with 502 while the context is open."""
        self.fail_next("*", ApiError(502, "Bad Gateway"), times=10**9)
        try:
            yield
        finally:
            self.faults.pop("*", None)
