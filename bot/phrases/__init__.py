"""How things are said: payloads of keys in, words and buttons in the recipient's language out."""

from dataclasses import replace

import structlog

from bot.phrases import (
    asking,
    attachments,
    emergency,
    forms,
    generic,
    knowledge,
    privacy,
    tickets,
)
from bot.phrases.names import Names
from bot.phrases.registry import Payload, varied, wordings
from bot.phrases.rendered import Button, Paragraph, Rendered, units
from bot.phrases.voice import Voice, own_name

__all__ = [
    "Button",
    "Names",
    "Paragraph",
    "Rendered",
    "Voice",
    "own_name",
    "render",
    "units",
]

_log = structlog.get_logger()
#: The modules whose functions have registered themselves as wordings.
_TOPICS = (asking, attachments, emergency, forms, generic, knowledge, privacy, tickets)


def render(names: Names, payload: Payload, language: str) -> Rendered:
    """Word a payload; one that cannot be worded is logged and answered with honest words."""
    voice = Voice(language, names)
    key = str(payload.get("say"))
    wording = wordings.get(key)
    if wording is None:
        _log.error("unknown_say_key", say=key)
        return generic.service_trouble(voice, {})
    try:
        return _not_again(voice, payload, wording(voice, payload))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        # Only the kind of the problem: a payload may hold a person's words.
        _log.error("payload_not_worded", say=key, problem=type(problem).__name__)
        return generic.service_trouble(voice, {})


def _not_again(voice: Voice, payload: Payload, rendered: Rendered) -> Rendered:
    """Never say the same twice in a row without a word about it."""
    repeats = int(payload.get("repeats") or 0)
    if repeats % 2 == 0 or str(payload.get("say")) in varied:
        return rendered
    # Translators: stands before something that has just been said in the same words
    lead = Paragraph(voice.text("Once more:"), "plain", voice.language)
    return replace(rendered, paragraphs=(lead, *rendered.paragraphs))
