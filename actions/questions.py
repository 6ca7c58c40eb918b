"""Questions that are passed on to the office."""

from actions.fields import Choice, Words
from actions.forms import CONFIRM, CONSENT, CONTACT, Form, Payload, Slots, contact_of, opened
from actions.turn import Turn
from casework import requesters, tickets
from casework.context import Casework
from casework.vocabulary import ROLES


class QuestionForm(Form):
    """The question, and on whose behalf it is asked: the office in charge follows from it."""

    name = "question"
    fields = (Words("question"), Choice("role", ROLES, in_passing=False), CONSENT, CONTACT, CONFIRM)
    reports = ("question",)

    def begin(self, cw: Casework, turn: Turn, values: Slots) -> None:
        """What was asked just now is what shall be passed on."""
        last = turn.slots.get("last_question")
        if last:
            values.setdefault("question", last)

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Open a ticket, routed by the entry nearest to the question."""
        facts = self.facts(values)
        await requesters.set_role(cw, turn.requester_id, str(facts["role"]))
        nearest = cw.knowledge.search(str(facts["question"]), turn.language, 1)
        if nearest:
            facts["entry"] = nearest[0].id
        ticket = await tickets.open_ticket(
            cw,
            requester_id=turn.requester_id,
            kind="question",
            facts=facts,
            contact=contact_of(values),
            language=turn.language,
        )
        return opened(ticket)
