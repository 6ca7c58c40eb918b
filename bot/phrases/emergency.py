"""Words for acute danger: numbers first, calm and short."""

from bot.phrases.registry import Payload, button, message, styled, words
from bot.phrases.rendered import Rendered
from bot.phrases.voice import Voice, mark

AMBULANCE, POLICE, DOCTOR = "112", "110", "116 117"
WOMEN, COUNSELLING = "116 016", "0800 111 0 111"


@words("emergency")
def emergency(voice: Voice, payload: Payload) -> Rendered:
    """Give the emergency numbers, and offer to inform the office."""
    numbers = "\n".join(
        (
            voice.text("{number} – ambulance and fire brigade", number=AMBULANCE),
            voice.text("{number} – police", number=POLICE),
            voice.text("{number} – doctor on call, if it is not life-threatening", number=DOCTOR),
            voice.text(
                "{number} – help line for women who experience violence, day and night, "
                "in many languages",
                number=WOMEN,
            ),
            voice.text(
                "{number} – somebody to talk to in despair, anonymous, day and night",
                number=COUNSELLING,
            ),
        )
    )
    return message(
        voice,
        styled(
            voice,
            voice.text("If you or somebody else is in danger, please call for help right now:"),
            "strong",
        ),
        numbers,
        voice.text("The calls are free of charge. Say where you are and what has happened."),
        voice.text(
            "I am a machine and cannot send help. I can let the office know, but nobody there "
            "reads messages around the clock. Shall I do that?"
        ),
        rows=[
            [button(voice, mark("Yes, inform the office"), "/inform_office")],
            [button(voice, mark("Go on where we were"), "/resume")] if payload.get("form") else [],
        ],
    )


@words("danger_beside")
def danger_beside(voice: Voice, payload: Payload) -> Rendered:
    """Before the answer to a message whose words may mean danger, and most likely do not."""
    return message(
        voice,
        voice.text("If you or somebody else is in danger, please call for help right now:"),
        voice.text("{number} – ambulance and fire brigade", number=AMBULANCE),
        voice.text(
            "{number} – somebody to talk to in despair, anonymous, day and night",
            number=COUNSELLING,
        ),
        standing=False,
    )


@words("emergency_reported")
def emergency_reported(voice: Voice, payload: Payload) -> Rendered:
    """Confirm that the office has been told, and repeat the number that counts."""
    return message(
        voice,
        voice.text(
            "The office has your message, marked as urgent. A person will write to you here. "
            "Your number: {reference}",
            reference=payload["reference"],
        ),
        voice.text(
            "Please do not wait for that if somebody is in danger: call {number}.",
            number=AMBULANCE,
        ),
        standing=False,
    )
