"""A ticket's conversation as the desk shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from casework.models import Message, OutboxItem, Ticket
from desk.catalogues import mark
from desk.labels import label
from desk.wording import Wording

Level = Literal["waiting", "sent", "failed", "unreachable"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether a message has arrived; the level is for the colour, the words say it all."""

    level: Level
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message."""

    id: int
    author: str
    who: str
    at: datetime
    text: str
    language: str | None
    edited_at: datetime | None
    original_text: str | None
    attachments: list[str]
    delivery: Delivery | None
    announcement: str


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who speaks with the person now, and what may be done about it."""

    level: Literal["bot", "me", "other", "nobody", "ended"]
    words: str
    may_take_over: bool
    may_hand_back: bool


_AUTHORS = {
    # Translators: who wrote a message
    "requester": mark("The person"),
    "bot": mark("The bot"),
    "staff": mark("A colleague"),
    "note": mark("A colleague"),
}
_ANNOUNCEMENTS = {
    # Translators: read out by a screen reader when a message appears
    "requester": mark("New message of the person"),
    "bot": mark("New message of the bot"),
    "staff": mark("New message of the office"),
    "note": mark("New internal note"),
}


def lines(wording: Wording, ticket: Ticket) -> tuple[list[Line], list[Line]]:
    """The messages before the ticket was opened, and those since."""
    earlier: list[Line] = []
    later: list[Line] = []
    for message in ticket.messages:
        before = message.at < ticket.opened_at and message.author in ("requester", "bot")
        (earlier if before else later).append(_line(wording, ticket, message))
    return earlier, later


def speaking(wording: Wording, ticket: Ticket, staff_id: int) -> Speaking:
    """Who speaks, as this member of staff sees it."""
    if ticket.requester is None:
        return Speaking("ended", wording.text("The person's data is deleted."), False, False)
    if ticket.state == "closed":
        return Speaking("ended", wording.text("This ticket is closed."), False, False)
    if ticket.speaker == "bot":
        return Speaking("bot", wording.text("The bot is speaking with the person."), True, False)
    if ticket.assignee_id == staff_id:
        return Speaking("me", wording.text("You are speaking, the bot is silent."), False, True)
    if ticket.assignee is None:
        words = wording.text("The person waits for somebody of the office, the bot is silent.")
        return Speaking("nobody", words, True, True)
    words = wording.text("{name} is speaking, the bot is silent.", name=ticket.assignee.name)
    return Speaking("other", words, True, True)


def last_word(ticket: Ticket) -> Message | None:
    """The newest message of the person or of the office."""
    spoken = [message for message in ticket.messages if message.author in ("requester", "staff")]
    return spoken[-1] if spoken else None


def _line(wording: Wording, ticket: Ticket, message: Message) -> Line:
    own = message.staff.name if message.staff else None
    author = message.author if message.author in _AUTHORS else "bot"
    who = own or wording.text(_AUTHORS[author])
    if author == "note":
        who = wording.text("Internal note of {name}", name=who)
    return Line(
        id=message.id,
        author=author,
        who=who,
        at=message.at,
        text=message.text,
        language=message.language or (ticket.language if author == "bot" else None),
        edited_at=message.edited_at,
        original_text=message.original_text,
        attachments=_attachments(wording, message.attachment),
        delivery=_delivery(wording, message.outbox),
        announcement=wording.text(_ANNOUNCEMENTS[author]),
    )


def _delivery(wording: Wording, item: OutboxItem | None) -> Delivery | None:
    if item is None:
        return None
    if item.state == "sent":
        at = wording.moment(item.sent_at or item.created_at)
        return Delivery("sent", wording.text("Sent {moment}", moment=at))
    if item.state == "failed":
        return Delivery("failed", wording.text("Could not be delivered"))
    if item.state == "unreachable":
        words = wording.text("Not delivered: the person has blocked the bot")
        return Delivery("unreachable", words)
    if item.problem:
        at = wording.moment(item.due_at)
        return Delivery("waiting", wording.text("Not sent yet, next try {moment}", moment=at))
    return Delivery("waiting", wording.text("Waiting to be sent"))


def _attachments(wording: Wording, attachment: Mapping[str, Any] | None) -> list[str]:
    if not attachment:
        return []
    kind = label(wording, "attachment", str(attachment.get("kind") or "document"))
    name = attachment.get("file_name") or attachment.get("name")
    return [wording.text("{kind}: {name}", kind=kind, name=name) if name else kind]
