"""Complaints: taken down, confidential, without any advice."""

from actions.fields import Words
from actions.forms import CONFIRM, CONSENT, CONTACT, Form, Payload, Slots, contact_of, opened
from actions.requests import tells
from actions.turn import Turn
from casework import tickets
from casework.context import Casework


class ComplaintForm(Form):
    """What happened, in the person's own words."""

    name = "complaint"
    fields = (Words("complaint", limit=4000), CONSENT, CONTACT, CONFIRM)
    reports = ("complaint",)

    def begin(self, cw: Casework, turn: Turn, values: Slots) -> None:
        """Nobody has to tell it twice."""
        if tells(turn):
            values.setdefault("complaint", turn.text)

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Open a ticket that only those in charge of complaints see."""
        ticket = await tickets.open_ticket(
            cw,
            requester_id=turn.requester_id,
            kind="complaint",
            facts=self.facts(values),
            contact=contact_of(values),
            language=turn.language,
            confidential=True,
        )
        _, said = opened(ticket)
        return "complaint_received", {name: said[name] for name in ("reference", "answer_by")}
