"""Ways of asking for one entry that would rather be answered with another.

Each sentence is judged by all the others: by the likest one of each entry, and by a kernel
classifier like the one that search uses, as if it had never seen the sentence. Leaving one out
needs no new training: it follows from the inverse that the training has anyway (Rifkin & Lippert
2007, "Notes on Regularized Least Squares", section 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from casework.likeness import Cosine, Lexicon, postings_of

#: More sentences in one language are not compared: the cost grows with their cube.
SENTENCES_LIMIT = 4_000
#: From this lead over its own entry on, and this likeness to a sentence of the other's: of 238
#: sentences of the pack named so and left out of the index, search put the other entry first for
#: 211, half of them as a sure answer, and their own for 3.
LEAD, ALIKE = 0.3, 0.3
#: From this likeness on, two sentences are the same one.
SAME = 0.999
_RIDGE = 1.0

Table = NDArray[np.floating[Any]]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Rival:
    """A sentence, the other entry's sentence that is likest, and by how much the other leads."""

    sentence: int
    other: int
    lead: float


def rivals(language: str, entries: Sequence[str], sentences: Sequence[str]) -> list[Rival]:
    """Sentences that would be answered with another entry, the clearest first.

    `entries` has the entry of each sentence. Sentences that stand twice are none.
    """
    numbers = {entry: number for number, entry in enumerate(dict.fromkeys(entries))}
    owners = np.array([numbers[entry] for entry in entries], dtype=np.intp)
    likeness = _likeness(language, sentences)
    elsewhere = np.where(owners[:, None] == owners, 0, likeness)
    asked = np.flatnonzero(elsewhere.max(axis=1, initial=0) >= ALIKE)
    if not len(asked):
        return []
    meant = (_left_out(likeness, owners, asked) + _nearest(likeness, owners, asked)) / 2
    here = np.arange(len(asked))
    own = meant[here, owners[asked]].copy()
    meant[here, owners[asked]] = -np.inf
    leading = meant.argmax(axis=1)
    lead = meant[here, leading] - own
    found: dict[tuple[int, int], Rival] = {}
    for place in np.argsort(-lead, kind="stable"):
        if lead[place] < LEAD:
            break
        sentence = int(asked[place])
        near = np.where(owners == leading[place], likeness[sentence], -1)
        other = int(near.argmax())
        if ALIKE <= near[other] < SAME and (other, sentence) not in found:
            found[sentence, other] = Rival(sentence, other, float(lead[place]))
    return list(found.values())


def _likeness(language: str, sentences: Sequence[str]) -> Table:
    """How like every sentence is to every other, by the words and the pieces of words in it."""
    lexicon = Lexicon(language)
    read = lexicon.read(sentences)
    tables = lexicon.stem_table(), lexicon.piece_table()
    counts = read.counts(len(lexicon.words))
    by_feature = (Cosine(postings_of(counts @ table)).by_feature for table in tables)
    stems, pieces = ((held.T @ held).toarray() for held in by_feature)
    both: Table = (stems + pieces) / 2
    return both


def _nearest(likeness: Table, owners: Numbers, asked: Numbers) -> Table:
    """How like the likest sentence of each entry is to these sentences, not counting themselves."""
    others = likeness[asked]
    others[np.arange(len(asked)), asked] = 0
    entries = range(owners.max() + 1)
    return np.stack([others[:, owners == entry].max(axis=1) for entry in entries], axis=1)


def _left_out(likeness: Table, owners: Numbers, asked: Numbers) -> Table:
    """How much each entry is meant by these sentences, each judged by all the others."""
    ridge = _RIDGE * np.eye(len(owners), dtype=likeness.dtype)
    wanted = np.zeros((len(owners), owners.max() + 1), dtype=likeness.dtype)
    wanted[np.arange(len(owners)), owners] = 1
    alone = np.zeros((len(owners), len(asked)), dtype=likeness.dtype)
    alone[asked, np.arange(len(asked))] = 1
    factor = linalg.cho_factor(likeness + ridge, overwrite_a=True)
    solved = linalg.cho_solve(factor, np.hstack((wanted, alone)), overwrite_b=True)
    weights, inverse = solved[asked, : wanted.shape[1]], solved[:, wanted.shape[1] :]
    judged: Table = wanted[asked] - weights / inverse[asked, np.arange(len(asked))][:, None]
    return judged
