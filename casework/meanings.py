"""Groups of words that mean the same to whoever asks, in every language.

A word is compared by its stem; a star stands for any letters behind it or before it
(`finanzier*`, `*kurs`); several words in one item must follow one another.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from casework.languages import SERVED
from casework.text import Word, words

#: Letters that must stand beside a star, so that it does not take half the language.
BESIDE_STAR = 3
_STAR = "*"


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


Item = Annotated[str, BeforeValidator(_one_line), Field(min_length=1, max_length=60)]


class Group(BaseModel):
    """Words that mean the same; `edited` by the office since the pack was brought in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)
    words: Mapping[str, tuple[Item, ...]]
    edited: bool = Field(False, exclude=True)

    @field_validator("words")
    @classmethod
    def _served(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        unknown = [code for code in value if code not in SERVED]
        if unknown:
            raise ValueError(f"not served: {', '.join(unknown)}")
        for item in (item for items in value.values() for item in items):
            _refuse_loose_star(item)
        return {code: value[code] for code in SERVED if value.get(code)}


def _refuse_loose_star(item: str) -> None:
    letters = item.strip(_STAR)
    if _STAR in letters or (letters != item and len(letters) < BESIDE_STAR):
        raise ValueError(
            f"{item}: a star needs at least {BESIDE_STAR} letters behind it or before it"
        )


class Meanings:
    """Which groups the words of one language (or of its spelling in Latin letters) belong to."""

    def __init__(self, groups: Sequence[Group], language: str, written_in: str) -> None:
        """`language` has the lists, `written_in` says how words are compared (`ru-Latn`)."""
        self._whole: dict[str, set[int]] = {}
        self._beginnings: dict[str, set[int]] = {}
        self._endings: dict[str, set[int]] = {}
        #: The stems of several words that must follow one another, with their group; by the first.
        self.sequences: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, group in enumerate(groups):
            for item in group.words.get(language, ()):
                self._learn(item, number, written_in)

    def of(self, word: Word) -> frozenset[int]:
        """The numbers of the groups that a word belongs to."""
        return frozenset(self._look_up(word))

    def _learn(self, item: str, number: int, written_in: str) -> None:
        said = words(item.strip(_STAR), written_in)
        if len(said) > 1:
            stems = tuple(word.stem for word in said)
            self.sequences.setdefault(stems[0], []).append((stems, number))
        for word in said if len(said) == 1 else ():
            if _STAR not in item:
                self._whole.setdefault(word.stem, set()).add(number)
                self._whole.setdefault(word.spelling, set()).add(number)
            elif len(word.spelling) >= BESIDE_STAR:
                where = self._beginnings if item.endswith(_STAR) else self._endings
                where.setdefault(word.spelling, set()).add(number)

    def _look_up(self, word: Word) -> Iterator[int]:
        for spelling in {word.stem, word.spelling}:
            yield from self._whole.get(spelling, ())
            for length in range(BESIDE_STAR, len(spelling) + 1):
                yield from self._beginnings.get(spelling[:length], ())
                yield from self._endings.get(spelling[-length:], ())
