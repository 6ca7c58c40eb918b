"""Greeting, yes and no, stopping, going back, the language."""

from collections.abc import Sequence
from datetime import timedelta

from rasa_sdk.events import ActiveLoop, FollowupAction, UserUtteranceReverted

from actions.base import OfficeAction, Speech, set_slot
from actions.emergencies import inform_office
from actions.forms import RESUME, Form, emptied
from actions.turn import REQUESTED, Event, Turn
from casework import requesters
from casework.context import Casework
from casework.errors import UnknownRequester
from casework.languages import served

_NEW = timedelta(hours=1)
_BACK_SURE = 0.3
_BACK_SURE_IN_OWN_WORDS = 0.6
_BACK_SURE_AT_A_TIME = 0.85
_BACK_WORDS = 8


class Greet(OfficeAction):
    """`action_greet`: who we are at the first time, short afterwards."""

    action = "action_greet"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Greet."""
        if turn.form and not turn.pressed:
            return []  # the form asks whether to go on
        first = not turn.slots.get("greeted") and await self._is_new(turn.requester_id)
        speech.say("greeting", first=first)
        return [set_slot("greeted", True)]

    async def _is_new(self, requester_id: str) -> bool:
        try:
            requester = await requesters.find(self.cw, requester_id)
        except UnknownRequester:
            return True
        return self.cw.clock() - requester.created_at < _NEW


class Yes(OfficeAction):
    """`action_yes`: yes to what was offered last."""

    action = "action_yes"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Go on with it; without an offer, show what can be done."""
        offered = turn.slots.get("offered")
        if offered == "pass_question":
            return [FollowupAction("question_form")]
        if offered == "person":
            return [FollowupAction("action_hand_over")]
        if offered == "inform_office":
            await inform_office(self.cw, turn, speech)
        else:
            speech.say("menu")
        return []


class No(OfficeAction):
    """`action_no`: no to what was offered last."""

    action = "action_no"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Leave it at that."""
        speech.say("menu")
        return []


class Cancel(OfficeAction):
    """`action_cancel`: stop the form under way."""

    action = "action_cancel"

    def __init__(self, cw: Casework, forms: dict[str, Form]) -> None:
        super().__init__(cw)
        self._forms = forms

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Forget what was filled in."""
        form = self._forms.get(turn.form or "")
        if form is None:
            speech.say("nothing_to_cancel")
            return []
        speech.say("cancelled", form=form.name)
        return [
            *emptied(form, turn.slots),
            set_slot("form_state", None),
            set_slot(REQUESTED, None),
            ActiveLoop(None),
        ]


class Back(OfficeAction):
    """`action_back`: one question back.

    Rasa predicts it before any form is asked (intent `back` is its own). What only sounds like it
    while own words are wanted is left to the form.
    """

    action = "action_back"

    def __init__(self, cw: Casework, forms: dict[str, Form]) -> None:
        super().__init__(cw)
        self._forms = forms

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Take back the last answer; the form then asks for it again."""
        form = self._forms.get(turn.form or "")
        if form is None:
            speech.say("nothing_to_go_back")
            return []
        state = dict(turn.slots.get("form_state") or {})
        if not self._meant(turn, form, state):
            return []
        history = list(state.get("history") or [])
        state.pop("chosen", None)
        if not history:
            speech.say("nothing_to_go_back")
            return [set_slot("form_state", state)]
        slot = history.pop()
        state["history"] = history
        return [set_slot(slot, None), set_slot("form_state", state), set_slot(REQUESTED, slot)]

    def _meant(self, turn: Turn, form: Form, state: dict[str, object]) -> bool:
        if turn.pressed:
            return True
        requested = turn.slots.get(REQUESTED)
        field = form.field(str(state.get("asked") if requested == RESUME else requested))
        # Whoever names a place, day or language answers, even if it sounds like going back.
        sure = _BACK_SURE_IN_OWN_WORDS if turn.entities else _BACK_SURE
        if field is not None and (field.own_words or field.is_time):
            sure = _BACK_SURE_AT_A_TIME if field.is_time else _BACK_SURE_IN_OWN_WORDS
        return turn.confidence >= sure and len(turn.words) <= _BACK_WORDS


class ChangeLanguage(OfficeAction):
    """`action_change_language`: the language from now on."""

    action = "action_change_language"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Change to the one served language that was named; else offer all."""
        chosen = turn.value("language_choice")
        named = [code for code in turn.values("language") if served(code) == code]
        others = [code for code in named if code != turn.language] or named
        language = served(chosen) if chosen else (others[0] if len(others) == 1 else None)
        foreign = [code for code in turn.values("language") if not served(code)]
        if language is None and foreign and not named:
            speech.say("unserved_language", language=foreign[0])
            return []
        if language is None:
            speech.say("choose_language")
            return []
        await requesters.set_language(self.cw, turn.requester_id, language, chosen=True)
        speech.say("language_changed", language=language)
        return []


class NotUnderstood(OfficeAction):
    """`action_default_fallback`: no rule fits."""

    action = "action_default_fallback"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Say so, and take the message back, or Rasa would predict this action again."""
        speech.say("not_understood")
        return [UserUtteranceReverted()]
