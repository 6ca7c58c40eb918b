"""Forms: what is asked, how answers are taken, what happens when all is said.

Rasa runs the form's loop and calls `validate_<form>_form` in each turn. Everything about a turn is
decided there: a message is an answer, a correction, a step back, another matter (the form then
gives the turn to Rasa's rules and asks again afterwards), or another form (the person is asked
which of the two to go on with).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, FollowupAction

from actions.base import OfficeAction, Speech, set_slot
from actions.decision import (
    FORM_OF,
    QUESTIONS,
    Asked,
    alarms,
    interrupts,
    other_form,
    perhaps_alarms,
)
from actions.emergencies import alarm
from actions.fields import (
    SKIPPED,
    Availability,
    Choice,
    Contact,
    Field,
    Given,
    Reading,
    Refused,
    YesNo,
    said,
)
from actions.knowledge import looked_up, show
from actions.turn import REQUESTED, Event, Turn
from casework import knowledge, requesters
from casework.context import Casework
from casework.models import Ticket

Slots = dict[str, Any]
Payload = tuple[str, dict[str, Any]]

CONSENT = YesNo("consent")
CONTACT = Contact("contact")
CONFIRM = YesNo("confirm")
#: A longer message is about more than that it does not matter.
_FEW_WORDS = 4
#: Questions about the form itself, beside those for its facts.
CHANGE, RESUME = "change", "resume"
_NOT_TO_CHANGE = ("consent", "confirm", "existing")
_FACT_OF = {"offer_kind": "kind", "interpreter_language": "languages"}
#: Slots that are filled along the way, without being asked for.
ASIDES = ("people", "amount")


class Form(ABC):
    """One kind of case, as it is asked for."""

    name: str
    fields: tuple[Field, ...]
    #: Slots in which a call for help or an end is all that interrupts.
    reports: tuple[str, ...] = ()

    @property
    def loop(self) -> str:
        """Rasa's name of the form."""
        return f"{self.name}_form"

    def field(self, slot: str | None) -> Field | None:
        """The field of a slot."""
        return next((each for each in self.fields if each.slot == slot), None)

    def applies(self, slot: str, values: Mapping[str, Any]) -> bool:
        """Whether a field is to be asked for, given what is known."""
        return True

    def begin(self, cw: Casework, turn: Turn, values: Slots) -> None:
        """Take more from the first message than its fields glean themselves."""
        return

    def ending(self, slot: str, value: Any) -> str | None:
        """What is said when an answer ends the form early; None: it goes on."""
        return "consent_declined" if slot == CONSENT.slot and value is False else None

    async def settle(self, cw: Casework, turn: Turn, speech: Speech, values: Slots) -> None:
        """Before the next question: fill what the office knows already."""
        return

    def ask(self, cw: Casework, speech: Speech, field: Field, values: Slots) -> bool:
        """Ask in words of this form's own; False: as usual."""
        return False

    def facts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the ticket will hold, by the names of `casework.facts`."""
        slots = [each.slot for each in self.fields if each.slot not in _NOT_TO_CHANGE]
        given = {
            _FACT_OF.get(slot, slot): values[slot]
            for slot in (*slots, *ASIDES)
            if values.get(slot) not in (None, SKIPPED, [])
        }
        given.pop("contact", None)
        return given

    @abstractmethod
    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """One use case; what is said then."""


def contact_of(values: Mapping[str, Any]) -> str | None:
    """How the office reaches the person; None: through this chat."""
    contact = values.get("contact")
    return None if contact in (None, SKIPPED, "chat") else str(contact)


def given(values: Mapping[str, Any], slot: str) -> Any:
    """A slot's value, None where it was skipped."""
    return None if values.get(slot) == SKIPPED else values.get(slot)


def opened(ticket: Ticket) -> Payload:
    """What is said of a new ticket."""
    due = ticket.first_answer_due_at
    return "ticket_opened", {
        "reference": ticket.reference,
        "kind": ticket.kind,
        "topic": ticket.topic,
        "lead": ticket.lead_office,
        "involved": [row.office for row in ticket.involved],
        "answer_by": due.isoformat() if due else None,
    }


