"""Search: from somebody's words to the entries that answer them, each with a probability.

An index holds every text of every entry, a part per language. A part measures in several ways
how well each entry fits (see `casework.likeness`) and weighs the measures. The weights were
fitted on questions that stand in no entry (`tools/measure_search.py --fit`). An index is built
in memory and never changed: a changed entry means a new index, of which only the languages that
changed are built anew.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from casework import sounds
from casework.likeness import (
    Alike,
    Bayes,
    Bm25,
    Cosine,
    Lexicon,
    Numbers,
    Pairs,
    Question,
    Table,
    Texts,
    Vector,
    postings_of,
    rarity_of,
    sequences_in,
)
from casework.meanings import Group, Meanings
from casework.text import IN_LATIN, Word, is_latin, stop_stems, words

#: How much likelier the likest by meaning is taken to be than the next: cosines lie close together.
SHARPER = 4
#: Of an answer, what its meaning is taken from: models read no more.
READ = 500

#: Addresses of pages are no words that anybody asks with.
_ADDRESS = re.compile(r"https?://\S+")


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


class Embedding(Protocol):
    """What makes vectors of length 1 of sentences, so that a product is a likeness of meaning."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text."""
        ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """One vector."""
        ...


#: What likeness of meaning counts where the operator switched it on; unlike the other weights not
#: fitted, as that takes a model (`tools/measure_search.py --fit` with the setting fits it, too).
SEMANTIC, SEMANTIC_SIGN = 4.0, 6.0


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of index weighs what it measures."""

    #: What each measure counts for an entry, as a share of its best value for the question.
    measures: Mapping[str, float]
    #: What the best entry's signs say about whether anything answers: log odds per unit.
    signs: Mapping[str, float]
    #: What a word counts in a question that is in every other one too (where, can, for).
    stop_words: float = 1.0


#: For entries with ways of asking, which are short and many.
CURATED = Profile(
    measures={
        "stems": 0.6,
        "alike": 1.6,
        "pieces": 2.3,
        "piece_hits": 3.4,
        "pairs": 1.8,
        "title": 0.8,
        "meant": 12.5,
        "semantic": SEMANTIC,
    },
    signs={
        "constant": -8.1,
        "share_met": 0.4,
        "pieces": 5.3,
        "pairs": 1.6,
        "meant": 0.66,
        "semantic": SEMANTIC_SIGN,
    },
)
#: For the same where there is no word list.
UNLISTED = Profile(
    measures={
        "stems": 2.1,
        "alike": 1.6,
        "pieces": 3.5,
        "piece_hits": 4.2,
        "pairs": 1.7,
        "title": 1.2,
        "semantic": SEMANTIC,
    },
    signs={
        "constant": -4.2,
        "share_met": 1.7,
        "pieces": 11.4,
        "pairs": 1.4,
        "semantic": SEMANTIC_SIGN,
    },
)
#: For pages without them, such as imported ones.
PAGES = Profile(
    measures={
        "stems": 1.2,
        "alike": 1.0,
        "pieces": 2.8,
        "piece_hits": 1.6,
        "pairs": 1.0,
        "groups": 1.5,
        "title": 1.1,
        "semantic": SEMANTIC,
    },
    signs={
        "constant": -4.2,
        "share_met": 2.9,
        "pieces": 9.2,
        "pairs": 1.7,
        "semantic": SEMANTIC_SIGN,
    },
    stop_words=0.3,
)
#: What these signs come to in the mean for the best of the wrong entries, in German: languages
#: whose words vary more have lower ones, for right entries and wrong ones alike.
USUAL = {"share_met": 0.39, "pieces": 0.133}
#: How many ways of asking are tried to find out what is usual in an index of at least so many
#: entries; among fewer, the best of the wrong ones tells little.
TRIED, USUAL_FROM = 40, 20
#: How sure it is that an entry is meant which is asked for in its very words.
ASKED_SO = 0.98
#: From this many ways of asking per entry on, an index is a curated one.
CURATED_FROM = 3
#: How often a word counts by the place where it stands.
PLACES = {"title": 3.0, "asking": 1.0, "answer": 1.0, "context": 0.5}

#: Entries up to which they are also found by how they sound, written in Latin letters.
SOUNDS_LIMIT = 2_000
#: Where the person's own language is less sure than this, the others are asked too, for less.
OTHER_LANGUAGES_BELOW = 0.4
OTHER_LANGUAGE = 0.8


class Index:
    """All texts of all entries, searchable in every language that they are written in."""

    def __init__(
        self,
        documents: Iterable[Document] = (),
        groups: Sequence[Group] = (),
        previous: "Index | None" = None,
        embedding: Embedding | None = None,
    ) -> None:
        """`groups` is the office's word list; what did not change is taken from `previous`.

        With `embedding`, likeness of meaning counts too; its vectors are made here.
        """
        by_language: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            by_language[document.language].append(document)
        for language in sounds.LANGUAGES & by_language.keys():
            if len(by_language[language]) <= SOUNDS_LIMIT:
                by_language[language + IN_LATIN] = by_language[language]
        known: Mapping[str, Ranking] = previous.rankings if previous else {}
        parts: dict[str, Part] = {}
        for language, own in by_language.items():
            part = known[language].part if language in known else None
            wanted = own, groups, embedding
            same = part is not None and (part.documents, part.groups, part.embedding) == wanted
            parts[language] = part if part and same else Part(language, *wanted)
        meant = _meant(list(parts.values()))
        self.rankings: dict[str, Ranking] = {
            language: Ranking(part, meant, known.get(language)) for language, part in parts.items()
        }

    def search(self, query: str, language: str, limit: int = 10) -> list[Hit]:
        """The likeliest entries, best first: in this language, else in the others."""
        own = self.ranking_for(query, language)
        best = own.search(query, limit) if own is not None else {}
        if max(best.values(), default=0.0) < OTHER_LANGUAGES_BELOW:
            for code, ranking in self.rankings.items():
                elsewhere = ranking is not own and not code.endswith(IN_LATIN)
                if elsewhere and ranking.part.understands(query):
                    for entry, score in ranking.search(query, limit).items():
                        best[entry] = max(best.get(entry, 0.0), score * OTHER_LANGUAGE)
        ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
        return [Hit(entry, round(score, 4)) for entry, score in ranked[:limit]]

    def settle(self) -> None:
        """Do what the first searches would have to do; takes a second or two for ten languages."""
        for ranking in self.rankings.values():
            ranking.settle()

    def ranking_for(self, query: str, language: str) -> "Ranking | None":
        """Where a question in this language is looked for first."""
        if language in sounds.LANGUAGES and is_latin(query):
            language += IN_LATIN
        return self.rankings.get(language)


class Part:
    """The entries in one language, and how well each fits a question, measured in several ways."""

    def __init__(
        self,
        language: str,
        documents: Sequence[Document],
        groups: Sequence[Group] = (),
        embedding: Embedding | None = None,
    ) -> None:
        self.embedding = embedding
        self.documents = documents
        self.groups = groups
        self.ids = [document.id for document in documents]
        self.language = language
        self._lexicon = lexicon = Lexicon(language)
        self._meanings = Meanings(groups, language.removesuffix(IN_LATIN), language)
        owners, places, texts = _texts(documents)
        read = lexicon.read(texts)
        tables = lexicon.stem_table(), lexicon.piece_table()
        by_group = lexicon.group_table(self._meanings, len(groups))
        counts = read.counts(len(lexicon.words))
        grouped = counts @ by_group + sequences_in(read, lexicon, self._meanings, len(groups))
        whole = _added_up(counts, owners, places, len(documents))
        by_piece = postings_of(whole @ tables[1])
        self._stems = Bm25(postings_of(whole @ tables[0]))
        self._alike = Alike(postings_of(whole), tables[1], lexicon)
        self._pieces = Cosine(by_piece)
        self._piece_hits = Bm25(by_piece)
        self._pairs = Pairs(read, owners, len(documents), lexicon)
        self._grouped = Bm25(postings_of(_added_up(grouped, owners, places, len(documents))))
        titles = postings_of(counts[np.flatnonzero(places == "title")] @ tables[1])
        self._titles = Bm25(titles, rarity_of(by_piece))
        short = np.flatnonzero((places == "title") | (places == "asking"))
        curated = len(short) >= (1 + CURATED_FROM) * len(documents)
        self.profile = PAGES if not curated else CURATED if groups else UNLISTED
        self._asked = _asked(read, short, owners)
        #: For each way of asking, titles among them, its groups and the number of its entry.
        self.asking = (grouped[short], owners[short]) if curated else None
        meant = embedding is not None and not language.endswith(IN_LATIN)
        self._sense = _Sense(embedding, owners, texts) if embedding and meant else None

    def asked_so(self, query: str) -> str | None:
        """The entry that has this very title or way of asking; None where none or several have."""
        key = self._lexicon.key(words(query, self.language))
        entry = self._asked.get(key) if key else None
        return None if entry is None else self.ids[entry]

    def understands(self, query: str) -> bool:
        """Whether at least half of the words are known in this language."""
        asked = words(query, self.language)
        known = sum(word.stem in self._lexicon.stems for word in asked)
        return bool(asked) and 2 * known >= len(asked)

    def measure(self, query: str) -> "Measured | None":
        """Every measure of every entry; None where nothing of the question is known."""
        asked = words(query, self.language)
        question = Question(self._lexicon, asked, self._weights(asked), self._meanings)
        known = len(question.pieces[0]) or len(question.groups[0])
        if not asked or not (known or self._sense):
            return None
        values = {
            "stems": self._stems.scores(question.stems),
            "alike": self._alike.scores(question),
            "pieces": self._pieces.scores(question.pieces),
            "piece_hits": self._piece_hits.scores(question.pieces),
            "pairs": self._pairs.scores(question.pairs),
            "groups": self._grouped.scores(question.groups),
            "title": self._titles.scores(question.pieces),
        }
        if self._sense is not None:
            values["semantic"] = self._sense.scores(query, len(self.ids))
        return Measured(question, values)

    def share_met(self, question: Question, entry: int) -> float:
        """How much of the question, rare words first, stands in this entry: 0 to 1."""
        return self._alike.share_met(question, entry)

    def _weights(self, asked: Sequence[Word]) -> list[float]:
        language = self.language.removesuffix(IN_LATIN)
        less = stop_stems(language) if self.profile.stop_words < 1 else frozenset()
        return [self.profile.stop_words if word.stem in less else 1.0 for word in asked]


class Ranking:
    """One part's entries in the order in which they answer a question, with probabilities."""

    def __init__(
        self, part: Part, meant: "_Meant | None", previous: "Ranking | None" = None
    ) -> None:
        """What is usual is taken from `previous` where the part is the same."""
        self.part = part
        self.profile = part.profile
        self._meant = meant.within(part) if meant is not None and part.asking is not None else None
        same = previous is not None and previous.part is part
        self._known_usual: Mapping[str, float] | None = (
            previous._known_usual if previous and same else None
        )

    def search(self, query: str, limit: int) -> dict[str, float]:
        """The probability of each of the likeliest entries."""
        measured = self.measure(query)
        if measured is None:
            return {}
        fit = self.fit(measured)
        share = np.exp(fit - fit.max())
        share /= share.sum()
        best = np.argsort(-share, kind="stable")[:limit]
        signs = self.signs(measured, int(best[0]))
        weights = self.certainty(measured)
        odds = sum(weights.get(name, 0.0) * value for name, value in signs.items())
        answered = 1 / (1 + np.exp(-odds))
        found = {self.part.ids[number]: float(share[number] * answered) for number in best}
        known = self.part.asked_so(query)
        if known is not None:
            found = {entry: score * (1 - ASKED_SO) for entry, score in found.items()}
            found[known] = ASKED_SO
        return found

    def measure(self, query: str) -> "Measured | None":
        """Every measure of every entry; None where nothing of the question is known."""
        measured = self.part.measure(query)
        if measured is not None and self._meant is not None:
            measured.values["meant"] = self._meant(measured.question)
        return measured

    def fit(self, measured: "Measured") -> Vector:
        """How well each entry fits; differences are log odds between two entries."""
        weights = self.profile.measures
        total: Vector = sum(
            (weights.get(name, 0.0) * scaled(value) for name, value in measured.values.items()),
            np.zeros(len(self.part.ids)),
        )
        return total

    def certainty(self, measured: "Measured") -> Mapping[str, float]:
        """What each sign counts; as without a word list where none of its words was said."""
        unlisted = self._meant is not None and not len(measured.question.groups[0])
        return UNLISTED.signs if unlisted else self.profile.signs

    def signs(self, measured: "Measured", entry: int) -> dict[str, float]:
        """By what one can tell whether this entry, the best one, answers the question."""
        signs = self._raw_signs(measured, entry)
        known = self.settle()
        for name, usual in USUAL.items():
            signs[name] *= (usual / max(known[name], usual / 10)) ** 0.5
        return signs

    def _raw_signs(self, measured: "Measured", entry: int) -> dict[str, float]:
        values, question = measured.values, measured.question
        return {
            "constant": 1.0,
            "share_met": self.part.share_met(question, entry),
            "pieces": float(values["pieces"][entry]),
            "pairs": float(np.log1p(values["pairs"][entry])),
            "meant": float(values["meant"][entry]) if "meant" in values else 0.0,
            "semantic": float(values["semantic"][entry]) if "semantic" in values else 0.0,
        }

    def settle(self) -> Mapping[str, float]:
        """Find out what is usual, once; the first search does it where nobody did before."""
        if self._known_usual is None:
            tells = self.part.asking is not None and len(self.part.ids) >= USUAL_FROM
            self._known_usual = self._usual_signs() if tells else USUAL
        return self._known_usual

    def _usual_signs(self) -> Mapping[str, float]:
        """What the signs come to in the mean for the best of the wrong entries."""
        asked = [
            (entry, asking)
            for entry, document in enumerate(self.part.documents)
            for asking in document.asking
        ]
        found: list[dict[str, float]] = []
        for entry, asking in asked[:: max(1, len(asked) // TRIED)]:
            measured = self.measure(asking)
            if measured is not None:
                fit = self.fit(measured)
                fit[entry] = -np.inf
                found.append(self._raw_signs(measured, int(np.argmax(fit))))
        return {
            name: float(np.mean([signs[name] for signs in found])) if found else usual
            for name, usual in USUAL.items()
        }


@dataclass(frozen=True, slots=True)
class _Meant:
    """What groups of words mean in all languages, with the number of each entry."""

    learnt: Bayes
    numbers: Mapping[str, int]

    def within(self, part: Part) -> Callable[[Question], Vector]:
        """The same for the entries of one part, in its order."""
        own = np.array([self.numbers[entry] for entry in part.ids], dtype=np.intp)
        return lambda question: self.learnt.scores(question.groups)[own]


def _meant(parts: Sequence[Part]) -> _Meant | None:
    """What all ways of asking in all languages teach; None without a word list or any of them."""
    taught = [
        (part, part.asking)
        for part in parts
        if part.asking is not None and part.groups and not part.language.endswith(IN_LATIN)
    ]
    if not taught:
        return None
    numbers: dict[str, int] = {}
    owners = []
    for part, (_, of_part) in taught:
        own = [numbers.setdefault(entry, len(numbers)) for entry in part.ids]
        owners.append(np.array(own, dtype=np.intp)[of_part])
    rows = sparse.vstack([grouped for _, (grouped, _) in taught]).tocsr()
    return _Meant(Bayes(rows, np.concatenate(owners), len(numbers)), numbers)


@dataclass(frozen=True, slots=True)
class Measured:
    """A question and, by the name of each measure, one value per entry."""

    question: Question
    values: dict[str, Vector]


class _Sense:
    """What each text means, as a model's vectors."""

    def __init__(self, embedding: Embedding, owners: Numbers, texts: Sequence[str]) -> None:
        self._embedding = embedding
        self._owners = owners
        self._vectors = embedding.embed_passages([text[:READ] for text in texts])

    def scores(self, query: str, entries: int) -> Vector:
        """How near each entry's nearest text is, 0 to 1."""
        likeness = self._vectors @ self._embedding.embed_query(query)
        best = np.zeros(entries)
        np.maximum.at(best, self._owners, np.maximum(likeness, 0.0))
        return best**SHARPER


def _asked(read: Texts, short: Numbers, owners: Numbers) -> dict[bytes, int]:
    """The entry of each title and way of asking, but for those that several entries have."""
    entries: dict[bytes, int | None] = {}
    for number in short:
        key, entry = read.key(number), int(owners[number])
        if entries.setdefault(key, entry) != entry:
            entries[key] = None
    return {key: entry for key, entry in entries.items() if entry is not None}


def scaled(values: Vector) -> Vector:
    """A measure as a share of its best value."""
    best = float(values.max(initial=0.0))
    return values / best if best > 0 else np.zeros_like(values)


def _texts(documents: Sequence[Document]) -> tuple[Numbers, NDArray[np.str_], list[str]]:
    """All texts in a row, with the number of their entry and their place in it."""
    found = [
        (number, place, _ADDRESS.sub(" ", text))
        for number, document in enumerate(documents)
        for place, text in _places(document)
    ]
    owners = np.array([number for number, _, _ in found], dtype=np.intp)
    places = np.array([place for _, place, _ in found], dtype=np.str_)
    return owners, places, [text for _, _, text in found]


def _places(document: Document) -> Iterator[tuple[str, str]]:
    yield "title", document.title
    yield "answer", document.answer
    yield from (("asking", asking) for asking in document.asking)
    if document.context:
        yield "context", document.context


def _added_up(counts: Table, owners: Numbers, places: NDArray[np.str_], entries: int) -> Table:
    """Counts per entry, each place with its weight."""
    weights = np.array([PLACES[str(place)] for place in places], dtype=np.float32)
    belongs = sparse.csr_array(
        (weights, (owners, np.arange(len(owners)))), shape=(entries, counts.shape[0])
    )
    return (belongs @ counts).tocsr()
