"""A ticket's states, and which may follow which."""

from casework import clocks, outbox
from casework.context import Change
from casework.errors import IllegalMove
from casework.events import Actor, log_event
from casework.models import Requester, Ticket
from casework.vocabulary import State, WaitingFor

#: What staff may do by hand. A withdrawal or a deletion closes from anywhere (`close_out`).
MOVES: dict[State, tuple[State, ...]] = {
    "new": ("open",),
    "open": ("waiting", "resolved"),
    "waiting": ("waiting", "open", "resolved"),
    "resolved": ("open", "closed"),
    "closed": (),
}

#: What the person is told when a ticket gets there.
_SAID: dict[State, str] = {"resolved": "ticket_resolved", "closed": "ticket_closed"}


async def move(
    change: Change,
    ticket: Ticket,
    state: State,
    *,
    actor: Actor,
    staff_id: int | None = None,
    waiting_for: WaitingFor | None = None,
) -> None:
    """Bring a ticket into another state, with its clocks, its log and a word to the person."""
    old, old_waiting = ticket.state, ticket.waiting_for
    waiting_for = (waiting_for or "requester") if state == "waiting" else None
    if state not in MOVES[old] or (state, waiting_for) == (old, old_waiting):  # type: ignore[index]  # a State
        raise IllegalMove(_name(old, old_waiting), _name(state, waiting_for))
    ticket.state, ticket.waiting_for = state, waiting_for
    _set_clocks(change, ticket, old)
    log_event(
        change,
        ticket,
        "reopened" if old == "resolved" and state == "open" else "state_changed",
        actor=actor,
        staff_id=staff_id,
        old=old,
        new=state,
        waiting_for=waiting_for,
    )
    if old == "resolved" and state == "open":
        await _tell(change, ticket, "ticket_reopened")
    elif state in _SAID:
        await _tell(change, ticket, _SAID[state])


async def bring_to(
    change: Change,
    ticket: Ticket,
    state: State,
    *,
    actor: Actor,
    staff_id: int | None = None,
    waiting_for: WaitingFor | None = None,
) -> None:
    """The same by way of `open` where that is needed; nothing when it is there already."""
    if (ticket.state, ticket.waiting_for) == (state, waiting_for):
        return
    if state != "open" and ticket.state in ("new", "resolved"):
        await move(change, ticket, "open", actor=actor, staff_id=staff_id)
    await move(change, ticket, state, actor=actor, staff_id=staff_id, waiting_for=waiting_for)


def close_out(change: Change, ticket: Ticket, *, actor: Actor) -> None:
    """Close a ticket wherever it stands: the person took it back, or their data goes."""
    if ticket.state == "closed":
        return
    old = ticket.state
    ticket.state, ticket.waiting_for = "closed", None
    _set_clocks(change, ticket, old)
    log_event(change, ticket, "state_changed", actor=actor, old=old, new="closed", waiting_for=None)


def _set_clocks(change: Change, ticket: Ticket, old: str) -> None:
    calendar, at = change.cw.calendar, change.at
    if ticket.waiting_for == "requester":
        clocks.stop(ticket, at)
        return
    if old == "resolved" and ticket.state == "open":
        ticket.resolved_at = None
        clocks.restart(calendar, ticket, at)
        return
    clocks.resume(calendar, ticket, at)
    if ticket.state == "resolved":
        ticket.resolved_at = at
    if ticket.state == "closed":
        ticket.closed_at, ticket.speaker = at, "bot"


async def _tell(change: Change, ticket: Ticket, key: str) -> None:
    if ticket.requester_id is None:
        return
    requester = await change.session.get(Requester, ticket.requester_id)
    if requester is not None:
        payload = {"say": key, "reference": ticket.reference}
        await outbox.tell(change, requester, payload, ticket.id)


def _name(state: str, waiting_for: str | None) -> str:
    return f"{state}({waiting_for})" if waiting_for else state
