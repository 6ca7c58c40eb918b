"""What became of somebody's matter, and the words around a person's answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.phrases.generic import menu_button
from bot.phrases.labels import label, matter
from bot.phrases.registry import Payload, button, message, styled, words
from bot.phrases.rendered import Paragraph, Rendered
from bot.phrases.voice import Voice, mark


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _answer_by(voice: Voice, payload: Payload) -> str:
    moment = _moment(payload.get("answer_by"))
    if moment is None:
        return voice.text("The office will answer you as soon as it can.")
    return voice.text(
        "The office will answer you by this day at the latest: {day}.",
        day=voice.local_day(moment),
    )


@words("ticket_opened")
def ticket_opened(voice: Voice, payload: Payload) -> Rendered:
    """Confirm a matter: number, who is in charge, when to expect an answer."""
    office = voice.names.office
    involved = [office(one, voice.language) for one in payload.get("involved") or ()]
    in_charge = voice.text(
        "In charge: {office}", office=office(str(payload["lead"]), voice.language)
    )
    others = voice.text("Also involved: {offices}", offices=voice.listing(involved))
    lines = [
        matter(voice, str(payload["kind"]), payload.get("topic")),
        in_charge,
        *([others] if involved else []),
    ]
    return message(
        voice,
        voice.text("Thank you! The office has it now."),
        styled(
            voice, voice.text("Your number: {reference}", reference=payload["reference"]), "strong"
        ),
        "\n".join(lines),
        _answer_by(voice, payload),
        _withdrawing(voice, str(payload["kind"])),
        rows=[[button(voice, mark("What became of it?"), "/ticket_status"), menu_button(voice)]],
    )


def _withdrawing(voice: Voice, kind: str) -> str:
    if kind == "offer":
        return voice.text(
            "If you change your mind, just talk to a person here and give your number: "
            "you can withdraw your offer at any time, without giving reasons."
        )
    return voice.text(
        "If it is no longer needed or something has changed, just talk to a person here "
        "and give your number."
    )


@words("complaint_received")
def complaint_received(voice: Voice, payload: Payload) -> Rendered:
    """Acknowledge a complaint, calmly."""
    return message(
        voice,
        voice.text(
            "Thank you for telling us. Your complaint is treated in confidence: only the people "
            "in charge of complaints read it, and they take it seriously."
        ),
        styled(
            voice, voice.text("Your number: {reference}", reference=payload["reference"]), "strong"
        ),
        _answer_by(voice, payload),
    )


@words("handed_over")
def handed_over(voice: Voice, payload: Payload) -> Rendered:
    """Say that a person takes over, and when one is there."""
    return message(
        voice,
        voice.text(
            "I have told the office that you would like to talk to a person. "
            "Your number: {reference}",
            reference=payload["reference"],
        ),
        _when_there(voice, payload),
        voice.text(
            "From now on I am silent and pass on everything you write here. "
            "So just go on writing what it is about."
        ),
        standing=False,
    )


def _when_there(voice: Voice, payload: Payload) -> str:
    until, opening = _moment(payload.get("open_until")), _moment(payload.get("next_opening"))
    if payload.get("open_now") and until is not None:
        return voice.text("Somebody is there right now, until {time}.", time=voice.time(until))
    if payload.get("open_now"):
        return voice.text("Somebody is there right now.")
    if opening is not None:
        return voice.text(
            "Nobody is there at the moment. Somebody will be there again: {moment}.",
            moment=voice.moment(opening),
        )
    return voice.text("Nobody is there at the moment. You will be answered as soon as possible.")


@words("status")
def status(voice: Voice, payload: Payload) -> Rendered:
    """List the person's own matters."""
    tickets = payload["tickets"]
    return message(
        voice,
        styled(
            voice,
            voice.plural("Your matter:", "Your {count} latest matters:", len(tickets)),
            "strong",
        ),
        *(_status_line(voice, ticket) for ticket in tickets),
        rows=[[menu_button(voice)]],
    )


