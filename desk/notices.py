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
    "entry_kept": mark("Kept. The bot answers like this from now on."),
    "entry_kept_draft": mark("Kept. The bot does not use this entry yet."),
    "entry_kept_check": mark(
        "Kept. The bot answers like this from now on; the other languages are marked as to be "
        "checked."
    ),
    "entry_same": mark("Nothing was different, so nothing was changed."),
    "entry_created": mark("The draft is there. The bot uses it once you publish it."),
    "entry_published": mark("Published. The bot answers with this entry from now on."),
    "entry_withdrawn": mark("Withdrawn. The bot no longer answers with this entry."),
    "entry_facts": mark("Noted: the facts hold this month."),
    "entry_checked": mark("Noted: these translations still fit."),
    "entry_removed": mark("The language is removed. You find its words in the history."),
    "entry_restored": mark("The earlier words are back."),
    "entry_file": mark("The words of the file are in use now."),
    "asking_added": mark("The bot knows these words from now on."),
    "questions_aside": mark("The questions are put aside."),
    "words_kept": mark("Kept. Search takes these words for one another from now on."),
    "words_removed": mark("The words are removed from the list."),
    "profile": mark("Your settings are kept."),
    "password": mark("Your password is changed. Other logins of yours have ended."),
    "logged_out": mark("You are logged out."),
}


def sentence(wording: Wording, key: str | None) -> str | None:
    """The sentence of a key; None for an unknown one."""
    message = _NOTICES.get(key or "")
    return wording.text(message) if message else None
