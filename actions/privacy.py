"""What is kept about a person: shown, and deleted when they confirm it."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import AllSlotsReset, Restarted

from actions.base import OfficeAction, Speech
from actions.fields import Field
from actions.forms import CONFIRM, Form, FormDone, Payload, Slots
from actions.turn import Event, Turn
from casework import privacy
from casework.context import Casework


class DeletionForm(Form):
    """One question: really?"""

    name = "deletion"
    fields = (CONFIRM,)

    async def settle(self, cw: Casework, turn: Turn, speech: Speech, values: Slots) -> None:
        """First show what there is; without anything there is nothing to ask."""
        if not turn.begins(self.loop):
            return
        data = await privacy.my_data(cw, turn.requester_id)
        if data.empty:
            speech.say("nothing_stored")
            values[CONFIRM.slot] = False
        else:
            speech.say("my_data", **data.payload())

    def ask(self, cw: Casework, speech: Speech, field: Field, values: Slots) -> bool:
        """In words of its own."""
        speech.say("confirm_deletion")
        return True

    def ending(self, slot: str, value: Any) -> str | None:
        """No means that everything stays."""
        return "deletion_kept" if slot == CONFIRM.slot and not value else None

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Delete."""
        await privacy.delete_my_data(cw, turn.requester_id)
        return "data_deleted", {}


class DeletionDone(FormDone):
    """`action_deletion_done`: the conversation's memory goes, too."""

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Delete, and let Rasa forget what was said."""
        events = await super().act(turn, speech)
        if turn.slots.get(CONFIRM.slot) is True:
            return [AllSlotsReset(), Restarted()]
        return events


class ShowData(OfficeAction):
    """`action_show_data`: everything that is kept about the person."""

    action = "action_show_data"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Show it."""
        data = await privacy.my_data(self.cw, turn.requester_id)
        if data.empty:
            speech.say("nothing_stored")
        else:
            speech.say("my_data", **data.payload())
        return []
