"""Groups of words that mean the same, in every language: what ties the languages together.

The lists come as lookup tables called `groups.<language>`, a group in each line (`can_i: ich kann,
könnte ich`): those of `data/*/turnwords.yml` (words by which a message shows what it wants) and
the office's own word list. Forms are compared in their plain spelling. A star stands for any
letters behind or before (`dolmetsch*`, `*kurs`); a form of several words must stand in the text as
it is.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from components.spelling import words

PREFIX = "groups."
#: Forms of each group, by language and the group's id.
Forms = Mapping[str, Mapping[str, Iterable[str]]]

_STAR = "*"
_SHORTEST = 2
#: Arabic writes the article, and, for, with, in one word with the next.
_PREFIXED = re.compile(r"^(?:[وف]?(?:[بك]?ال|لل)|[وفبلک])(?=\w{3})")
_ARABIC = range(0x600, 0x700)


def of_tables(tables: Iterable[Mapping]) -> dict[str, dict[str, list[str]]]:
    """The groups among Rasa's lookup tables."""
    forms: dict[str, dict[str, list[str]]] = {}
    for table in tables:
        if table["name"].startswith(PREFIX):
            groups = forms.setdefault(table["name"][len(PREFIX) :], {})
            for line in table["elements"]:
                group, _, items = line.partition(":")
                groups.setdefault(group.strip(), []).extend(
                    item.strip() for item in items.split(",") if item.strip()
                )
    return forms


class WordGroups:
    """Which groups the words of a text belong to.

    The same letters are another word in another language (`die`), so only the groups of the
    language count that knows most of the text's words; of several, if they know as many.
    """

    def __init__(self, forms: Forms) -> None:
        self.forms = {
            language: {name: list(items) for name, items in groups.items()}
            for language, groups in forms.items()
        }
        self._lists = [_OneLanguage(groups) for groups in self.forms.values()]

        self.of = lru_cache(maxsize=16)(self._of)

    def _of(self, text: str) -> frozenset[str]:
        spoken = [word for word, _, _ in words(text)]
        known = [(sum(bool(one.of(word)) for word in spoken), one) for one in self._lists]
        most = max((count for count, _ in known), default=0)
        if not most:
            return frozenset()
        lists = (one for count, one in known if count == most)
        return frozenset(name for one in lists for name in one.among(spoken))


class _OneLanguage:
    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        self._whole: dict[str, set[str]] = {}
        self._beginnings: dict[str, set[str]] = {}
        self._endings: dict[str, set[str]] = {}
        #: Several words, by the first one, with or without its star.
        self._phrases: dict[str, list[tuple[list[str], str]]] = {}
        for name, items in groups.items():
            for item in items:
                self._learn(_spelled(item), name)
        self.of = lru_cache(maxsize=20_000)(self._of)

    def among(self, spoken: list[str]) -> Iterator[str]:
        """The groups of words that follow one another."""
        for at, word in enumerate(spoken):
            yield from self.of(word)
            for form, name in self._beginning_with(word):
                said = spoken[at : at + len(form)]
                if len(said) == len(form) and all(map(_fits, form, said)):
                    yield name

    def _learn(self, form: list[str], name: str) -> None:
        if len(form) > 1:
            self._phrases.setdefault(form[0], []).append((form, name))
            return
        for word in form:
            letters = word.strip(_STAR)
            if word.endswith(_STAR):
                self._beginnings.setdefault(letters, set()).add(name)
            if word.startswith(_STAR):
                self._endings.setdefault(letters, set()).add(name)
            if letters == word:
                self._whole.setdefault(letters, set()).add(name)

    def _of(self, word: str) -> frozenset[str]:
        spellings = {word}
        if ord(word[0]) in _ARABIC:
            spellings.add(_PREFIXED.sub("", word))
        return frozenset(name for spelling in spellings for name in self._look_up(spelling))

    def _look_up(self, word: str) -> Iterator[str]:
        yield from self._whole.get(word, ())
        for length in range(_SHORTEST, len(word) + 1):
            yield from self._beginnings.get(word[:length], ())
            yield from self._endings.get(word[-length:], ())

    def _beginning_with(self, word: str) -> Iterator[tuple[list[str], str]]:
        yield from self._phrases.get(word, ())
        for length in range(_SHORTEST, len(word) + 1):
            yield from self._phrases.get(word[:length] + _STAR, ())


def _spelled(item: str) -> list[str]:
    return [
        _STAR * part.startswith(_STAR) + word + _STAR * part.endswith(_STAR)
        for part in item.split()
        for word, _, _ in words(part)
    ]


def _fits(form: str, word: str) -> bool:
    letters = form.strip(_STAR)
    if form.startswith(_STAR) and form.endswith(_STAR):
        return letters in word
    if form.endswith(_STAR):
        return word.startswith(letters)
    return word.endswith(letters) if form.startswith(_STAR) else word == letters


def pairs(groups: Iterable[str]) -> Counter[str]:
    """Every two groups that a text has words of."""
    inside = sorted(groups)
    return Counter(f"{a}+{b}" for at, a in enumerate(inside) for b in inside[at + 1 :])
