"""The office's word list: groups of words that search takes for one another, in every language.

The pack's `words.yml` seeds the table; what the office edits afterwards stays. A word is compared
by its stem; a star stands for any letters behind it or before it (`finanzier*`, `*kurs`); several
words in one item must follow one another.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import select

from casework import yamlfile
from casework.context import Change, changing
from casework.database import count_up
from casework.errors import InvalidFact
from casework.languages import SERVED
from casework.models import WordGroup
from casework.text import Word, words

if TYPE_CHECKING:
    from casework.context import Casework

FILE = "words.yml"
SIGNAL = "knowledge"
#: Letters that must stand beside a star, so that it does not take half the language.
BESIDE_STAR = 3
_STAR = "*"
_WIDTH = 100


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


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: tuple[Group, ...]

    @field_validator("groups")
    @classmethod
    def _once(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        ids = [group.id for group in groups]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"there twice: {', '.join(twice)}")
        return groups


def _refuse_loose_star(item: str) -> None:
    letters = item.strip(_STAR)
    if _STAR in letters or (letters != item and len(letters) < BESIDE_STAR):
        raise ValueError(
            f"{item}: a star needs at least {BESIDE_STAR} letters behind it or before it"
        )


def read(pack: Path) -> list[Group]:
    """The pack's groups, none where it has no list; raises PackError with file and line."""
    path = pack / FILE
    return list(yamlfile.read(path, _File).groups) if path.is_file() else []


def write(pack: Path, groups: Iterable[Group]) -> list[Path]:
    """Write the groups as the pack's file; what changed by it."""
    tree = {"groups": [{"id": group.id, "words": _lines(group)} for group in groups]}
    content = yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    path = pack / FILE
    if not tree["groups"] or (path.is_file() and path.read_text(encoding="utf-8") == content):
        return []
    path.write_text(content, encoding="utf-8")
    return [path]


def _lines(group: Group) -> dict[str, "_InOneLine"]:
    return {code: _InOneLine(items) for code, items in group.words.items()}


class _InOneLine(list[str]):
    pass


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _InOneLine,
    lambda dumper, items: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", items, flow_style=True
    ),
)


# --- in the tables -----------------------------------------------------------------------------


async def groups(cw: "Casework") -> list[Group]:
    """The groups in use, in their order."""
    async with cw.database.reading() as session:
        rows = await session.scalars(
            select(WordGroup)
            .filter_by(collection=cw.pack.municipality.id)
            .order_by(WordGroup.position, WordGroup.id)
        )
        return [
            Group.model_construct(
                id=row.id,
                words={code: tuple(items) for code, items in row.words.items()},
                edited=row.edited_at is not None,
            )
            for row in rows
        ]


async def save(cw: "Casework", group_id: str, items: Mapping[str, Sequence[str]]) -> None:
    """Keep a group, new or changed; raises InvalidFact where an id, word or language is wrong."""
    try:
        group = Group(id=group_id, words={code: tuple(own) for code, own in items.items()})
    except ValidationError as mistakes:
        first = mistakes.errors(include_url=False, include_input=False)[0]
        raise InvalidFact(".".join(map(str, first["loc"])), first["msg"]) from None
    if not group.words:
        raise InvalidFact("words", "empty")
    async with changing(cw) as change:
        row = await change.session.get(WordGroup, group.id)
        if row is None:
            last = await change.session.scalar(
                select(WordGroup.position).order_by(WordGroup.position.desc()).limit(1)
            )
            row = WordGroup(
                id=group.id,
                collection=cw.pack.municipality.id,
                position=0 if last is None else last + 1,
            )
            change.add(row)
        row.words = _as_row(group)
        row.edited_at = change.at
        await _mark_changed(change)


async def remove(cw: "Casework", group_id: str) -> None:
    """Take a group out; the next import of the pack brings one of its own back."""
    async with changing(cw) as change:
        row = await change.session.get(WordGroup, group_id)
        if row is not None:
            await change.session.delete(row)
            await _mark_changed(change)


