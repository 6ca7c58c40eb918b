"""A ticket's page and everything that can be done there."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from starlette.responses import Response

from casework import staff as staff_cases
from casework import tickets
from casework.errors import CaseworkError, InvalidFact, NotAllowed, UnknownStaff, UnknownTicket
from casework.models import Staff, Ticket
from casework.moves import MOVES
from casework.strings import REPLY_LIMIT
from casework.vocabulary import UNDER_WAY, Priority, State, WaitingFor
from desk import facts, live
from desk.catalogues import mark
from desk.conversation import last_word, lines, speaking
from desk.due import clocks_of, due_of
from desk.errors import ChangedMeanwhile, sentence_of, status_of
from desk.history import entries
from desk.labels import label
from desk.views.queue import office_choices
from desk.visit import View, Visit


@dataclass(frozen=True, slots=True)
class Draft:
    """What was entered and could not be taken, so that nobody has to enter it again."""

    reply: str = ""
    note: str = ""
    assign: bool = False
    offices: bool = False
    lead: str = ""
    involved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A state that may follow, and the words on its button."""

    to: str
    words: str


@dataclass(slots=True)
class Turns:
    """One after another per ticket, so that a look and the change after it belong together."""

    locks: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def of(self, ticket_id: int) -> asyncio.Lock:
        """The lock of a ticket."""
        return self.locks.setdefault(ticket_id, asyncio.Lock())


_EMAIL = re.compile(r"[^\s@?&<>]+@[^\s@?&<>]+")
_TELEPHONE = re.compile(r"\+?[\d\s()/.-]{5,24}")

Act = Callable[[Visit, Ticket], Awaitable[str]]

_ASSIGNED = mark("Somebody else changed the assignment in the meantime. Please look again.")
_OFFICES = mark("Somebody else changed the offices in the meantime. Please look again.")
_STATE = mark("The state was changed in the meantime. Please look again.")
_CONVERSATION = mark(
    "Somebody else took over or gave back the conversation in the meantime. Please look again."
)
_PERSON_WROTE = mark(
    "The person has written in the meantime. Your text is still here and was not sent: "
    "please read the new message, then send."
)
_COLLEAGUE_WROTE = mark(
    "A colleague has written to the person in the meantime. Your text is still here and was "
    "not sent: please read the new message, then send."
)
_ALREADY_SENT = mark(
    "You have written to the person in the meantime; this text may be sent already. "
    "Please look before you send it again."
)
_NOT_FOR_COLLEAGUE = mark("That member of staff may not see confidential complaints.")


async def show(visit: Visit) -> Response:
    """The ticket."""
    return await _page(visit, await _ticket(visit))


async def watch(visit: Visit) -> Response:
    """The stream that tells the open page to look again."""
    ticket = await _ticket(visit)

    async def look(staff: Staff) -> str:
        return _fingerprint(visit, await tickets.read(visit.cw, ticket.id, staff))

    return live.stream(visit, (f"ticket:{ticket.id}",), look)


def action(act: Act, anchor: str = "") -> View:
    """A form of the page: done, or shown again with what was entered and what was wrong."""

    async def view(visit: Visit) -> Response:
        ticket_id = _id(visit)
        home = visit.link("ticket", ticket_id=ticket_id)
        if visit.request.method != "POST":
            return visit.go(home)
        turns: Turns = visit.request.app.state.turns
        async with turns.of(ticket_id):
            ticket = await _ticket(visit)
            try:
                done = await act(visit, ticket)
            except (NotAllowed, UnknownTicket):
                raise
            except CaseworkError as problem:
                return await _refused(visit, ticket_id, problem)
        return visit.go(home + anchor, done=done)

    return view


async def reply(visit: Visit, ticket: Ticket) -> str:
    """Write to the person, and with the second button call the ticket answered."""
    _check_seen(visit, ticket)
    await tickets.reply(visit.cw, ticket.id, visit.staff.id, visit.value("text"))
    if visit.value("then") != "resolved":
        return "replied"
    await tickets.change_state(visit.cw, ticket.id, visit.staff.id, "resolved")
    return "answered"


async def note(visit: Visit, ticket: Ticket) -> str:
    """Keep an internal note."""
    await tickets.note(visit.cw, ticket.id, visit.staff.id, visit.value("text"))
    return "noted"


async def take_over(visit: Visit, ticket: Ticket) -> str:
    """The bot is silent from now on."""
    _check_owner(visit, ticket)
    await tickets.take_over(visit.cw, ticket.id, visit.staff.id)
    return "taken_over"


async def hand_back(visit: Visit, ticket: Ticket) -> str:
    """The bot speaks again."""
    _check_owner(visit, ticket)
    await tickets.hand_back(visit.cw, ticket.id, visit.staff.id)
    return "handed_back"


