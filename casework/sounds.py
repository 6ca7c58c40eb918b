"""Words of other scripts as people spell them in Latin letters, each in their own way.

`yazyk`, `jazik` and язык, `jam3iyat` and جمعيات: what the spellings share is the order of their
consonants, so that is what a word is reduced to.
"""

import re
from functools import lru_cache

from anyascii import anyascii

#: What is written in one of several ways, in the order in which it is replaced; `$` is sh.
_SLAVIC = (
    *(("shch", "$"), ("sch", "$"), ("sh", "$"), ("ch", "4"), ("zh", "z"), ("kh", "h"), ("x", "h")),
    *(("ts", "c"), ("tz", "c"), ("w", "v"), ("q", "k"), ("j", "y")),
)
_SPELLINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "ru": _SLAVIC,
    "uk": (*_SLAVIC, ("g", "h")),
    "ar": (
        *(("sh", "$"), ("ch", "$"), ("kh", "x"), ("5", "x"), ("gh", "g"), ("8", "g"), ("th", "t")),
        *(("dh", "d"), ("7", "h"), ("9", "k"), ("q", "k"), ("c", "k"), ("6", "t"), ("p", "b")),
        *(("v", "f"), ("w", "u")),
    ),
    "fa": (
        *(("sh", "$"), ("ch", "4"), ("kh", "x"), ("gh", "g"), ("q", "g"), ("th", "s"), ("dh", "z")),
        *(("zh", "j"), ("w", "u"), ("v", "u")),
    ),
}
#: Vowels are left out in writing or in speech; the digits stand for sounds that Latin lacks.
_UNHEARD = re.compile(r"[^a-z$0-9]|[aeiouy23]")
_TWICE = re.compile(r"(.)\1+")
_ARTICLES = frozenset(("el", "al", "il", "ul"))

LANGUAGES = frozenset(_SPELLINGS)


@lru_cache(maxsize=50_000)
def consonants(word: str, language: str) -> str:
    """The consonants of a word in either script; nothing of an Arabic article or of a number.

    >>> consonants("язык", "ru") == consonants("jazik", "ru") == "zk"
    True
    >>> consonants("جمعيات", "ar") == consonants("jam3iyat", "ar")
    True
    """
    latin = anyascii(word).lower()
    if latin.isdigit() or (language == "ar" and latin in _ARTICLES):
        return ""
    for written, heard in _SPELLINGS[language]:
        latin = latin.replace(written, heard)
    return _TWICE.sub(r"\1", _UNHEARD.sub("", latin))