async def bring_in(change: Change, wanted: Sequence[Group], *, overwrite: bool) -> bool:
    """Put the pack's groups into the table; whether anything changed.

    What the office edited is left alone unless `overwrite`; groups that the pack dropped go.
    """
    collection = change.cw.pack.municipality.id
    found = await change.session.scalars(select(WordGroup).filter_by(collection=collection))
    rows = {row.id: row for row in found}
    anything = False
    for position, group in enumerate(wanted):
        row = rows.pop(group.id, None)
        if row is None:
            row = WordGroup(id=group.id, collection=collection, position=-1, words={})
            change.add(row)
        elif row.edited_at is not None and not overwrite:
            continue
        words_now = _as_row(group)
        if (row.position, row.words, row.edited_at) != (position, words_now, None):
            row.position, row.words, row.edited_at = position, words_now, None
            anything = True
    for row in rows.values():
        if row.edited_at is None or overwrite:
            await change.session.delete(row)
            anything = True
    return anything


def _as_row(group: Group) -> dict[str, list[str]]:
    return {code: list(items) for code, items in group.words.items()}


async def _mark_changed(change: Change) -> None:
    await count_up(change.session, SIGNAL)
    change.announce(SIGNAL)


# --- in use ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sequence:
    """Several words that must follow one another."""

    stems: tuple[str, ...]
    group: int


class Meanings:
    """Which groups the words of one language (or of its spelling in Latin letters) belong to."""

    def __init__(self, groups: Sequence[Group], language: str, written_in: str) -> None:
        """`language` has the lists, `written_in` says how words are compared (`ru-Latn`)."""
        self._stems: dict[str, set[int]] = {}
        self._beginnings: dict[str, set[int]] = {}
        self._endings: dict[str, set[int]] = {}
        self._sequences: dict[str, list[_Sequence]] = {}
        for number, group in enumerate(groups):
            for item in group.words.get(language, ()):
                self._learn(item, number, written_in)
        self._known: dict[Word, frozenset[int]] = {}

    def of(self, said: Sequence[Word]) -> Iterator[tuple[int, int]]:
        """The number of each group that is named, with the place of the word that names it."""
        for place, word in enumerate(said):
            for group in self._of_word(word):
                yield group, place
            for sequence in self._sequences.get(word.stem, ()):
                stems = tuple(one.stem for one in said[place : place + len(sequence.stems)])
                if stems == sequence.stems:
                    yield sequence.group, place

    def _learn(self, item: str, number: int, written_in: str) -> None:
        said = words(item.strip(_STAR), written_in)
        if not said:
            return
        if len(said) > 1:
            sequence = _Sequence(tuple(word.stem for word in said), number)
            self._sequences.setdefault(said[0].stem, []).append(sequence)
        elif item.endswith(_STAR) and len(said[0].spelling) >= BESIDE_STAR:
            self._beginnings.setdefault(said[0].spelling, set()).add(number)
        elif item.startswith(_STAR) and len(said[0].spelling) >= BESIDE_STAR:
            self._endings.setdefault(said[0].spelling, set()).add(number)
        else:
            self._stems.setdefault(said[0].stem, set()).add(number)
            self._stems.setdefault(said[0].spelling, set()).add(number)

    def _of_word(self, word: Word) -> frozenset[int]:
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = frozenset(self._look_up(word))
        return found

    def _look_up(self, word: Word) -> Iterator[int]:
        for spelling in {word.stem, word.spelling}:
            yield from self._stems.get(spelling, ())
            for length in range(BESIDE_STAR, len(spelling) + 1):
                yield from self._beginnings.get(spelling[:length], ())
                yield from self._endings.get(spelling[-length:], ())


def as_groups(words_of: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Group]:
    """Groups from plain lists, by id and language.

    >>> as_groups({"money": {"de": ["Geld"]}})[0].words
    {'de': ('Geld',)}
    """
    return [
        Group(id=name, words={code: tuple(items) for code, items in own.items()})
        for name, own in words_of.items()
    ]
