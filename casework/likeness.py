"""Measures of how well texts fit a question, over sparse tables of what stands in them.

Every measure gives one number per text (or per entry). A question touches only the texts that
it shares a feature with: a word's stem, a piece of a word, a pair of neighbours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from casework.meanings import Meanings
from casework.text import Word, words

Vector = NDArray[np.float64]
Numbers = NDArray[np.intp]
#: Texts (or entries) times features.
Table: TypeAlias = sparse.csr_array
#: A question's features: their numbers and how much each counts.
Asked = tuple[Numbers, Vector]

#: Okapi BM25: how soon a word said again adds nothing, and how much long texts are held back.
SATURATION, LENGTH = 2.0, 0.95
#: Lengths of the pieces of words; a piece may hold the blank before or behind the word.
PIECES = (3, 4, 5)
#: How much less each repetition of a piece counts in a question.
REPETITION = 0.7
#: From this likeness on, two words may be forms of one; the most that are tried.
ALIKE, ALIKE_MOST = 0.45, 30
#: How often an entry is taken to have said what it never said.
NEVER_SAID = 0.05


@lru_cache(maxsize=200_000)
def pieces(word: str) -> tuple[str, ...]:
    """A word's pieces of three to five letters, its edges marked by blanks.

    >>> pieces("ab")
    (' ab', 'ab ', ' ab ')
    """
    edged = f" {word} "
    return tuple(
        edged[start : start + length]
        for length in PIECES
        for start in range(len(edged) - length + 1)
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as numbers of words, one behind the other; text `n` is `at[ends[n]:ends[n + 1]]`."""

    at: Numbers
    ends: Numbers

    def __len__(self) -> int:
        return len(self.ends) - 1

    def key(self, number: int) -> bytes:
        """The words of a text in their order, as something to look up by."""
        return self.at[self.ends[number] : self.ends[number + 1]].tobytes()

    def counts(self, width: int) -> Table:
        """How often each word stands in each text."""
        table = sparse.csr_array(
            (np.ones(len(self.at), dtype=np.float32), self.at.astype(np.int32), self.ends.copy()),
            shape=(len(self), width),
        )
        table.sum_duplicates()
        return table


class Lexicon:
    """The words of one language's texts with their stems and pieces, all of them numbered."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: dict[Word, int] = {}
        self.stems: dict[str, int] = {}
        self.pieces: dict[str, int] = {}
        self.stem_of: Numbers = np.empty(0, dtype=np.intp)

    def read(self, texts: Iterable[str]) -> Texts:
        """The texts as numbers; new words are numbered on the way."""
        at: list[int] = []
        ends = [0]
        known = self.words
        for text in texts:
            at += [known.setdefault(word, len(known)) for word in words(text, self.language)]
            ends.append(len(at))
        return Texts(np.array(at, dtype=np.intp), np.array(ends, dtype=np.intp))

    def key(self, said: Sequence[Word]) -> bytes | None:
        """The same for a question's words; None where one of them stands in no text."""
        numbers = [self.words.get(word) for word in said]
        return None if None in numbers else np.array(numbers, dtype=np.intp).tobytes()

    def stem_table(self) -> Table:
        """Which stem each word has."""
        known = self.stems
        self.stem_of = np.array(
            [known.setdefault(word.stem, len(known)) for word in self.words], dtype=np.intp
        )
        return _table([[stem] for stem in self.stem_of], len(known))

    def group_table(self, meanings: Meanings, groups: int) -> Table:
        """Which groups of the word list each word belongs to."""
        return _table([sorted(meanings.of(word)) for word in self.words], groups)

    def piece_table(self) -> Table:
        """Which pieces each word has."""
        known = self.pieces
        rows = [
            [known.setdefault(piece, len(known)) for piece in pieces(word.spelling)]
            for word in self.words
        ]
        return _table(rows, len(known))


