"""A linear model on words and character n-grams, kept as plain numbers (no pickles)."""

import json
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Optional

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from components.spelling import plain

_PARTS = "vocabularies.json"
_NUMBERS = "numbers.npz"
_WORDS = r"\w+|[?!]"


def _vectorizers(vocabularies: Optional[list[dict[str, int]]] = None) -> list[TfidfVectorizer]:
    """Words and pairs of them; pieces of words, so that endings and slips matter less."""
    words, pieces = vocabularies or (None, None)
    return [
        TfidfVectorizer(
            preprocessor=plain,
            token_pattern=_WORDS,
            ngram_range=(1, 2),
            sublinear_tf=True,
            dtype=np.float32,
            vocabulary=words,
        ),
        TfidfVectorizer(
            preprocessor=plain,
            analyzer="char_wb",
            ngram_range=(2, 5),
            min_df=1 if pieces else 2,
            sublinear_tf=True,
            dtype=np.float32,
            vocabulary=pieces,
        ),
    ]


@lru_cache(maxsize=1)
def _analyzers() -> list[Callable[[str], list[str]]]:
    return [each.build_analyzer() for each in _vectorizers()]


@lru_cache(maxsize=16)
def _counted(text: str) -> list[Counter[str]]:
    """Words and pieces of a text; several models look at the same message."""
    return [Counter(analyze(text)) for analyze in _analyzers()]


class NgramModel:
    """Texts in, a probability for each label out."""

    def __init__(
        self, vectorizers: list[TfidfVectorizer], labels: list[str],
        weights: np.ndarray, bias: np.ndarray,
    ) -> None:  # fmt: skip
        self.labels = labels
        self._vectorizers = vectorizers
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, texts: list[str], labels: list[str], *, strength: float = 30.0) -> "NgramModel":
        """Learn from texts and their labels; `strength` is the inverse of regularisation."""
        vectorizers = _vectorizers()
        features = hstack([each.fit_transform(texts) for each in vectorizers]).tocsr()
        model = LogisticRegression(
            C=strength, solver="liblinear", class_weight="balanced", tol=1e-2, random_state=7
        )
        model.fit(features, labels)
        weights, bias = model.coef_, model.intercept_
        if len(weights) < len(model.classes_):  # one row for two labels; make it one row each
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        return cls(
            vectorizers, [str(label) for label in model.classes_],
            weights.astype(np.float32), bias.astype(np.float32),
        )  # fmt: skip

    def ranking(self, text: str) -> list[tuple[str, float]]:
        """Labels and their probabilities, likeliest first."""
        columns, values = self._features(text)
        votes = 1 / (1 + np.exp(-(self._weights[:, columns] @ values + self._bias)))
        shares = votes / votes.sum()
        order = np.argsort(-shares)
        return [(self.labels[at], float(shares[at])) for at in order]

    def _features(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """What the vectorizers' `transform` gives, of the few columns that occur in the text."""
        columns: list[int] = []
        values: list[np.ndarray] = []
        offset = 0
        for vectorizer, counted in zip(self._vectorizers, _counted(text), strict=True):
            vocabulary = vectorizer.vocabulary_
            known = [(vocabulary[gram], n) for gram, n in counted.items() if gram in vocabulary]
            if known:
                at, often = (np.array(each) for each in zip(*known, strict=True))
                weighted = (1 + np.log(often)) * vectorizer.idf_[at]
                columns += list(at + offset)
                values.append(weighted / np.linalg.norm(weighted))
            offset += len(vocabulary)
        return np.array(columns, dtype=int), np.concatenate(values) if values else np.array([])

    def save(self, folder: Path) -> None:
        """Write vocabularies and numbers into the folder."""
        parts = {
            "labels": self.labels,
            "vocabularies": [
                {term: int(at) for term, at in each.vocabulary_.items()}
                for each in self._vectorizers
            ],
        }
        (folder / _PARTS).write_text(json.dumps(parts, ensure_ascii=False), encoding="utf-8")
        rarity = {f"rarity{n}": each.idf_ for n, each in enumerate(self._vectorizers)}
        np.savez(folder / _NUMBERS, weights=self._weights, bias=self._bias, **rarity)

    @classmethod
    def load(cls, folder: Path) -> "NgramModel":
        """What `save` has written."""
        parts = json.loads((folder / _PARTS).read_text(encoding="utf-8"))
        vectorizers = _vectorizers(parts["vocabularies"])
        with np.load(folder / _NUMBERS) as numbers:
            for n, vectorizer in enumerate(vectorizers):
                vectorizer.idf_ = numbers[f"rarity{n}"]
            return cls(vectorizers, parts["labels"], numbers["weights"], numbers["bias"])
