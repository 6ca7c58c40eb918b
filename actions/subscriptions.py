"""News by topic."""

from actions.fields import Several
from actions.forms import CONFIRM, CONSENT, CONTACT, Form, Payload, Slots, contact_of, opened
from actions.turn import Turn
from casework import tickets
from casework.context import Casework
from casework.vocabulary import NEWS_TOPICS


class SubscriptionForm(Form):
    """Which topics, and where to."""

    name = "subscription"
    fields = (Several("news_topics", NEWS_TOPICS), CONSENT, CONTACT, CONFIRM)

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Tell the office whom to keep informed of what."""
        ticket = await tickets.open_ticket(
            cw,
            requester_id=turn.requester_id,
            kind="contact",
            topic="newsletter",
            facts=self.facts(values),
            contact=contact_of(values),
            language=turn.language,
        )
        return opened(ticket)
