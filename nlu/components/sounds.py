"""What a word sounds like, whatever letters it is written in: its consonants in Latin letters.

`спасибо` and `spasibo`, `مترجم` and `motarjem` come out alike; vowels, which Arabic script leaves
out and everybody transliterates differently, are dropped.
"""

import re
from functools import lru_cache

from components.spelling import words

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "",
    "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a", "і": "i", "ї": "i", "є": "e", "ў": "u",
    "ا": "", "ب": "b", "پ": "p", "ت": "t", "ث": "t", "ج": "j", "چ": "ch", "ح": "h", "خ": "h",
    "د": "d", "ذ": "z", "ر": "r", "ز": "z", "ژ": "j", "س": "s", "ش": "sh", "ص": "s", "ض": "d",
    "ط": "t", "ظ": "z", "ع": "", "غ": "g", "ف": "f", "ق": "k", "ک": "k", "گ": "g", "ل": "l",
    "م": "m", "ن": "n", "و": "v", "ه": "h", "ی": "i", "ء": "",
}  # fmt: skip
#: Digits that stand for letters in Arabic written with Latin ones.
_DIGITS = {"2": "", "3": "", "5": "h", "6": "t", "7": "h", "8": "g", "9": "s"}
_WITH_DIGIT = re.compile(r"(?=.*[a-z])(?=.*[0-9])")
_SAME = (("kh", "h"), ("gh", "g"), ("dj", "j"), ("zh", "j"), ("q", "k"), ("x", "h"), ("w", "v"))
_VOWELS = re.compile(r"[aeiouy']")
_TWICE = re.compile(r"(.)\1+")


def heard(text: str) -> str:
    """The consonants of each word.

    >>> heard("Мне нужен переводчик") == heard("mne nuzhen perevodchik")
    True
    """
    return " ".join(_heard(word) for word, _, _ in words(text))


@lru_cache(maxsize=50_000)
def _heard(word: str) -> str:
    if _WITH_DIGIT.match(word):
        word = "".join(_DIGITS.get(letter, letter) for letter in word)
    spelled = "".join(_LETTERS.get(letter, letter) for letter in word)
    for written, said in _SAME:
        spelled = spelled.replace(written, said)
    return _TWICE.sub(r"\1", _VOWELS.sub("", spelled))
