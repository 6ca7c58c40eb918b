"""How urgent a ticket's next step is, in words and as a level for its colour."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from casework.models import Ticket
from casework.vocabulary import UNDER_WAY
from desk.catalogues import mark
from desk.wording import Wording

Level = Literal["overdue", "today", "later", "stopped", "done"]

_CLOCKS = (
    # Translators: what is due on a ticket
    ("first_answer_due_at", mark("First answer")),
    ("next_news_due_at", mark("Next news to the person")),
    ("resolution_due_at", mark("To be settled by")),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A level for the colour, and the words that say the same."""

    level: Level
    words: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One of a ticket's clocks."""

    heading: str
    due: Due


def due_of(wording: Wording, ticket: Ticket) -> Due:
    """What runs out first."""
    if ticket.state not in UNDER_WAY:
        return Due("done", wording.text("nothing due"))
    if ticket.due_at is None:
        return Due("stopped", wording.text("clock stopped"))
    return _running(wording, ticket.due_at)


def clocks_of(wording: Wording, ticket: Ticket) -> list[Clock]:
    """All clocks of a ticket, the answered and stopped ones too."""
    found = []
    for field, heading in _CLOCKS:
        due = _clock(wording, ticket, field)
        if due is not None:
            found.append(Clock(wording.text(heading), due))
    return found


def _clock(wording: Wording, ticket: Ticket, field: str) -> Due | None:
    if field == "first_answer_due_at" and ticket.first_answered_at is not None:
        given = wording.moment(ticket.first_answered_at)
        return Due("done", wording.text("given {moment}", moment=given), ticket.first_answered_at)
    at: datetime | None = getattr(ticket, field)
    if at is None or ticket.state not in UNDER_WAY:
        return None
    if ticket.clock_stopped_at is not None:
        return Due("stopped", wording.text("clock stopped"))
    return _running(wording, at)


def _running(wording: Wording, at: datetime) -> Due:
    moment = wording.moment(at)
    if at <= wording.now:
        return Due("overdue", wording.text("overdue since {moment}", moment=moment), at)
    if at.astimezone(wording.zone).date() == wording.today:
        return Due("today", wording.text("due {moment}", moment=moment), at)
    return Due("later", wording.text("due {moment}", moment=moment), at)
