"""What exists on the fake server: people, chats, messages, files."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
BOT_ID = 7_000_000_001
BOT_USERNAME = "anlaufstelle_test_bot"


@dataclass(slots=True)
class Chat:
    """One chat as the server knows it."""

    wire: Json
    messages: dict[int, Json] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "never"
    language_code: str | None = None
    full: Json = field(default_factory=dict)
    keyboard: Json | None = None
    deactivated: bool = False
    last_from_bot: bool = False
    received: int = 0

    @property
    def id(self) -> int:
        return int(self.wire["id"])

    @property
    def type(self) -> str:
        return str(self.wire["type"])


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the server."""

    content: bytes
    path: str
    unique_id: str


@dataclass(slots=True)
class Query:
    """A pressed inline button that waits for its answer."""

    id: str
    at: float
    message: Json
    answer: Json | None = None


class World:
    """Holds everything that requests can refer to."""

    def __init__(self, clock: Callable[[], float] = time.time, first_message_id: int = 1) -> None:
        self.clock = clock
        self.bot: Json = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Anlaufstelle",
            "username": BOT_USERNAME,
        }
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self._message_ids = itertools.count(first_message_id)
        self._own_ids: dict[int, itertools.count[int]] = {}
        self._query_ids = itertools.count(4_382_000_000_000_000_001)

    def now(self) -> int:
        """Return the server's time in whole Unix seconds."""
        return int(self.clock())

    def next_message_id(self, chat: Chat) -> int:
        """Count messages as the server does: supergroups and channels each on their own."""
        if chat.type in {"supergroup", "channel"}:
            return next(self._own_ids.setdefault(chat.id, itertools.count(1)))
        return next(self._message_ids)

    def next_query_id(self) -> str:
        """Return the id of a new callback query."""
        return str(next(self._query_ids))

    def find_chat(self, address: int | str) -> Chat | None:
        """Return the chat of that id or @username."""
        if isinstance(address, int):
            return self.chats.get(address)
        name = address.removeprefix("@").lower()
        for chat in self.chats.values():
            if chat.type != "private" and str(chat.wire.get("username", "")).lower() == name:
                return chat
        return None

    def add_message(self, chat: Chat, sender: Json | None, content: Json) -> Json:
        """Store a new message and return it in its wire form."""
        message: Json = {"message_id": self.next_message_id(chat)}
        if sender is not None:
            message["from"] = sender
        if chat.type == "channel":
            message["sender_chat"] = chat.wire
        message |= {"date": self.now(), "chat": chat.wire, **content}
        chat.messages[message["message_id"]] = message
        chat.last_from_bot = sender is not None and sender.get("id") == self.bot["id"]
        return message

    def store_file(self, kind: str, name: str, content: bytes) -> tuple[str, StoredFile]:
        """Keep a file; return its file_id and itself."""
        digest = hashlib.sha256(kind.encode() + content).hexdigest()
        file_id = f"FILE-{kind}-{len(self.files)}-{digest[:24]}"
        path = f"{kind}s/file_{len(self.files)}{_suffix(name)}"
        stored = StoredFile(content, path, f"U{digest[:15]}")
        self.files[file_id] = stored
        return file_id, stored


def _suffix(name: str) -> str:
    return f".{name.rsplit('.', 1)[1]}" if "." in name else ""
