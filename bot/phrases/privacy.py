"""What is stored about somebody, and its deletion."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.phrases.forms import fact_lines
from bot.phrases.generic import menu_button
from bot.phrases.labels import label, matter
from bot.phrases.registry import Payload, button, message, styled, words
from bot.phrases.rendered import Button, Rendered
from bot.phrases.voice import Voice, mark


def _data_buttons(voice: Voice) -> list[Button]:
    return [
        button(voice, mark("Delete my data"), "/delete_my_data"),
        menu_button(voice),
    ]


@words("privacy_notice")
def privacy_notice(voice: Voice, payload: Payload) -> Rendered:
    """Say what is kept, for what, how long, and how to get rid of it."""
    names = voice.names
    return message(
        voice,
        styled(voice, voice.text("Your data with us"), "strong"),
        voice.text(
            "This is a service of {city}. I use what you write here, and your language, to "
            "answer you and to bring your matter to the right office. A program sorts the "
            "messages; its answers were written by people. If you write through Telegram, "
            "Telegram handles your messages by its own rules, too.",
            city=names.city(voice.language),
        ),
        voice.plural(
            "Messages that do not belong to a matter are deleted after an hour.",
            "Messages that do not belong to a matter are deleted after {count} hours.",
            names.chat_hours,
        ),
        voice.plural(
            "When you give me something for the office, I ask you first. It is then kept until a "
            "day after it is closed, and made anonymous after that.",
            "When you give me something for the office, I ask you first. It is then kept until "
            "{count} days after it is closed, and made anonymous after that.",
            names.kept_days,
        ),
        voice.text("You can see and delete everything yourself, here and without giving reasons."),
        rows=[[button(voice, mark("Show my data"), "/show_data")], _data_buttons(voice)],
    )


@words("my_data")
def my_data(voice: Voice, payload: Payload) -> Rendered:
    """List what is stored about the person."""
    role, consent = payload.get("role"), payload.get("consent_at")
    lines = [
        voice.text("Language: {language}", language=voice.language_name(str(payload["language"]))),
    ]
    if role:
        lines.append(voice.text("Role: {role}", role=label(voice, "role", str(role))))
    if consent:
        moment = datetime.fromisoformat(str(consent))
        lines.append(voice.text("Agreed to storage on: {day}", day=voice.local_day(moment)))
    lines.append(
        voice.plural("{count} message", "{count} messages", int(payload.get("messages") or 0))
    )
    tickets = [_ticket(voice, ticket) for ticket in payload.get("tickets") or ()]
    return message(
        voice,
        styled(voice, voice.text("This is stored about you:"), "strong"),
        "\n".join(lines),
        voice.text("Your matters:") if tickets else None,
        *tickets,
        rows=[_data_buttons(voice)],
    )


def _ticket(voice: Voice, ticket: Mapping[str, Any]) -> str:
    head = (
        f"{voice.isolated(ticket['reference'])} – "
        f"{matter(voice, ticket['kind'], ticket.get('topic'))} "
        f"({label(voice, 'state', ticket['state'])})"
    )
    facts = {**(ticket.get("facts") or {}), "contact": ticket.get("contact") or "chat"}
    return f"{head}\n{fact_lines(voice, ticket['kind'], facts)}"


@words("confirm_deletion")
def confirm_deletion(voice: Voice, payload: Payload) -> Rendered:
    """Ask once more before everything is deleted."""
    return message(
        voice,
        voice.text(
            "Shall I delete everything that is stored about you? Matters that are still open "
            "will then not be dealt with any more. This cannot be undone."
        ),
        rows=[
            [button(voice, mark("Yes, delete everything"), "/affirm")],
            [button(voice, mark("No, keep it"), "/deny")],
        ],
        asked=("deletion", "confirm"),
    )


@words("data_deleted")
def data_deleted(voice: Voice, payload: Payload) -> Rendered:
    """Confirm the deletion."""
    return message(
        voice,
        voice.text(
            "Everything that was stored about you has been deleted. "
            "If you write again, we begin anew."
        ),
        standing=False,
    )


@words("deletion_kept")
def deletion_kept(voice: Voice, payload: Payload) -> Rendered:
    """Confirm that nothing has been deleted."""
    return message(
        voice, voice.text("All right, nothing has been deleted."), rows=[[menu_button(voice)]]
    )


@words("nothing_stored")
def nothing_stored(voice: Voice, payload: Payload) -> Rendered:
    """Say that there is nothing to show or delete."""
    return message(
        voice,
        voice.text("Nothing is stored about you, apart from your language and this conversation."),
        rows=[[menu_button(voice)]],
    )