@dataclass
class _Step:
    """One turn of a form: what is filled, what was asked, what is to be told Rasa."""

    values: Slots
    state: dict[str, Any]
    before: Slots
    requested: str | None

    @classmethod
    def of(cls, form: Form, turn: Turn) -> "_Step":
        names = (*(each.slot for each in form.fields), *ASIDES)
        values = {name: turn.slots[name] for name in names if turn.slots.get(name) is not None}
        state = dict(turn.slots.get("form_state") or {})
        return cls(values, state, dict(values), turn.slots.get(REQUESTED))

    @property
    def history(self) -> list[str]:
        return list(self.state.get("history") or [])

    def fill(self, slot: str, value: Any, *, asked: bool = True) -> None:
        """Note a value; `asked`: it can be taken back by going back."""
        self.values[slot] = value
        if asked:
            self.state["history"] = [*(s for s in self.history if s != slot), slot]
        self.state.pop("chosen", None)

    def events(self, requested: str | None) -> list[Event]:
        """Always one slot beside the requested one: Rasa takes less for a rejection."""
        changed = self.before.keys() | self.values.keys()
        return [
            *(
                set_slot(name, self.values.get(name))
                for name in sorted(changed)
                if self.values.get(name) != self.before.get(name)
            ),
            set_slot("form_state", self.state),
            set_slot(REQUESTED, requested),
        ]


