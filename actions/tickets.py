"""A person wanted; what has become of a matter."""

from collections.abc import Sequence

from actions.base import OfficeAction, Speech
from actions.turn import Event, Turn
from casework import tickets
from casework.models import Ticket

_MOST_SHOWN = 5


class HandOver(OfficeAction):
    """`action_hand_over`: from now on a person speaks."""

    action = "action_hand_over"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Hand over, and say when somebody is there."""
        ticket = await tickets.hand_over(self.cw, turn.requester_id, reason="asked")
        now = self.cw.clock()
        until, opening = self.cw.calendar.open_until(now), self.cw.calendar.next_opening(now)
        speech.say(
            "handed_over",
            reference=ticket.reference,
            open_now=self.cw.calendar.is_open(now),
            open_until=until.isoformat() if until else None,
            next_opening=opening.isoformat() if opening else None,
        )
        return []


class Status(OfficeAction):
    """`action_status`: the person's own tickets."""

    action = "action_status"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Show the newest."""
        found = await tickets.of_requester(self.cw, turn.requester_id)
        newest = sorted(found, key=lambda ticket: ticket.id, reverse=True)[:_MOST_SHOWN]
        if newest:
            speech.say("status", tickets=[_line(ticket) for ticket in newest])
        else:
            speech.say("no_tickets")
        return []


def _line(ticket: Ticket) -> dict[str, str | None]:
    news = ticket.last_news_at
    return {
        "reference": ticket.reference,
        "kind": ticket.kind,
        "topic": ticket.topic,
        "lead": ticket.lead_office,
        "state": ticket.state,
        "opened_at": ticket.opened_at.isoformat(),
        "last_news_at": news.isoformat() if news else None,
    }
