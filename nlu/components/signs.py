"""Signs that the front found in a message's words outweigh what the classifier makes of them."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA
from rasa.shared.nlu.training_data.message import Message

#: The intent of each sign (casework/signs), the weightiest first.
INTENTS = {"danger": "emergency", "person": "talk_to_human"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SignReader(GraphComponent, IntentClassifier):
    """Takes `signs` in a message's metadata, a list of `danger` and `person`, for certain."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> SignReader:  # fmt: skip
        """A reader; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message that has a sign."""
        for message in messages:
            signs = (message.get(METADATA) or {}).get("signs") or ()
            for sign, intent in INTENTS.items():
                if sign in signs:
                    certain = {"name": intent, "confidence": 1.0}
                    message.set(INTENT, certain, add_to_output=True)
                    message.set(INTENT_RANKING_KEY, [dict(certain)], add_to_output=True)
                    break
        return messages