class FormTurn(OfficeAction):
    """`validate_<form>_form`: one turn of a form."""

    def __init__(self, cw: Casework, form: Form, forms: Mapping[str, Form]) -> None:
        """`forms`: all of them by name, for when another one is wanted meanwhile."""
        super().__init__(cw)
        self.form = form
        self.action = f"validate_{form.loop}"
        self._forms = forms

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Take the message, or ask again after an interruption."""
        step = _Step.of(self.form, turn)
        if turn.begins(self.form.loop) or not step.state:
            return await self._begin(turn, speech, step)
        if turn.was_answered(self.form.loop):
            return await self._again(turn, speech, step)
        if step.requested == RESUME:
            return await self._resume(turn, speech, step)
        return await self._take(turn, speech, step)

    def failed(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Nothing is lost: the question stands."""
        speech.say("service_trouble")
        state = turn.slots.get("form_state") or {"history": []}
        return [set_slot("form_state", state), set_slot(REQUESTED, turn.slots.get(REQUESTED))]

    # --- beginning and going on -------------------------------------------------------------

    async def _begin(self, turn: Turn, speech: Speech, step: _Step) -> list[Event]:
        waiting = step.state.get("wanted") or {}
        step.state = {"history": [], "form": self.form.name}
        if waiting.get("form") == self.form.name:
            step.values.update(waiting.get("values") or {})
        else:
            for said_ in (turn, _asked_back_about(turn)):
                for slot, value in gleaned(self.cw, self.form, said_).items() if said_ else ():
                    step.values.setdefault(slot, value)
            self._tell_kind(turn, step)
            await self._beside(turn, speech, step)
        return await self._next(turn, speech, step)

    def _tell_kind(self, turn: Turn, step: _Step) -> None:
        """The kind of a wish that stood beside a question, which was the likelier intent."""
        wish = turn.part(*(intent for intent, form in FORM_OF.items() if form == self.form.name))
        first = self.form.fields[0]
        if wish is None or not isinstance(first, Choice) or step.values.get(first.slot):
            return
        meant = first.meant(turn)
        if meant in first.words:
            step.values[first.slot] = meant

    async def _beside(self, turn: Turn, speech: Speech, step: _Step) -> None:
        """A first message about two matters: a question is answered, another form comes next."""
        if not turn.parts or turn.intent in QUESTIONS:  # the question has been answered then
            return
        question = turn.part(*QUESTIONS)
        if question is not None:
            await answer_beside(self, question, speech)
        other = turn.part(*(intent for intent, form in FORM_OF.items() if form != self.form.name))
        if other is not None:
            wanted = FORM_OF[other.intent]
            values = gleaned(self.cw, self._forms[wanted], other)
            step.state["then"] = {"form": wanted, "values": values}

    async def _next(
        self, turn: Turn, speech: Speech, step: _Step, *, again: bool = False
    ) -> list[Event]:
        """Ask the next open question; after the last, show everything."""
        await self._settle_consent(turn, step)
        await self.form.settle(self.cw, turn, speech, step.values)
        field = self._open(step.values)
        if field is None:
            return step.events(None)
        self._ask(speech, step, field, again=again)
        return step.events(field.slot)

    async def _settle_consent(self, turn: Turn, step: _Step) -> None:
        """Not asked of whoever has agreed to the present text; looked up once it comes to it."""
        due = self._open(step.values)
        if due is None or due.slot != CONSENT.slot:
            return
        requester = await requesters.find(self.cw, turn.requester_id)
        if requesters.has_consent(requester):
            step.values[CONSENT.slot] = True

    def _open(self, values: Slots) -> Field | None:
        return next(
            (
                field
                for field in self.form.fields
                if values.get(field.slot) is None and self.form.applies(field.slot, values)
            ),
            None,
        )

    def _ask(self, speech: Speech, step: _Step, field: Field, *, again: bool = False) -> None:
        if self.form.ask(self.cw, speech, field, step.values):
            return
        if field.slot == CONFIRM.slot:
            facts = {**self.form.facts(step.values), "contact": step.values.get("contact")}
            kept = {name: value for name, value in facts.items() if value is not None}
            speech.say("summary", form=self.form.name, facts=kept)
            return
        speech.say(
            "ask",
            form=self.form.name,
            slot=field.slot,
            options=list(field.options(self.cw)) or None,
            multiple=True if field.multiple else None,
            chosen=list(step.state.get("chosen") or []) if field.multiple else None,
            skippable=True if field.skippable else None,
            again=True if again else None,
        )

    async def _again(self, turn: Turn, speech: Speech, step: _Step) -> list[Event]:
        """Another matter was dealt with; back to the question, unless this is no moment for it."""
        if turn.intent in _LEAVE_ALONE or alarms(turn):
            return self._put_off(step)
        if turn.intent == "greet" or step.requested == RESUME:
            events = self._put_off(step)
            speech.say("resume", form=self.form.name, wanted=_wanted(step))
            return events
        if step.requested == CHANGE:
            return self._choose_change(speech, step)
        return await self._next(turn, speech, step, again=True)

    def _put_off(self, step: _Step) -> list[Event]:
        if step.requested != RESUME:
            step.state["asked"] = step.requested
        return step.events(RESUME)

    # --- answers ----------------------------------------------------------------------------

    async def _take(self, turn: Turn, speech: Speech, step: _Step) -> list[Event]:
        field = self.form.field(step.requested) or CONFIRM
        turn = await self._without_question(turn, speech, field)
        reading = await field.read(self.cw, turn)
        if self._is_skipped(turn, field, reading):
            reading = Given(SKIPPED)
        aside = await self._aside(turn, speech, step, field, reading)
        if aside is not None:
            return aside
        warned = alarm(turn, speech) if perhaps_alarms(turn, answers=reading is not None) else []
        return [*warned, *await self._read(turn, speech, step, field, reading)]

    async def _without_question(self, turn: Turn, speech: Speech, field: Field) -> Turn:
        """An answer with a question beside it: the question is answered, the rest is the answer."""
        question = turn.part(*QUESTIONS)
        rest = turn.beside(question) if question else None
        if question is None or rest is None:
            return turn
        answers = field.own_words or await field.read(self.cw, rest) is not None
        if not answers or not await answer_beside(self, question, speech, only_sure=True):
            return turn
        return replace(turn, parts=()) if field.own_words else rest

    async def _read(
        self, turn: Turn, speech: Speech, step: _Step, field: Field, reading: Reading
    ) -> list[Event]:
        if field.slot == CONFIRM.slot:
            return await self._confirm(turn, speech, step, reading)
        if toggled := self._toggled(turn, step, field):
            return await toggled.go_on(self, turn, speech, step)
        return await self._answer(turn, speech, step, field, reading)

    async def _aside(
        self, turn: Turn, speech: Speech, step: _Step, field: Field, reading: Reading
    ) -> list[Event] | None:
        """What is no answer at all: another matter, another form, a change asked for by button."""
        asked, answers = self._asked(field, reading), reading is not None
        if interrupts(self.cw, turn, asked, answers=answers):
            return [*step.events(step.requested), ActionExecutionRejected(self.form.loop)]
        if wanted := other_form(turn, self.form.name, asked, answers=answers):
            return self._offer_switch(turn, speech, step, wanted)
        if turn.pressed and FORM_OF.get(turn.intent) == self.form.name:
            step.values.update(gleaned(self.cw, self.form, turn, entities_only=True))
            return await self._next(turn, speech, step, again=True)
        if turn.pressed and turn.intent == "change":
            return await self._change(turn, speech, step)
        return None

    def _asked(self, field: Field, reading: Reading) -> Asked:
        if field.slot in self.form.reports:
            return "report"
        if field.is_name:
            return "name"
        if field.is_time and isinstance(reading, Given) and reading.loose:
            return "time"
        return "own_words" if field.own_words else "structured"

    def _is_skipped(self, turn: Turn, field: Field, reading: Reading) -> bool:
        """The button, "it does not matter", or a no that is not the beginning of an answer."""
        if not field.skippable or turn.pressed:
            return field.skippable and turn.intent == "skip"
        if len(turn.words) > _FEW_WORDS:
            return False
        vague = field.own_words or reading is None or (isinstance(reading, Given) and reading.loose)
        return turn.value("indifferent") is not None or (vague and said(turn) is False)

    async def _answer(
        self, turn: Turn, speech: Speech, step: _Step, field: Field, reading: Reading
    ) -> list[Event]:
        if isinstance(reading, Given):
            return await self._given(turn, speech, step, field, reading.value)
        if isinstance(reading, Refused):
            speech.say("invalid", slot=field.slot, problem=reading.problem)
        elif not (self._correct(turn, speech, step) or self._late(turn, step)):
            speech.say("invalid", slot=field.slot, problem=field.problem)
        return await self._next(turn, speech, step, again=True)

    async def _given(
        self, turn: Turn, speech: Speech, step: _Step, field: Field, value: Any
    ) -> list[Event]:
        if ending := self.form.ending(field.slot, value):
            return self._end(speech, step, ending)
        if field.slot == CONSENT.slot:
            await requesters.give_consent(self.cw, turn.requester_id)
        step.fill(field.slot, value)
        if not field.own_words and not turn.pressed:
            for slot, extra in gleaned(self.cw, self.form, turn).items():
                if step.values.get(slot) is None:
                    step.values[slot] = extra
        return await self._next(turn, speech, step)

    def _correct(self, turn: Turn, speech: Speech, step: _Step) -> bool:
        """A value for another question, already answered: changed, and said."""
        if turn.pressed and turn.intent != "inform":
            return False
        for slot, value in gleaned(self.cw, self.form, turn, entities_only=True).items():
            if step.values.get(slot) not in (None, value):
                step.fill(slot, value, asked=False)
                speech.say("corrected", slot=slot, value=value)
                return True
        return False

    def _late(self, turn: Turn, step: _Step) -> bool:
        """A button of another question that is still open: taken."""
        if turn.intent != "inform" or not turn.pressed:
            return False
        found = gleaned(self.cw, self.form, turn, entities_only=True)
        step.values.update(found)
        return bool(found)

    def _toggled(self, turn: Turn, step: _Step, field: Field) -> "_Toggle | None":
        if not field.multiple or not turn.pressed:
            return None
        chosen = list(step.state.get("chosen") or [])
        if turn.intent == "done":
            return _Toggle(field, chosen, done=True)
        value = field.pressed(turn)
        if value is None or value not in field.options(self.cw):
            return None
        kept = [each for each in chosen if each != value]
        return _Toggle(field, kept if value in chosen else [*chosen, value])

    # --- summary and changes ----------------------------------------------------------------

    async def _confirm(
        self, turn: Turn, speech: Speech, step: _Step, reading: Reading
    ) -> list[Event]:
        if self._correct(turn, speech, step):
            return await self._next(turn, speech, step)
        if not isinstance(reading, Given):
            problem = "change" if step.requested == CHANGE else CONFIRM.problem
            speech.say("invalid", slot=CONFIRM.slot, problem=problem)
            return await self._next(turn, speech, step, again=True)
        if step.requested == CHANGE:  # yes or no to "which line?": show it all once more
            return await self._next(turn, speech, step, again=True)
        if reading.value:
            step.fill(CONFIRM.slot, True)
            return await self._next(turn, speech, step)
        if ending := self.form.ending(CONFIRM.slot, False):
            return self._end(speech, step, ending)
        return self._choose_change(speech, step)

    def _choose_change(self, speech: Speech, step: _Step) -> list[Event]:
        slots = [
            field.slot
            for field in self.form.fields
            if field.slot not in _NOT_TO_CHANGE and self.form.applies(field.slot, step.values)
        ]
        speech.say("choose_change", form=self.form.name, slots=slots)
        return step.events(CHANGE)

    async def _change(self, turn: Turn, speech: Speech, step: _Step) -> list[Event]:
        slot = str(turn.value("slot") or "")
        field = self.form.field(slot)
        if field is None or slot in _NOT_TO_CHANGE:
            speech.say("invalid", slot=CONFIRM.slot, problem="change")
            return self._choose_change(speech, step)
        step.values.pop(slot, None)
        self._ask(speech, step, field)
        return step.events(slot)

    # --- another form -----------------------------------------------------------------------

    def _offer_switch(self, turn: Turn, speech: Speech, step: _Step, wanted: str) -> list[Event]:
        form = self._forms[wanted]
        step.state["wanted"] = {"form": wanted, "values": gleaned(self.cw, form, turn)}
        speech.say("resume", form=self.form.name, wanted=wanted)
        return self._put_off(step)

    async def _resume(self, turn: Turn, speech: Speech, step: _Step) -> list[Event]:
        asked = step.state.pop("asked", None)
        yes_or_no = said(turn)
        if turn.intent == "resume" or yes_or_no is True:
            step.state.pop("wanted", None)
            return await self._back_to(turn, speech, step, asked)
        if turn.intent == "switch" or yes_or_no is False:
            return self._drop(turn, speech, step)
        field = self.form.field(asked)
        reading = await field.read(self.cw, turn) if field and not field.own_words else None
        if isinstance(reading, Given) or (turn.pressed and turn.intent in ("inform", "skip")):
            step.state.pop("wanted", None)
            step.requested = asked
            return await self._take(turn, speech, step)
        step.state["asked"] = asked
        if interrupts(self.cw, turn, "structured", answers=False):
            return [*step.events(RESUME), ActionExecutionRejected(self.form.loop)]
        wanted = other_form(turn, self.form.name, "structured", answers=False)
        if wanted:
            return self._offer_switch(turn, speech, step, wanted)
        speech.say("resume", form=self.form.name, wanted=_wanted(step))
        return step.events(RESUME)

    async def _back_to(
        self, turn: Turn, speech: Speech, step: _Step, asked: str | None
    ) -> list[Event]:
        if asked == CHANGE:
            return self._choose_change(speech, step)
        field = self.form.field(asked)
        if field is not None and step.values.get(field.slot) is None:
            self._ask(speech, step, field, again=True)
            return step.events(field.slot)
        return await self._next(turn, speech, step, again=True)

    def _drop(self, turn: Turn, speech: Speech, step: _Step) -> list[Event]:
        wanted = _wanted(step)
        waiting = step.state.get("wanted")
        if wanted is None:
            return self._end(speech, step, "cancelled")
        events = emptied(self.form, {**turn.slots, **step.values})
        return [
            *events,
            set_slot("form_state", {"wanted": waiting}),
            set_slot(REQUESTED, None),
            ActiveLoop(None),
            FollowupAction(self._forms[wanted].loop),
        ]

    def _end(self, speech: Speech, step: _Step, said_then: str) -> list[Event]:
        speech.say(said_then, form=self.form.name)
        step.values = {}
        step.state = {}
        return [*step.events(None), ActiveLoop(None)]


