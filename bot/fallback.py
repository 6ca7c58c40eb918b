"""What the bot does while Rasa is down: look answers up, take messages, say so honestly."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.wire import intent_of, values_of
from casework import knowledge, privacy, tickets
from casework.context import Casework
from casework.models import Requester, Ticket

Payloads = list[dict[str, Any]]
_SHOWN_TICKETS = 5


async def leave_with_office(cw: Casework, requester: Requester) -> Payloads:
    """Hand the conversation, with what was written in the last hour, to the office."""
    ticket = await tickets.hand_over(cw, requester.id, reason="asked")
    return [{"say": "message_left", "reference": ticket.reference}]


async def answer_text(cw: Casework, requester: Requester, text: str) -> Payloads:
    """Answer a message by search alone."""
    await cw.knowledge.prepare(text)
    found = cw.knowledge.look_up(text, requester.language)
    if found.decision == "nothing":
        return [{"say": "limited_nothing"}]
    if found.decision == "answer":
        return await _show(cw, requester, found.hits[0].id)
    entries = [hit.id for hit in found.hits]
    return [{"say": "suggestions", "entries": entries, "language": requester.language}]


async def answer_press(cw: Casework, requester: Requester, payload: str) -> Payloads:
    """Answer a button or command that needs no dialogue; for the others say what still works."""
    press = _PRESSES.get(intent_of(payload))
    if press is None:
        return [{"say": "limited_menu"}]
    return await press(cw, requester, values_of(payload))


async def _show(cw: Casework, requester: Requester, entry: str) -> Payloads:
    await knowledge.note_shown(cw, entry, requester.language)
    return [{"say": "answer", "entry": entry, "language": requester.language}]


async def _show_entry(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    return await _show(cw, requester, values.get("entry", ""))


async def _feedback(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    helpful = values.get("helpful", "no")
    entry = values.get("entry", "")
    await knowledge.note_feedback(cw, entry, requester.language, helpful == "yes")
    return [{"say": "feedback_thanks", "helpful": helpful, "entry": entry}]


async def _language(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    return [{"say": "language_changed", "language": values.get("language_choice", "")}]


async def _choose_language(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    return [{"say": "choose_language"}]


async def _person(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    ticket = await tickets.hand_over(cw, requester.id, reason="asked")
    return [handed_over(cw, ticket)]


async def _numbers(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    return [{"say": "emergency"}]


async def _emergency(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    ticket = await tickets.hand_over(cw, requester.id, reason="emergency")
    return [{"say": "emergency_reported", "reference": ticket.reference}]


async def _leave(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    return await leave_with_office(cw, requester)


async def _status(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    own = (await tickets.of_requester(cw, requester.id))[:_SHOWN_TICKETS]
    if not own:
        return [{"say": "no_tickets"}]
    return [{"say": "status", "tickets": [_line(ticket) for ticket in own]}]


async def _notice(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    return [{"say": "privacy_notice"}]


async def _data(cw: Casework, requester: Requester, values: dict[str, str]) -> Payloads:
    data = await privacy.my_data(cw, requester.id)
    return [{"say": "my_data", **data.payload()}]


def _line(ticket: Ticket) -> dict[str, Any]:
    return {
        "reference": ticket.reference,
        "kind": ticket.kind,
        "topic": ticket.topic,
        "lead": ticket.lead_office,
        "state": ticket.state,
        "opened_at": ticket.opened_at.isoformat(),
        "last_news_at": ticket.last_news_at.isoformat() if ticket.last_news_at else None,
    }


def handed_over(cw: Casework, ticket: Ticket) -> dict[str, Any]:
    """Return the payload that says that a person takes over, and when one is there."""
    now = cw.clock()
    until, opening = cw.calendar.open_until(now), cw.calendar.next_opening(now)
    return {
        "say": "handed_over",
        "reference": ticket.reference,
        "open_now": until is not None,
        "open_until": until.isoformat() if until else None,
        "next_opening": opening.isoformat() if opening else None,
    }


_Press = Callable[[Casework, Requester, dict[str, str]], Awaitable[Payloads]]
_PRESSES: dict[str, _Press] = {
    "show_entry": _show_entry,
    "feedback": _feedback,
    "set_language": _language,
    "change_language": _choose_language,
    "talk_to_human": _person,
    "emergency": _numbers,
    "inform_office": _emergency,
    "leave_message": _leave,
    "pass_question": _leave,
    "ticket_status": _status,
    "show_privacy": _notice,
    "show_data": _data,
}
