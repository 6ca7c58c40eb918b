"""What is told after something was done."""

from desk.catalogues import mark
from desk.wording import Wording

_NOTICES = {
    "replied": mark("Your message is on its way to the person."),
    "answered": mark("Your message is on its way; the ticket is marked as answered."),
    "noted": mark("The internal note is kept. The person does not see it."),
    "taken_over": mark("You have taken over the conversation. The bot is silent now."),
    "handed_back": mark("The bot speaks with the person again."),
    "assigned": mark("The assignment is changed."),
    "offices": mark("The offices are changed."),
    "state": mark("The state is changed."),
    "priority": mark("The urgency is changed."),
    "profile": mark("Your settings are kept."),
    "password": mark("Your password is changed. Other logins of yours have ended."),
    "logged_out": mark("You are logged out."),
}


def sentence(wording: Wording, key: str | None) -> str | None:
    """The sentence of a key; None for an unknown one."""
    message = _NOTICES.get(key or "")
    return wording.text(message) if message else None