def _status_line(voice: Voice, ticket: Mapping[str, Any]) -> Paragraph:
    lead, opened = ticket.get("lead"), _moment(ticket.get("opened_at"))
    news = _moment(ticket.get("last_news_at"))
    lines = [
        f"{voice.isolated(ticket['reference'])} – "
        f"{matter(voice, ticket['kind'], ticket.get('topic'))}",
        voice.text("State: {state}", state=label(voice, "state", ticket["state"])),
    ]
    if lead:
        office = voice.names.office(lead, voice.language)
        lines.append(voice.text("In charge: {office}", office=office))
    if opened:
        lines.append(voice.text("Received: {moment}", moment=voice.moment(opened)))
    if news:
        lines.append(voice.text("Last news: {moment}", moment=voice.moment(news)))
    return Paragraph("\n".join(lines), "plain", voice.language)


@words("no_tickets")
def no_tickets(voice: Voice, payload: Payload) -> Rendered:
    """Say that the person has no matter with the office."""
    return message(
        voice,
        voice.text("You have nothing with the office at the moment that I know of from this chat."),
        rows=[[menu_button(voice)]],
    )


@words("staff_reply")
def staff_reply(voice: Voice, payload: Payload) -> Rendered:
    """Deliver a coordinator's words as they are, with who wrote them."""
    head = voice.text(
        # Translators: stands above what a member of staff has written; {reference} is a number
        "{staff}, contact point ({reference}):",
        staff=payload["staff"],
        reference=payload["reference"],
    )
    body = [Paragraph(part, "plain", "") for part in str(payload["text"]).split("\n\n")]
    return message(voice, styled(voice, head, "quiet"), *body, standing=False)


@words("staff_joined")
def staff_joined(voice: Voice, payload: Payload) -> Rendered:
    """Say who is talking from now on."""
    return message(
        voice,
        voice.text(
            "{staff} from the contact point is now looking after your matter {reference}. "
            "I am silent and pass on what you write.",
            staff=payload["staff"],
            reference=payload["reference"],
        ),
        standing=False,
    )


@words("with_person")
def with_person(voice: Voice, payload: Payload) -> Rendered:
    """Say why a button does nothing while a person owns the conversation."""
    return message(
        voice,
        voice.text(
            "A person is looking after your matter {reference}, so I am silent for now. "
            "Just write: I pass it on.",
            reference=payload["reference"],
        ),
        standing=False,
    )


@words("handed_back")
def handed_back(voice: Voice, payload: Payload) -> Rendered:
    """Say that the machine answers again."""
    return message(
        voice,
        voice.text("From here on I, the machine, answer you again. What else can I do for you?"),
        rows=[[menu_button(voice)]],
    )


@words("ticket_resolved")
def ticket_resolved(voice: Voice, payload: Payload) -> Rendered:
    """Say that the office considers a matter answered."""
    return message(
        voice,
        voice.text(
            "The office considers your matter {reference} answered.",
            reference=payload["reference"],
        ),
        voice.plural(
            "If something is still missing, just write here within a day, "
            "and it will be taken up again.",
            "If something is still missing, just write here within {count} days, "
            "and it will be taken up again.",
            voice.names.reopen_days,
        ),
    )


@words("ticket_closed")
def ticket_closed(voice: Voice, payload: Payload) -> Rendered:
    """Say that a matter is closed."""
    return message(
        voice,
        voice.text(
            "Your matter {reference} is closed. You can write to me about anything else at "
            "any time.",
            reference=payload["reference"],
        ),
        rows=[[menu_button(voice)]],
    )


@words("ticket_reopened")
def ticket_reopened(voice: Voice, payload: Payload) -> Rendered:
    """Say that a matter is taken up again."""
    return message(
        voice,
        voice.text(
            "Your matter {reference} has been taken up again. A person will read your message.",
            reference=payload["reference"],
        ),
        standing=False,
    )
