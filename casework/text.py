"""Words as search sees them: one spelling per letter, whole words and their stems.

What is folded away is what people leave out or mix up when they type: case, accents and
umlauts, Arabic letter variants and vowel signs, Persian half-spaces, the Turkish dotless i.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from threading import local
from typing import Any

import Stemmer
from pymorphy3 import MorphAnalyzer
from stop_words import LANGUAGE_MAPPING, get_stop_words

from casework import sounds

#: Behind a language's code: its words as they are spelt in Latin letters (`ru-Latn`).
IN_LATIN = "-Latn"
_AFTER_LATIN = "\u0250"
#: The Snowball stemmer of each language; Ukrainian goes by lemmas, another by words' beginnings.
_STEMMERS = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "fa": "persian",
    "fr": "french",
    "it": "italian",
    "pl": "polish",
    "ru": "russian",
    "tr": "turkish",
}
#: The Arabic article with what is written in one word before it: and, so, in, as, for.
_ARABIC_ARTICLE = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{2})")
#: Letters of a word's beginning that stand for its stem where there is no stemmer.
_PREFIX = 5
_ZERO_WIDTH_NON_JOINER = "\u200c"
#: Part of the letter й, which is no и with an accent.
_BREVE = "\u0306"
#: Letters that no decomposition takes apart, and those of which one is typed for the other.
_ONE_SPELLING = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "ё": "е",
        "ґ": "г",
        "ў": "у",
        "ї": "і",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ة": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ک": "ك",
        "ـ": None,
        "ء": None,
    }
)
#: Soft hyphen, vowel signs and accents that stand alone, joiners, marks of direction.
_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u0610-\u061a\u061c\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼʹ`´‘", "'"))
_WORD = re.compile(r"[^\W_]+")
#: Ukrainian writes an apostrophe inside its words (зв'язок).
_INNER_APOSTROPHE = re.compile(r"(?<=[а-яґєії])'(?=[а-яґєії])")
#: German ü typed as ue; not in neue, bauen, quer.
_DIGRAPH = re.compile(r"(?<![aeq])([aou])e")
_PERSIAN_PREFIX = re.compile(rf"\b(ن?می)[ {_ZERO_WIDTH_NON_JOINER}]+(?=\w)")
_PERSIAN_SUFFIX = re.compile(
    rf"(?<=\w)[ {_ZERO_WIDTH_NON_JOINER}]+(ها|های|هایی|هایم|هایش|ام|ایم|اند|اید|تر|ترین)\b"
)


_of_thread = local()


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its one spelling, and its stem or lemma."""

    spelling: str
    stem: str


def words(text: str, language: str) -> list[Word]:
    """The words of a text, in order.

    >>> [word.stem for word in words("Wohnungen für Flüchtlinge", "de")]
    ['wohnung', 'fur', 'fluchtling']
    """
    if language.endswith(IN_LATIN):
        return _as_heard(text, language.removesuffix(IN_LATIN))
    return [_word(token, language) for token in tokens(text, language)]


@lru_cache
def stop_stems(language: str) -> frozenset[str]:
    """The stems of words that say little, such as where, can and for; none where not known."""
    if language not in LANGUAGE_MAPPING:
        return frozenset()
    return frozenset(
        word.stem for stop in get_stop_words(language) for word in words(stop, language)
    )


def is_latin(text: str) -> bool:
    """Whether most of the letters are Latin ones."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(character < _AFTER_LATIN for character in letters)
    return bool(letters) and 2 * latin > len(letters)


def _as_heard(text: str, language: str) -> list[Word]:
    bare = (_without_article(token, language) for token in tokens(text, language))
    heard = (sounds.consonants(token, language) for token in bare)
    return [Word(sound, sound) for sound in heard if sound]


def _without_article(token: str, language: str) -> str:
    return _ARABIC_ARTICLE.sub("", token) if language == "ar" else token


def tokens(text: str, language: str) -> list[str]:
    """A text's words in lower case, accents kept; invisible characters are gone."""
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    if language == "tr":
        text = text.replace("İ", "i").replace("I", "ı")
    text = text.casefold()
    if language == "fa":
        text = _joined(text)
    return _WORD.findall(_INNER_APOSTROPHE.sub("", _INVISIBLE.sub("", text)))


def fold(word: str, language: str) -> str:
    """A lower-case word without what people leave out or mix up when they type.

    >>> fold("yardımcı", "tr"), fold("fuer", "de"), fold("أهلاً", "ar")
    ('yardimci', 'fur', 'اهلا')
    """
    if word.isascii():
        return _DIGRAPH.sub(r"\1", word) if language == "de" else word
    parts = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in parts if unicodedata.category(c) != "Mn" or c == _BREVE)
    plain = unicodedata.normalize("NFC", bare).translate(_ONE_SPELLING)
    plain = "".join(_digit(character) for character in plain)
    return _DIGRAPH.sub(r"\1", plain) if language == "de" else plain


def _joined(text: str) -> str:
    """Persian prefixes and endings belong to their word, however they were typed."""
    text = text.replace("ي", "ی").replace("ك", "ک")
    text = _PERSIAN_PREFIX.sub(r"\1", text)
    text = _PERSIAN_SUFFIX.sub(r"\1", text)
    return text.replace(_ZERO_WIDTH_NON_JOINER, "")


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


@lru_cache(maxsize=200_000)
def _word(token: str, language: str) -> Word:
    return Word(fold(token, language), fold(_stem(token, language), language))


def _stem(token: str, language: str) -> str:
    if language == "uk":  # there is no Snowball stemmer for it
        return str(_ukrainian().parse(token)[0].normal_form)
    algorithm = _STEMMERS.get(language)
    if algorithm is None:
        return token[:_PREFIX]
    token = _without_article(token, language)
    return str(_stemmer(algorithm).stemWord(token))


@lru_cache
def _ukrainian() -> MorphAnalyzer:
    return MorphAnalyzer(lang="uk")


def _stemmer(algorithm: str) -> Any:
    """A stemmer keeps its word in itself, so that each thread needs its own."""
    known: dict[str, Any] = _of_thread.__dict__.setdefault("stemmers", {})
    if algorithm not in known:
        known[algorithm] = Stemmer.Stemmer(algorithm)
    return known[algorithm]
