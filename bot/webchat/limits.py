"""How fast a visitor may write."""

import time
from collections import OrderedDict

#: Messages at once, and a second, for one visitor; and new visitors a second in all.
BURST, PER_SECOND = 10.0, 0.5
NEW_BURST, NEW_PER_SECOND = 200.0, 20.0
_REMEMBERED = 20_000


class RateLimit:
    """Counts per key in this process; a key that has been quiet is forgotten."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst, self._rate = burst, per_second
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Whether one more is all right now; counts it if so."""
        now = time.monotonic()
        left, at = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left, now)
        while len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        return allowed
