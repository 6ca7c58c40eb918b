"""Questions: curated answers, suggestions, or an honest no."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import FollowupAction

from actions.base import OfficeAction, Speech, set_slot
from actions.decision import (
    FORM_OF,
    QUESTIONS,
    READING,
    Reply,
    alarms,
    reply_to,
    reply_when_unclear,
)
from actions.emergencies import alarm
from actions.fields import KIND_SURE
from actions.turn import Event, Turn
from casework import knowledge
from casework.errors import UnknownEntry

#: Intents that are offered as buttons when nothing was understood.
_GUESSES = (
    "emergency",
    *FORM_OF,
    "talk_to_human",
    "ticket_status",
    "ask_events",
    "change_language",
)
_FACET_OF = {"offer_help": "offer_kind", "request_support": "topic"}
_MOST_READINGS = 3
_MOST_EVENTS = 3
#: Where dates are announced, when no entry fits the words better.
EVENT_ENTRIES = ("volunteering/training", "service/newsletter", "organisations/networking")


class Answer(OfficeAction):
    """`action_answer`: what is known on what was asked."""

    action = "action_answer"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Answer, suggest, ask back, or say that nothing is known; then the other matter."""
        if alarms(turn):
            return alarm(turn, speech)
        wanted = turn.part(*FORM_OF) if turn.form is None else None
        question = (turn.part(*QUESTIONS) if wanted else None) or turn
        if question.intent == "nlu_fallback" and wanted is None:
            return await self._unclear(turn, speech)
        events = await self._reply(question, speech)
        return [*events, FollowupAction(f"{FORM_OF[wanted.intent]}_form")] if wanted else events

    async def _reply(self, turn: Turn, speech: Speech) -> list[Event]:
        if turn.intent not in (*QUESTIONS, "out_of_scope"):
            return []
        reply = await looked_up(self, turn)
        entries = [hit.id for hit in reply.found.hits]
        if reply.decision == "answer":
            return await show(self, turn, speech, entries[0], asked=turn.text)
        if turn.intent == "out_of_scope":
            speech.say("out_of_scope")
            return []
        if reply.decision == "suggest":
            await knowledge.note_unanswered(self.cw, turn.text, turn.language, "unsure")
            speech.say("suggestions", entries=entries, language=turn.language)
            return _remembered(turn)
        await knowledge.note_unanswered(self.cw, turn.text, turn.language, "nothing")
        speech.say("no_answer")
        return [*_remembered(turn), set_slot("failures", _failures(turn))]

    async def _unclear(self, turn: Turn, speech: Speech) -> list[Event]:
        """Ask which of the likely readings is meant; the second time in a row, offer a person."""
        await self.cw.knowledge.prepare(turn.text)
        reply = reply_when_unclear(self.cw, turn)
        entries = [hit.id for hit in reply.found.hits]
        asked = turn.share(*QUESTIONS)
        if reply.decision == "answer":
            return await show(self, turn, speech, entries[0], asked=turn.text)
        guesses = readings(turn)
        room = max(_MOST_READINGS - len(guesses), 1 if asked >= READING else 0)
        failures = _failures(turn)
        speech.say(
            "not_understood",
            guesses=guesses[: _MOST_READINGS - min(room, len(entries))] or None,
            entries=entries[:room] or None,
            attempts=failures if failures > 1 else None,
        )
        events = [set_slot("failures", failures), set_slot("unclear", _kept(turn))]
        if failures > 1:
            return [*events, set_slot("offered", "person")]
        return [*events, set_slot("last_question", turn.text), set_slot("last_entry", None)]


def _failures(turn: Turn) -> int:
    return int(turn.slots.get("failures") or 0) + 1


def _kept(turn: Turn) -> dict[str, Any]:
    return {"text": turn.text, "entities": list(turn.entities), "kinds": dict(turn.kinds)}


def readings(turn: Turn) -> list[str]:
    """What a message may mean, likeliest first: intents, with the kind or topic that is likely.

    `offer_help/interpreting`; only what can be begun by a button, and is not quite unlikely.
    """
    likely = [(name, share) for name, share in turn.ranking if name in _GUESSES]
    return [_reading(turn, name) for name, share in likely if share >= READING][:_MOST_READINGS]


def _reading(turn: Turn, intent: str) -> str:
    facet = _FACET_OF.get(intent)
    ranking = turn.kinds.get(facet or "") or ()
    name, share = (ranking[0]["name"], ranking[0]["confidence"]) if ranking else ("-", 0.0)
    return f"{intent}/{name}" if name != "-" and share >= KIND_SURE else intent


async def looked_up(action: OfficeAction, turn: Turn) -> Reply:
    """What is known on a text, which may be half of a message only."""
    await action.cw.knowledge.prepare(turn.text)
    return reply_to(action.cw, turn)


def _remembered(turn: Turn) -> list[Event]:
    return [
        set_slot("last_question", turn.text),
        set_slot("last_entry", None),
        set_slot("offered", "pass_question"),
    ]


async def show(
    action: OfficeAction, turn: Turn, speech: Speech, entry: str, *, asked: str | None = None
) -> list[Event]:
    """Show an entry, and remember it and the question."""
    action.cw.knowledge.text(entry, turn.language)  # UnknownEntry before anything is said
    speech.say("answer", entry=entry, language=turn.language)
    await knowledge.note_shown(action.cw, entry, turn.language)
    events = [set_slot("last_entry", entry)]
    return [*events, set_slot("last_question", asked)] if asked else events


class ShowEntry(OfficeAction):
    """`action_show_entry`: one of the suggestions."""

    action = "action_show_entry"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Show it, if it is still there."""
        try:
            return await show(self, turn, speech, str(turn.value("entry") or ""))
        except UnknownEntry:
            speech.say("menu", stale=True)
            return []


class Events(OfficeAction):
    """`action_events`: where dates are announced."""

    action = "action_events"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """A sure answer; else the entries nearest to dates and events."""
        reply = reply_to(self.cw, turn)
        found = [hit.id for hit in reply.found.hits]
        if reply.decision == "answer" and not turn.pressed:
            return await show(self, turn, speech, found[0], asked=turn.text)
        known = set(self.cw.knowledge.ids)
        near = found if reply.decision == "suggest" else []
        entries = [e for e in dict.fromkeys([*near, *EVENT_ENTRIES]) if e in known]
        speech.say("events", entries=entries[:_MOST_EVENTS])
        return []


class Feedback(OfficeAction):
    """`action_feedback`: whether an answer helped."""

    action = "action_feedback"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Count it; a question whose answer did not help is kept without the person."""
        helpful = "no" if turn.value("helpful") == "no" else "yes"
        entry = turn.value("entry") or turn.slots.get("last_entry")
        if entry not in self.cw.knowledge.ids:
            speech.say("feedback_thanks", helpful=helpful)
            return []
        await knowledge.note_feedback(self.cw, entry, turn.language, helpful == "yes")
        question = turn.slots.get("last_question")
        if helpful == "no" and question:
            await knowledge.note_unanswered(self.cw, question, turn.language, "not_helpful", entry)
        speech.say("feedback_thanks", helpful=helpful, entry=entry)
        return [set_slot("offered", "pass_question")] if helpful == "no" and question else []
