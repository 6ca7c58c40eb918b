"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(text: str) -> datetime:
    """A moment on the office's wall, such as `2026-03-10 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


class Clock:
    """Starts on Tuesday, 10 March 2026, 10:00 in Wiesbaden: a working hour, no contact hour."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or berlin("2026-03-10 10:00")

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> datetime:
        """Let time go by: `clock.forward(days=1, minutes=5)`."""
        self.now += timedelta(**duration)
        return self.now

    def set(self, text: str) -> datetime:
        """Go to a moment on the office's wall, such as `2026-03-10 10:00`."""
        self.now = berlin(text)
        return self.now