class Question:
    """Somebody's words in a lexicon's numbers; `weights` says how much each word counts."""

    def __init__(
        self,
        lexicon: Lexicon,
        asked: Sequence[Word],
        weights: Sequence[float],
        meanings: Meanings | None = None,
    ) -> None:
        self.words = asked
        self.weights = weights
        stems = [lexicon.stems.get(word.stem) for word in asked]
        self.stems = _highest(stems, weights)
        self.pieces = _summed(lexicon.pieces, asked, weights)
        self.known = sum(stem is not None for stem in stems)
        self.pairs = _pairs_asked(stems, weights, len(lexicon.stems))
        self.groups = _groups_asked(meanings, asked, weights)


class Bm25:
    """How much of what is asked a text holds, rare features first (Okapi BM25)."""

    def __init__(self, postings: Table, rarity: Vector | None = None) -> None:
        """`rarity` of each feature, when it is not to be counted in these texts."""
        lengths = np.bincount(postings.indices, postings.data, minlength=postings.shape[1])
        norm = SATURATION * (1 - LENGTH + LENGTH * lengths / (lengths.mean() or 1.0))
        rarity = rarity_of(postings) if rarity is None else rarity
        held = postings.data * (SATURATION + 1) / (postings.data + norm[postings.indices])
        held *= np.repeat(rarity, np.diff(postings.indptr))
        self.by_feature = _like(postings, held)

    def scores(self, asked: Asked) -> Vector:
        """One score per text."""
        return _product(asked, self.by_feature)


class Cosine:
    """Likeness of what is asked and a text, 0 to 1."""

    def __init__(self, postings: Table) -> None:
        present = np.diff(postings.indptr)
        self._rarity = 1 + np.log((1 + postings.shape[1]) / (1 + present))
        held = (1 + np.log(postings.data)) * np.repeat(self._rarity, present)
        lengths = np.sqrt(np.bincount(postings.indices, held**2, minlength=postings.shape[1]))
        self.by_feature = _like(postings, held / np.maximum(lengths, 1e-9)[postings.indices])

    def scores(self, asked: Asked) -> Vector:
        """One likeness per text."""
        features, weights = asked
        values = weights**REPETITION * self._rarity[features]
        length = float(np.linalg.norm(values)) or 1.0
        return _product((features, values / length), self.by_feature)


class Pairs:
    """BM25 over pairs of neighbouring stems."""

    def __init__(self, texts: Texts, owners: Numbers, entries: int, lexicon: Lexicon) -> None:
        stems = lexicon.stem_of[texts.at]
        owner_of = np.repeat(owners, np.diff(texts.ends))
        codes = stems[:-1] * len(lexicon.stems) + stems[1:]
        inside = np.ones(len(codes), dtype=bool)
        borders = texts.ends[1:-1] - 1
        inside[borders[(borders >= 0) & (borders < len(codes))]] = False
        self._codes, rows = np.unique(codes[inside], return_inverse=True)
        postings = sparse.csr_array(
            (np.ones(len(rows), dtype=np.float32), (rows, owner_of[:-1][inside])),
            shape=(len(self._codes), entries),
        )
        postings.sum_duplicates()
        self._held = Bm25(postings)

    def scores(self, asked: Asked) -> Vector:
        """One score per entry."""
        codes, weights = asked
        at = np.searchsorted(self._codes, codes)
        found = at < len(self._codes)
        found[found] = self._codes[at[found]] == codes[found]
        return self._held.scores((at[found], weights[found]))


