"""The bot's queue of updates: fetched by getUpdates or pushed to a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from tests.fakes.errors import conflict, too_many_requests
from tests.fakes.schema import ONLY_WHEN_ASKED_FOR, UPDATE_KINDS
from tests.fakes.world import Json

DEFAULT_KINDS = frozenset(UPDATE_KINDS) - ONLY_WHEN_ASKED_FOR


@dataclass(slots=True)
class Queued:
    """An update that the bot has not confirmed."""

    wire: Json
    key: int
    attempts: int = 0
    busy: bool = False
    not_before: float = 0
    again: bool = False

    @property
    def id(self) -> int:
        return int(self.wire["update_id"])

    def shown(self) -> Json:
        """Return the update for an answer to getUpdates."""
        self.again = False
        return self.wire


@dataclass(slots=True)
class Webhook:
    """What the bot set with setWebhook."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    ip_address: str | None = None
    certificate: bytes | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None

    def is_like(self, other: Webhook | None) -> bool:
        """Return whether the other is set to the same."""
        return other is not None and replace(
            other, last_error_date=None, last_error_message=None
        ) == replace(self, last_error_date=None, last_error_message=None)


@dataclass(slots=True)
class Retries:
    """When an update that the webhook did not take is posted again, in seconds.

    At once the first time, then after two units, four, eight and so on.
    """

    unit: float = 1
    longest: float = 60
    request_timeout: float = 60
    attempts: int = 50

    def pause(self, failures: int) -> float:
        """Return the seconds to wait after so many failures."""
        return 0 if failures <= 1 else min(self.longest, self.unit * 2.0 ** (failures - 1))


@dataclass(slots=True)
class _Poll:
    terminated_by: str | None = None


