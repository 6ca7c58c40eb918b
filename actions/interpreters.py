"""Requests for somebody who interprets."""

from actions.fields import Availability, District, Languages, Words
from actions.forms import CONFIRM, CONSENT, CONTACT, Form, Payload, Slots, contact_of, opened
from actions.requests import tells
from actions.turn import Turn
from casework import tickets
from casework.context import Casework


class InterpreterForm(Form):
    """Which language, for what, when and where."""

    name = "interpreter"
    fields = (
        Languages("interpreter_language", foreign=True),
        Words("need"),
        Availability("availability"),
        District(),
        CONSENT,
        CONTACT,
        CONFIRM,
    )

    def begin(self, cw: Casework, turn: Turn, values: Slots) -> None:
        """A first message that tells the occasion need not be repeated."""
        if tells(turn):
            values.setdefault("need", turn.text)

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Open the ticket."""
        ticket = await tickets.open_ticket(
            cw,
            requester_id=turn.requester_id,
            kind="interpreter",
            facts=self.facts(values),
            contact=contact_of(values),
            language=turn.language,
        )
        return opened(ticket)