@dataclass(frozen=True)
class _Toggle:
    field: Field
    chosen: list[str]
    done: bool = False

    async def go_on(self, form: FormTurn, turn: Turn, speech: Speech, step: _Step) -> list[Event]:
        """Ask once more with the toggles as they are now, or take them."""
        step.state["chosen"] = self.chosen
        if not self.done:
            form._ask(speech, step, self.field, again=True)
            return step.events(self.field.slot)
        if not self.chosen:
            speech.say("invalid", slot=self.field.slot, problem=self.field.problem)
            form._ask(speech, step, self.field, again=True)
            return step.events(self.field.slot)
        value: Any = self.chosen
        if isinstance(self.field, Availability):
            value = Availability.of_toggles(self.chosen)
        return await form._given(turn, speech, step, self.field, value)


#: After these nobody is asked about a form: a person takes over, there is danger, or it is bye.
_LEAVE_ALONE = ("talk_to_human", "emergency", "inform_office", "goodbye")


def _asked_back_about(turn: Turn) -> Turn | None:
    """The message that was asked back about, when a button says what it was to be."""
    kept = turn.slots.get("unclear")
    if not turn.pressed or not kept:
        return None
    return replace(
        turn,
        text=kept["text"],
        entities=tuple(kept["entities"]),
        kinds=kept["kinds"],
        confidence=1.0,
    )


