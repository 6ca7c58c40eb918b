"""The server's limits on how fast a bot may send."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.errors import too_many_requests


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """How many messages go through: rates per second, bursts in messages.

    Telegram names about 30 messages a second overall, one a second in one chat, 20 a minute in a
    group, and lets short bursts pass without saying how long they may be.
    """

    overall_rate: float = 30
    overall_burst: int = 30
    chat_rate: float = 1
    chat_burst: int = 20
    group_rate: float = 20 / 60
    group_burst: int = 20

    @classmethod
    def none(cls) -> FloodLimits:
        """Return limits that nothing reaches."""
        return cls(*(10**6,) * 6)


@dataclass(slots=True)
class _Bucket:
    rate: float
    left: float
    seen: float

    def fill(self, now: float, burst: int) -> None:
        self.left = min(burst, self.left + (now - self.seen) * self.rate)
        self.seen = now

    def wait(self) -> float:
        return 0 if self.left >= 1 else (1 - self.left) / self.rate


@dataclass(slots=True)
class FloodControl:
    """Counts messages and refuses those that come too fast."""

    limits: FloodLimits
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[str | int, _Bucket] = field(default_factory=dict)
    _refused_until: dict[int, float] = field(default_factory=dict)

    def take(self, chat_id: int, *, group: bool) -> None:
        """Count one message to a chat, or raise 429 with the seconds to wait.

        Whoever goes on sending during the pause is refused until it is over.
        """
        now = self.clock()
        until = self._refused_until.get(chat_id, 0)
        if now < until:
            raise too_many_requests(math.ceil(until - now))
        limits = self.limits
        overall = self._bucket("overall", limits.overall_rate, limits.overall_burst, now)
        rate, burst = (
            (limits.group_rate, limits.group_burst)
            if group
            else (limits.chat_rate, limits.chat_burst)
        )
        chat = self._bucket(chat_id, rate, burst, now)
        wait = max(overall.wait(), chat.wait())
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            self._refused_until[chat_id] = now + seconds
            raise too_many_requests(seconds)
        overall.left -= 1
        chat.left -= 1

    def _bucket(self, key: str | int, rate: float, burst: int, now: float) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(rate, burst, now))
        bucket.fill(now, burst)
        return bucket