class Alike:
    """BM25 in which a word also counts, less, where only words like it stand.

    Finds inflected forms, parts of compounds and misspelt words.
    """

    def __init__(self, postings: Table, piece_table: Table, lexicon: Lexicon) -> None:
        self._by_word = Bm25(postings).by_feature
        self._words_of = postings.T.tocsr()
        self._rarity = rarity_of(postings)
        self._rarest = float(np.log1p((postings.shape[1] + 0.5) / 0.5))
        count = np.diff(piece_table.indptr)
        values = np.repeat(1 / np.sqrt(np.maximum(count, 1)), count)
        self._by_piece = _like(piece_table, values).T.tocsr()
        self._pieces = lexicon.pieces
        self._like = lru_cache(maxsize=20_000)(self._compare)

    def scores(self, question: Question) -> Vector:
        """One score per entry."""
        total = np.zeros(self._by_word.shape[1])
        for word, weight in zip(question.words, question.weights, strict=True):
            columns, likeness = self._like(word.spelling)
            if len(columns):
                found = self._by_word[columns]
                best = np.zeros_like(total)
                worth = found.data * np.repeat(likeness**2, np.diff(found.indptr))
                np.maximum.at(best, found.indices, worth)
                total += weight * best
        return total

    def share_met(self, question: Question, entry: int) -> float:
        """How much of the question, rare words first, stands in this entry: 0 to 1."""
        start, end = self._words_of.indptr[entry : entry + 2]
        present = self._words_of.indices[start:end]
        met = whole = 0.0
        for word, weight in zip(question.words, question.weights, strict=True):
            columns, likeness = self._like(word.spelling)
            rarity = self._rarity[columns[0]] if len(columns) else self._rarest
            here = likeness[np.isin(columns, present)]
            met += weight * rarity * float(here.max() ** 2 if len(here) else 0.0)
            whole += weight * rarity
        return met / whole if whole else 0.0

    def _compare(self, spelling: str) -> tuple[Numbers, Vector]:
        """The words like this one, the likest first, and how like they are."""
        own = set(pieces(spelling))
        known = [number for piece in own if (number := self._pieces.get(piece)) is not None]
        values = np.full(len(known), 1 / np.sqrt(len(own)))
        likeness = _product((np.array(known, dtype=np.intp), values), self._by_piece)
        columns = np.flatnonzero(likeness > ALIKE)
        columns = columns[np.argsort(-likeness[columns])[:ALIKE_MOST]]
        return columns, likeness[columns]


class Bayes:
    """How likely an entry's texts say these features: naive Bayes over multinomials."""

    def __init__(self, rows: Table, owners: Numbers, entries: int) -> None:
        """`rows` are texts times features, `owners` the number of each text's entry."""
        present = np.bincount(rows.indices, minlength=rows.shape[1])
        self._rarity = 1 + np.log((1 + rows.shape[0]) / (1 + present))
        values = (1 + np.log(rows.data)) * self._rarity[rows.indices]
        text_of = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        lengths = np.sqrt(np.bincount(text_of, values**2, minlength=rows.shape[0]))
        told = _like(rows, values / np.maximum(lengths, 1e-9)[text_of])
        belongs = sparse.csr_array(
            (np.ones(len(owners)), (owners, np.arange(len(owners)))), shape=(entries, len(owners))
        )
        by_entry = (belongs @ told).tocsr()
        whole = np.asarray(by_entry.sum(axis=1)).ravel() + NEVER_SAID * rows.shape[1]
        self._unsaid = np.log(NEVER_SAID / whole)
        self._by_feature = _like(by_entry, np.log1p(by_entry.data / NEVER_SAID)).T.tocsr()

    def scores(self, asked: Asked) -> Vector:
        """Log odds per entry against the least likely one; zeros where nothing is known."""
        features, weights = asked
        values = (1 + np.log(np.maximum(weights, 1.0))) * np.minimum(weights, 1.0)
        values *= self._rarity[features]
        values /= float(np.linalg.norm(values)) or 1.0
        found: Vector = _product((features, values), self._by_feature)
        found += values.sum() * self._unsaid
        found -= found.min(initial=np.inf)
        return found


def _highest(stems: Sequence[int | None], weights: Sequence[float]) -> Asked:
    best: dict[int, float] = {}
    for stem, weight in zip(stems, weights, strict=True):
        if stem is not None:
            best[stem] = max(best.get(stem, 0.0), weight)
    return _asked(best)


