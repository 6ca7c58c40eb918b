"""What a message is taken for: the same code for the live conversation and for `understand`."""

from dataclasses import dataclass
from typing import Literal

from actions.turn import Turn
from casework.context import Casework
from casework.knowledge import Found

#: The form that an intent begins.
FORM_OF = {
    "offer_help": "offer",
    "request_support": "request",
    "request_interpreter": "interpreter",
    "register_organisation": "registration",
    "complain": "complaint",
    "pass_question": "question",
    "subscribe": "subscription",
    "delete_my_data": "deletion",
}
#: Intents that may answer a question of a form.
ANSWERS = frozenset(
    {"inform", "skip", "done", "change", "affirm", "deny", "resume", "switch", "back"}
)
#: Said in a few words, whatever is being asked for.
_SHORT = frozenset(
    {"cancel", "help", "talk_to_human", "change_language", "ticket_status", "greet", "goodbye",
     "thank"}
)  # fmt: skip
#: Intents that want to know something.
QUESTIONS = ("ask_question", "ask_events")
_QUESTIONS = frozenset({*QUESTIONS, "help"})
_MOST_WORDS = 8
_FEW_WORDS = 5
_PHRASES = frozenset({"greet", "goodbye", "thank"})
_LEAVING = frozenset({"cancel", "talk_to_human"})
#: In own words, "I speak Russian too" tells about somebody, and is no wish to speak Russian.
_SHORT_BESIDE = {
    "structured": _SHORT,
    "own_words": _SHORT - {"change_language"},
    "time": _SHORT,
    "report": _SHORT - {"change_language"},
    "name": frozenset({"cancel", "help", "talk_to_human"}),
}
#: Probabilities from which on a message is taken for something else than an answer.
_SURE_IN_OWN_WORDS = 0.6
_SURE_AT_A_TIME = 0.85
_EMERGENCY = 0.4
_EMERGENCY_IN_OWN_WORDS = 0.8
_EMERGENCY_IN_ANSWER = 0.8
#: A district or a telephone number alone comes close to it.
_PERHAPS_EMERGENCY = 0.6
_ALARM = 0.4
_SHORT_WISH = 0.3
_QUESTION = 0.3
_OTHER_FORM = 0.45
#: From which probability on a reading is worth a button, when the bot asks back.
READING = 0.1

Asked = Literal["structured", "own_words", "time", "name", "report"]


def alarms(turn: Turn) -> bool:
    """Whether the emergency numbers are said: also when danger is only the likeliest meaning."""
    name, share = turn.likeliest
    unclear = turn.intent in ("nlu_fallback", "out_of_scope")
    return turn.intent == "emergency" or (unclear and name == "emergency" and share >= _ALARM)


def _is_emergency(turn: Turn, asked: Asked, *, answers: bool) -> bool:
    """Danger interrupts at a lower probability than anything else, unless it is an answer."""
    if asked in ("own_words", "time", "report"):
        limit = _EMERGENCY_IN_OWN_WORDS
    else:
        limit = _EMERGENCY_IN_ANSWER if answers else _EMERGENCY
    return turn.likeliest[0] == "emergency" and turn.likeliest[1] >= limit


def perhaps_alarms(turn: Turn, *, answers: bool) -> bool:
    """Whether the numbers are said beside taking the answer: neither may be lost."""
    name, share = turn.likeliest
    between = _PERHAPS_EMERGENCY <= share < _EMERGENCY_IN_ANSWER
    return answers and not turn.pressed and name == "emergency" and between


def interrupts(cw: Casework, turn: Turn, asked: Asked, *, answers: bool) -> bool:
    """Whether the message is about something else than the question that was asked.

    `asked`: a structured answer is wanted; or own words, of a time perhaps; or a name; or a report
    (a complaint, a question for the office), in which anything but a call for help or for an end
    is an answer. `answers`: it can be read as an answer.
    """
    if turn.pressed:
        return turn.intent not in ANSWERS and turn.intent not in FORM_OF
    if _is_emergency(turn, asked, answers=answers):
        return True
    if _short_wish(turn, asked, answers=answers):
        return True
    if asked == "report" or turn.intent in FORM_OF:
        return False
    return _question(cw, turn, asked, answers=answers)


def _short_wish(turn: Turn, asked: Asked, *, answers: bool) -> bool:
    name, share = turn.intent, turn.confidence
    if name not in _SHORT_BESIDE[asked]:
        return False
    most = _FEW_WORDS if name in _PHRASES else _MOST_WORDS
    if asked != "structured":
        tells_a_time = asked == "time" and name not in _LEAVING
        sure = _SURE_AT_A_TIME if tells_a_time else _SURE_IN_OWN_WORDS
        return share >= sure and len(turn.words) <= most
    if answers:
        return share >= _SURE_IN_OWN_WORDS and name not in _PHRASES and not _names_a_value(turn)
    return share >= _SHORT_WISH


def _names_a_value(turn: Turn) -> bool:
    """A language, day or place: "Arabic" answers, even if it might be a wish to speak it."""
    return bool(turn.entities)


def _question(cw: Casework, turn: Turn, asked: Asked, *, answers: bool) -> bool:
    share = turn.share(*_QUESTIONS)
    if turn.asks:
        return share >= _QUESTION or (
            (answers or asked in ("own_words", "time")) and _known(cw, turn)
        )
    if asked == "structured":
        least = _SURE_IN_OWN_WORDS if _names_a_value(turn) else _QUESTION
        return not answers and share >= least
    if asked == "name":
        return False
    return share >= _SURE_IN_OWN_WORDS and _known(cw, turn)


def _known(cw: Casework, turn: Turn) -> bool:
    return cw.knowledge.look_up(turn.text, turn.language).decision == "answer"


def other_form(turn: Turn, present: str, asked: Asked, *, answers: bool) -> str | None:
    """The other form that is clearly wanted; None in own words, which may be about anything."""
    if turn.pressed:
        wanted = FORM_OF.get(turn.intent)
        return wanted if wanted != present else None
    name, share = turn.likeliest
    wanted = FORM_OF.get(name)
    if wanted in (None, present) or asked != "structured" or answers:
        return None
    return wanted if share >= _OTHER_FORM and len(turn.words) > 1 else None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to a question: `answer`, `suggest`, `say` (nothing known, out of scope …)."""

    decision: Literal["answer", "suggest", "say"]
    found: Found


def reply_to(cw: Casework, turn: Turn) -> Reply:
    """Sure: the answer. Unsure: suggestions, unless nobody seems to have asked anything."""
    found = cw.knowledge.look_up(turn.text, turn.language)
    if found.decision == "answer":
        return Reply("answer", found)
    if found.decision == "suggest" and turn.intent != "out_of_scope":
        return Reply("suggest", found)
    return Reply("say", found)


def reply_when_unclear(cw: Casework, turn: Turn) -> Reply:
    """What is said to a message whose intent is unsure: an answer only where one was asked for."""
    reply = reply_to(cw, turn)
    asked = turn.asks or turn.share(*QUESTIONS) >= READING
    return reply if reply.decision == "answer" and asked else Reply("suggest", reply.found)


def wants_a_form(turn: Turn) -> str | None:
    """The form that this message begins."""
    return FORM_OF.get(turn.intent)