async def answer_beside(
    action: OfficeAction, question: Turn, speech: Speech, *, only_sure: bool = False
) -> bool:
    """Answer a question that stands beside something else; whether anything was said."""
    reply = await looked_up(action, question)
    entries = [hit.id for hit in reply.found.hits]
    if reply.decision == "answer":
        await show(action, question, speech, entries[0])
        return True
    if only_sure:
        return False
    if reply.decision == "suggest":
        speech.say("suggestions", entries=entries, language=question.language)
        return True
    await knowledge.note_unanswered(action.cw, question.text, question.language, "nothing")
    speech.say("no_answer")
    return True


def _wanted(step: _Step) -> str | None:
    return (step.state.get("wanted") or {}).get("form")


def gleaned(cw: Casework, form: Form, turn: Turn, *, entities_only: bool = False) -> Slots:
    """What a message says on any of the form's questions."""
    values: Slots = {}
    for field in form.fields:
        if turn.pressed and turn.intent == "inform":
            value = _from_button(cw, field, turn)
        else:
            value = field.glean(cw, turn)
        if value is not None:
            values[field.slot] = value
    if not entities_only:
        form.begin(cw, turn, values)
    return values


def _from_button(cw: Casework, field: Field, turn: Turn) -> Any:
    value = field.pressed(turn)
    if value is None or value not in field.options(cw):
        return None
    if isinstance(field, Availability):
        return Availability.of_toggles([value])
    return [value] if field.multiple else value


