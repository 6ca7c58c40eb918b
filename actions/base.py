"""What all actions share: the office at hand, and nothing that fails in silence."""

import traceback
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Event, Turn
from casework.context import Casework

log = structlog.get_logger(__name__)


class Speech:
    """Collects payloads; the front words them."""

    def __init__(self, dispatcher: CollectingDispatcher) -> None:
        self._dispatcher = dispatcher

    def say(self, key: str, **parameters: Any) -> None:
        """Add one payload; parameters that are None are left out."""
        given = {name: value for name, value in parameters.items() if value is not None}
        self._dispatcher.utter_message(json_message={"say": key, **given})

    def take_back(self) -> None:
        """Unsay everything."""
        self._dispatcher.messages.clear()


class OfficeAction(Action):  # type: ignore[misc]  # rasa_sdk is not typed
    """An action with the office at hand; what the office refuses is said, not swallowed."""

    action: str

    def __init__(self, cw: Casework) -> None:
        self.cw = cw

    def name(self) -> str:
        """The name in the domain."""
        return self.action

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Act, and tell the person when something went wrong."""
        turn, speech = Turn.of(tracker), Speech(dispatcher)
        try:
            await self.cw.knowledge.prepare(turn.text)
            events = list(await self.act(turn, speech))
        except Exception as problem:  # whatever it is, the person must not be left without a word
            log.error(
                "action failed",
                action=self.name(),
                problem=type(problem).__name__,
                **_cause(problem),
            )
            speech.take_back()
            events = list(self.failed(turn, speech))
        return _forgetting(turn, events)

    @abstractmethod
    async def act(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Do what the action is for; events for Rasa."""

    def failed(self, turn: Turn, speech: Speech) -> Sequence[Event]:
        """Say that something went wrong; what was filled in stays."""
        speech.say("service_trouble")
        return []


#: What holds for one turn only: what a bare "yes" means, how often in a row nothing was understood,
#: and the message that was asked back about.
_PASSING = ("offered", "failures", "unclear")


def _forgetting(turn: Turn, events: list[Event]) -> list[Event]:
    fresh = {event.get("name") for event in events}
    over = [name for name in _PASSING if turn.slots.get(name) and name not in fresh]
    return [*events, *(set_slot(name, None) for name in over)]


def _cause(problem: Exception) -> dict[str, str]:
    """Where it went wrong: file and line, never a text that somebody wrote."""
    trace = traceback.extract_tb(problem.__traceback__)
    return {"where": f"{trace[-1].filename}:{trace[-1].lineno}"} if trace else {}


def set_slot(name: str, value: Any) -> Event:
    """Rasa's event that sets a slot."""
    event: Event = SlotSet(name, value)
    return event
