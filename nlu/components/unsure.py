"""When nothing is likely enough to act on: the bot then asks back.

Rasa's FallbackClassifier knows one threshold for all intents. A form that is begun by mistake costs
more than a greeting returned by mistake.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UnsureClassifier(GraphComponent, IntentClassifier):
    """Puts `nlu_fallback` before an intent that is less likely than it has to be."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold` of every intent that has none of its own in `thresholds`."""
        return {"threshold": 0.5, "thresholds": {}}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnsureClassifier:  # fmt: skip
        """A classifier by its thresholds."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Doubt each message's intent."""
        for message in messages:
            intent = message.get(INTENT) or {}
            name, share = intent.get("name"), float(intent.get("confidence") or 0.0)
            if share >= self._config["thresholds"].get(name, self._config["threshold"]):
                continue
            doubt = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0 - share}
            ranking = message.get(INTENT_RANKING_KEY) or []
            message.set(INTENT, doubt, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [dict(doubt), *ranking], add_to_output=True)
        return messages
