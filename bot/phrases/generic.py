"""Greeting, menu, courtesies, languages and what to say when something is not understood."""

from bot.phrases.registry import (
    MENU,
    PERSON,
    Payload,
    button,
    either,
    in_rows,
    message,
    named,
    styled,
    words,
)
from bot.phrases.rendered import Button, Paragraph, Rendered
from bot.phrases.voice import Voice, language_names, mark, own_name
from casework.languages import SERVED

_MENU = (
    # Translators: buttons of the menu, in the words of the person who presses them
    (mark("I want to help"), "/offer_help"),
    (mark("Support for our organisation"), "/request_support"),
    (mark("I need an interpreter"), "/request_interpreter"),
    (mark("Register our organisation"), "/register_organisation"),
    (mark("Dates and events"), "/ask_events"),
    (mark("Get the newsletter"), "/subscribe"),
    (mark("What became of my matter?"), "/ticket_status"),
    (mark("Something went wrong"), "/complain"),
    (mark("My data"), "/show_privacy"),
    (mark("Language"), "/change_language"),
)
_FIRST_STEPS = 4
_MENU_WIDTH = 2
_LANGUAGE_WIDTH = 3


def menu_buttons(voice: Voice, count: int | None = None) -> list[Button]:
    """Return the menu's buttons, or its first few."""
    return [button(voice, label, payload) for label, payload in _MENU[:count]]


def menu_button(voice: Voice) -> Button:
    """Return the button that shows the menu."""
    return button(voice, MENU, "/help")


def language_rows(width: int = _LANGUAGE_WIDTH) -> list[tuple[Button, ...]]:
    """Return the served languages, each in its own name."""
    return in_rows(
        [
            named(own_name(language), f'/set_language{{"language_choice":"{language}"}}')
            for language in SERVED
        ],
        width,
    )


@words("greeting")
def greeting(voice: Voice, payload: Payload) -> Rendered:
    """Say who is here, and at first contact also what this is."""
    if not payload.get("first"):
        return message(
            voice,
            voice.text("Hello again! What can I do for you?"),
            rows=in_rows(menu_buttons(voice), _MENU_WIDTH),
        )
    return message(
        voice,
        styled(voice, voice.text("Hello and welcome!"), "strong"),
        voice.text(
            "This is the contact point of {city} for volunteers and migrant organisations. "
            "I am a machine: I answer questions, and I take offers of help and requests to the "
            "right office. Whenever you like, you can talk to a person instead.",
            city=voice.names.city(voice.language),
        ),
        voice.text(
            "Just write what you need, in your own words and in your own language. "
            "Or choose something here:"
        ),
        rows=[*language_rows(), *in_rows(menu_buttons(voice, _FIRST_STEPS), _MENU_WIDTH)],
    )


@words("menu")
def menu(voice: Voice, payload: Payload) -> Rendered:
    """Say what the bot can do."""
    stale = voice.text("That button is from earlier and leads nowhere any more.")
    return message(
        voice,
        stale if payload.get("stale") else None,
        voice.text(
            "You can ask me about volunteering, funding, rooms, learning German, work, housing and "
            "offices in {city}. Just write your question.",
            city=voice.names.city(voice.language),
        ),
        voice.text("I can also take something on for you:"),
        rows=in_rows(menu_buttons(voice), _MENU_WIDTH),
    )


@words("goodbye", varies=True)
def goodbye(voice: Voice, payload: Payload) -> Rendered:
    """Say goodbye."""
    return message(
        voice,
        either(
            voice,
            payload,
            mark("Goodbye, and all the best! You can write to me at any time."),
            mark("Take care, and until next time!"),
        ),
    )


@words("you_are_welcome", varies=True)
def you_are_welcome(voice: Voice, payload: Payload) -> Rendered:
    """Answer thanks."""
    return message(
        voice,
        either(
            voice,
            payload,
            mark("You are welcome! If there is anything else, just write to me."),
            mark("Gladly! I am here whenever you need something."),
        ),
        rows=[[menu_button(voice)]],
    )


@words("out_of_scope", varies=True)
def out_of_scope(voice: Voice, payload: Payload) -> Rendered:
    """Lead back to what the bot can do."""
    return message(
        voice,
        either(
            voice,
            payload,
            mark(
                "I am afraid that is not something I know about. I can help with volunteering, "
                "with migrant organisations and with finding the right office in {city}."
            ),
            mark(
                "I cannot help with that one. But do ask me who in {city} gives advice, lends "
                "rooms or looks for volunteers."
            ),
            city=voice.names.city(voice.language),
        ),
        rows=[[menu_button(voice)]],
    )


