"""How languages look in short messages: pieces of words, learned from the project's own texts.

`python -m bot.language learn` learns anew: from the training messages (`nlu/data`), which hold
what people leave out, misspell and write in Latin letters, and from the entries' ways of asking.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).with_name("grams.npz")
LENGTHS = (1, 2, 3, 4)
#: Added to each count, so that what a language never showed is unlikely and not impossible.
_SMOOTHING = 0.3
_LEAST_COUNT = 4
#: Pieces kept: those that tell languages apart most.
_MOST = 24_000
#: Steps in which a logarithm is kept in eight bits.
_STEP = 16.0
Scores = npt.NDArray[np.float32]


def pieces(words: Iterable[str]) -> Counter[str]:
    """Every piece of up to four letters; blanks mark where words begin and end."""
    counted: Counter[str] = Counter()
    for word in words:
        framed = f" {word} "
        for length in LENGTHS:
            counted.update(framed[at : at + length] for at in range(len(framed) - length + 1))
    del counted[" "]
    return counted


class Grams:
    """How much likelier a piece is in each language than in all of them together."""

    def __init__(self, languages: Sequence[str], found: Sequence[str], scores: Scores) -> None:
        self.languages = tuple(languages)
        self.pieces = tuple(found)
        self.scores = scores
        self._row = {piece: at for at, piece in enumerate(found)}

    def score(self, words: Iterable[str]) -> dict[str, float]:
        """Sum of logarithms for each language, for words in plain spelling."""
        known = [(self._row[p], n) for p, n in pieces(words).items() if p in self._row]
        if not known:
            return dict.fromkeys(self.languages, 0.0)
        rows, counts = (np.array(each) for each in zip(*known, strict=True))
        total = counts @ self.scores[rows]
        return dict(zip(self.languages, map(float, total), strict=True))

    @classmethod
    def learn(cls, texts: Mapping[str, Sequence[Sequence[str]]]) -> "Grams":
        """From each language's texts, as lists of words; every language counts the same."""
        languages = tuple(texts)
        counts = [pieces(word for text in texts[each] for word in text) for each in languages]
        found = sorted({p for each in counts for p, n in each.items() if n >= _LEAST_COUNT})
        table = np.array([[each[piece] for each in counts] for piece in found], dtype=np.float64)
        shares = (table + _SMOOTHING) / (table + _SMOOTHING).sum(axis=0)
        told = np.log(shares) - np.log(shares.mean(axis=1, keepdims=True))
        weight = (shares * np.abs(told)).sum(axis=1)
        kept = np.sort(np.argsort(-weight)[:_MOST])
        return cls(languages, [found[at] for at in kept], told[kept].astype(np.float32))


def save(path: Path, grams: Mapping[str, Grams]) -> None:
    """Write the pieces of each script, in eight bits a number."""
    tables: dict[str, npt.NDArray[np.generic]] = {}
    for script, one in grams.items():
        tables[f"{script}.languages"] = np.array(one.languages)
        tables[f"{script}.pieces"] = np.array(one.pieces)
        small = np.clip(np.round(one.scores * _STEP), -127, 127)
        tables[f"{script}.scores"] = small.astype(np.int8)
    np.savez_compressed(path, allow_pickle=False, **tables)


@cache
def learned() -> dict[str, Grams]:
    """What the last learning has left, by script."""
    with np.load(FILE) as kept:
        scripts = sorted({name.partition(".")[0] for name in kept.files})
        return {
            script: Grams(
                kept[f"{script}.languages"].tolist(),
                kept[f"{script}.pieces"].tolist(),
                kept[f"{script}.scores"].astype(np.float32) / _STEP,
            )
            for script in scripts
        }
