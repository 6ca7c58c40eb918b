"""What language a short message is written in: by its script and the pieces of its words."""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from bot.language.grams import learned
from bot.language.neutral import NEUTRAL

Script = Literal["latin", "cyrillic", "arabic", "other"]

_SCRIPTS: tuple[Script, ...] = ("latin", "cyrillic", "arabic", "other")
_ADDRESSES = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\b[A-Z]{1,4}-\d\d-\d{3,}\b|[/#]\w+")
#: Pieces of words overlap, so that each tells less than it seems; measured on texts left out.
_PIECE_WEIGHT = 0.06
#: Letters of another script count more: in them one names German offices in Latin letters.
_OTHER_SCRIPT_WEIGHT = 4
_LIKELY, _CLEAR, _VERY_CLEAR = 0.5, 0.6, 0.9
_FEW_WORDS = 2
_EXPECTED_WEIGHT = 0.5
#: Seldom written in Latin letters.
_IN_OTHER_LETTERS = ("ru", "uk", "ar", "fa")
_TRANSLITERATED_WEIGHT = 0.7


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest language, how probable it is, and on how many words that stands."""

    language: str
    probability: float
    words: int
    script: Script = "latin"

    @property
    def clear(self) -> bool:
        """Whether the message tells its language without doubt."""
        if self.words == 0:
            return False
        return self.probability >= (_VERY_CLEAR if self.words <= _FEW_WORDS else _CLEAR)

    @property
    def likely(self) -> bool:
        """Whether to answer in this language when nothing else is known of the person."""
        return self.probability >= (_CLEAR if self.words <= _FEW_WORDS else _LIKELY)


class Detector:
    """Tells the ten served languages apart, four of them in Latin letters too."""

    def detect(self, text: str, expected: str | None = None) -> Guess | None:
        """Guess a message's language; None where nothing in it tells one.

        `expected` is the language one would bet on before reading.
        """
        script, words = telling(text)
        grams = learned().get(script)
        if grams is None or not words:
            return None
        told = grams.score(words)
        scores = {language: _PIECE_WEIGHT * score for language, score in told.items()}
        for language in _IN_OTHER_LETTERS if script == "latin" else ():
            scores[language] -= _TRANSLITERATED_WEIGHT
        if expected in scores:
            scores[expected] += _EXPECTED_WEIGHT
        language, probability = _best(scores)
        return Guess(language, probability, len(words), script)


def telling(text: str) -> tuple[Script, list[str]]:
    """The script that most of a text is in, and its words of that script in plain spelling."""
    found = _words(text)
    if not found:
        return "other", []
    script = _script(found)
    return script, [plain(word) for word in found if _script_of(word[0]) == script]


def _words(text: str) -> list[str]:
    """Return the words that can tell a language: no addresses, numbers or names of offices."""
    rest = _ADDRESSES.sub(" ", text)
    found = (token.strip("'’.-") for token in re.findall(r"[\w'’.‌-]+", rest))
    return [
        word for word in found if any(map(str.isalpha, word)) and word.casefold() not in NEUTRAL
    ]


def _script(words: list[str]) -> Script:
    counts = {"latin": 0, "cyrillic": 0, "arabic": 0, "other": 0}
    for letter in "".join(words):
        if letter.isalpha():
            script = _script_of(letter)
            counts[script] += 1 if script == "latin" else _OTHER_SCRIPT_WEIGHT
    best = max(counts, key=lambda name: counts[name])
    return next(script for script in _SCRIPTS if script == best)


def _script_of(letter: str) -> Script:
    code = ord(letter)
    if code <= 0x24F or 0x1E00 <= code <= 0x1EFF:  # noqa: PLR2004  (Unicode's blocks)
        return "latin"
    if 0x400 <= code <= 0x52F:  # noqa: PLR2004
        return "cyrillic"
    if 0x600 <= code <= 0x77F or 0xFB50 <= code <= 0xFEFC:  # noqa: PLR2004
        return "arabic"
    return "other"


def plain(word: str) -> str:
    """Return a Latin word as typed without accents; other scripts stay as they are."""
    if _script_of(word[0]) != "latin":
        return word.casefold()
    lowered = word.replace("İ", "i").replace("ı", "i").casefold().replace("’", "'")
    lowered = lowered.replace("ł", "l")
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _best(scores: dict[str, float]) -> tuple[str, float]:
    top = max(scores, key=lambda language: scores[language])
    total = sum(math.exp(score - scores[top]) for score in scores.values())
    return top, 1 / total
