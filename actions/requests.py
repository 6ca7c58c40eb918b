"""What associations and initiatives want the office to do for them."""

from collections.abc import Mapping
from typing import Any

from actions.base import Speech
from actions.fields import Choice, Deadline, Field, Name, Words, YesNo
from actions.forms import CONFIRM, CONSENT, CONTACT, Form, Payload, Slots, contact_of, opened
from actions.turn import Turn
from casework import knowledge, tickets
from casework.context import Casework
from casework.vocabulary import FUNDING_PURPOSES, REQUEST_TOPICS

#: From how many words on a first message says what is needed.
TELLING = 6
_FEWEST_PEOPLE, _MOST_PEOPLE = 2, 5000


class RequestForm(Form):
    """Topic, organisation, what is needed, by when."""

    name = "request"
    fields = (
        Choice("topic", REQUEST_TOPICS),
        Choice("purpose", FUNDING_PURPOSES),
        YesNo("existing"),
        Name("organisation", limit=200),
        Words("need"),
        Deadline("deadline", skippable=True),
        CONSENT,
        CONTACT,
        CONFIRM,
    )

    def applies(self, slot: str, values: Mapping[str, Any]) -> bool:
        """The purpose matters for money only."""
        return slot != "purpose" or values.get("topic") == "funding"

    def begin(self, cw: Casework, turn: Turn, values: Slots) -> None:
        """A first message that tells what is needed need not be repeated."""
        take_numbers(turn, values)
        if tells(turn):
            values.setdefault("need", turn.text)

    async def settle(self, cw: Casework, turn: Turn, speech: Speech, values: Slots) -> None:
        """An answer that is there already is shown once, before anything else is asked."""
        ready = values.get("topic") and (values.get("purpose") or values["topic"] != "funding")
        if not ready or values.get("existing") is not None:
            return
        words = str(values.get("need") or "")
        found = cw.knowledge.look_up(words, turn.language) if words else None
        entry = found.hits[0].id if found and found.decision == "answer" else None
        if entry is None or entry == turn.slots.get("last_entry"):
            values["existing"] = False
            return
        speech.say("existing_answer", entry=entry, language=turn.language, form=self.name)
        await knowledge.note_shown(cw, entry, turn.language)

    def ask(self, cw: Casework, speech: Speech, field: Field, values: Slots) -> bool:
        """Whether the answer is enough was asked along with it."""
        return field.slot == "existing"

    def ending(self, slot: str, value: Any) -> str | None:
        """The answer may be enough."""
        return "enough" if slot == "existing" and value else super().ending(slot, value)

    async def submit(self, cw: Casework, turn: Turn, values: Slots) -> Payload:
        """Open the ticket."""
        facts = self.facts(values)
        topic = str(facts.pop("topic"))
        ticket = await tickets.open_ticket(
            cw,
            requester_id=turn.requester_id,
            kind="request",
            topic=topic,
            facts=facts,
            contact=contact_of(values),
            language=turn.language,
        )
        return opened(ticket)


def tells(turn: Turn) -> bool:
    """Whether a first message is long enough to be the matter itself."""
    return not turn.pressed and len(turn.words) >= TELLING


def take_numbers(turn: Turn, values: Slots) -> None:
    """An amount of money, and the one bare number that can be a number of people."""
    if turn.pressed:
        return
    amount = turn.value("amount")
    if amount:
        values["amount"] = amount
    inside = [each for each in turn.entities if each.get("entity") in ("amount", "phone")]
    numbers = [
        int(each["value"])
        for each in turn.entities
        if each.get("entity") == "number" and not any(_covers(other, each) for other in inside)
    ]
    if len(numbers) == 1 and _FEWEST_PEOPLE <= numbers[0] <= _MOST_PEOPLE:
        values["people"] = numbers[0]


def _covers(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> bool:
    return bool(outer["start"] <= inner["start"] and inner["end"] <= outer["end"])
