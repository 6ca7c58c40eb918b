"""A ticket's three clocks: first answer, next news, resolution; counted in working time.

Waiting for the requester stops all of them; what went by meanwhile is added to what was left.
"""

from datetime import datetime

from casework.calendar import ServiceCalendar
from casework.models import Ticket
from casework.vocabulary import UNDER_WAY


def start(calendar: ServiceCalendar, ticket: Ticket, at: datetime) -> None:
    """Set the clocks of a new ticket."""
    urgent = ticket.priority == "urgent"
    ticket.first_answer_due_at = calendar.reply_due(at, urgent=urgent)
    ticket.resolution_due_at = calendar.add_working_days(at, calendar.deadlines.resolution)
    refresh(ticket)


def hurry(calendar: ServiceCalendar, ticket: Ticket, at: datetime) -> None:
    """The ticket became urgent: the next word to the person is due within hours."""
    due = calendar.reply_due(at, urgent=True)
    if ticket.first_answered_at is None:
        ticket.first_answer_due_at = _earlier(ticket.first_answer_due_at, due)
    else:
        ticket.next_news_due_at = _earlier(ticket.next_news_due_at, due)
    refresh(ticket)


def answered(calendar: ServiceCalendar, ticket: Ticket, at: datetime) -> bool:
    """Somebody wrote to the person; tells whether it was the first time."""
    first = ticket.first_answered_at is None
    if first:
        ticket.first_answered_at = at
    ticket.last_news_at = at
    ticket.next_news_due_at = _news_due(calendar, at)
    refresh(ticket)
    return first


def stop(ticket: Ticket, at: datetime) -> None:
    """It is the requester's turn."""
    if ticket.clock_stopped_at is None:
        ticket.clock_stopped_at = at
    refresh(ticket)


def resume(calendar: ServiceCalendar, ticket: Ticket, at: datetime) -> None:
    """It is the office's turn again: what was still due moves on by the working time it waited.

    News are due anew: the last ones were what the person has reacted to.
    """
    stopped, ticket.clock_stopped_at = ticket.clock_stopped_at, None
    if stopped is not None:
        waited = calendar.working_time(stopped, at)
        if ticket.first_answered_at is None and ticket.first_answer_due_at:
            due = ticket.first_answer_due_at
            ticket.first_answer_due_at = calendar.add_working_time(due, waited)
        if ticket.resolution_due_at:
            due = ticket.resolution_due_at
            ticket.resolution_due_at = calendar.add_working_time(due, waited)
        if ticket.next_news_due_at:
            ticket.next_news_due_at = _news_due(calendar, at)
    refresh(ticket)


def wants_news(calendar: ServiceCalendar, ticket: Ticket, at: datetime) -> None:
    """The requester wrote: news are due, and not later than they were."""
    ticket.next_news_due_at = _earlier(ticket.next_news_due_at, _news_due(calendar, at))
    refresh(ticket)


def restart(calendar: ServiceCalendar, ticket: Ticket, at: datetime) -> None:
    """A resolved ticket was reopened: news and resolution are due anew."""
    ticket.clock_stopped_at = None
    ticket.resolution_due_at = calendar.add_working_days(at, calendar.deadlines.resolution)
    ticket.next_news_due_at = _news_due(calendar, at)
    refresh(ticket)


def refresh(ticket: Ticket) -> None:
    """`due_at` is the earliest clock that runs; None when none does."""
    running = [ticket.next_news_due_at, ticket.resolution_due_at]
    if ticket.first_answered_at is None:
        running.append(ticket.first_answer_due_at)
    stopped = ticket.clock_stopped_at is not None or ticket.state not in UNDER_WAY
    ticket.due_at = None if stopped else min((due for due in running if due), default=None)


def _news_due(calendar: ServiceCalendar, at: datetime) -> datetime:
    return calendar.add_working_days(at, calendar.deadlines.next_news)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