async def assign(visit: Visit, ticket: Ticket) -> str:
    """Give the ticket to oneself, a colleague or nobody."""
    if visit.value("was") != str(ticket.assignee_id or ""):
        raise ChangedMeanwhile(_ASSIGNED)
    wanted = str(visit.staff.id) if visit.value("me") else visit.value("assignee")
    if wanted and not (wanted.isascii() and wanted.isdigit()):
        raise UnknownStaff(wanted)
    assignee = int(wanted) if wanted else None
    try:
        await tickets.assign(visit.cw, ticket.id, visit.staff.id, assignee)
    except NotAllowed:
        # The ticket itself may be seen, or the page would not be there.
        raise ChangedMeanwhile(_NOT_FOR_COLLEAGUE) from None
    return "assigned"


async def offices(visit: Visit, ticket: Ticket) -> str:
    """Put other offices in charge."""
    if visit.value("was") != _offices_token(ticket):
        raise ChangedMeanwhile(_OFFICES)
    await tickets.change_offices(
        visit.cw,
        ticket.id,
        visit.staff.id,
        lead=visit.value("lead"),
        involved=visit.values("involved"),
    )
    return "offices"


async def state(visit: Visit, ticket: Ticket) -> str:
    """Bring the ticket into another state."""
    if visit.value("was") != f"{ticket.state}:{ticket.waiting_for or ''}":
        raise ChangedMeanwhile(_STATE)
    wanted, _, waiting_for = visit.value("to").partition(":")
    await tickets.change_state(
        visit.cw, ticket.id, visit.staff.id, wanted, waiting_for=_waiting_for(waiting_for)
    )
    return "state"


async def priority(visit: Visit, ticket: Ticket) -> str:
    """Mark the ticket urgent, or not urgent any more."""
    wanted: Priority = "urgent" if visit.value("priority") == "urgent" else "normal"
    await tickets.change_priority(visit.cw, ticket.id, visit.staff.id, wanted)
    return "priority"


async def _refused(visit: Visit, ticket_id: int, problem: CaseworkError) -> Response:
    """The page as it is now, with what was entered."""
    name = visit.request.url.path.rsplit("/", 1)[-1]
    text = visit.value("text")
    draft = Draft(
        reply=text if name == "reply" else "",
        note=text if name == "note" else "",
        assign=name == "assign",
        offices=name == "offices",
        lead=visit.value("lead"),
        involved=tuple(visit.values("involved")),
    )
    ticket = await tickets.read(visit.cw, ticket_id, visit.staff)
    sentence = sentence_of(visit.wording, problem)
    return await _page(visit, ticket, status_of(problem), sentence, draft)


async def _page(
    visit: Visit,
    ticket: Ticket,
    status: int = 200,
    problem: str = "",
    draft: Draft | None = None,
) -> Response:
    people = await staff_cases.colleagues(visit.cw)
    return visit.page(
        "ticket.html",
        status,
        ticket=ticket,
        problem=problem,
        **_about(visit, ticket),
        **_talk(visit, ticket),
        **_charge(visit, ticket, people, draft or Draft()),
    )


def _about(visit: Visit, ticket: Ticket) -> dict[str, Any]:
    home, seen = visit.link("ticket", ticket_id=ticket.id), _fingerprint(visit, ticket)
    return {
        "heading": heading(visit, ticket),
        "due": due_of(visit.wording, ticket),
        "clocks": clocks_of(visit.wording, ticket),
        "facts": facts.rows(visit.cw, visit.wording, {**ticket.facts, **_reason(ticket)}),
        "contact_link": _contact_link(ticket.contact),
        "under_way": ticket.state in UNDER_WAY,
        "page_link": home,
        "stream_link": f"{visit.link('ticket_live', ticket_id=ticket.id)}?seen={seen}",
    }


def _contact_link(contact: str | None) -> str | None:
    """An address that the mail program or the telephone opens; None for other words."""
    if contact and _EMAIL.fullmatch(contact):
        return f"mailto:{contact}"
    if contact and _TELEPHONE.fullmatch(contact):
        return "tel:" + re.sub(r"[^+\d]", "", contact)
    return None


def _reason(ticket: Ticket) -> dict[str, Any]:
    """Why a person is wanted, as it was said last."""
    wanted = [event for event in ticket.events if event.kind == "person_wanted"]
    return {"reason": wanted[-1].details.get("reason")} if wanted else {}


def _talk(visit: Visit, ticket: Ticket) -> dict[str, Any]:
    earlier, later = lines(visit.wording, ticket)
    who = speaking(visit.wording, ticket, visit.staff.id)
    return {
        "earlier": earlier,
        "later": later,
        "speaking": who,
        "unreachable": ticket.requester is not None and not ticket.requester.reachable,
        "seen_token": _seen_token(ticket),
        "reply_limit": REPLY_LIMIT,
        "reply_hint": _reply_hint(visit, who.level),
        "may_write": who.level != "ended",
        "silent_reason": who.words,
    }


