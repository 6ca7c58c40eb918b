"""Organisations that want to be on the office's list."""

from actions.fields import Choice, District, Languages, Name, Several
from actions.forms import CONFIRM, CONSENT, CONTACT, Form, Payload, Slots, contact_of, given, opened
from actions.turn import Turn
from casework import organisations
from casework.context import Casework
from casework.vocabulary import LEGAL_FORMS, ORGANISATION_FIELDS


class RegistrationForm(Form):
    """Name, legal form, what it does, languages, where."""

    name = "registration"
    fields = (
        Name("organisation", limit=200),
        Choice("legal_form", LEGAL_FORMS),
        Several("fields", ORGANISATION_FIELDS, in_passing=False),
        Languages("languages", skippable=True),
        District(),
        CONSENT,
        CONTACT,
        CONFIRM,
    )

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Announce the organisation for the register."""
        ticket = await organisations.register(
            cw,
            requester_id=turn.requester_id,
            language=turn.language,
            name=str(values["organisation"]),
            legal_form=given(values, "legal_form"),
            fields=list(given(values, "fields") or ()),
            languages=list(given(values, "languages") or ()),
            district=given(values, "district"),
            contact=contact_of(values),
        )
        return opened(ticket)