def _summed(known: Mapping[str, int], asked: Sequence[Word], weights: Sequence[float]) -> Asked:
    total: dict[int, float] = {}
    for word, weight in zip(asked, weights, strict=True):
        for piece in pieces(word.spelling):
            number = known.get(piece)
            if number is not None:
                total[number] = total.get(number, 0.0) + weight
    return _asked(total)


def _pairs_asked(stems: Sequence[int | None], weights: Sequence[float], width: int) -> Asked:
    best: dict[int, float] = {}
    for (one, other), pair in zip(pairwise(stems), pairwise(weights), strict=True):
        if one is not None and other is not None:
            best[one * width + other] = max(pair)
    return _asked(best)


def _groups_asked(
    meanings: Meanings | None, asked: Sequence[Word], weights: Sequence[float]
) -> Asked:
    best: dict[int, float] = {}
    if meanings is not None:
        for word, weight in zip(asked, weights, strict=True):
            for group in meanings.of(word):
                best[group] = max(best.get(group, 0.0), weight)
        stems = [word.stem for word in asked]
        for start, stem in enumerate(stems):
            for sequence, group in meanings.sequences.get(stem, ()):
                if tuple(stems[start : start + len(sequence)]) == sequence:
                    best[group] = 1.0
    return _asked(best)


def sequences_in(texts: Texts, lexicon: Lexicon, meanings: Meanings, groups: int) -> Table:
    """In which texts the word list's expressions of several words stand: texts times groups."""
    at = lexicon.stem_of[texts.at] if len(texts.at) else texts.at
    text_of = np.repeat(np.arange(len(texts)), np.diff(texts.ends))
    rows, columns = [], []
    for sequence, group in chain.from_iterable(meanings.sequences.values()):
        known = [lexicon.stems.get(stem) for stem in sequence]
        if None in known or len(at) < len(sequence):
            continue
        last = len(at) - len(sequence) + 1
        here = text_of[:last] == text_of[len(sequence) - 1 :]
        for step, stem in enumerate(known):
            here &= at[step : step + last] == stem
        found = text_of[:last][here]
        rows.append(found)
        columns.append(np.full(len(found), group))
    row, column = (np.concatenate(part) if part else np.empty(0) for part in (rows, columns))
    values = np.ones(len(row), dtype=np.float32)
    return sparse.csr_array(
        (values, (row.astype(np.intp), column.astype(np.intp))), shape=(len(texts), groups)
    )


def _asked(weights: Mapping[int, float]) -> Asked:
    return (
        np.fromiter(weights.keys(), dtype=np.intp, count=len(weights)),
        np.fromiter(weights.values(), dtype=np.float64, count=len(weights)),
    )


def _product(asked: Asked, by_feature: Table) -> Vector:
    features, weights = asked
    total = np.zeros(by_feature.shape[1])
    starts, ends = by_feature.indptr[features], by_feature.indptr[features + 1]
    for start, end, weight in zip(starts, ends, weights, strict=True):
        total[by_feature.indices[start:end]] += weight * by_feature.data[start:end]
    return total


def postings_of(counts: Table) -> Table:
    """Features times texts, from texts times features."""
    return counts.T.tocsr()


def rarity_of(postings: Table) -> Vector:
    """How rare each feature is: from 0 for one that every text has upwards."""
    texts, present = postings.shape[1], np.diff(postings.indptr)
    rarity: Vector = np.log1p((texts - present + 0.5) / (present + 0.5))
    return rarity


def _like(table: Table, values: Vector) -> Table:
    """Other values at the same places; the places are not copied."""
    return sparse.csr_array(
        (values.astype(np.float32), table.indices, table.indptr), shape=table.shape
    )


def _table(rows: Sequence[Sequence[int]], width: int) -> Table:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.fromiter((column for row in rows for column in row), dtype=np.intp)
    return Texts(columns, ends).counts(width)