@dataclass
class UpdateQueue:
    """Keeps updates in order until the bot has taken them."""

    clock: Callable[[], float] = time.time
    retries: Retries = field(default_factory=Retries)
    first_id: int = 100_000_001
    pending: list[Queued] = field(default_factory=list)
    webhook: Webhook | None = None
    allowed: frozenset[str] = DEFAULT_KINDS
    allowed_as_given: list[str] = field(default_factory=list)
    held: list[Queued] | None = None
    given_up: list[Json] = field(default_factory=list)
    pause_between_settings: float = 1

    def __post_init__(self) -> None:
        self._next_id = self.first_id
        self._next_setting = 0.0
        self._changed = asyncio.Event()
        self._poll: _Poll | None = None
        self._pusher: asyncio.Task[None] | None = None
        self._pushing: set[asyncio.Task[None]] = set()

    # What happens on the server

    def add(self, kind: str, payload: Any, key: int, *, whatever: bool = False) -> Json | None:
        """Queue an update; None when the bot did not ask for its kind."""
        if kind not in self.allowed and not whatever:
            return None
        wire = {"update_id": self._next_id, kind: payload}
        self._next_id += 1
        self._append(Queued(wire, key))
        return wire

    def again(self, wire: Json) -> None:
        """Queue the same update once more."""
        self._append(Queued(wire, key=0, again=True))

    def _append(self, queued: Queued) -> None:
        if self.held is not None:
            self.held.append(queued)
            return
        self.pending.append(queued)
        self.wake()

    def wake(self) -> None:
        """Let every waiting poll and the webhook look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds of update the bot asks for; None leaves it as it was."""
        if kinds is not None:
            self.allowed_as_given = [kind for kind in kinds if kind in UPDATE_KINDS]
            self.allowed = frozenset(self.allowed_as_given) or DEFAULT_KINDS

    @property
    def is_taken(self) -> bool:
        """Return whether a bot waits for updates or has set a webhook."""
        return self.webhook is not None or self._poll is not None

    # getUpdates

    async def get(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Confirm what lies before the offset and return the next updates."""
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self.end_poll(
            "terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        self._confirm(offset)
        poll = self._poll = _Poll()
        try:
            return await self._wait(poll, limit if 1 <= limit <= 100 else 100, seconds)
        finally:
            if self._poll is poll:
                self._poll = None

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            # What a test ordered again goes out once more even though the bot has confirmed it.
            self.pending = [one for one in self.pending if one.id >= offset or one.again]
        elif offset < 0:
            self.pending = self.pending[offset:]

    async def _wait(self, poll: _Poll, limit: int, seconds: float) -> list[Json]:
        end = time.monotonic() + min(max(seconds, 0), 50)
        while True:
            if poll.terminated_by is not None:
                raise conflict(poll.terminated_by)
            left = end - time.monotonic()
            if self.pending or left <= 0:
                return [queued.shown() for queued in self.pending[:limit]]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)

    def end_poll(self, reason: str) -> None:
        """Answer a waiting getUpdates with a conflict."""
        if self._poll is not None:
            self._poll.terminated_by = reason
            self._poll = None
            self.wake()

    # Webhook

    def limit_setting(self) -> None:
        """Refuse to set a webhook twice in quick succession."""
        now = time.monotonic()
        if now < self._next_setting:
            raise too_many_requests(1)
        self._next_setting = now + self.pause_between_settings

    def set_webhook(self, webhook: Webhook | None) -> None:
        """Begin to push to the webhook, or end it with None."""
        self.webhook = webhook
        self._stop()
        for queued in self.pending:
            queued.busy, queued.attempts, queued.not_before = False, 0, 0
        if webhook is not None:
            self.end_poll("terminated by setWebhook request")
            self._pusher = asyncio.create_task(self._push_all(webhook))

    def _stop(self) -> None:
        for task in (self._pusher, *self._pushing):
            if task is not None:
                task.cancel()
        self._pusher = None
        self._pushing.clear()

    async def close(self) -> None:
        """End every task."""
        tasks = [task for task in (self._pusher, *self._pushing) if task is not None]
        self._stop()
        self.end_poll("terminated by the end of the server")
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _push_all(self, webhook: Webhook) -> None:
        async with httpx.AsyncClient(
            timeout=self.retries.request_timeout, verify=_trust(webhook), trust_env=False
        ) as client:
            while True:
                changed = self._changed
                wait = self._start_due(client, webhook)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), wait)

    def _start_due(self, client: httpx.AsyncClient, webhook: Webhook) -> float | None:
        """Post the first update of each chat that is due; return the seconds to the next."""
        now = time.monotonic()
        seen: set[int] = set()
        waits: list[float] = []
        for queued in self.pending:
            first = queued.key not in seen
            seen.add(queued.key)
            if not first or queued.busy or len(self._pushing) >= webhook.max_connections:
                continue
            if queued.not_before > now:
                waits.append(queued.not_before - now)
                continue
            queued.busy = True
            task = asyncio.create_task(self._push(client, webhook, queued))
            self._pushing.add(task)
            task.add_done_callback(self._pushing.discard)
        return min(waits, default=None)

    async def _push(self, client: httpx.AsyncClient, webhook: Webhook, queued: Queued) -> None:
        problem, asked_pause = await self._post(client, webhook, queued)
        queued.busy = False
        if problem is None:
            self._drop(queued)
        else:
            webhook.last_error_date = int(self.clock())
            webhook.last_error_message = problem
            queued.attempts += 1
            pause = asked_pause or self.retries.pause(queued.attempts)
            queued.not_before = time.monotonic() + pause
            if queued.attempts >= self.retries.attempts:
                self._drop(queued)
                self.given_up.append(queued.wire)
        self.wake()

    def _drop(self, queued: Queued) -> None:
        self.pending = [one for one in self.pending if one is not queued]

    async def _post(
        self, client: httpx.AsyncClient, webhook: Webhook, queued: Queued
    ) -> tuple[str | None, float]:
        """Post one update.

        Returns the problem in the server's words, None when the update was taken, and the
        seconds that the webhook asks to wait.
        """
        secret = webhook.secret_token
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        try:
            response = await client.post(webhook.url, json=queued.wire, headers=headers)
        except httpx.TimeoutException:
            return "Read timeout expired", 0
        except httpx.ConnectError as error:
            is_about_tls = isinstance(error.__cause__, ssl.SSLError) or "SSL" in str(error)
            return f"SSL error {{{error}}}" if is_about_tls else "Connection refused", 0
        except httpx.HTTPError:
            return "Webhook connection closed", 0
        if response.is_success:
            return None, 0
        asked = response.headers.get("retry-after", "")
        problem = f"{response.status_code} {response.reason_phrase}"
        pause = float(asked) if asked.isdigit() else 0
        return f"Wrong response from the webhook: {problem}", pause


def _trust(webhook: Webhook) -> ssl.SSLContext:
    if webhook.certificate is None:
        return ssl.create_default_context()
    return ssl.create_default_context(cadata=webhook.certificate.decode())
