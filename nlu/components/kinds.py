"""What kind of help is offered, which topic and purpose a request has.

Learned from the `metadata` of the intents' example blocks. Blocks without metadata teach when to
say nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    ENTITIES,
    EXTRACTOR,
    INTENT,
    METADATA,
    METADATA_INTENT,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.groups import of_tables
from components.ngrams import NgramModel, Reader

NOTHING = "-"
#: Entity: the intent whose blocks carry it, and its name in their metadata.
FACETS = {
    "offer_kind": ("offer_help", "kind"),
    "topic": ("request_support", "topic"),
    "purpose": ("request_support", "purpose"),
}


def _labelled(examples: list[Message], entity: str) -> tuple[list[str], list[str]]:
    intent, name = FACETS[entity]
    texts, labels = [], []
    for example in examples:
        facts = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
        if example.get(INTENT) != intent or not example.get(TEXT):
            continue
        if entity == "purpose" and facts.get("topic") != "funding":
            continue
        texts.append(example.get(TEXT))
        labels.append(str(facts.get(name, NOTHING)))
    return texts, labels


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KindClassifier(GraphComponent, IntentClassifier):
    """Adds the entities offer_kind, topic, purpose where it is sure, and every ranking.

    The rankings (`kinds` in the parse) serve answers to the very question "which kind?", where
    the message's intent does not matter.
    """

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
        models: dict[str, NgramModel] | None = None,
    ) -> None:  # fmt: skip
        self._config = config
        self._storage = storage
        self._resource = resource
        self._models = models or {}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: from which probability on an entity is added; `strength` as in the model."""
        return {"threshold": 0.5, "strength": 1.0}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> KindClassifier:  # fmt: skip
        """A classifier that has learned nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> KindClassifier:  # fmt: skip
        """The trained classifier."""
        with model_storage.read_from(resource) as folder:
            reader = Reader.load(folder)
            models = {name: NgramModel.load(folder / name, reader) for name in FACETS}
        return cls(config, model_storage, resource, models)

    def train(self, training_data: TrainingData) -> Resource:
        """One model for each facet."""
        reader = Reader.of(of_tables(training_data.lookup_tables))
        with self._storage.write_to(self._resource) as folder:
            reader.save(folder)
            for name in FACETS:
                texts, labels = _labelled(training_data.intent_examples, name)
                self._models[name] = NgramModel.fit(
                    reader, texts, labels, strength=self._config["strength"]
                )
                target = Path(folder) / name
                target.mkdir()
                self._models[name].save(target)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the facets of each message, and add what is sure as entities."""
        for message in messages:
            self._rank(message)
        return messages

    def _rank(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        if not text.strip() or not self._models:
            return
        rankings = {name: model.ranking(text) for name, model in self._models.items()}
        message.set(
            "kinds",
            {
                name: [{"name": label, "confidence": share} for label, share in found[:3]]
                for name, found in rankings.items()
            },
            add_to_output=True,
        )
        added = self._sure((message.get(INTENT) or {}).get("name"), rankings, len(text))
        message.set(ENTITIES, [*(message.get(ENTITIES) or []), *added], add_to_output=True)

    def _sure(
        self, intent: str | None, rankings: dict[str, list[tuple[str, float]]], length: int
    ) -> list[dict[str, Any]]:
        added: list[dict[str, Any]] = []
        for name, ranking in rankings.items():
            label, confidence = ranking[0]
            if intent != FACETS[name][0] or label == NOTHING:
                continue
            if name == "purpose" and not any(e["value"] == "funding" for e in added):
                continue
            if confidence >= self._config["threshold"]:
                added.append(
                    {
                        "entity": name,
                        "value": label,
                        "start": 0,
                        "end": length,
                        "confidence": confidence,
                        EXTRACTOR: type(self).__name__,
                    }
                )
        return added
