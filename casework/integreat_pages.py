"""Page lists of the Integreat API, as they are: what is sound in them, and what is wrong.

API: https://digitalfabrik.github.io/integreat-cms/
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from casework import links
from casework.errors import ImportRefused
from casework.html_text import one_line

#: Characters of HTML, and of a title, beyond which something is wrong with a page.
LONGEST_PAGE, LONGEST_TITLE = 250_000, 500


def _web_address(value: Any) -> Any:
    """Only what a browser opens as a page goes on to people."""
    return value if isinstance(value, str) and links.host_of(value) else None


def _or_nothing(value: Any) -> Any:
    return value or None


class _Translation(BaseModel):
    id: int
    path: str | None = None


class Page(BaseModel):
    """A page as the API gives it; only what is used."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int = Field(ge=0, lt=2**63)
    title: Annotated[
        str,
        AfterValidator(lambda title: one_line(html.unescape(title))),
        Field(min_length=1, max_length=LONGEST_TITLE),
    ]
    content: str = Field(max_length=LONGEST_PAGE)
    last_updated: str | None = Field(None, pattern=r"^\d{4}-(0[1-9]|1[0-2])")
    path: str | None = None
    url: Annotated[str | None, BeforeValidator(_web_address)] = None
    available_languages: Annotated[
        Mapping[str, _Translation] | None, BeforeValidator(_or_nothing)
    ] = None

    @property
    def region(self) -> str:
        """The region whose page it is: the first part of its path."""
        return (self.path or "").strip("/").split("/")[0]

    def names(self) -> Iterator[str]:
        """By what it may be known, the surest first: its own id and path, its translations'.

        A page that was edited has another id in the API than before.
        """
        translations = (self.available_languages or {}).values()
        yield from (str(self.id), place(self.path))
        yield from (str(one.id) for one in translations)
        yield from (place(one.path) for one in translations)


@dataclass(slots=True)
class PageList:
    """What was read: sound pages, and one line for each of the others."""

    pages: list[Page] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: Ids and paths of pages that are there but not sound: what is known of them stays.
    unsound: set[int] = field(default_factory=set)
    unsound_places: set[str] = field(default_factory=set)
    #: Whether every list was read to its end; what is missing otherwise has not vanished.
    complete: bool = True


#: A list's name (its file or address), and what was found there.
RawList = tuple[str, bytes | ImportRefused]


def read_pages(paths: Iterable[Path]) -> PageList:
    """Read page lists from files; see `pages_of`."""
    return pages_of(load(path) for path in paths)


def load(path: Path) -> RawList:
    """A file's content, or why there is none."""
    try:
        return str(path), path.read_bytes()
    except OSError as problem:
        return str(path), ImportRefused(f"{path}: {problem.strerror}")


def pages_of(lists: Iterable[RawList]) -> PageList:
    """The pages of all lists; what is wrong is named and the rest is taken.

    Raises ImportRefused where nothing was a list of pages.
    """
    found = PageList()
    refused: list[ImportRefused] = []
    whole = 0
    for name, content in lists:
        raw, problem = _raw_pages(name, content)
        _take(found, name, raw)
        if problem is None:
            whole += 1
        else:
            refused.append(problem)
    if refused and not whole and not found.pages:
        raise refused[0]
    found.complete = not refused
    found.problems += [str(problem) for problem in refused]
    return found


def _raw_pages(name: str, content: bytes | ImportRefused) -> tuple[list[Any], ImportRefused | None]:
    """The elements of a list, and what kept it from being read to its end."""
    if isinstance(content, ImportRefused):
        return [], content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], ImportRefused(f"{name}: not UTF-8")
    try:
        pages = json.loads(text)
    except json.JSONDecodeError as mistake:
        problem = ImportRefused(f"{name}:{mistake.lineno}: no JSON: {mistake.msg}")
        return list(_before_the_mistake(text)), problem
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists in …
        return [], ImportRefused(f"{name}: no list of pages")
    if not isinstance(pages, list):
        return [], ImportRefused(f"{name}: not a list of pages")
    return pages, None


def _before_the_mistake(text: str) -> Iterator[Any]:
    """What stands in a list that breaks off, element by element."""
    decoder = json.JSONDecoder()
    at = re.compile(r"\s*\[\s*").match(text)
    parted = re.compile(r"\s*,\s*")
    while at is not None:
        try:
            element, end = decoder.raw_decode(text, at.end())
        except (ValueError, RecursionError):
            return
        yield element
        at = parted.match(text, end)


def _take(found: PageList, name: str, raw: Iterable[Any]) -> None:
    known = {page.id: page for page in found.pages}
    for position, one in enumerate(raw, start=1):
        try:
            page = Page.model_validate(one)
        except ValidationError as mistakes:
            where = f"{name}: page {position}{_remembered(found, one)}"
            found.problems.append(f"{where}: {_first_of(mistakes)}")
            continue
        if known.setdefault(page.id, page) is page:
            found.pages.append(page)
        elif known[page.id] != page:
            where = f"{name}: page {position} (id {page.id})"
            found.problems.append(f"{where}: there already, with other words")


def _remembered(found: PageList, raw: Any) -> str:
    """Keep an unsound page's id and path, as far as it has them; its id in brackets."""
    if not isinstance(raw, dict):
        return ""
    if isinstance(path := raw.get("path"), str):
        found.unsound_places.add(place(path))
    if not isinstance(page_id := raw.get("id"), int):
        return ""
    found.unsound.add(page_id)
    return f" (id {page_id})"


def place(path: str | None) -> str:
    """A path, however it was written; empty for none."""
    return unquote(path or "").rstrip("/")


def _first_of(mistakes: ValidationError) -> str:
    first = mistakes.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place + ': ' if place else ''}{first['msg']}"
