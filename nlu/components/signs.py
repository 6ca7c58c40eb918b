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

#: The intent of each sign and how likely the classifier has to find it, the weightiest sign first;
#: the same as in `casework/signs`. ("The form kills me": then the numbers are said beside.)
INTENTS = {"danger": ("emergency", 0.005), "person": ("talk_to_human", 0.0)}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SignReader(GraphComponent, IntentClassifier):
    """Takes `signs` in a message's metadata, a list of `danger` and `person`, for certain.

    Unless what they mean is next to impossible by all the other words.
    """

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
            shares = {
                each["name"]: each["confidence"] for each in message.get(INTENT_RANKING_KEY) or ()
            }
            for sign, (intent, least) in INTENTS.items():
                if sign in signs and shares.get(intent, 0.0) >= least:
                    certain = {"name": intent, "confidence": 1.0}
                    message.set(INTENT, certain, add_to_output=True)
                    message.set(INTENT_RANKING_KEY, [dict(certain)], add_to_output=True)
                    break
        return messages
