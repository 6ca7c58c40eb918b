"""One spelling for what people write in many: case, accents, letter variants, half-spaces."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        # Arabic and Persian keyboards write the same letter with different code points.
        "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
        "ة": "ه", "ۀ": "ه", "ؤ": "و", "ـ": "", "\u200c": " ", "\u200d": "", "\u200e": "",
        "\u200f": "", "ё": "е", "ґ": "г", "ı": "i", "ł": "l", "’": "'", "ʼ": "'", "`": "'",
        "´": "'", "؟": "?", "ʻ": "'",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


def plain(text: str) -> str:
    """The text in lower case, without accents and with one code point per letter.

    >>> plain("Türkçe, İngilizce")
    'turkce, ingilizce'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn").translate(_LETTERS)


def words(text: str) -> list[tuple[str, int, int]]:
    """Each word in its plain spelling, with where it starts and ends in the original.

    Vowel signs and half-spaces belong to their word; a word break is what a reader sees as one.
    """
    kept = [(_letter(character), at) for at, character in enumerate(text)]
    spelled = "".join(letters for letters, _ in kept)
    origin = [at for letters, at in kept for _ in letters]
    return [
        (found.group(), origin[found.start()], _end(kept, origin[found.end() - 1] + 1))
        for found in _WORD.finditer(spelled)
    ]


_letter = lru_cache(maxsize=4096)(plain)


def _end(kept: list[tuple[str, int]], at: int) -> int:
    """Past the signs above and below a word's last letter."""
    while at < len(kept) and not kept[at][0]:
        at += 1
    return at