def _charge(visit: Visit, ticket: Ticket, people: list[Staff], draft: Draft) -> dict[str, Any]:
    names = {person.id: person.name for person in people}
    involved = [row.office for row in ticket.involved]
    reason = ticket.routing_reason
    return {
        "draft": draft,
        "moves": moves(visit, ticket),
        "colleagues": [p for p in people if p.complaints or not ticket.confidential],
        "involved": involved,
        "offices": office_choices(visit),
        "offices_token": _offices_token(ticket),
        "wanted_lead": draft.lead if draft.offices else ticket.lead_office,
        "wanted_involved": draft.involved if draft.offices else involved,
        "routing_reason": reason.get(visit.wording.language) or reason.get("de"),
        "log": entries(visit.cw, visit.wording, ticket.events, names),
    }


def heading(visit: Visit, ticket: Ticket) -> str:
    """What a ticket is about, in a line."""
    kind = label(visit.wording, "kind", ticket.kind)
    if not ticket.topic:
        return kind
    topic = label(visit.wording, "topic", ticket.topic)
    # Translators: the kind of a ticket and its topic, such as "Help offer: Interpreting"
    return visit.wording.text("{kind}: {topic}", kind=kind, topic=topic)


def moves(visit: Visit, ticket: Ticket) -> list[Move]:
    """The states that may follow the present one."""
    present: State = ticket.state  # type: ignore[assignment]  # the column holds nothing else
    found = []
    for following in MOVES[present]:
        keys: tuple[str, ...] = (following,)
        if following == "waiting":
            keys = ("waiting:requester", "waiting:office")
        found += [key for key in keys if key != f"{ticket.state}:{ticket.waiting_for}"]
    return [Move(key, _move_words(visit, ticket, key)) for key in found]


def _move_words(visit: Visit, ticket: Ticket, key: str) -> str:
    wording = visit.wording
    words = {
        # Translators: buttons that change a ticket's state
        "open": wording.text("Take up"),
        "waiting:requester": wording.text("Wait for the person"),
        "waiting:office": wording.text("Wait for an office"),
        "resolved": wording.text("Mark as answered"),
        "closed": wording.text("Close for good"),
    }
    if key == "open" and ticket.state == "waiting":
        return wording.text("Go on working")
    if key == "open" and ticket.state == "resolved":
        return wording.text("Open again")
    return words[key]


def _reply_hint(visit: Visit, level: str) -> str:
    wording = visit.wording
    if level == "me":
        return wording.text("The bot does not translate: write in a language the person reads.")
    if level == "other":
        return wording.text("With your reply you take over the conversation from your colleague.")
    return wording.text("With your reply you take over the conversation; the bot is silent then.")


async def _ticket(visit: Visit) -> Ticket:
    return await tickets.read(visit.cw, _id(visit), visit.staff)


def _id(visit: Visit) -> int:
    return int(visit.request.path_params["ticket_id"])


def _seen_token(ticket: Ticket) -> str:
    """What somebody who writes must have seen: the last word, and whose conversation it is."""
    last = last_word(ticket)
    return f"{last.id if last else 0}.{ticket.assignee_id or 0}.{ticket.speaker}"


def _check_seen(visit: Visit, ticket: Ticket) -> None:
    """Refuse a reply that was written without knowing the newest; raises ChangedMeanwhile."""
    last = last_word(ticket)
    if last is not None and not visit.value("seen").startswith(f"{last.id}."):
        raise ChangedMeanwhile(_last_word_sentence(visit, last.author, last.staff_id))
    _check_owner(visit, ticket)


def _check_owner(visit: Visit, ticket: Ticket) -> None:
    """Refuse what was decided while the conversation was somebody else's."""
    if visit.value("seen").partition(".")[2] != _seen_token(ticket).partition(".")[2]:
        raise ChangedMeanwhile(_CONVERSATION)


def _last_word_sentence(visit: Visit, author: str, staff_id: int | None) -> str:
    if author == "requester":
        return _PERSON_WROTE
    return _ALREADY_SENT if staff_id == visit.staff.id else _COLLEAGUE_WROTE


def _offices_token(ticket: Ticket) -> str:
    return " ".join([ticket.lead_office, *sorted(row.office for row in ticket.involved)])


def _waiting_for(key: str) -> WaitingFor | None:
    if key == "":
        return None
    if key == "requester":
        return "requester"
    if key == "office":
        return "office"
    raise InvalidFact("waiting_for", "unknown")


def _fingerprint(visit: Visit, ticket: Ticket) -> str:
    """Everything of the page that can change by itself."""
    requester = ticket.requester
    messages = [
        (m.id, m.edited_at, m.outbox and (m.outbox.state, m.outbox.due_at, m.outbox.problem))
        for m in ticket.messages
    ]
    events = ticket.events[-1].id if ticket.events else 0
    return live.fingerprint(
        ticket.updated_at,
        ticket.feedback,
        ticket.anonymised_at,
        requester and requester.reachable,
        messages,
        events,
        [clock.due for clock in clocks_of(visit.wording, ticket) if clock.due.level != "later"],
    )
