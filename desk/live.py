"""Tell an open page that what it shows has changed; the page then fetches itself again.

Nothing but a fingerprint goes through the stream, and it is made of what this member of staff
may see: nobody learns from it that something happened elsewhere.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent

from casework import staff as staff_cases
from casework.context import Casework
from casework.errors import NotAllowed, NotFound
from casework.models import Staff
from desk.visit import SESSION_COOKIE, Visit

#: Seconds after which a page is looked at even when nothing was signalled.
SLOW_LOOK = 5.0

Look = Callable[[Staff], Awaitable[str]]


def fingerprint(*parts: Any) -> str:
    """A short name for a state of things; another state has another name."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def stream(visit: Visit, topics: tuple[str, ...], look: Look) -> EventSourceResponse:
    """An event `changed` whenever `look` gives another fingerprint; `gone` ends the stream."""
    seen = visit.request.headers.get("last-event-id") or visit.request.query_params.get("seen", "")
    token = visit.request.cookies.get(SESSION_COOKIE, "")
    return EventSourceResponse(_events(visit.cw, token, topics, look, seen), ping=20)


async def _events(
    cw: Casework, token: str, topics: tuple[str, ...], look: Look, seen: str
) -> AsyncIterator[ServerSentEvent]:
    async with cw.signals.subscribe(*topics) as subscription:
        while True:
            present = await _look(cw, token, look)
            if present is None:
                yield ServerSentEvent(event="gone", data="gone")
                return
            if present != seen:
                seen = present
                yield ServerSentEvent(event="changed", data=present, id=present)
            await subscription.wait(SLOW_LOOK)


async def _look(cw: Casework, token: str, look: Look) -> str | None:
    """The present fingerprint; None when the login has ended or the thing is no longer theirs."""
    session = await staff_cases.session_of(cw, token)
    if session is None:
        return None
    try:
        return await look(session.staff)
    except (NotFound, NotAllowed):
        return None
