"""Signs that need no statistics: danger to life or body, and the plain wish for a person.

Curated expressions, a file for each language beside this one. They are looked for in every message
before anything else is made of it, and also while the dialogue is down. An expression is one to six
words: `*` stands for any letters, `a|b` for one word or the other, `_` for any one word, `…` for up
to three. What is `harmless` cancels the danger in the words that it covers.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from casework import yamlfile
from casework.languages import SERVED
from casework.text import fold, tokens

Sign = Literal["danger", "person"]
#: What a message with such a sign is taken for, if the classifier finds that at least so likely;
#: the same as in `nlu/components/signs.py`. By messages left out of the training, what lies below
#: is a figure of speech in 41 of 43 cases; the bot then says the numbers beside its answer.
INTENTS: dict[Sign, tuple[str, float]] = {
    "danger": ("emergency", 0.005), "person": ("talk_to_human", 0.0),
}  # fmt: skip
FOLDER = Path(__file__).parent
#: A longer message is about more than the wish for a person.
_WISH_WORDS = 25
_GAP, _ANY, _STAR = "…", "_", "*"
_HALF_SPACE = "\u200c"
_TURKISH = str.maketrans("İIğĞ", "iigg")
Span = tuple[int, int]


class Expressions(BaseModel):
    """One language's file; `reviewed`: a speaker of the language has read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reviewed: bool
    danger: tuple[str, ...]
    harmless: tuple[str, ...]
    person: tuple[str, ...]


def read(language: str) -> Expressions:
    """A language's expressions; raises PackError with file and line."""
    return yamlfile.read(FOLDER / f"{language}.yml", Expressions)


@cache
def finder() -> "Finder":
    """The expressions of all served languages, read once."""
    return Finder(read(language) for language in SERVED)


class Finder:
    """Finds signs in texts of whatever language."""

    def __init__(self, lists: Iterable[Expressions]) -> None:
        """`lists`: one for each language; all are looked for in every text."""
        lists = list(lists)
        self._danger = _Patterns(item for each in lists for item in each.danger)
        self._harmless = _Patterns(item for each in lists for item in each.harmless)
        self._person = _Patterns(item for each in lists for item in each.person)

    def of(self, text: str) -> frozenset[Sign]:
        """The signs in a message.

        >>> Finder([Expressions(reviewed=False, danger=("hits … me",), harmless=("hits … me as",),
        ...                     person=())]).of("He hits me!")
        frozenset({'danger'})
        """
        spoken = _spoken(text)
        found: set[Sign] = set()
        if self._in_danger(spoken):
            found.add("danger")
        if len(spoken) <= _WISH_WORDS and any(self._person.spans(spoken)):
            found.add("person")
        return frozenset(found)

    def _in_danger(self, spoken: list[str]) -> bool:
        spans = list(self._danger.spans(spoken))
        if not spans:
            return False
        harmless = list(self._harmless.spans(spoken))
        return any(not _covered(span, harmless) for span in spans)


def _covered(span: Span, by: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in by)


class _Patterns:
    """Expressions by their first word: a message is compared with the few that may fit."""

    def __init__(self, items: Iterable[str]) -> None:
        self._whole: dict[str, list[re.Pattern[str]]] = {}
        self._beginnings: dict[str, list[re.Pattern[str]]] = {}
        self._anywhere: list[re.Pattern[str]] = []
        for item in dict.fromkeys(items):
            self._learn(item)

    def spans(self, spoken: list[str]) -> Iterator[Span]:
        """Where an expression begins and ends, in letters of the words joined by blanks."""
        said = f" {' '.join(spoken)} "
        for regex in self._near(spoken):
            # At every word: two places that overlap are two places.
            at = 0
            while found := regex.search(said, at):
                yield found.start() + 1, found.end()
                at = found.start() + 1

    def _near(self, spoken: list[str]) -> list[re.Pattern[str]]:
        near = list(self._anywhere)
        for word in set(spoken):
            near += self._whole.get(word, ())
            for length in range(1, len(word) + 1):
                near += self._beginnings.get(word[:length], ())
        return list(dict.fromkeys(near))

    def _learn(self, item: str) -> None:
        parts = item.split()
        regex = re.compile(" " + "".join(map(_regex, parts)) + "(?<= )")
        for word in _alternatives(parts[0]):
            spelled = _spoken(word.replace(_STAR, ""))
            if word in (_GAP, _ANY) or word.startswith(_STAR) or not spelled:
                self._anywhere.append(regex)
            elif word.endswith(_STAR) and len(spelled) == 1:
                self._beginnings.setdefault(spelled[0], []).append(regex)
            else:
                self._whole.setdefault(spelled[0], []).append(regex)


def _alternatives(part: str) -> list[str]:
    return [word for word in part.split("|") if word]


def _regex(part: str) -> str:
    if part == _GAP:
        return r"(?:\S+ ){0,3}"
    if part == _ANY:
        return r"\S+ "
    return f"(?:{'|'.join(map(_word_regex, _alternatives(part)))}) "


def _word_regex(word: str) -> str:
    if word == _ANY:
        return r"\S+"
    before, after = r"\S*" * word.startswith(_STAR), r"\S*" * word.endswith(_STAR)
    return before + re.escape(" ".join(_spoken(word.strip(_STAR)))).replace(r"\ ", " ") + after


def _spoken(text: str) -> list[str]:
    """A text's words in one spelling, whatever language they are in."""
    parted = text.replace(_HALF_SPACE, " ").translate(_TURKISH)
    return [fold(token, "") for token in tokens(parted, "")]
