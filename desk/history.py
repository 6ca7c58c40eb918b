"""The event log in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from casework.context import Casework
from casework.errors import UnknownOffice
from casework.models import TicketEvent
from desk.catalogues import mark
from desk.labels import label, state_of
from desk.wording import Wording

_ACTORS = {
    # Translators: who did what the log tells
    "requester": mark("The person"),
    "bot": mark("The bot"),
    "system": mark("The system"),
    "staff": mark("A colleague"),
}
_SENTENCES = {
    # Translators: what happened to a ticket; {actor} is a colleague's name or "The person"
    "wrote": mark("{actor} wrote a message"),
    "edited": mark("{actor} changed a message"),
    "noted": mark("{actor} wrote an internal note"),
    "taken_over": mark("{actor} took over the conversation; the bot is silent"),
    "handed_back": mark("{actor} handed the conversation back to the bot"),
    "reopened": mark("{actor} reopened the ticket"),
    "withdrawn": mark("{actor} withdrew the offer"),
    "not_delivered": mark("{actor} could not deliver a message"),
    "unreachable": mark("The person has blocked the bot; messages no longer arrive"),
    "reachable": mark("The person can be reached again"),
    "data_deleted": mark("The person had their data deleted"),
    "anonymised": mark("{actor} made the ticket anonymous"),
}


_UNNAMED = mark("{actor}: {event}")

#: A sentence and what its placeholders stand for, beside the actor.
Told = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    id: int
    at: datetime
    sentence: Markup


def entries(
    cw: Casework, wording: Wording, events: list[TicketEvent], names: Mapping[int, str]
) -> list[Entry]:
    """The log, newest first; `names` are those of the staff by id."""
    teller = _Teller(cw, wording, names)
    return [Entry(event.id, event.at, teller.sentence(event)) for event in reversed(events)]


@dataclass(frozen=True, slots=True)
class _Teller:
    cw: Casework
    wording: Wording
    names: Mapping[int, str]

    def actor(self, event: TicketEvent) -> str:
        if event.staff is not None:
            return event.staff.name
        return self.wording.text(_ACTORS.get(event.actor, _ACTORS["system"]))

    def sentence(self, event: TicketEvent) -> Markup:
        message, values = self.message(event)
        actor = Markup("<strong>{}</strong>").format(self.actor(event))
        return self.wording.markup(message, actor=actor, **values)

    def message(self, event: TicketEvent) -> Told:
        special = _SPECIAL.get(event.kind)
        if special is not None:
            return special(self, event)
        plain = _SENTENCES.get(event.kind)
        return (plain, {}) if plain else (_UNNAMED, {"event": event.kind})

    def opened(self, event: TicketEvent) -> Told:
        lead = self.office(event.details.get("lead"))
        return mark("{actor} opened the ticket; lead: {office}"), {"office": lead}

    def person_wanted(self, event: TicketEvent) -> Told:
        reason = label(self.wording, "reason", event.details.get("reason"))
        return mark("A person is wanted: {reason}"), {"reason": reason}

    def replied(self, event: TicketEvent) -> Told:
        if event.details.get("first"):
            return mark("{actor} gave the first answer"), {}
        return mark("{actor} wrote to the person"), {}

    def assigned(self, event: TicketEvent) -> Told:
        new = event.details.get("new")
        if new is None:
            return mark("{actor} took the assignment away; nobody has the ticket"), {}
        if new == event.staff_id:
            return mark("{actor} has the ticket now"), {}
        return mark("{actor} assigned the ticket to {name}"), {"name": self.name(new)}

    def offices_changed(self, event: TicketEvent) -> Told:
        new = event.details.get("new") or {}
        lead = self.office(new.get("lead"))
        involved = [self.office(office) for office in new.get("involved") or ()]
        if not involved:
            return mark("{actor} changed the offices; lead: {lead}, nobody else"), {"lead": lead}
        others = self.wording.listing(involved)
        return (
            mark("{actor} changed the offices; lead: {lead}, involved: {involved}"),
            {"lead": lead, "involved": others},
        )

    def state_changed(self, event: TicketEvent) -> Told:
        state, waiting_for = str(event.details.get("new")), event.details.get("waiting_for")
        if event.actor == "requester" and state == "open":
            return mark("The ticket is in progress again: the person has written"), {}
        new = state_of(self.wording, state, waiting_for)
        return mark("{actor} set the state to “{state}”"), {"state": new}

    def priority_changed(self, event: TicketEvent) -> Told:
        if event.details.get("new") == "urgent":
            return mark("{actor} marked the ticket as urgent"), {}
        return mark("{actor} marked the ticket as not urgent"), {}

    def name(self, staff_id: Any) -> str:
        return self.names.get(staff_id) or self.wording.text("A colleague")

    def office(self, office_id: Any) -> str:
        try:
            return self.cw.pack.office(str(office_id)).name.in_language(self.wording.language)
        except UnknownOffice:
            return str(office_id)


_SPECIAL: dict[str, Callable[[_Teller, TicketEvent], Told]] = {
    "opened": _Teller.opened,
    "person_wanted": _Teller.person_wanted,
    "replied": _Teller.replied,
    "assigned": _Teller.assigned,
    "offices_changed": _Teller.offices_changed,
    "state_changed": _Teller.state_changed,
    "priority_changed": _Teller.priority_changed,
}
