"""A linear model on what a text is made of, kept as plain numbers (no pickles).

Words and pairs of them; pieces of words, so that endings and slips matter less; pieces of what the
words sound like, so that letters matter less; groups of words that mean the same and pairs of such
groups, so that languages learn from one another.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from components.groups import Forms, WordGroups, pairs
from components.sounds import heard
from components.spelling import plain

_GROUPS = "groups.json"
_PARTS = "vocabularies.json"
_NUMBERS = "numbers.npz"
_WORDS = r"\w+|[?!]"
_FOLDS = 3
#: Of the optimisation: a hundredth changes no figure, and takes half of the time.
_TOLERANCE = 1e-2
#: Keeps the probabilities' scale and offsets near to what they are without any.
_RESTRAINT = 1e-3
#: In how many texts a term has to be.
_OFTEN = {"words": 2, "pieces": 3, "sounds": 3, "pairs": 3}


class _Text:
    """A text and the word groups it has words of, looked up once."""

    def __init__(self, text: str, groups: WordGroups) -> None:
        self.text = text
        self._groups = groups

    @cached_property
    def groups(self) -> frozenset[str]:
        return self._groups.of(self.text)


Analyze = Callable[[_Text], Iterable[str]]


def _analyzers() -> dict[str, tuple[Analyze, float]]:
    """Which terms a text is taken apart into, and how much each part counts."""
    whole = TfidfVectorizer(preprocessor=plain, token_pattern=_WORDS, ngram_range=(1, 2))
    pieces = TfidfVectorizer(preprocessor=plain, analyzer="char_wb", ngram_range=(2, 5))
    sounds = TfidfVectorizer(preprocessor=heard, analyzer="char_wb", ngram_range=(2, 4))
    return {
        "words": (_on_letters(whole), 1.0),
        "pieces": (_on_letters(pieces), 1.0),
        "sounds": (_on_letters(sounds), 0.7),
        "groups": (lambda text: text.groups, 0.8),
        "pairs": (lambda text: pairs(text.groups), 0.6),
    }


def _on_letters(vectorizer: TfidfVectorizer) -> Analyze:
    analyze = vectorizer.build_analyzer()
    return lambda text: analyze(text.text)


class Reader:
    """Takes texts apart; several models look at the same message."""

    def __init__(self, forms: Forms) -> None:
        """`forms` of the word groups, see `components.groups`."""
        self.forms = forms
        self.parts = _analyzers()
        self._groups = WordGroups(forms)
        self.read = lru_cache(maxsize=16)(self._read)

    @classmethod
    def of(cls, forms: Forms) -> "Reader":
        """One reader for all models that know the same groups."""
        digest = hashlib.sha256(json.dumps(forms, sort_keys=True).encode()).hexdigest()
        reader = _readers.get(digest) or cls(forms)
        _readers[digest] = reader
        return reader

    def save(self, folder: Path) -> None:
        """Write the groups into the folder."""
        (folder / _GROUPS).write_text(json.dumps(self.forms, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Reader":
        """What `save` has written."""
        return cls.of(json.loads((folder / _GROUPS).read_text(encoding="utf-8")))

    def text(self, text: str) -> _Text:
        """The text as the parts' analyzers take it."""
        return _Text(text, self._groups)

    def _read(self, text: str) -> dict[str, Counter]:
        read = self.text(text)
        return {name: Counter(analyze(read)) for name, (analyze, _) in self.parts.items()}


_readers: "WeakValueDictionary[str, Reader]" = WeakValueDictionary()


