"""The event log in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    # Translators: what happened to a ticket; beside it stand who did it and when
    "wrote": mark("wrote a message"),
    "edited": mark("changed a message"),
    "noted": mark("wrote an internal note"),
    "taken_over": mark("took over the conversation; the bot is silent"),
    "handed_back": mark("handed the conversation back to the bot"),
    "reopened": mark("reopened the ticket by writing"),
    "withdrawn": mark("withdrew the offer"),
    "not_delivered": mark("could not deliver a message"),
    "unreachable": mark("has blocked the bot; messages no longer arrive"),
    "reachable": mark("can be reached again"),
    "data_deleted": mark("had their data deleted"),
    "anonymised": mark("made the ticket anonymous"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    id: int
    at: datetime
    actor: str
    sentence: str


def entries(
    cw: Casework, wording: Wording, events: list[TicketEvent], names: Mapping[int, str]
) -> list[Entry]:
    """The log, newest first; `names` are those of the staff by id."""
    told = _Teller(cw, wording, names)
    return [Entry(e.id, e.at, told.actor(e), told.sentence(e)) for e in reversed(events)]


@dataclass(frozen=True, slots=True)
class _Teller:
    cw: Casework
    wording: Wording
    names: Mapping[int, str]

    def actor(self, event: TicketEvent) -> str:
        if event.staff is not None:
            return event.staff.name
        return self.wording.text(_ACTORS.get(event.actor, _ACTORS["system"]))

    def sentence(self, event: TicketEvent) -> str:
        special = _SPECIAL.get(event.kind)
        if special is not None:
            return special(self, event.details)
        plain = _SENTENCES.get(event.kind)
        return self.wording.text(plain) if plain else event.kind

    def opened(self, details: Mapping[str, Any]) -> str:
        if not details.get("lead"):
            return self.wording.text("opened the ticket")
        return self.wording.text(
            "opened the ticket; lead: {office}", office=self.office(details.get("lead"))
        )

    def person_wanted(self, details: Mapping[str, Any]) -> str:
        reason = label(self.wording, "reason", details.get("reason"))
        return self.wording.text("called for a person ({reason})", reason=reason)

    def replied(self, details: Mapping[str, Any]) -> str:
        if details.get("first"):
            return self.wording.text("gave the first answer")
        return self.wording.text("wrote to the person")

    def assigned(self, details: Mapping[str, Any]) -> str:
        new = details.get("new")
        if new is None:
            return self.wording.text("took the assignment away; nobody has the ticket")
        return self.wording.text("assigned the ticket to {name}", name=self.name(new))

    def offices_changed(self, details: Mapping[str, Any]) -> str:
        new = details.get("new") or {}
        lead = self.office(new.get("lead"))
        involved = [self.office(office) for office in new.get("involved") or ()]
        if not involved:
            return self.wording.text("changed the offices; lead: {lead}, nobody else", lead=lead)
        return self.wording.text(
            "changed the offices; lead: {lead}, involved: {involved}",
            lead=lead,
            involved=self.wording.listing(involved),
        )

    def state_changed(self, details: Mapping[str, Any]) -> str:
        new = state_of(self.wording, str(details.get("new")), details.get("waiting_for"))
        return self.wording.text("set the state to “{state}”", state=new)

    def priority_changed(self, details: Mapping[str, Any]) -> str:
        if details.get("new") == "urgent":
            return self.wording.text("marked the ticket as urgent")
        return self.wording.text("marked the ticket as not urgent")

    def name(self, staff_id: Any) -> str:
        return self.names.get(staff_id) or self.wording.text("A colleague")

    def office(self, office_id: Any) -> str:
        try:
            return self.cw.pack.office(str(office_id)).name.in_language(self.wording.language)
        except UnknownOffice:
            return str(office_id)


_SPECIAL: dict[str, Callable[[_Teller, Mapping[str, Any]], str]] = {
    "opened": _Teller.opened,
    "person_wanted": _Teller.person_wanted,
    "replied": _Teller.replied,
    "assigned": _Teller.assigned,
    "offices_changed": _Teller.offices_changed,
    "state_changed": _Teller.state_changed,
    "priority_changed": _Teller.priority_changed,
}
