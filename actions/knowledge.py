"""Questions: curated answers, suggestions, or an honest no."""

from collections.abc import Sequence

from actions.base import OfficeAction, Speech, set_slot
from actions.decision import FORM_OF, alarms, reply_to
from actions.emergencies import alarm
from actions.turn import Event, Turn
from casework import knowledge
from casework.errors import UnknownEntry

#: Intents that are offered as buttons when nothing was understood.
_GUESSES = (*FORM_OF, "talk_to_human", "ticket_status", "ask_events", "change_language")
_MOST_GUESSES = 3
_MOST_EVENTS = 3
#: Where dates are announced, when no entry fits the words better.
EVENT_ENTRIES = ("volunteering/training", "service/newsletter", "organisations/networking")


class Answer(OfficeAction):
    """`action_answer`: what is known on what was asked."""

    action = "action_answer"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Answer, suggest, or say that nothing is known."""
        if alarms(turn):
            return alarm(turn, speech)
        reply = reply_to(self.cw, turn)
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
        if turn.intent == "nlu_fallback":
            speech.say("not_understood", guesses=_guesses(turn) or None)
            return []
        await knowledge.note_unanswered(self.cw, turn.text, turn.language, "nothing")
        speech.say("no_answer")
        return _remembered(turn)


def _guesses(turn: Turn) -> list[str]:
    return [name for name, _ in turn.ranking if name in _GUESSES][:_MOST_GUESSES]


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
