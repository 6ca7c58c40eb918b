"""Where Rasa keeps its conversations: one row each, in SQLite or Redis.

Rasa's own SQL store writes a row for each event and reads them all back; on SQLite with default
pragmas that is the dearest part of a turn. Nothing here needs a conversation's whole past: what was
said is kept by the office. So a conversation is its slots, its form, and its last turns, and a turn
costs the same on the hundredth message as on the first.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from typing import Any, AsyncIterator, Iterable, Optional, Protocol

import redis
import redis.asyncio
from rasa.core.constants import DEFAULT_LOCK_LIFETIME
from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

#: A session ends after a day (domain/general.yml); an hour's grace, then nothing can need it.
KEPT_SECONDS = 25 * 3600
#: Turns that are kept in full, and from how many on the older ones are folded.
KEPT_TURNS = 2
MOST_TURNS = 6
_LOCK_POLL_SECONDS = 0.05
_LOCK_PREFIX = "anlaufstelle:lock:"
_CONVERSATION_PREFIX = "anlaufstelle:conversation:"


class Shelf(Protocol):
    """Texts by key, forgotten after KEPT_SECONDS."""

    async def read(self, key: str) -> Optional[str]:
        """The text, or None."""

    async def write(self, key: str, text: str) -> None:
        """Put the text in place of the former one."""

    async def keys(self) -> list[str]:
        """Every key there is."""


class SqliteShelf:
    """A file beside the office's database; a write is one small transaction in the WAL."""

    def __init__(self, path: str) -> None:
        if directory := os.path.dirname(path):
            os.makedirs(directory, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=5000",
            "secure_delete=FAST",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS conversation "
            "(key TEXT PRIMARY KEY, text TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID"
        )
        os.chmod(path, 0o600)
        self._swept_at = 0.0

    async def read(self, key: str) -> Optional[str]:
        """The text, or None."""
        row = self._connection.execute(
            "SELECT text FROM conversation WHERE key = ? AND at > ?",
            (key, time.time() - KEPT_SECONDS),
        ).fetchone()
        return row[0] if row else None

    async def write(self, key: str, text: str) -> None:
        """Put the text in place of the former one; now and then sweep out what is over."""
        now = time.time()
        self._connection.execute(
            "INSERT INTO conversation (key, text, at) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET text = excluded.text, at = excluded.at",
            (key, text, now),
        )
        if now - self._swept_at > KEPT_SECONDS / 25:
            self._swept_at = now
            self._connection.execute(
                "DELETE FROM conversation WHERE at <= ?", (now - KEPT_SECONDS,)
            )

    async def keys(self) -> list[str]:
        """Every key there is."""
        return [row[0] for row in self._connection.execute("SELECT key FROM conversation")]


class RedisShelf:
    """Shared by several Rasa processes; Redis forgets by itself."""

    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.from_url(url, decode_responses=True)

    async def read(self, key: str) -> Optional[str]:
        """The text, or None."""
        return await self._redis.get(_CONVERSATION_PREFIX + key)

    async def write(self, key: str, text: str) -> None:
        """Put the text in place of the former one."""
        await self._redis.set(_CONVERSATION_PREFIX + key, text, ex=KEPT_SECONDS)

    async def keys(self) -> list[str]:
        """Every key there is."""
        found = self._redis.scan_iter(match=_CONVERSATION_PREFIX + "*")
        return [key.removeprefix(_CONVERSATION_PREFIX) async for key in found]


def shelf(url: str) -> Shelf:
    """`sqlite:///path/to/file` or `redis://…`."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return SqliteShelf(rest.removeprefix("/"))
    if scheme in ("redis", "rediss", "unix"):
        return RedisShelf(url)
    raise ValueError("conversations are kept at sqlite:///… or redis://…")


class ConversationStore(TrackerStore):
    """Rasa's tracker store on a shelf; `host` is the shelf's address."""

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: str = "",
        event_broker: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._shelf = shelf(host)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the conversation, folded."""
        await self.stream_events(tracker)
        events = [event.as_dict() for event in folded(tracker, self.domain)]
        await self._shelf.write(tracker.sender_id, json.dumps(events))

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation, or None when it is new or a day old."""
        kept = await self._shelf.read(sender_id)
        if not kept:
            return None
        return DialogueStateTracker.from_dict(sender_id, json.loads(kept), self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """The ids of everybody who has a conversation."""
        return await self._shelf.keys()


def folded(tracker: DialogueStateTracker, domain: Domain) -> list[Event]:
    """The conversation's events; when there are many, the older ones become one state.

    What lies before the last session or restart is gone for good: that is how deleting one's data
    deletes it here.
    """
    events = _of_this_session(list(tracker.events))
    turns = [n for n, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= MOST_TURNS:
        return events
    cut = turns[-KEPT_TURNS]
    past = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], domain.slots)
    if past.latest_action_name != ACTION_LISTEN_NAME:
        return events
    return [*_state_of(past, domain, events[0].timestamp), *events[cut:]]


def _of_this_session(events: list[Event]) -> list[Event]:
    starts = [n for n, event in enumerate(events) if isinstance(event, (SessionStarted, Restarted))]
    if not starts:
        return events
    last = starts[-1]
    return events[last + 1 :] if isinstance(events[last], Restarted) else events[last:]


def _state_of(past: DialogueStateTracker, domain: Domain, at: float) -> list[Event]:
    initial = {slot.name: slot.initial_value for slot in domain.slots}
    state: list[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at),
        SessionStarted(timestamp=at),
    ]
    state += [
        SlotSet(name, value, timestamp=at)
        for name, value in past.current_slot_values().items()
        if value != initial.get(name)
    ]
    if past.active_loop_name:
        state += [
            ActiveLoop(past.active_loop_name, timestamp=at),
            ActionExecuted(past.active_loop_name, timestamp=at),
        ]
    return [*state, ActionExecuted(ACTION_LISTEN_NAME, timestamp=at)]


class QuickLocks(InMemoryLockStore):
    """One process: locks in memory, looked at twenty times a second instead of once."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None) -> None:
        super().__init__()

    @contextlib.asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = DEFAULT_LOCK_LIFETIME,
        wait_time_in_seconds: float = _LOCK_POLL_SECONDS,
    ) -> AsyncIterator[TicketLock]:
        """As in Rasa, with a shorter wait."""
        held = LockStore.lock(self, conversation_id, lock_lifetime, wait_time_in_seconds)
        async with held as lock:
            yield lock


class QuickRedisLocks(RedisLockStore):
    """Several processes: the same, in Redis; `url` is its address."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        self.red = redis.StrictRedis.from_url(endpoint_config.url)
        self.key_prefix = _LOCK_PREFIX

    lock = QuickLocks.lock
