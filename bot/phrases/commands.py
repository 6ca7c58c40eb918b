"""The bot's commands and what it says about itself in Telegram's lists."""

from bot.phrases.voice import Voice, mark

#: Every command with what it does; 1 to 256 characters, as Telegram demands.
COMMANDS = {
    # Translators: short descriptions in Telegram's list of commands
    "start": mark("Begin and show what I can do"),
    "help": mark("Show the menu"),
    "language": mark("Choose the language"),
    "offer": mark("Offer help as a volunteer"),
    "request": mark("Ask for support for an organisation"),
    "status": mark("See what became of my matter"),
    "human": mark("Talk to a person"),
    "cancel": mark("Stop what I have begun"),
    "privacy": mark("Read what happens to my data"),
    "mydata": mark("See or delete my data"),
}


def command_descriptions(voice: Voice) -> dict[str, str]:
    """Return every command with its description."""
    return {command: voice.text(words) for command, words in COMMANDS.items()}


def bot_name(voice: Voice) -> str:
    """Return the bot's name (at most 64 characters)."""
    return voice.text(
        # Translators: the bot's name in Telegram, at most 64 characters
        "Contact point {city}",
        city=voice.names.city(voice.language),
    )


def description(voice: Voice) -> str:
    """Return what an empty chat shows (at most 512 characters)."""
    return voice.text(
        # Translators: shown in Telegram before the first message, at most 512 characters
        "The contact point of {city} for volunteers and migrant organisations. Ask a question, "
        "offer your help, or ask for support – in ten languages. A machine answers, "
        "and you can talk to a person at any time.",
        city=voice.names.city(voice.language),
    )


def short_description(voice: Voice) -> str:
    """Return what the bot's profile shows (at most 120 characters)."""
    return voice.text(
        # Translators: shown on the bot's profile in Telegram, at most 120 characters
        "Questions, offers of help and requests for the contact point of {city}, in ten languages.",
        city=voice.names.city(voice.language),
    )
