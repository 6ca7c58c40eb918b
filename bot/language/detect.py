"""What language a short message is written in: lingua's n-grams, letters and telling words."""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

from bot.language.telling import NEUTRAL, telling_words
from casework.languages import SERVED

Script = Literal["latin", "cyrillic", "arabic", "other"]

_BY_SCRIPT: dict[Script, tuple[str, ...]] = {
    "latin": SERVED,
    "cyrillic": ("ru", "uk"),
    "arabic": ("ar", "fa"),
    "other": (),
}
#: Letters that (nearly) only one of the languages of their script has.
_LETTERS = {
    "de": "ßẞ",
    "tr": "ğşıİ",
    "pl": "łąężźćńśŁŻŚ",
    "fr": "œêèçâûôëïÈÊÇ",
    "it": "òìù",
    "ru": "ыэъёЫЭЁ",
    "uk": "іїєґІЇЄҐ",
    "ar": "ةىكيأإؤئً",
    "fa": "پچژگکی‌",
}
_GERMAN_OR_TURKISH = "äöüÄÖÜ"
_ADDRESSES = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\b[A-Z]{1,4}-\d\d-\d{3,}\b|[/#]\w+")
_WORD = re.compile(r"[^\W\d_](?:[\w'’.‌-]*\w)?")
_ARABIC_DIGITS = re.compile(r"(?<=[a-z])[23579](?=[a-z]|$)|^[23579](?=[a-z]{2})")

_TELLING_WEIGHT, _BEGINNING_WEIGHT, _LETTER_WEIGHT = 1.6, 2.2, 1.6
#: Foreign n-grams speak against a language that is written in other letters than its own.
_FOREIGN_WEIGHT = 2.8
#: lingua is too sure of itself on three words.
_NGRAM_WEIGHT = 0.55
#: What lingua is given for languages it cannot see: they are written in other letters than theirs.
_FLOOR = 0.004
_TRANSLITERATED = frozenset({"ru", "uk", "ar", "fa"})
#: Letters of another script count more: in them one names German offices in Latin letters.
_OTHER_SCRIPT_WEIGHT = 4
_CLEAR, _VERY_CLEAR = 0.75, 0.93
_FEW_WORDS = 2
_EXPECTED_WEIGHT = 1.0


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


class Detector:
    """Tells the ten served languages apart; lingua in its small mode takes about 15 MB."""

    def detect(self, text: str, expected: str | None = None) -> Guess | None:
        """Guess a message's language; None where nothing in it tells one.

        `expected` is the language one would bet on before reading.
        """
        found = _words(text)
        if not found:
            return None
        script = _script(found)
        words = _without_names([word for word in found if _script_of(word[0]) == script])
        candidates = _BY_SCRIPT[script]
        if not candidates:
            return None
        scores = self._scores(" ".join(words), words, candidates)
        if expected in scores:
            scores[expected] += _EXPECTED_WEIGHT
        language, probability = _best(scores)
        return Guess(language, probability, len(words), script)

    def _scores(self, text: str, words: list[str], candidates: Iterable[str]) -> dict[str, float]:
        by_ngrams = self._ngrams(text)
        latin = _script_of(words[0][0]) == "latin"
        plain = [_plain(word) for word in words]
        return {
            language: _NGRAM_WEIGHT * math.log(max(by_ngrams.get(language, 0.0), _FLOOR))
            + self._told(language, plain, foreign=latin and language in _TRANSLITERATED)
            + _lettered(language, text)
            for language in candidates
        }

    def _ngrams(self, text: str) -> dict[str, float]:
        values = self._lingua.compute_language_confidence_values(text)
        return {value.language.iso_code_639_1.name.lower(): value.value for value in values}

    def _told(self, language: str, plain: list[str], *, foreign: bool) -> float:
        whole, beginnings = self._telling[language]
        told = sum(
            (_FOREIGN_WEIGHT if foreign else _TELLING_WEIGHT)
            if word in whole
            else _BEGINNING_WEIGHT
            if beginnings and word.startswith(beginnings)
            else 0.0
            for word in plain
        )
        if language == "ar":
            told += _BEGINNING_WEIGHT * sum(bool(_ARABIC_DIGITS.search(word)) for word in plain)
        return told

    @cached_property
    def _telling(self) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
        return telling_words()

    @cached_property
    def _lingua(self) -> LanguageDetector:
        served = [
            Language.from_iso_code_639_1(IsoCode639_1.from_str(language)) for language in SERVED
        ]
        builder = LanguageDetectorBuilder.from_languages(*served)
        return builder.with_low_accuracy_mode().build()


def _words(text: str) -> list[str]:
    """Return the words that can tell a language: no addresses, numbers or names of offices."""
    rest = _ADDRESSES.sub(" ", text)
    found = (token.strip("'’.-") for token in re.findall(r"[\w'’.‌-]+", rest))
    return [
        word for word in found if any(map(str.isalpha, word)) and word.casefold() not in NEUTRAL
    ]


def _without_names(words: list[str]) -> list[str]:
    """Leave out capitalised words where enough others are left: names, and German nouns."""
    ordinary = [word for word in words if not word[0].isupper()]
    return ordinary if len(ordinary) > _FEW_WORDS else words


def _script(words: list[str]) -> Script:
    counts = {"latin": 0, "cyrillic": 0, "arabic": 0, "other": 0}
    for letter in "".join(words):
        if letter.isalpha():
            script = _script_of(letter)
            counts[script] += 1 if script == "latin" else _OTHER_SCRIPT_WEIGHT
    best = max(counts, key=lambda name: counts[name])
    return next(script for script in _BY_SCRIPT if script == best)


def _script_of(letter: str) -> Script:
    code = ord(letter)
    if code <= 0x24F or 0x1E00 <= code <= 0x1EFF:  # noqa: PLR2004  (Unicode's blocks)
        return "latin"
    if 0x400 <= code <= 0x52F:  # noqa: PLR2004
        return "cyrillic"
    if 0x600 <= code <= 0x77F or 0xFB50 <= code <= 0xFEFC:  # noqa: PLR2004
        return "arabic"
    return "other"


def _plain(word: str) -> str:
    """Return a Latin word as typed without accents; other scripts stay as they are."""
    if _script_of(word[0]) != "latin":
        return word.casefold()
    lowered = word.replace("İ", "i").replace("ı", "i").casefold().replace("’", "'")
    lowered = lowered.replace("ł", "l")
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _lettered(language: str, text: str) -> float:
    own = sum(letter in text for letter in _LETTERS.get(language, ""))
    shared = any(letter in text for letter in _GERMAN_OR_TURKISH) and language in ("de", "tr")
    return _LETTER_WEIGHT * (min(own, 2) + shared)


def _best(scores: dict[str, float]) -> tuple[str, float]:
    top = max(scores, key=lambda language: scores[language])
    total = sum(math.exp(score - scores[top]) for score in scores.values())
    return top, 1 / total
