"""Pages of the Integreat API as knowledge entries of a collection of their own.

An entry's id is `<collection>/<page id>`; translations of a page become one entry's texts. The
office's own entries are never touched. API: https://digitalfabrik.github.io/integreat-cms/
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from selectolax.lexbor import LexborHTMLParser, LexborNode

from casework.context import Change, changing
from casework.errors import ImportRefused
from casework.knowledge import ImportReport, mark_changed, one_at_a_time, rows_of
from casework.languages import SERVED
from casework.models import KnowledgeEntry, KnowledgeText

if TYPE_CHECKING:
    from casework.context import Casework

SOURCE = "Integreat"
REVIEW_MONTHS = 12
#: Characters of HTML beyond which something is wrong with a page.
LONGEST_PAGE = 500_000
_ID_LENGTH = 128
_TOPIC_LENGTH = 256
_HEADINGS = tuple(f"h{level}" for level in range(1, 7))
_PARAGRAPHS = frozenset(
    ("p", "div", "ul", "ol", "table", "blockquote", "section", "article", "dl", "figure", "pre")
) | {"hr", *_HEADINGS}
_LINES = frozenset(("br", "li", "tr", "dt", "dd"))
_UNREADABLE = frozenset(("script", "style", "template", "noscript", "iframe", "svg"))
#: Where a new line begins, as long as it is not known whether a paragraph ends there too.
_LINE_EDGE = "\x1e"
_BLANKS = re.compile(r"\s+")
_EDGES = re.compile(rf"[\s{_LINE_EDGE}]*[\n{_LINE_EDGE}][\s{_LINE_EDGE}]*")
_ITEM = "\x1d"
_ITEM_START = re.compile(rf"{_ITEM}[\s{_LINE_EDGE}]*")


class _Parent(BaseModel):
    path: str | None = None


class _Translation(BaseModel):
    id: int


class Page(BaseModel):
    """A page as the API gives it; only what is used."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int
    title: str = Field(min_length=1)
    content: str = Field(max_length=LONGEST_PAGE)
    last_updated: str | None = Field(None, pattern=r"^\d{4}-(0[1-9]|1[0-2])")
    path: str | None = None
    url: str | None = None
    parent: _Parent | None = None
    available_languages: Mapping[str, _Translation] | None = None

    @property
    def region(self) -> str:
        """The region whose page it is: the first part of its path."""
        return (self.path or "").strip("/").split("/")[0]


@dataclass(frozen=True, slots=True)
class PageList:
    """What a file held: its sound pages, and one line for each of the others."""

    pages: list[Page] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: Ids of pages that are there but not sound: what is known of them stays.
    unsound: set[int] = field(default_factory=set)


def read_pages(paths: Iterable[Path]) -> PageList:
    """Read page lists; raises ImportRefused where a file is no list of pages at all."""
    found = PageList()
    for path in paths:
        for position, raw in enumerate(_read_list(path), start=1):
            _take(found, f"{path}: page {position}", raw)
    return found


