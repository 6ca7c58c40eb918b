"""Finds what lookup tables and regular expressions name, in any script.

Rasa's RegexEntityExtractor passes over every table whose entity no example annotates, compiles all
forms into one slow alternation, and takes a vowel sign or half-space for a word's end. This one
goes through the words of a message once.

A table is named after its entity; its forms get their values from synonyms. Where one word means
different things in different tables ("verein": a legal form, a role), the table's name says the
value: `role.organisation`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, EXTRACTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.groups import PREFIX
from components.spelling import words

_FILE = "lookup.json"
_SHORT = 3
#: What joins words: `Deutsch-Kurs`, `l'arabe`, `Wiesbaden'de`; not in Cyrillic (`п'ять`).
_JOINED = re.compile(r"-|(?<=[a-z0-9])'")
Tables = dict[str, dict[str, str]]


def _spelled(form: str) -> str:
    spelled = " ".join(word for word, _, _ in words(form))
    return spelled + "*" if spelled and form.endswith("*") else spelled


def _everyday(examples: list[Message], share: float) -> set[str]:
    """Short words so frequent that they are no names: `di`, `so`, `mar` in some other language."""
    texts = [example.get(TEXT) or "" for example in examples]
    frequency = Counter(word for text in texts for word in {w for w, _, _ in words(text)})
    return {
        word
        for word, count in frequency.items()
        if len(word) <= _SHORT and count > share * len(texts)
    }


def _by_beginning(table: dict[str, str], word: str) -> str | None:
    for length in range(len(word), _SHORT, -1):
        if f"{word[:length]}*" in table:
            return table[f"{word[:length]}*"]
    return None


def _parted(
    spoken: list[tuple[str, int, int]], table: dict[str, str]
) -> Iterator[tuple[str, int, int]]:
    """Joined words in their parts, unless the table has them as they are."""
    for word, start, end in spoken:
        parts = _JOINED.split(word)
        if len(parts) == 1 or word in table or end - start != len(word):
            yield word, start, end
            continue
        at = start
        for part in parts:
            yield part, at, at + len(part)
            at += len(part) + 1


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LookupExtractor(GraphComponent, EntityExtractorMixin):
    """Adds an entity, with its synonym as value, for each form found in the text."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
        tables: Tables | None = None, patterns: list[list[str]] | None = None,
    ) -> None:  # fmt: skip
        self._config = config
        self._storage = storage
        self._resource = resource
        self._use(tables or {}, patterns or [])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`everyday_share`: a form of up to three letters in more examples than that is no name."""
        return {"everyday_share": 0.004}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> LookupExtractor:  # fmt: skip
        """An extractor without tables."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> LookupExtractor:  # fmt: skip
        """The extractor with the tables of the training data."""
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, kept["tables"], kept["patterns"])

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the tables, synonyms and patterns."""
        everyday = _everyday(training_data.intent_examples, self._config["everyday_share"])
        synonyms = {form.casefold(): value for form, value in training_data.entity_synonyms.items()}
        tables: Tables = {}
        for table in training_data.lookup_tables:
            if table["name"].startswith(PREFIX):
                continue
            entity, _, own = table["name"].partition(".")
            for form in table["elements"]:
                spelled = _spelled(form)
                if spelled and spelled not in everyday:
                    value = own or synonyms.get(form.casefold(), form)
                    tables.setdefault(entity, {}).setdefault(spelled, value)
        patterns = [[each["name"], each["pattern"]] for each in training_data.regex_features]
        with self._storage.write_to(self._resource) as folder:
            kept = json.dumps({"tables": tables, "patterns": patterns}, ensure_ascii=False)
            (folder / _FILE).write_text(kept, encoding="utf-8")
        self._use(tables, patterns)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = [*self._named(text), *self._matching(text)]
            entities = [*(message.get(ENTITIES) or []), *found]
            message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def _use(self, tables: Tables, patterns: list[list[str]]) -> None:
        self._tables = tables
        self._patterns = [(name, re.compile(regex)) for name, regex in patterns]
        self._longest = max(
            (form.count(" ") + 1 for table in tables.values() for form in table), default=1
        )

    def _named(self, text: str) -> list[dict[str, Any]]:
        found = []
        for name, table in self._tables.items():
            spoken = list(_parted(words(text), table))
            at = 0
            while at < len(spoken):
                length, value = self._longest_form(table, spoken, at)
                if value is not None:
                    found.append(
                        self._entity(name, value, spoken[at][1], spoken[at + length - 1][2])
                    )
                at += length
        return found

    def _longest_form(
        self, table: dict[str, str], spoken: list[tuple[str, int, int]], at: int
    ) -> tuple[int, str | None]:
        for length in range(min(self._longest, len(spoken) - at), 0, -1):
            form = " ".join(word for word, _, _ in spoken[at : at + length])
            if form in table:
                return length, table[form]
        return 1, _by_beginning(table, spoken[at][0])

    def _matching(self, text: str) -> list[dict[str, Any]]:
        return [
            self._entity(name, match.group(), match.start(), match.end())
            for name, regex in self._patterns
            for match in regex.finditer(text)
        ]

    def _entity(self, name: str, value: str, start: int, end: int) -> dict[str, Any]:
        return {
            "entity": name,
            "value": value,
            "start": start,
            "end": end,
            "confidence": 1.0,
            EXTRACTOR: type(self).__name__,
        }
