"""The office's word list: words that search takes for one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii
from pydantic import ValidationError
from starlette.responses import Response

from casework import wordlist
from casework.errors import InvalidFact, NotFound
from casework.languages import SERVED
from casework.meanings import BESIDE_STAR, Group
from desk.views.knowledge import language_choices, section
from desk.visit import Visit

_ID_LENGTH = 40
_SEARCH_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One group of the list."""

    id: str
    href: str
    german: tuple[str, ...]
    english: tuple[str, ...]
    others: list[str]
    edited: bool


async def show(visit: Visit) -> Response:
    """The list, narrowed to groups with some word."""
    search = visit.request.query_params.get("q", "").strip()[:_SEARCH_LENGTH]
    groups = await wordlist.groups(visit.cw)
    fitting = [group for group in groups if _has(group, search)]
    return visit.page(
        "words.html",
        rows=[_row(visit, group) for group in fitting],
        total=len(groups),
        word=search,
        **await section(visit),
    )


async def new(visit: Visit) -> Response:
    """Begin a group."""
    if visit.request.method != "POST":
        return await _page(visit, None, {})
    typed = _typed(visit)
    known = {group.id for group in await wordlist.groups(visit.cw)}
    return await _kept(visit, _free_id(typed, known), typed, None)


async def edit(visit: Visit) -> Response:
    """Change a group."""
    group = await _group(visit)
    if visit.request.method != "POST":
        lines = {code: "\n".join(items) for code, items in group.words.items()}
        return await _page(visit, group, lines)
    return await _kept(visit, group.id, _typed(visit), group)


async def remove(visit: Visit) -> Response:
    """Ask whether a group shall go, then remove it."""
    group = await _group(visit)
    if visit.request.method == "POST":
        await wordlist.remove(visit.cw, group.id)
        return visit.go(visit.link("words"), done="words_removed")
    return visit.page(
        "words_remove.html",
        group=group,
        words=visit.wording.listing(group.words.get("de") or next(iter(group.words.values()))),
        in_pack=group.id in {one.id for one in wordlist.read(visit.cw.pack.path)},
        **await section(visit),
    )


async def _kept(
    visit: Visit, group_id: str, typed: Mapping[str, str], group: Group | None
) -> Response:
    words = {code: _lines(text) for code, text in typed.items()}
    problems = _problems(visit, words)
    if not problems:
        try:
            await wordlist.save(visit.cw, group_id, words)
        except InvalidFact:
            problems = {"": visit.wording.text("Please enter words that mean the same.")}
    if problems:
        return await _page(visit, group, typed, problems)
    return visit.go(visit.link("words"), done="words_kept")


def _problems(visit: Visit, words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """By language, what is wrong with its words."""
    wording = visit.wording
    if not any(words.values()):
        return {"": wording.text("Please enter words that mean the same.")}
    found = {}
    for code, items in words.items():
        try:
            Group(id="words", words={code: tuple(items)})
        except ValidationError:
            found[code] = wording.text(
                "A star stands at the beginning or the end of a word, beside at least "
                "{count} letters; a line has at most 60 characters.",
                count=wording.number(BESIDE_STAR),
            )
    return found


async def _page(
    visit: Visit,
    group: Group | None,
    lines: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> Response:
    return visit.page(
        "word_group.html",
        422 if problems else 200,
        group=group,
        lines=lines,
        problems=problems or {},
        languages=language_choices(visit.wording),
        heading=_heading(visit, group),
        **await section(visit),
    )


def _heading(visit: Visit, group: Group | None) -> str:
    if group is None:
        return visit.wording.text("New group of words")
    words = group.words.get("de") or next(iter(group.words.values()), (group.id,))
    return ", ".join(words[:3])


async def _group(visit: Visit) -> Group:
    wanted = visit.request.path_params["group"]
    for group in await wordlist.groups(visit.cw):
        if group.id == wanted:
            return group
    raise NotFound(wanted)


def _row(visit: Visit, group: Group) -> Row:
    others = [visit.wording.language_name(code) for code in group.words if code not in ("de", "en")]
    return Row(
        id=group.id,
        href=visit.link("word_group", group=group.id),
        german=tuple(group.words.get("de", ())),
        english=tuple(group.words.get("en", ())),
        others=others,
        edited=group.edited,
    )


def _has(group: Group, search: str) -> bool:
    wanted = search.casefold()
    return not wanted or any(
        wanted in item.casefold() for items in group.words.values() for item in items
    )


def _typed(visit: Visit) -> dict[str, str]:
    return {code: visit.value(f"words-{code}").replace("\r\n", "\n") for code in SERVED}


def _lines(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def _free_id(typed: Mapping[str, str], known: set[str]) -> str:
    """An id made of the first word, with a number behind it where it is taken."""
    first: Any = next((line for text in typed.values() for line in _lines(text)), "")
    plain = "".join(letter if letter.isalnum() else " " for letter in anyascii(first).lower())
    stem = "_".join(plain.split())[:_ID_LENGTH].strip("_")
    stem = stem if stem[:1].isalpha() else f"w_{stem}"
    names = (stem if at == 1 else f"{stem}_{at}" for at in range(1, len(known) + 2))
    return next(name for name in names if name not in known)