class NgramModel:
    """Texts in, a probability for each label out."""

    def __init__(
        self, reader: Reader, labels: list[str], vocabulary: dict[str, dict[str, int]],
        numbers: dict[str, np.ndarray],
    ) -> None:  # fmt: skip
        """`vocabulary`: the column of each term of each part; `numbers` by name:

        `rarity` of each column, `weights` (columns x labels) and `bias` of the votes, `scale` of
        the votes and `offset` of each label, which make probabilities of them.
        """
        self.labels = labels
        self._reader = reader
        self._vocabulary = vocabulary
        self._numbers = numbers

    @classmethod
    def fit(
        cls, reader: Reader, texts: list[str], labels: list[str], *, strength: float = 0.5
    ) -> "NgramModel":
        """Learn from texts and their labels; `strength` is the inverse of regularisation.

        Probabilities are fitted on votes about texts that the voting model had not learned from.
        """
        if min(Counter(labels).values(), default=0) < _FOLDS:
            raise ValueError(f"each label needs {_FOLDS} examples at least")
        names = sorted(set(labels))
        wanted = np.array([names.index(label) for label in labels])
        features, vocabulary, rarity = _features_of(reader, texts)
        (weights, bias), votes = _learned(features, wanted, len(names), strength)
        scale, offset = _calibrated(votes, wanted)
        numbers = {
            "rarity": rarity, "weights": weights.astype(np.float16), "bias": bias,
            "scale": scale, "offset": offset,
        }  # fmt: skip
        return cls(reader, names, vocabulary, numbers)

    def ranking(self, text: str) -> list[tuple[str, float]]:
        """Labels and their probabilities, likeliest first."""
        known = self._numbers
        columns, values = self._features(text)
        votes = values @ known["weights"][columns].astype(np.float32) + known["bias"]
        shares = softmax(known["scale"] * votes + known["offset"])
        return [(self.labels[at], float(shares[at])) for at in np.argsort(-shares)]

    def _features(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """What the vectorizers give, of the few columns that occur in the text."""
        columns: list[np.ndarray] = [np.array([], dtype=int)]
        values: list[np.ndarray] = [np.array([], dtype=np.float32)]
        for part, counted in self._reader.read(text).items():
            terms = self._vocabulary[part]
            inside = [(terms[term], n) for term, n in counted.items() if term in terms]
            if inside:
                at, often = (np.array(each) for each in zip(*inside, strict=True))
                weighted = (1 + np.log(often)) * self._numbers["rarity"][at]
                columns.append(at)
                values.append(self._reader.parts[part][1] * weighted / np.linalg.norm(weighted))
        return np.concatenate(columns), np.concatenate(values).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write vocabularies and numbers into the folder."""
        parts = {"labels": self.labels, "vocabulary": self._vocabulary}
        (folder / _PARTS).write_text(json.dumps(parts, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / _NUMBERS, **self._numbers)

    @classmethod
    def load(cls, folder: Path, reader: Reader) -> "NgramModel":
        """What `save` has written."""
        parts = json.loads((folder / _PARTS).read_text(encoding="utf-8"))
        with np.load(folder / _NUMBERS) as numbers:
            return cls(reader, parts["labels"], parts["vocabulary"], dict(numbers))


def _features_of(
    reader: Reader, texts: list[str]
) -> tuple[csr_matrix, dict[str, dict[str, int]], np.ndarray]:
    """Texts x columns, the column of each term of each part, and each column's rarity."""
    blocks, vocabulary, rarity = [], {}, []
    offset = 0
    read = [reader.text(text) for text in texts]
    for part, (analyze, weight) in reader.parts.items():
        vectorizer = TfidfVectorizer(
            analyzer=analyze, min_df=_OFTEN.get(part, 1), sublinear_tf=True, dtype=np.float32
        )
        try:
            blocks.append(weight * vectorizer.fit_transform(read))
        except ValueError:  # nothing of that part is in enough texts: scikit-learn refuses it
            vocabulary[part] = {}
            continue
        terms = vectorizer.vocabulary_
        vocabulary[part] = {term: int(at) + offset for term, at in terms.items()}
        rarity.append(vectorizer.idf_.astype(np.float32))
        offset += len(terms)
    return hstack(blocks).tocsr(), vocabulary, np.concatenate(rarity)


def _separated(
    features: csr_matrix, wanted: np.ndarray, labels: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (columns x labels) and bias: each label against all the others."""
    model = LinearSVC(C=strength, class_weight="balanced", tol=_TOLERANCE, random_state=7)
    model.fit(features, wanted)
    weights, bias = model.coef_.T, model.intercept_
    if labels == len("ab"):  # one row for two labels; make it one each
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return weights, bias


def _learned(
    features: csr_matrix, wanted: np.ndarray, labels: int, strength: float
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """The model of all texts, and the votes on each text by a model that has not seen it."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=7)
    splits = list(folds.split(wanted, wanted))

    def fit(seen: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        return _separated(features[seen], wanted[seen], labels, strength)

    # Threads: liblinear lets go of Python's lock.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        whole, *parts = pool.map(fit, [slice(None), *(seen for seen, _ in splits)])
    votes = np.zeros((len(wanted), labels))
    for (weights, bias), (_, unseen) in zip(parts, splits, strict=True):
        votes[unseen] = features[unseen] @ weights + bias
    return whole, votes


def _calibrated(votes: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale and offsets that make the votes the likeliest probabilities of what was wanted."""
    count, labels = votes.shape

    def unlikely(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        logs = log_softmax(numbers[0] * votes + numbers[1:], axis=1)
        off = np.exp(logs)
        off[np.arange(count), wanted] -= 1
        slope = np.concatenate([[(off * votes).sum()], off.sum(axis=0)]) / count
        restraint = _RESTRAINT * (numbers[1:] ** 2).sum()
        slope[1:] += 2 * _RESTRAINT * numbers[1:]
        return -logs[np.arange(count), wanted].mean() + restraint, slope

    start = np.concatenate([[4.0], np.zeros(labels)])
    found = minimize(unlikely, start, jac=True, method="L-BFGS-B").x
    return found[:1].astype(np.float32), found[1:].astype(np.float32)
