"""Languages that are not served, recognised by the letters they are written in."""

import unicodedata
from collections import Counter

#: Languages by the script's name in Unicode: the one most often written in it.
_SCRIPTS = {
    "GREEK": "el", "HEBREW": "he", "ETHIOPIC": "am", "GEORGIAN": "ka", "ARMENIAN": "hy",
    "DEVANAGARI": "hi", "BENGALI": "bn", "GURMUKHI": "pa", "GUJARATI": "gu", "TAMIL": "ta",
    "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "THAI": "th", "LAO": "lo",
    "MYANMAR": "my", "KHMER": "km", "TIBETAN": "bo", "HANGUL": "ko", "HIRAGANA": "ja",
    "KATAKANA": "ja", "CJK": "zh", "MONGOLIAN": "mn",
}  # fmt: skip
#: Letters that, of the languages of their script, only these have.
_LETTERS = {
    "ti": "ኣቐቑቒቓቔቕቖኸኹኺኻኼኽኾ",
    "ps": "ټډړږښڼۍې",
    "ur": "ٹڈڑے",
    "ckb": "ێۆڵڕ",
    "sr": "ђћџљњј",
    "mk": "ѓќѕ",
}
#: A borrowed name has such a letter once.
_LEAST_LETTERS = 2


def unserved(text: str) -> str | None:
    """The language of a text whose letters none of the served ones has.

    >>> unserved("Γεια σας, μιλάτε ελληνικά;"), unserved("Merhaba")
    ('el', None)
    """
    letters = [letter for letter in text if letter.isalpha()]
    telling = ((code, sum(letter in own for letter in letters)) for code, own in _LETTERS.items())
    code, count = max(telling, key=lambda each: each[1])
    if count >= _LEAST_LETTERS:
        return code
    scripts = Counter(
        _SCRIPTS.get(unicodedata.name(letter, "?").split()[0].partition("-")[0])
        for letter in letters
    )
    if scripts["ja"]:
        return "ja"
    likeliest = scripts.most_common(1)
    return likeliest[0][0] if likeliest else None
