"""The web chat's and the terminal's own words: titles, labels, notices."""

from bot.phrases.registry import MENU, PERSON
from bot.phrases.voice import Voice, mark

_PAGE = {
    # Translators: words of the web chat's page; many are read aloud by screen readers
    "title": mark("Chat with the contact point"),
    "tagline": mark("For volunteers and migrant organisations"),
    "skip": mark("Go to the message box"),
    "language": mark("Language"),
    "log": mark("Conversation"),
    "write": mark("Your message"),
    "placeholder": mark("Write your message here"),
    "send": mark("Send"),
    "person": PERSON,
    "menu": MENU,
    "choices": mark("Choices"),
    "you": mark("You"),
    "bot": mark("Contact point, answered by a machine"),
    "staff": mark("Contact point, answered by a person"),
    "sending": mark("Sending …"),
    "waiting": mark("One moment, please …"),
    "not_sent": mark("This message has not been sent."),
    "retry": mark("Send again"),
    "offline": mark("No connection. Your messages are sent as soon as it is back."),
    "online": mark("The connection is back."),
    "too_long": mark("This message is too long. Please send it in several shorter ones."),
    "too_fast": mark("That was a little fast. Please wait a moment before you write again."),
    "expired": mark("This page has been open for a long time. Please load it again."),
    "no_script": mark(
        "This chat needs JavaScript, which is switched off in your browser. "
        "Please switch it on and load the page again, or use another browser."
    ),
    "hint": mark("Enter sends the message, Shift and Enter begin a new line."),
    "privacy": mark("Data protection"),
    "new_messages": mark("Newest messages"),
    "trouble": mark("Something went wrong on our side. Please try again in a few minutes."),
}

_TERMINAL = {
    # Translators: words of the chat in a terminal
    "welcome": mark("Write a message, or the number of a choice. Ctrl-D ends the conversation."),
    "no_choice": mark("There is no choice with that number."),
    "you": mark("You"),
    "choices": mark("Choices"),
}


def page_words(voice: Voice) -> dict[str, str]:
    """Return all words of the page."""
    return {key: voice.text(words) for key, words in _PAGE.items()}


def terminal_words(voice: Voice) -> dict[str, str]:
    """Return all words of the terminal."""
    return {key: voice.text(words) for key, words in _TERMINAL.items()}
