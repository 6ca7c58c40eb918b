"""What a front hands to the conversation: one message, press or event, whatever the channel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.phrases.commands import COMMANDS
from casework.vocabulary import OFFER_KINDS, REQUEST_TOPICS

Event = Literal["message", "edit", "blocked", "unblocked", "joined"]

#: The longest text that is taken in, in characters.
TEXT_LIMIT = 4096

_PAYLOADS = {
    "start": "/greet",
    "help": "/help",
    "language": "/change_language",
    "offer": "/offer_help",
    "request": "/request_support",
    "status": "/ticket_status",
    "human": "/talk_to_human",
    "cancel": "/cancel",
    "privacy": "/show_privacy",
    "mydata": "/show_data",
}
_DEEP_LINKS = {
    "offer": "/offer_help",
    "request": "/request_support",
    "interpreter": "/request_interpreter",
    "register": "/register_organisation",
    "human": "/talk_to_human",
    **{f"offer_{kind}": f'/offer_help{{"offer_kind":"{kind}"}}' for kind in OFFER_KINDS},
    **{f"request_{topic}": f'/request_support{{"topic":"{topic}"}}' for topic in REQUEST_TOPICS},
}
_COMMAND = re.compile(r"/(?P<name>[A-Za-z_]+)(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
#: Controls that could turn the text around them; blanks and joiners inside words stay.
_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0000-\u0008\u000b-\u001f]")
_YES = frozenset("👍👌✅✔🆗🙂😀😊🙏")
_NO = frozenset("👎❌✖🚫")


@dataclass(frozen=True, slots=True)
class Group:
    """A group that something was written in, and how to be reached directly."""

    link: str
    spoken_to: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that came in from a person.

    `payload` is a button's or a command's; `asked` the mark of the question the button belonged
    to; `attachment` holds `kind` and the channel's own ids; `external_id` is the message's.
    `language_choice` is one made beside the conversation, such as in the page's header.
    """

    channel: str
    address: str
    event: Event = "message"
    language_hint: str | None = None
    language_choice: str | None = None
    text: str = ""
    payload: str | None = None
    asked: str | None = None
    attachment: Mapping[str, Any] | None = None
    external_id: str | None = None
    group: Group | None = None


def command_payload(text: str) -> str | None:
    """Return what a command stands for; None where the text is none."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None or found["name"].lower() not in COMMANDS:
        return None
    name, rest = found["name"].lower(), (found["rest"] or "").strip()
    if name == "start" and rest:
        return _DEEP_LINKS.get(rest, _PAYLOADS["start"])
    return _PAYLOADS[name]


def readable(text: str) -> str:
    """Return the text without controls that turn it around, and without a leading slash.

    Only buttons and commands may look like a payload to Rasa.
    """
    cleaned = _CONTROLS.sub("", text).strip()
    while cleaned.startswith("/"):
        cleaned = cleaned.lstrip("/").lstrip()
    return cleaned


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(character.isalnum() for character in _UNSEEN.sub("", text))


def as_yes_or_no(text: str) -> str | None:
    """Return the payload that a thumb up or down stands for."""
    signs = set(text)
    if signs & _YES and not signs & _NO:
        return "/affirm"
    return "/deny" if signs & _NO and not signs & _YES else None
