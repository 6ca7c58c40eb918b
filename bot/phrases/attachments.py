"""Pictures, voice messages, edits and other things that are not plain text."""

from bot.phrases.generic import menu_button
from bot.phrases.registry import Payload, message, person, words
from bot.phrases.rendered import Rendered
from bot.phrases.voice import Voice, mark

_WITHOUT_TICKET = {
    "photo": mark(
        "Thank you for the picture. I cannot see what is in it, but a person can: "
        "talk to the office and send it again. Or write to me what it is about."
    ),
    "document": mark(
        "Thank you for the document. I cannot read it, but a person can: "
        "talk to the office and send it again. Or write to me what it is about."
    ),
    "voice": mark(
        "I cannot listen to voice messages, I am sorry. Could you write to me what it is about? "
        "Or talk to a person."
    ),
    "audio": mark(
        "I cannot listen to recordings, I am sorry. Could you write to me what it is about? "
        "Or talk to a person."
    ),
    "video": mark(
        "Thank you for the video. I cannot watch it, but a person can: "
        "talk to the office and send it again. Or write to me what it is about."
    ),
    "location": mark(
        "Thank you for the location. I cannot do anything with it on my own. "
        "Could you write to me what you are looking for?"
    ),
    "contact": mark(
        "Thank you for the contact. I do not keep it, because I do not know what it is for. "
        "Could you write to me what it is about?"
    ),
    "sticker": mark("Thank you! What can I do for you? Just write it in your own words."),
}


@words("attachment_noted")
def attachment_noted(voice: Voice, payload: Payload) -> Rendered:
    """Confirm that something goes with a ticket."""
    return message(
        voice,
        voice.text(
            "Thank you, I have added that to your matter {reference}. The office will see it.",
            reference=payload["reference"],
        ),
    )


@words("attachment_without_ticket")
def attachment_without_ticket(voice: Voice, payload: Payload) -> Rendered:
    """Say what can be done with something sent while no ticket is open."""
    sentence = _WITHOUT_TICKET.get(str(payload["kind"]))
    if sentence is None:
        return unsupported(voice, payload)
    return message(voice, voice.text(sentence), rows=[[person(voice)], [menu_button(voice)]])


@words("unsupported")
def unsupported(voice: Voice, payload: Payload) -> Rendered:
    """Say that this kind of message cannot be dealt with."""
    return message(
        voice,
        voice.text(
            "I cannot do anything with this kind of message, I am sorry. "
            "Could you write to me what it is about?"
        ),
        rows=[[menu_button(voice)]],
    )


@words("too_long")
def too_long(voice: Voice, payload: Payload) -> Rendered:
    """Ask for a shorter message."""
    return message(
        voice,
        voice.text(
            "That is more than I can take in one message. Please send it in several shorter ones."
        ),
    )


@words("nothing_readable")
def nothing_readable(voice: Voice, payload: Payload) -> Rendered:
    """Answer a message without words."""
    return message(
        voice,
        voice.text("What can I do for you? Just write it in your own words."),
        rows=[[menu_button(voice)]],
    )


@words("edited_in_form")
def edited_in_form(voice: Voice, payload: Payload) -> Rendered:
    """Say how to correct an answer of a form that is under way."""
    return message(
        voice,
        voice.text(
            "I have seen that you changed a message. I cannot tell which answer you mean by it: "
            "please write it once more, or change it at the end, when I show you everything."
        ),
    )


@words("edited_too_late")
def edited_too_late(voice: Voice, payload: Payload) -> Rendered:
    """Say that a changed message is too old to be found."""
    return message(
        voice,
        voice.text(
            "You have changed a message that I no longer have. If the change matters, "
            "please write it to me again."
        ),
    )