def emptied(form: Form, slots: Mapping[str, Any]) -> list[Event]:
    """Events that forget everything a form has asked for."""
    names = [*(each.slot for each in form.fields), *ASIDES]
    return [set_slot(name, None) for name in names if slots.get(name) is not None]


class FormDone(OfficeAction):
    """`action_<form>_done`: the use case, once everything is confirmed; then all is forgotten."""

    def __init__(self, cw: Casework, form: Form) -> None:
        super().__init__(cw)
        self.form = form
        self.action = f"action_{form.name}_done"

    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Submit what was confirmed; a form that ended otherwise is only forgotten."""
        if turn.slots.get(CONFIRM.slot) is True:
            key, parameters = await self.form.submit(self.cw, turn, dict(turn.slots))
            speech.say(key, **parameters)
            if then := (turn.slots.get("form_state") or {}).get("then"):
                speech.say("next_matter", form=then["form"])
                return [
                    *emptied(self.form, turn.slots),
                    set_slot("form_state", {"wanted": then}),
                    FollowupAction(f"{then['form']}_form"),
                ]
        return [*emptied(self.form, turn.slots), set_slot("form_state", None)]

    def failed(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Nothing is lost: the summary is shown again, to be sent once more."""
        speech.say("service_trouble")
        return [set_slot(CONFIRM.slot, None), FollowupAction(self.form.loop)]
