"""Search: from somebody's words to the entries that answer them, each with a probability.

An index holds every text of every entry, a part per language. A part asks several signals how
well an entry fits - words by their stems, pieces of words, single ways of asking, and a
classifier that learnt from the ways of asking - and weighs them. It is built in memory and
never changed: a changed entry means a new index.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from casework.text import Word, words

Vector = NDArray[np.float64]

#: How often a word counts by the place where it stands.
TITLE, ASKING, ANSWER, CONTEXT = 3.0, 1.0, 1.0, 0.5
BM25_SATURATION, BM25_LENGTH = 1.2, 0.75
#: Lengths of the pieces of words; a piece may hold the blank before or behind the word.
PIECES = (3, 4, 5)
#: Ways of asking up to which the classifier is trained: its cost grows with their square.
CLASSIFIER_LIMIT = 6_000
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Document:
    """An entry's words in one language, as search needs them."""

    id: str
    language: str
    title: str
    answer: str
    asking: tuple[str, ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry and the probability, 0 to 1, that it answers the question."""

    id: str
    score: float


class Index:
    """All texts of all entries, searchable in every language that they are written in."""

    def __init__(self, documents: Iterable[Document] = (), previous: "Index | None" = None) -> None:
        """What did not change is taken over from the `previous` index."""
        by_language: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            by_language[document.language].append(document)
        known: dict[str, _Part] = previous._parts if previous else {}
        self._parts: dict[str, _Part] = {
            language: known[language]
            if language in known and known[language].documents == own
            else _Part(language, own)
            for language, own in by_language.items()
        }

    def search(self, query: str, language: str, limit: int = 10) -> list[Hit]:
        """The likeliest entries, best first: in this language, else in the others."""
        best: dict[str, float] = {}
        own = self._parts.get(language)
        if own is not None:
            best = own.search(query)
        if not best or max(best.values()) < OTHER_LANGUAGES_BELOW:
            for code, part in self._parts.items():
                if code == language:
                    continue
                for entry, score in part.search(query).items():
                    best[entry] = max(best.get(entry, 0.0), score * OTHER_LANGUAGE)
        ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
        return [Hit(entry, round(score, 4)) for entry, score in ranked[:limit]]


#: Other languages are asked where the person's own is less sure than this, and count less.
OTHER_LANGUAGES_BELOW = 0.3
OTHER_LANGUAGE = 0.7


class _Lexicon:
    """The words of one language's texts, their stems and their pieces, numbered."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: dict[Word, int] = {}
        self.stems: dict[str, int] = {}
        self.pieces: dict[str, int] = {}

    def read(self, texts: Sequence[str]) -> sparse.csr_array:
        """How often each word stands in each text; new words are numbered on the way."""
        columns: list[int] = []
        ends = [0]
        for text in texts:
            known = self.words
            columns += [known.setdefault(word, len(known)) for word in words(text, self.language)]
            ends.append(len(columns))
        return _counted(columns, ends, len(self.words))

    def stem_table(self) -> sparse.csr_array:
        """Which stem each word has."""
        known = self.stems
        columns = [known.setdefault(word.stem, len(known)) for word in self.words]
        return _counted(columns, list(range(len(columns) + 1)), len(known))

    def piece_table(self) -> sparse.csr_array:
        """Which pieces each word has."""
        known = self.pieces
        columns: list[int] = []
        ends = [0]
        for word in self.words:
            columns += [known.setdefault(p, len(known)) for p in pieces(word.spelling)]
            ends.append(len(columns))
        return _counted(columns, ends, len(known))

    def stems_of(self, query: Sequence[Word]) -> sparse.csr_array:
        """The query's stems, those that are known."""
        return _row([self.stems.get(word.stem) for word in query], len(self.stems))

    def pieces_of(self, query: Sequence[Word]) -> sparse.csr_array:
        """The query's pieces of words, those that are known."""
        found = [self.pieces.get(piece) for word in query for piece in pieces(word.spelling)]
        return _row(found, len(self.pieces))


@lru_cache(maxsize=100_000)
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


class _Part:
    """The entries' words in one language."""

    def __init__(self, language: str, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.ids = [document.id for document in documents]
        self._language = language
        self._lexicon = lexicon = _Lexicon(language)
        owners, kinds, texts = _units(documents)
        counts = lexicon.read(texts)
        stem_table, piece_table = lexicon.stem_table(), lexicon.piece_table()
        weights = np.array([_WEIGHTS[kind] for kind in kinds])
        own = sparse.csr_array(
            (weights, (owners, np.arange(len(owners)))), shape=(len(documents), len(texts))
        )
        whole = own @ counts
        self._stems = _Bm25(whole @ stem_table)
        self._pieces = _Cosine(whole @ piece_table)
        short = np.flatnonzero(np.isin(kinds, ("title", "asking")))
        self._short_owners = owners[short]
        self._short_stems = _Cosine(counts[short] @ stem_table)
        self._short_pieces = _Cosine(counts[short] @ piece_table)
        self._classifier = _Classifier(
            self._short_stems, self._short_pieces, self._short_owners, len(documents)
        )

    def search(self, query: str) -> dict[str, float]:
        """The probability of each entry that has anything in common with the query."""
        asked = words(query, self._language)
        stems, pieces_ = self._lexicon.stems_of(asked), self._lexicon.pieces_of(asked)
        if not stems.nnz and not pieces_.nnz:
            return {}
        bm25 = self._stems.scores(stems)
        whole = self._pieces.scores(pieces_)
        short_stems = self._short_stems.scores(stems)
        short_pieces = self._short_pieces.scores(pieces_)
        nearest = self._best_by_owner(0.5 * short_stems + 0.5 * short_pieces)
        learnt = self._classifier.scores(short_stems, short_pieces)
        total = bm25 / (bm25.max() or 1.0) + whole / (whole.max() or 1.0) + nearest + 2 * learnt
        strength = float(np.clip(nearest.max() * 1.2, 0, 1))
        share = np.exp(4 * (total - total.max()))
        probability = share / share.sum() * strength
        return {self.ids[n]: float(probability[n]) for n in np.argsort(-probability)[:10]}

    def _best_by_owner(self, scores: Vector) -> Vector:
        best = np.zeros(len(self.ids))
        np.maximum.at(best, self._short_owners, scores)
        return best


_WEIGHTS = {"title": TITLE, "asking": ASKING, "answer": ANSWER, "context": CONTEXT}


def _units(documents: Sequence[Document]) -> tuple[NDArray[np.intp], list[str], list[str]]:
    found = [
        (owner, kind, text)
        for owner, document in enumerate(documents)
        for kind, text in _texts(document)
    ]
    owners = np.array([owner for owner, _, _ in found], dtype=np.intp)
    return owners, [kind for _, kind, _ in found], [text for _, _, text in found]


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    yield "title", document.title
    yield "answer", document.answer
    for asking in document.asking:
        yield "asking", asking
    if document.context:
        yield "context", document.context


class _Bm25:
    """Okapi BM25: how much of what is asked a text holds, rare words first."""

    def __init__(self, counts: sparse.csr_array) -> None:
        texts = counts.shape[0]
        present = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log1p((texts - present + 0.5) / (present + 0.5))
        lengths = counts.sum(axis=1)
        norm = BM25_SATURATION * (1 - BM25_LENGTH + BM25_LENGTH * lengths / (lengths.mean() or 1))
        weighted = counts.astype(np.float64)
        rows = np.repeat(np.arange(texts), np.diff(counts.indptr))
        weighted.data *= (BM25_SATURATION + 1) / (weighted.data + norm[rows])
        weighted.data *= rarity[counts.indices]
        self._by_word = weighted.T.tocsr()

    def scores(self, query: sparse.csr_array) -> Vector:
        """One score per text."""
        return _dense(query @ self._by_word)


class _Cosine:
    """Likeness of weighted counts, 0 to 1."""

    def __init__(self, counts: sparse.csr_array) -> None:
        texts = counts.shape[0]
        present = np.bincount(counts.indices, minlength=counts.shape[1])
        self._rarity = 1 + np.log((1 + texts) / (1 + present))
        self.rows = self._weighted(counts)
        self._by_feature = self.rows.T.tocsr()

    def scores(self, query: sparse.csr_array) -> Vector:
        """One likeness per text."""
        return _dense(self._weighted(query) @ self._by_feature)

    def _weighted(self, counts: sparse.csr_array) -> sparse.csr_array:
        weighted = counts.astype(np.float64)
        weighted.data = (1 + np.log(weighted.data)) * self._rarity[weighted.indices]
        length = np.sqrt(weighted.multiply(weighted).sum(axis=1))
        rows = np.repeat(np.arange(weighted.shape[0]), np.diff(weighted.indptr))
        weighted.data /= np.maximum(length, 1e-9)[rows]
        return weighted


class _Classifier:
    """Kernel ridge regression from ways of asking to entries; trained in one linear solve."""

    def __init__(
        self, stems: _Cosine, pieces_: _Cosine, owners: NDArray[np.intp], entries: int
    ) -> None:
        self._weights: NDArray[np.float64] | None = None
        if not len(owners) <= CLASSIFIER_LIMIT or len(owners) < 2 * entries:
            return
        kernel = (stems.rows @ stems.rows.T + pieces_.rows @ pieces_.rows.T).toarray() / 2
        kernel[np.diag_indices_from(kernel)] += RIDGE
        wanted = np.zeros((len(owners), entries))
        wanted[np.arange(len(owners)), owners] = 1.0
        self._weights = linalg.solve(kernel, wanted, assume_a="pos")

    def scores(self, short_stems: Vector, short_pieces: Vector) -> Vector | float:
        """How much each entry is meant, about 0 to 1; 0 where nothing was learnt."""
        if self._weights is None:
            return 0.0
        found: Vector = (short_stems + short_pieces) / 2 @ self._weights
        return found


def _counted(columns: Sequence[int], ends: Sequence[int], width: int) -> sparse.csr_array:
    table = sparse.csr_array(
        (np.ones(len(columns)), np.array(columns, dtype=np.int32), np.array(ends)),
        shape=(len(ends) - 1, width),
    )
    table.sum_duplicates()
    return table


def _row(columns: Iterable[int | None], width: int) -> sparse.csr_array:
    known = [column for column in columns if column is not None]
    return _counted(known, [0, len(known)], width)


def _dense(row: sparse.csr_array) -> Vector:
    return np.asarray(row.todense(), dtype=np.float64).ravel()