def _read_list(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ImportRefused(f"{path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ImportRefused(f"{path}: not UTF-8") from None
    except json.JSONDecodeError as problem:
        raise ImportRefused(f"{path}:{problem.lineno}: no JSON: {problem.msg}") from None
    if not isinstance(content, list):
        raise ImportRefused(f"{path}: not a list of pages")
    return content


def _take(found: PageList, where: str, raw: Any) -> None:
    page_id = raw.get("id") if isinstance(raw, dict) else None
    name = f"{where} (id {page_id})" if isinstance(page_id, int) else where
    try:
        found.pages.append(Page.model_validate(raw))
    except ValidationError as mistakes:
        first = mistakes.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        found.problems.append(f"{name}: {place + ': ' if place else ''}{first['msg']}")
        if isinstance(page_id, int):
            found.unsound.add(page_id)


async def import_pages(
    cw: "Casework", found: PageList, *, language: str, collection: str, overwrite: bool = False
) -> ImportReport:
    """Bring the pages of one language into a collection; pages of it that vanished are withdrawn.

    Withdrawn is only what belongs to a region that these pages speak of. Raises ImportRefused
    for a language that is not served, or the pack's own collection.
    """
    if language not in SERVED:
        raise ImportRefused(f"{language} is not served; one of {', '.join(SERVED)} is needed")
    if collection == cw.pack.municipality.id:
        raise ImportRefused(f"{collection} is the pack's own collection")
    titles = {page.path: page.title for page in found.pages if page.path}
    async with changing(cw) as change:
        await one_at_a_time(change)
        bringing = _Bringing(change, collection, language, overwrite, titles)
        bringing.learn(await rows_of(change.session, collection))
        for position, page in enumerate(found.pages):
            bringing.page(position, page)
        bringing.withdraw(found)
        if bringing.report.anything:
            await mark_changed(change)
    return bringing.report


@dataclass(frozen=True, slots=True)
class _Bringing:
    """One import under way."""

    change: Change
    collection: str
    language: str
    overwrite: bool
    titles: Mapping[str, str]
    report: ImportReport = field(default_factory=ImportReport)
    rows: list[KnowledgeEntry] = field(default_factory=list)
    by_page: dict[str, KnowledgeEntry] = field(default_factory=dict)

    def learn(self, rows: Mapping[str, KnowledgeEntry]) -> None:
        self.rows.extend(rows.values())
        for row in self.rows:
            for text in row.texts:
                if text.external_id:
                    self.by_page[text.external_id] = row

    def page(self, position: int, page: Page) -> None:
        answer = plain_text(page.content)
        if not answer:
            self.report.empty.append(f"{self.collection}/{page.id}")
            return  # a heading above other pages: it is their context
        row = self._row_of(page)
        if row is None:
            row = KnowledgeEntry(id=f"{self.collection}/{page.id}", texts=[])
            self._write(row, position, page, answer)
            self.change.add(row)
            self.report.added.append(row.id)
        elif row.edited_at is not None and not self.overwrite:
            self.report.kept.append(row.id)
        elif self._write(row, position, page, answer):
            self.report.changed.append(row.id)
        else:
            self.report.unchanged.append(row.id)
        self.by_page[str(page.id)] = row

    def withdraw(self, found: PageList) -> None:
        """Withdraw what is no longer in a list that was brought in before.

        Pages of another region, or none of which is in this list, belong to another list.
        """
        present = {str(page.id) for page in found.pages} | {str(one) for one in found.unsound}
        before = [(row, text) for row in self.rows if (text := self._text_of(row)) is not None]
        for region in {page.region for page in found.pages}:
            own = [(row, text) for row, text in before if _region(text.url) == region]
            if any(text.external_id in present for _, text in own):
                for row, text in own:
                    if row.published and text.external_id not in present:
                        self._without(row, text)

    def _text_of(self, row: KnowledgeEntry) -> KnowledgeText | None:
        return next((text for text in row.texts if text.language == self.language), None)

    def _without(self, row: KnowledgeEntry, text: KnowledgeText) -> None:
        if row.edited_at is not None and not self.overwrite:
            self.report.kept.append(row.id)
            return
        if len(row.texts) > 1:
            row.texts.remove(text)
        else:
            row.published = False
        self.report.withdrawn.append(row.id)

    def _row_of(self, page: Page) -> KnowledgeEntry | None:
        translations = page.available_languages or {}
        ids = [page.id, *(translation.id for translation in translations.values())]
        return next((row for one in ids if (row := self.by_page.get(str(one)))), None)

    def _write(self, row: KnowledgeEntry, position: int, page: Page, answer: str) -> bool:
        above = self._titles_above(page)
        text = self._text_of(row)
        if text is None:
            text = KnowledgeText(language=self.language, asking=[], reviewed=False)
            row.texts.append(text)
        changed = _set(
            text,
            title=page.title.strip(),
            answer=answer,
            url=page.url,
            context=" › ".join(above) or None,
            external_id=str(page.id),
        )
        if row.texts[0] is text or row.collection is None:
            changed |= _set(
                row,
                collection=self.collection,
                topic=(above[0] if above else page.title)[:_TOPIC_LENGTH],
                position=position,
                source=f"{SOURCE}, {page.region}" if page.region else SOURCE,
                as_of=(page.last_updated or self.change.at.isoformat())[:7],
                review_months=REVIEW_MONTHS,
                offices=[],
                url=page.url,
            )
        return _set(row, published=True, edited_at=None) or changed

    def _titles_above(self, page: Page) -> list[str]:
        """The titles of the pages above it, the nearest last."""
        parts = (page.path or "").strip("/").split("/")
        paths = (f"/{'/'.join(parts[:length])}/" for length in range(1, len(parts)))
        return [self.titles[path] for path in paths if path in self.titles]


def _set(row: KnowledgeEntry | KnowledgeText, **values: Any) -> bool:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _region(url: str | None) -> str:
    return urlsplit(url or "").path.strip("/").split("/")[0]


def plain_text(html: str) -> str:
    """HTML as paragraphs of plain text; links keep their address.

    >>> plain_text('<p>Call&nbsp;us or <a href="https://a.de/x">write</a>.</p><ul><li>One<li>Two')
    'Call us or write (https://a.de/x).\\n\\n– One\\n– Two'
    """
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    parts: list[str] = []
    _collect(body, parts)
    text = _ITEM_START.sub("– ", "".join(parts))
    return _EDGES.sub(lambda edge: "\n\n" if "\n" in edge[0] else "\n", text).strip()


def _collect(node: LexborNode, parts: list[str]) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            parts.append(_BLANKS.sub(" ", child.text_content or ""))
        elif tag not in _UNREADABLE:
            _collect_element(child, tag, parts)


def _collect_element(node: LexborNode, tag: str, parts: list[str]) -> None:
    edge = "\n" if tag in _PARAGRAPHS else _LINE_EDGE if tag in _LINES else ""
    parts.append(edge)
    if tag == "li" and node.text(deep=True).strip():
        parts.append(_ITEM)
    _collect(node, parts)
    if tag == "a":
        parts.append(_address(node))
    parts.append(" " if tag in ("td", "th") else "" if tag == "br" else edge)


def _address(link: LexborNode) -> str:
    address = (link.attributes.get("href") or "").strip()
    said = link.text(deep=True).strip()
    if not address.startswith(("http://", "https://")) or not said:
        return ""
    shown = address.split("://", 1)[1].rstrip("/").removeprefix("www.")
    return "" if shown in said else f" ({address})"
