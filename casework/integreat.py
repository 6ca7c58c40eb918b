"""Pages of the Integreat API as knowledge entries of a collection of their own.

An entry's id is `<collection>/<page id>`; translations of a page become one entry's texts. The
office's own entries are never touched.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from casework.context import Change, changing
from casework.errors import ImportRefused
from casework.html_text import plain_text
from casework.integreat_pages import Page, PageList, place
from casework.knowledge import ImportReport, mark_changed, one_at_a_time, rows_of
from casework.languages import DEFAULT, SERVED
from casework.models import KnowledgeEntry, KnowledgeText

if TYPE_CHECKING:
    from casework.context import Casework

#: The collection that pages go into unless another one is named.
COLLECTION = "integreat"
SOURCE = "Integreat"
REVIEW_MONTHS = 12
#: So many pages may vanish at once whatever is left; of more, at least half have to stay.
MAY_VANISH = 10
_COLLECTION_NAME = re.compile(r"[\w.-]{1,48}")
_TOPIC_LENGTH = 256
#: Whose words say what an entry is about, where it has several.
_LEADING = (DEFAULT, "en", *SERVED)


async def import_pages(
    cw: "Casework",
    found: PageList,
    *,
    language: str,
    collection: str = COLLECTION,
    overwrite: bool = False,
    allow_fewer: bool = False,
) -> ImportReport:
    """Bring the pages of one language into a collection; pages of it that vanished are withdrawn.

    Withdrawn is only what belongs to a region that these pages speak of, and nothing where a list
    broke off. Raises ImportRefused for a language that is not served, the pack's own collection,
    and a list that is empty or much shorter than before, unless `allow_fewer`.
    """
    if language not in SERVED:
        raise ImportRefused(f"{language} is not served; one of {', '.join(SERVED)} is needed")
    if collection == cw.pack.municipality.id:
        raise ImportRefused(f"{collection} is the pack's own collection")
    if not _COLLECTION_NAME.fullmatch(collection):
        raise ImportRefused(f"{collection}: at most 48 letters, digits and . _ - make a name")
    answers = await asyncio.to_thread(_answers, found.pages)
    async with changing(cw) as change:
        await one_at_a_time(change)
        bringing = _Bringing(change, collection, language, overwrite, found, answers)
        bringing.learn(await rows_of(change.session, collection))
        for position, page in enumerate(found.pages):
            bringing.page(position, page)
        if found.complete:
            bringing.withdraw(allow_fewer)
        if bringing.report.anything:
            await mark_changed(change)
    return bringing.report


def _answers(pages: Iterable[Page]) -> dict[int, str]:
    """The words of each page; empty for a heading above other pages."""
    return {page.id: plain_text(page.content) for page in pages}


#: An entry and its words in the language of the list.
_Known = tuple[KnowledgeEntry, KnowledgeText]


@dataclass(slots=True)
class _Bringing:
    """One import under way."""

    change: Change
    collection: str
    language: str
    overwrite: bool
    found: PageList
    answers: Mapping[int, str]
    report: ImportReport = field(default_factory=ImportReport)
    #: What was there before, and every entry by every name it has.
    before: list[_Known] = field(default_factory=list)
    known: dict[str, KnowledgeEntry] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)

    def learn(self, rows: Mapping[str, KnowledgeEntry]) -> None:
        """Remember what the collection holds, and which pages stand in the new list."""
        pages = self.found.pages
        self.titles = {page.path: page.title for page in pages if page.path}
        self.present = {str(page.id) for page in pages if self.answers[page.id]}
        self.present |= {str(number) for number in self.found.unsound}
        for row in rows.values():
            for text in row.texts:
                self._know(row, text.external_id, _path_of(text.url))
                if text.language == self.language and row.published:
                    self.before.append((row, text))
        for name, row in rows.items():
            self.known.setdefault(name.removeprefix(f"{self.collection}/"), row)

    def page(self, position: int, page: Page) -> None:
        """Bring one page in."""
        if not self.answers[page.id]:
            self.report.empty.append(f"{self.collection}/{page.id}")
            return  # a heading above other pages: it is their context
        row = self._row_of(page)
        if row is None:
            row = KnowledgeEntry(id=self._new_id(page), texts=[])
            self._write(row, position, page)
            self.change.add(row)
            self.report.added.append(row.id)
        elif row.edited_at is not None and not self.overwrite:
            self.report.kept.append(row.id)
            self._still_there(row)
        elif self._write(row, position, page):
            self.report.changed.append(row.id)
        else:
            self.report.unchanged.append(row.id)
        self._know(row, str(page.id), place(page.path))

    def withdraw(self, allow_fewer: bool) -> None:
        """Withdraw what is no longer in a list that was brought in before.

        Pages of another region, or none of which is in this list, belong to another list.
        """
        known = 0
        gone: list[_Known] = []
        for own in self._lists_before():
            missing = [(row, text) for row, text in own if not self._is_there(text)]
            if len(missing) < len(own):
                known += len(own)
                gone += missing
        if not (self.found.pages or self.found.unsound):
            known, gone = len(self.before), self.before
        if len(gone) > self._may_vanish(known) and not allow_fewer:
            raise ImportRefused(
                f"{self.collection}, {self.language}: of {known} pages only {known - len(gone)} "
                "are left; nothing was changed (--allow-fewer takes such a list)"
            )
        for row, text in gone:
            self._without(row, text)

    def _may_vanish(self, known: int) -> int:
        return max(MAY_VANISH, known // 2) if self.found.pages else 0

    def _lists_before(self) -> Iterator[list[_Known]]:
        for region in {page.region for page in self.found.pages}:
            yield [(row, text) for row, text in self.before if _region(text.url) == region]

    def _is_there(self, text: KnowledgeText) -> bool:
        return text.external_id in self.present or _path_of(text.url) in self.found.unsound_places

    def _new_id(self, page: Page) -> str:
        plain = f"{self.collection}/{page.id}"
        return f"{plain}.{self.language}" if str(page.id) in self.known else plain

    def _know(self, row: KnowledgeEntry, *names: str | None) -> None:
        self.known.update((name, row) for name in names if name)

    def _still_there(self, row: KnowledgeEntry) -> None:
        text = _text_of(row, self.language)
        if text is not None and text.external_id:
            self.present.add(text.external_id)

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
        """The entry that this page is, or is a translation of."""
        for name in page.names():
            row = self.known.get(name) if name else None
            if row is not None and not self._is_another(row, page):
                return row
        return None

    def _is_another(self, row: KnowledgeEntry, page: Page) -> bool:
        """Whether the entry's words in this language are another page of the same list."""
        text = _text_of(row, self.language)
        return (
            text is not None
            and text.external_id != str(page.id)
            and text.external_id in self.present
        )

    def _write(self, row: KnowledgeEntry, position: int, page: Page) -> bool:
        above = self._titles_above(page)
        if row.published is False:  # its other words went with it
            row.texts = [text for text in row.texts if text.language == self.language]
        text = _text_of(row, self.language)
        if text is None:
            text = KnowledgeText(language=self.language, asking=[], reviewed=False)
            row.texts.append(text)
        changed = _set(
            text,
            title=page.title,
            answer=self.answers[page.id],
            url=page.url,
            context=" › ".join(above) or None,
            external_id=str(page.id),
        )
        if text is _leading_text(row):
            row.position = position
            changed |= _set(row, **self._facts(page, above))
        row.published_at = row.published_at or self.change.at
        return _set(row, published=True, edited_at=None) or changed

    def _facts(self, page: Page, above: list[str]) -> dict[str, Any]:
        return {
            "collection": self.collection,
            "topic": (above[0] if above else page.title)[:_TOPIC_LENGTH],
            "source": f"{SOURCE}, {page.region}" if page.region else SOURCE,
            "as_of": (page.last_updated or self.change.at.isoformat())[:7],
            "review_months": REVIEW_MONTHS,
            "offices": [],
            "url": page.url,
        }

    def _titles_above(self, page: Page) -> list[str]:
        """The titles of the pages above it, the nearest last."""
        parts = (page.path or "").strip("/").split("/")
        paths = (f"/{'/'.join(parts[:length])}/" for length in range(1, len(parts)))
        return [self.titles[path] for path in paths if path in self.titles]


def _text_of(row: KnowledgeEntry, language: str) -> KnowledgeText | None:
    return next((text for text in row.texts if text.language == language), None)


def _leading_text(row: KnowledgeEntry) -> KnowledgeText:
    return min(row.texts, key=lambda text: _LEADING.index(text.language))


def _set(row: KnowledgeEntry | KnowledgeText, **values: Any) -> bool:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _path_of(url: str | None) -> str:
    return place(urlsplit(url).path) if url else ""


def _region(url: str | None) -> str:
    return _path_of(url).strip("/").split("/")[0]
