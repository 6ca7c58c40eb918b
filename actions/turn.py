"""What a person has just said, and where the conversation stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rasa_sdk import Tracker

from casework.languages import DEFAULT, served

REQUESTED = "requested_slot"
#: How sure it has to be that half of a message is about a matter of its own.
_CLEAR = 0.7
QUESTION_MARKS = ("?", "؟", ";?")
#: Days and times of another language that are everyday words here: a hall, it will be, March.
_ORDINARY = {"pl": {"sali"}, "fr": {"sera", "sali"}, "tr": {"mart"}}
Event = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """One message with what Rasa made of it.

    Built from the tracker that Rasa posts; also from a bare parse, for `understand`.
    """

    requester_id: str
    text: str
    language: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[Mapping[str, Any], ...]
    kinds: Mapping[str, Any]
    slots: Mapping[str, Any]
    since: tuple[Event, ...] = ()  # events after the message
    form: str | None = None  # the form under way, without its suffix
    parts: tuple[Mapping[str, Any], ...] = ()  # the two halves of a message about two matters

    @classmethod
    def of(cls, tracker: Tracker) -> "Turn":
        """The turn that Rasa is in the middle of."""
        events = tracker.events or []
        at = _last_message(events)
        message = events[at] if at is not None else {}
        loop = tracker.active_loop_name
        return cls.parsed(
            tracker.latest_message or {},
            requester_id=tracker.sender_id,
            language=(message.get("metadata") or {}).get("language"),
            slots=tracker.slots or {},
            since=tuple(events[at + 1 :]) if at is not None else tuple(events),
            form=loop.removesuffix("_form") if loop else None,
        )

    @classmethod
    def parsed(
        cls,
        parse: Mapping[str, Any],
        *,
        requester_id: str = "",
        language: str | None = None,
        slots: Mapping[str, Any] | None = None,
        since: tuple[Event, ...] = (),
        form: str | None = None,
    ) -> "Turn":
        """A turn from what `/model/parse` answers."""
        intent = parse.get("intent") or {}
        text, spoken = parse.get("text") or "", served(language) or DEFAULT
        return cls(
            requester_id=requester_id,
            text=text.strip(),
            language=spoken,
            intent=intent.get("name") or "nlu_fallback",
            confidence=float(intent.get("confidence") or 0.0),
            ranking=tuple(
                (each.get("name") or "", float(each.get("confidence") or 0.0))
                for each in parse.get("intent_ranking") or ()
            ),
            entities=tuple(
                each
                for each in parse.get("entities") or ()
                if text[each.get("start", 0) : each.get("end", 0)].casefold()
                not in _ORDINARY.get(spoken, ())
            ),
            kinds=parse.get("kinds") or {},
            slots=slots or {},
            since=since,
            form=form,
            parts=tuple(parse.get("parts") or ()),
        )

    def part(self, *intents: str) -> "Turn | None":
        """The half of the message that clearly has one of these intents, as if said alone."""
        return next(
            (h for h in self.halves if h.intent in intents and h.confidence >= _CLEAR), None
        )

    def beside(self, part: "Turn") -> "Turn | None":
        """The other half of the message."""
        return next((half for half in self.halves if half.text != part.text), None)

    @cached_property
    def halves(self) -> "tuple[Turn, ...]":
        """Both halves of a message about two matters, each as if said alone."""
        return tuple(
            replace(
                self,
                text=part["text"].strip(),
                intent=part["intent"]["name"],
                confidence=part["intent"]["confidence"],
                ranking=((part["intent"]["name"], part["intent"]["confidence"]),),
                entities=tuple(each for each in self.entities if _within(each, part)),
                parts=(),
            )
            for part in self.parts
        )

    @property
    def pressed(self) -> bool:
        """Whether this is a button or command, not words."""
        return self.text.startswith("/")

    @cached_property
    def words(self) -> list[str]:
        """The words, as far as blanks part them."""
        return self.text.split()

    @property
    def asks(self) -> bool:
        """Whether it ends like a question."""
        return self.text.endswith(("?", "؟"))

    @property
    def likeliest(self) -> tuple[str, float]:
        """The likeliest intent, also when it was too unsure to be followed."""
        known = [each for each in self.ranking if each[0] != "nlu_fallback"]
        return known[0] if known else (self.intent, self.confidence)

    def share(self, *intents: str) -> float:
        """How likely one of these intents is."""
        if self.pressed:
            return 1.0 if self.intent in intents else 0.0
        return sum(share for name, share in self.ranking if name in intents)

    def values(self, entity: str) -> list[Any]:
        """The values of an entity, each once, in order."""
        found = [each.get("value") for each in self.entities if each.get("entity") == entity]
        return list(dict.fromkeys(value for value in found if isinstance(value, str)))

    def value(self, entity: str) -> Any:
        """The first value of an entity; None if there is none."""
        found = self.values(entity)
        return found[0] if found else None

    def begins(self, loop: str) -> bool:
        """Whether this form has just been entered by this message."""
        return any(
            event.get("event") == "active_loop" and event.get("name") == loop
            for event in self.since
        )

    def was_answered(self, loop: str) -> bool:
        """Whether the form gave this message to another action, which has answered it."""
        kinds = {(event.get("event"), event.get("name")) for event in self.since}
        went_back = ("action", "action_back") in kinds and ("slot", "form_state") in kinds
        return went_back or ("action_execution_rejected", loop) in kinds


def _within(entity: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    start, end = entity.get("start", 0), entity.get("end", 0)
    return bool(part["start"] <= start and end <= part["end"])


def _last_message(events: list[Event]) -> int | None:
    return next(
        (at for at in range(len(events) - 1, -1, -1) if events[at].get("event") == "user"), None
    )
