"""Answers from the knowledge base: shown as they are, with source and month."""

from collections.abc import Sequence

from bot.phrases.generic import menu_button
from bot.phrases.names import Entry
from bot.phrases.registry import (
    Payload,
    button,
    either,
    message,
    named,
    styled,
    words,
)
from bot.phrases.rendered import Button, Paragraph, Rendered
from bot.phrases.voice import Voice, mark

_NEXT_STEPS = {
    # Translators: buttons below an answer: what one may do next
    "offer_help": mark("I want to help"),
    "request_support": mark("Ask the office for support"),
    "request_interpreter": mark("I need an interpreter"),
    "register_organisation": mark("Register our organisation"),
    "complain": mark("Something went wrong"),
    "subscribe": mark("Get the newsletter"),
}
_NEXT_STEP_SLOTS = {"offer_help": "offer_kind", "request_support": "topic"}
PASS_ON = mark("Pass my question to the office")


def answer_paragraphs(voice: Voice, entry: Entry) -> list[Paragraph | str]:
    """Return an answer with its title, its source and, where needed, a word on its language."""
    missing = (
        voice.text(
            "I do not have this answer in your language yet. It is written in: {language}",
            language=voice.language_name(entry.language),
        )
        if entry.missing
        else ""
    )
    body = [Paragraph(part, "plain", entry.language) for part in entry.answer.split("\n\n")]
    link = [Paragraph(entry.url, "plain", "")] if entry.url else []
    return [
        missing,
        Paragraph(entry.title, "strong", entry.language),
        *body,
        *link,
        styled(voice, _source(voice, entry), "quiet"),
    ]


def _source(voice: Voice, entry: Entry) -> str:
    if entry.source_section:
        return voice.text(
            "Source: {source}, section {section}. As of {month}.",
            source=entry.source,
            section=entry.source_section,
            month=voice.month(entry.as_of),
        )
    return voice.text(
        "Source: {source}. As of {month}.", source=entry.source, month=voice.month(entry.as_of)
    )


def next_step(voice: Voice, entry: Entry) -> list[Button]:
    """Return the one button that leads on from an answer, if it has any."""
    action, _, detail = (entry.next_step or "").partition("/")
    if action not in _NEXT_STEPS:
        return []
    slot = _NEXT_STEP_SLOTS.get(action)
    payload = f'/{action}{{"{slot}":"{detail}"}}' if slot and detail else f"/{action}"
    return [button(voice, _NEXT_STEPS[action], payload)]


def _feedback(voice: Voice, entry: Entry) -> list[Button]:
    return [
        button(voice, mark("Yes, that helped"), _judged("yes", entry.id)),
        button(voice, mark("No, not really"), _judged("no", entry.id)),
    ]


def _judged(helpful: str, entry: str) -> str:
    return f'/feedback{{"helpful":"{helpful}","entry":"{entry}"}}'


@words("answer")
def answer(voice: Voice, payload: Payload) -> Rendered:
    """Show a curated answer and ask whether it helped."""
    entry = voice.names.entry(str(payload["entry"]), voice.language)
    if entry is None:
        return no_answer(voice, payload)
    pass_on = [button(voice, PASS_ON, "/pass_question")] if entry.missing else []
    return message(
        voice,
        *answer_paragraphs(voice, entry),
        voice.text("Did this help you?"),
        rows=[_feedback(voice, entry), next_step(voice, entry), pass_on],
    )


@words("suggestions", varies=True)
def suggestions(voice: Voice, payload: Payload) -> Rendered:
    """Offer the likeliest answers."""
    rows = [[one] for one in entry_buttons(voice, payload["entries"])]
    none = button(voice, mark("None of these"), "/pass_question")
    asked = either(
        voice,
        payload,
        mark("Do you mean one of these?"),
        mark("Is your answer among these?"),
    )
    return message(voice, asked, rows=[*rows, [none]])


def entry_buttons(voice: Voice, entries: Sequence[str]) -> list[Button]:
    """Return a button per answer, labelled with its title."""
    found = (voice.names.entry(entry, voice.language) for entry in entries)
    return [
        named(entry.title, f'/show_entry{{"entry":"{entry.id}"}}')
        for entry in found
        if entry is not None
    ]


@words("no_answer", varies=True)
def no_answer(voice: Voice, payload: Payload) -> Rendered:
    """Admit that there is no answer, and offer the office's."""
    return message(
        voice,
        either(
            voice,
            payload,
            mark(
                "I have no reliable answer to that, and I do not want to make one up. "
                "Shall I pass your question to the office? A person will answer you."
            ),
            mark(
                "I know nothing certain about this either. May I give it to the office, so that "
                "a person answers you?"
            ),
        ),
        rows=[[button(voice, PASS_ON, "/pass_question")], [menu_button(voice)]],
    )


@words("feedback_thanks")
def feedback_thanks(voice: Voice, payload: Payload) -> Rendered:
    """Thank for a judgement; where the answer did not help, offer the office."""
    if payload["helpful"] in ("yes", True):
        return message(
            voice, voice.text("I am glad. Thank you for telling me!"), rows=[[menu_button(voice)]]
        )
    return message(
        voice,
        voice.text(
            "Thank you for telling me. The office sees which answers do not help and improves "
            "them. Shall I pass your question on?"
        ),
        rows=[[button(voice, PASS_ON, "/pass_question")], [menu_button(voice)]],
    )


@words("events")
def events(voice: Voice, payload: Payload) -> Rendered:
    """Say what is known about dates, and offer to be told of new ones."""
    keep_informed = button(voice, mark("Tell me about new dates"), "/subscribe")
    return message(
        voice,
        voice.text("I have no calendar of single dates. This is what I can tell you about:"),
        rows=[
            *([one] for one in entry_buttons(voice, payload.get("entries", ()))),
            [keep_informed],
        ],
    )
