"""The office's word list: the pack's `words.yml` seeds the table, what the office edits stays."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from sqlalchemy import select

from casework import yamlfile
from casework.context import Change, changing
from casework.database import count_up
from casework.errors import InvalidFact
from casework.meanings import Group
from casework.models import WordGroup

if TYPE_CHECKING:
    from casework.context import Casework

FILE = "words.yml"
SIGNAL = "knowledge"


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


def read(pack: Path) -> list[Group]:
    """The pack's groups, none where it has no list; raises PackError with file and line."""
    path = pack / FILE
    return list(yamlfile.read(path, _File).groups) if path.is_file() else []


def write(pack: Path, groups: Iterable[Group]) -> list[Path]:
    """Write the groups as the pack's file; what changed by it."""
    tree = {"groups": [{"id": group.id, "words": _lines(group)} for group in groups]}
    changed = bool(tree["groups"]) and yamlfile.replaced(pack / FILE, yamlfile.dumped(tree))
    return [pack / FILE] if changed else []


def _lines(group: Group) -> dict[str, yamlfile.InOneLine]:
    return {code: yamlfile.InOneLine(items) for code, items in group.words.items()}


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
            if row.words
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
    """Take a group out; without words its row stays, so that an import leaves it out too."""
    async with changing(cw) as change:
        row = await change.session.get(WordGroup, group_id)
        if row is not None:
            row.words, row.edited_at = {}, change.at
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