@words("choose_language")
def choose_language(voice: Voice, payload: Payload) -> Rendered:
    """Offer the served languages."""
    return message(
        voice,
        voice.text("Which language shall we write in? You can change it at any time."),
        rows=language_rows(2),
    )


@words("unserved_language", varies=True)
def unserved_language(voice: Voice, payload: Payload) -> Rendered:
    """Say which languages are served: named in the person's own language, and in English."""
    english, code = Voice("en", voice.names), str(payload["language"])
    known = language_names(code, SERVED)
    return message(
        english,
        Paragraph(" · ".join(known), "strong", code) if known else None,
        english.text(
            "I cannot write in {language} yet. I can write in {languages}. "
            "A person at the office can take over and look for somebody who speaks it.",
            language=english.language_name(code),
            languages=english.listing(map(english.language_name, SERVED)),
        ),
        rows=[*language_rows(), [button(english, PERSON, "/talk_to_human")]],
    )


@words("next_matter")
def next_matter(voice: Voice, payload: Payload) -> Rendered:
    """Turn to the second thing that the first message was about."""
    return message(voice, voice.text("And now to the other thing you wrote about."), standing=False)


@words("language_changed")
def language_changed(voice: Voice, payload: Payload) -> Rendered:
    """Confirm the language, in that language."""
    return message(
        voice,
        voice.text(
            # Translators: said in your language, when somebody has just chosen it
            "From now on I write to you in English."
        ),
        rows=[[menu_button(voice)]],
    )


@words("service_trouble")
def service_trouble(voice: Voice, payload: Payload) -> Rendered:
    """Admit that something does not work, without promising more than is true."""
    return message(
        voice,
        voice.text(
            "I am sorry, something is not working on my side right now. Your message has not been "
            "answered yet. Please try again in a few minutes, or leave it with the office."
        ),
        rows=[[button(voice, LEAVE, "/leave_message")], [menu_button(voice)]],
    )


# Translators: button: the message goes to the office, where a person reads it
LEAVE = mark("Leave the message with the office")


@words("limited_menu")
def limited_menu(voice: Voice, payload: Payload) -> Rendered:
    """Say what still works while the dialogue is down."""
    return message(
        voice,
        voice.text(
            "At the moment I understand less than usual: I can look up answers and take messages "
            "for the office. What would you like to do?"
        ),
        rows=[[button(voice, LEAVE, "/leave_message")], *language_rows()],
    )


@words("limited_nothing")
def limited_nothing(voice: Voice, payload: Payload) -> Rendered:
    """Say that neither the dialogue nor the search has an answer right now."""
    return message(
        voice,
        voice.text(
            "At the moment I understand less than usual, and I found no reliable answer to your "
            "message. I have kept it. Shall I leave it with the office, so that a person "
            "answers you?"
        ),
        rows=[[button(voice, LEAVE, "/leave_message")], [menu_button(voice)]],
    )


@words("message_left")
def message_left(voice: Voice, payload: Payload) -> Rendered:
    """Confirm that the office has the message."""
    return message(
        voice,
        voice.text("The office has your message. A person will read it and answer you here."),
        voice.text("Your number: {reference}", reference=payload["reference"]),
        standing=False,
    )


@words("stale_button")
def stale_button(voice: Voice, payload: Payload) -> Rendered:
    """Say that a button belongs to something that is over."""
    return message(
        voice,
        voice.text(
            "This button belongs to an earlier question, so I have not changed anything. "
            "Please use the buttons of the newest message, or just write to me."
        ),
        rows=[[menu_button(voice)]],
    )


@words("group_hello")
def group_hello(voice: Voice, payload: Payload) -> Rendered:
    """Introduce the bot to a group."""
    return message(
        voice,
        voice.text(
            "Hello! In a group I only answer when somebody mentions me or replies to me. "
            "For everything personal, please write to me directly: {link}",
            link=payload["link"],
        ),
        standing=False,
    )


@words("group_private")
def group_private(voice: Voice, payload: Payload) -> Rendered:
    """Keep personal matters out of a group."""
    return message(
        voice,
        voice.text(
            "Let us settle that between the two of us, so that nobody else reads your details. "
            "Please write to me directly: {link}",
            link=payload["link"],
        ),
        standing=False,
    )
