"""Danger: the numbers first, then the offer to tell the office."""

from collections.abc import Sequence

from actions.base import OfficeAction, Speech, set_slot
from actions.turn import Event, Turn
from casework import tickets
from casework.context import Casework


def alarm(turn: Turn, speech: Speech) -> list[Event]:
    """Say the numbers; a yes then tells the office."""
    speech.say("emergency", form=turn.form)
    return [set_slot("offered", "inform_office")]


async def inform_office(cw: Casework, turn: Turn, speech: Speech) -> None:
    """Hand over, marked urgent."""
    ticket = await tickets.hand_over(cw, turn.requester_id, reason="emergency")
    speech.say("emergency_reported", reference=ticket.reference)


class Emergency(OfficeAction):
    """`action_emergency`: who helps at once."""

    action = "action_emergency"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Say the numbers, before everything else."""
        return alarm(turn, speech)

    def failed(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """The numbers, whatever else is wrong."""
        return alarm(turn, speech)


class InformOffice(OfficeAction):
    """`action_inform_office`: an urgent ticket."""

    action = "action_inform_office"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Open or mark it."""
        await inform_office(self.cw, turn, speech)
        return []
