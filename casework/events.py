"""The event log: who did what when, added to and never changed.

Details are keys and numbers, never texts or names, so that the log can outlive the person's data.
"""

from typing import Any, Literal

from casework.context import Change
from casework.models import Ticket, TicketEvent

Actor = Literal["requester", "bot", "staff", "system"]
EventKind = Literal[
    "opened",  # case (its kind), topic, lead, involved
    "person_wanted",  # reason
    "wrote",  # the requester; attachment
    "edited",  # the requester changed a message
    "replied",  # first: whether it was the first answer
    "noted",
    "taken_over",
    "handed_back",
    "assigned",  # old, new: ids of staff
    "offices_changed",  # old, new: {lead, involved}
    "state_changed",  # old, new, waiting_for
    "priority_changed",  # old, new
    "reopened",
    "withdrawn",
    "not_delivered",  # problem
    "unreachable",
    "reachable",
    "data_deleted",
    "anonymised",
]


def log_event(
    change: Change,
    ticket: Ticket,
    kind: EventKind,
    *,
    actor: Actor,
    staff_id: int | None = None,
    **details: Any,
) -> None:
    """Add to a ticket's log, and announce the ticket."""
    change.add(
        TicketEvent(
            ticket_id=ticket.id,
            at=change.at,
            actor=actor,
            staff_id=staff_id,
            kind=kind,
            details=details,
        )
    )
    ticket.updated_at = change.at
    change.announce(f"ticket:{ticket.id}", "queue")
