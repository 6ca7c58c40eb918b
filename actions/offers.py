"""Offers of help."""

from typing import Any

from actions.fields import Availability, Choice, District, Languages, Words
from actions.forms import CONFIRM, CONSENT, CONTACT, Form, Payload, Slots, contact_of, given, opened
from actions.turn import Turn
from casework import offers
from casework.context import Casework
from casework.vocabulary import OFFER_KINDS


class OfferForm(Form):
    """What somebody offers: kind, languages, when, where, how to be reached."""

    name = "offer"
    fields = (
        Choice("offer_kind", OFFER_KINDS),
        Languages("languages"),
        Availability("availability"),
        District(),
        CONSENT,
        CONTACT,
        Words("remark", skippable=True),
        CONFIRM,
    )

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Take the offer into the pool."""
        ticket = await offers.take_offer(
            cw,
            requester_id=turn.requester_id,
            language=turn.language,
            kind=str(values["offer_kind"]),
            languages=list(given(values, "languages") or ()),
            availability=_availability(values),
            district=given(values, "district"),
            contact=contact_of(values),
            remark=given(values, "remark"),
        )
        return opened(ticket)


def _availability(values: Slots) -> dict[str, Any]:
    return dict(given(values, "availability") or {})
