"""Asking back: what a message may have meant, as buttons in the person's words."""

from bot.phrases.generic import menu_button
from bot.phrases.knowledge import entry_buttons
from bot.phrases.labels import label
from bot.phrases.registry import PERSON, Payload, button, either, message, words
from bot.phrases.rendered import Button, Rendered
from bot.phrases.voice import Voice, mark

_GUESSES = {
    # Translators: buttons: what the person may have meant
    "offer_help": mark("I want to help"),
    "request_support": mark("Support for our organisation"),
    "request_interpreter": mark("I need an interpreter"),
    "register_organisation": mark("Register our organisation"),
    "complain": mark("Something went wrong"),
    "talk_to_human": PERSON,
    "emergency": mark("Danger: help is needed now"),
    "ticket_status": mark("What became of my matter?"),
    "ask_events": mark("Dates and events"),
    "subscribe": mark("Get the newsletter"),
    "change_language": mark("Change the language"),
    "delete_my_data": mark("See or delete my data"),
}


#: Sentence, slot, and the sentence's name for it, of readings that a kind or topic makes clearer.
_CLEARER = {
    # Translators: buttons: what the person may have meant; a kind of help, and what is needed
    "offer_help": (mark("I want to help: {kind}"), "offer_kind", "kind"),
    "request_support": (mark("For our organisation: {topic}"), "topic", "topic"),
}
#: What a reading begins where it is not called like the reading.
_BEGINS = {"delete_my_data": "show_data"}


def _guess(voice: Voice, guess: str) -> Button | None:
    """Return the button for a reading, `offer_help` or `offer_help/interpreting`."""
    intent, _, detail = guess.partition("/")
    if detail and intent in _CLEARER:
        sentence, slot, name = _CLEARER[intent]
        payload = f'/{intent}{{"{slot}":"{detail}"}}'
        return button(voice, sentence, payload, **{name: label(voice, slot, detail)})
    if intent not in _GUESSES:
        return None
    return button(voice, _GUESSES[intent], f"/{_BEGINS.get(intent, intent)}")


@words("not_understood", varies=True)
def not_understood(voice: Voice, payload: Payload) -> Rendered:
    """Ask back with the likeliest readings; from the second time in a row on, offer a person."""
    guesses = [_guess(voice, guess) for guess in payload.get("guesses") or ()]
    readings = [*entry_buttons(voice, payload.get("entries") or ()), *filter(None, guesses)]
    rows = [*([reading] for reading in readings), [menu_button(voice)]]
    if int(payload.get("attempts") or 1) > 1:
        return message(
            voice,
            either(
                voice,
                payload,
                mark(
                    "I still do not understand you, and that is not your fault. Shall a person "
                    "from the office take over?"
                ),
                mark(
                    "I am not getting any further on my own. A person at the office certainly "
                    "will: shall I hand over?"
                ),
            ),
            voice.text("Or did you mean one of these?") if readings else None,
            rows=[[button(voice, PERSON, "/talk_to_human")], *rows],
        )
    if readings:
        return message(
            voice,
            either(
                voice,
                payload,
                mark("I am not sure that I understood you. Is it one of these?"),
                mark("I would rather ask before I get you wrong. Do you mean one of these?"),
            ),
            rows=rows,
        )
    return message(
        voice,
        either(
            voice,
            payload,
            mark(
                "I did not quite understand that. Could you say it in other words, choose from "
                "the menu, or talk to a person?"
            ),
            mark("Could you put that differently for me, perhaps in a short sentence?"),
        ),
        rows=rows,
    )
