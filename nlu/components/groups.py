"""Groups of words that mean the same, in every language: what ties the languages together.

The lists come as lookup tables called `groups.<language>`, a group in each line (`can_i: ich kann,
könnte ich`): those of `data/*/turnwords.yml` (words by which a message shows what it wants), of
`everyday.yml` beside it (everyday life and danger), and the office's own word list. Forms are
compared in their plain spelling. A star stands for any letters behind or before (`dolmetsch*`,
`*kurs`); a form of several words must stand in the text as it is.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations

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


Found = frozenset[tuple[str, str]]  # language and group


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
        self._whole: dict[str, set[tuple[str, str]]] = {}
        self._beginnings: dict[str, set[tuple[str, str]]] = {}
        self._endings: dict[str, set[tuple[str, str]]] = {}
        #: Several words as they are, and those with a star in them by the first one.
        self._phrases: dict[tuple[str, ...], set[tuple[str, str]]] = {}
        self._patterns: dict[str, list[tuple[list[str], tuple[str, str]]]] = {}
        for language, groups in self.forms.items():
            for name, items in groups.items():
                for item in items:
                    self._learn(_spelled(item), (language, name))
        self._lengths = {len(phrase) for phrase in self._phrases}
        self._of_word = lru_cache(maxsize=50_000)(self._look_up)

    def of(self, text: str) -> frozenset[str]:
        """The ids of the groups that the text has words of."""
        spoken = [word for word, _, _ in words(text)]
        found = [self._of_word(word) for word in spoken]
        known = Counter(language for each in found for language in {one for one, _ in each})
        most = max(known.values(), default=0)
        named = (pair for each in (*found, self._among(spoken)) for pair in each)
        return frozenset(name for language, name in named if known[language] == most)

    def _among(self, spoken: list[str]) -> Iterator[tuple[str, str]]:
        for at, word in enumerate(spoken):
            for length in self._lengths:
                yield from self._phrases.get(tuple(spoken[at : at + length]), ())
            for form, named in self._beginning_with(word):
                said = spoken[at : at + len(form)]
                if len(said) == len(form) and all(map(_fits, form, said)):
                    yield named

    def _learn(self, form: list[str], named: tuple[str, str]) -> None:
        if len(form) > 1 and any(_STAR in word for word in form):
            self._patterns.setdefault(form[0], []).append((form, named))
            return
        if len(form) > 1:
            self._phrases.setdefault(tuple(form), set()).add(named)
            return
        for word in form:
            letters = word.strip(_STAR)
            if word.endswith(_STAR):
                self._beginnings.setdefault(letters, set()).add(named)
            if word.startswith(_STAR):
                self._endings.setdefault(letters, set()).add(named)
            if letters == word:
                self._whole.setdefault(letters, set()).add(named)

    def _look_up(self, word: str) -> Found:
        spellings = {word}
        if ord(word[0]) in _ARABIC:
            spellings.add(_PREFIXED.sub("", word))
        return frozenset(named for each in spellings for named in self._spelled_so(each))

    def _spelled_so(self, word: str) -> Iterator[tuple[str, str]]:
        yield from self._whole.get(word, ())
        for length in range(_SHORTEST, len(word) + 1):
            yield from self._beginnings.get(word[:length], ())
            yield from self._endings.get(word[-length:], ())

    def _beginning_with(self, word: str) -> Iterator[tuple[list[str], tuple[str, str]]]:
        yield from self._patterns.get(word, ())
        for length in range(_SHORTEST, len(word) + 1):
            yield from self._patterns.get(word[:length] + _STAR, ())


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


def pairs(groups: Iterable[str]) -> list[str]:
    """Every two groups that a text has words of."""
    return [f"{one}+{other}" for one, other in combinations(sorted(groups), 2)]
