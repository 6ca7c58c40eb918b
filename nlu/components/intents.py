"""Which intent a message has: a linear model, whose probabilities are calibrated.

What it was chosen over, and what each of its features gives: docs/measurements.md.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.groups import of_tables
from components.ngrams import NgramModel, Reader
from components.parts import halves

_QUESTIONS = ("ask_question", "ask_events")
#: From how many words on a message tells a story, and how much its second half counts: measured on
#: examples left out, two to three points more of such messages understood.
_STORY_WORDS = 20
_LATE, _DOUBT = 0.5, 1e-4


def _least_sure(parts: list[dict[str, Any]]) -> float:
    return min(part["intent"]["confidence"] for part in parts)


def _sure_of_question(parts: list[dict[str, Any]]) -> float:
    """How sure it is that one half is a question, and the other is not."""
    asked = [
        part["intent"]["confidence"]
        for part in parts
        if part["intent"]["name"] in _QUESTIONS and part["text"].rstrip().endswith(("?", "؟"))
    ]
    return asked[0] if len(asked) == 1 else 0.0


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramIntentClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` from an NgramModel."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
        model: NgramModel | None = None,
    ) -> None:  # fmt: skip
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Defaults.

        `ranking_length`: how many intents are reported; `strength`: inverse regularisation;
        `matters`: intents of which two may be in one message, and how sure both have to be
        (`both_sure`).
        """
        return {
            "ranking_length": 10,
            "strength": 1.0,
            "matters": [],
            "both_sure": 0.7,
        }

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramIntentClassifier:  # fmt: skip
        """A classifier that has learned nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> NgramIntentClassifier:  # fmt: skip
        """The trained classifier."""
        with model_storage.read_from(resource) as folder:
            return cls(
                config, model_storage, resource, NgramModel.load(folder, Reader.load(folder))
            )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has an intent."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        reader = Reader.of(of_tables(training_data.lookup_tables))
        self._model = NgramModel.fit(
            reader, [e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples],
            strength=self._config["strength"],
        )  # fmt: skip
        with self._storage.write_to(self._resource) as folder:
            reader.save(folder)
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the intents of each message."""
        for message in messages:
            self._rank(message)
        return messages

    def _rank(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        ranking = self._ranking(text) if self._model and text.strip() else []
        first = dict(ranking[0]) if ranking else {"name": None, "confidence": 0.0}
        message.set("intent", first, add_to_output=True)
        message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
        message.set("parts", self._parts(text), add_to_output=True)

    def _parts(self, text: str) -> list[dict[str, Any]]:
        """The two halves of a message that is about two matters; none of any other."""
        cut = [
            [self._part(text, 0, end), self._part(text, start, len(text))]
            for end, start in (halves(text) if self._model else ())
        ]
        least = self._config["both_sure"]
        two = [parts for parts in cut if self._are_matters(parts) and _least_sure(parts) >= least]
        if two:
            return max(two, key=_least_sure)
        beside = [parts for parts in cut if _sure_of_question(parts) >= least]
        return beside[-1] if beside else []  # the last cut leaves the question alone

    def _part(self, text: str, start: int, end: int) -> dict[str, Any]:
        said = text[start:end]
        return {"text": said, "start": start, "end": end, "intent": self._ranking(said)[0]}

    def _are_matters(self, parts: list[dict[str, Any]]) -> bool:
        first, second = (part["intent"]["name"] for part in parts)
        return first != second and {first, second} <= set(self._config["matters"])

    def _ranking(self, text: str) -> list[dict[str, Any]]:
        shares = sorted(self._shares(text).items(), key=lambda each: each[1], reverse=True)
        whole = sum(share for _, share in shares)
        return [{"name": name, "confidence": share / whole} for name, share in shares]

    def _shares(self, text: str) -> dict[str, float]:
        """Probabilities; who tells a story comes to the point in its second half."""
        shares = dict(self._model.ranking(text))
        words = text.split()
        if len(words) < _STORY_WORDS:
            return shares
        late = dict(self._model.ranking(" ".join(words[len(words) // 2 :])))
        return {name: share * (late[name] + _DOUBT) ** _LATE for name, share in shares.items()}
