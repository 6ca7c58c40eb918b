"""The knowledge base: which entries there are, what is left to do, what the bot would answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from casework import editing, entries, knowledge, learning
from casework.entries import NEEDS, Filters, Line, TextState, Uses
from casework.errors import InvalidEntry, UnknownEntry
from casework.knowledge import SURE, UNSURE
from casework.languages import DEFAULT, SERVED
from desk import entryproblems
from desk.catalogues import mark
from desk.labels import label, options
from desk.visit import Visit
from desk.wording import Wording

PAGE_SIZE = 100
_SEARCH_LENGTH = 200
_SHOWN_HITS = 5

_STATES = {
    # Translators: how an entry of the knowledge base stands in one language
    "missing": mark("missing"),
    "prepared": mark("in preparation"),
    "check": mark("to be checked"),
    "read": mark("read by a speaker"),
    "there": mark("there"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One language of an entry: how it stands there."""

    language: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the list, in the reader's language."""

    href: str
    id: str
    title: str
    topic: str
    line: Line
    marks: list[Mark]
    summary: str
    uses: Uses


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's address asks for."""

    filters: Filters
    page: int = 1

    def query(self, **other: Any) -> str:
        """The filters as an address's query, `?` included; `other` ones instead of these."""
        chosen = replace(self.filters, **other)
        pairs = {
            "need": chosen.need,
            "topic": chosen.topic,
            "language": chosen.language,
            "collection": chosen.collection,
            "q": chosen.search,
        }
        kept = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a question leads to, and how sure that is."""

    href: str
    title: str
    share: str
    percent: int
    own: bool


async def show(visit: Visit) -> Response:
    """The list."""
    collections = await entries.collections(visit.cw)
    asked = _asked(visit, collections)
    found = await entries.overview(visit.cw, asked.filters)
    pages = max(1, -(-len(found.lines) // PAGE_SIZE))
    page = min(asked.page, pages)
    lines = found.lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    base = visit.link("knowledge")
    return visit.page(
        "knowledge.html",
        rows=[row(visit, line, asked.filters.language) for line in lines],
        total=len(found.lines),
        filters=asked.filters,
        narrowed=asked.query() != "",
        tabs=_tabs(visit, asked, found),
        topics=topic_choices(visit.wording, found.topics),
        languages=language_choices(visit.wording),
        collections=collections[1:] and _named(visit, collections),
        own=asked.filters.collection is None,
        page=page,
        pages=pages,
        page_links=_page_links(base + asked.query(), page, pages),
        uses_days=entries.USES_DAYS,
        **await section(visit),
    )


async def new(visit: Visit) -> Response:
    """Begin an entry."""
    if visit.request.method != "POST":
        return await _new_page(visit)
    topic = visit.value("new_topic").strip() or visit.value("topic")
    try:
        entry_id = await editing.create(
            visit.cw,
            visit.staff.id,
            topic=topic,
            title=visit.value("title"),
            name=visit.value("name").strip(),
        )
    except InvalidEntry as problem:
        return await _new_page(visit, problem)
    return visit.go(entry_link(visit, entry_id), done="entry_created")


async def ask(visit: Visit) -> Response:
    """What the bot would answer to some words."""
    params = visit.request.query_params
    language = params.get("language", "")
    language = language if language in SERVED else DEFAULT
    text = params.get("text", "").strip()[:_SEARCH_LENGTH]
    await knowledge.refresh(visit.cw)
    hits = visit.cw.knowledge.search(text, language, _SHOWN_HITS) if text else []
    found = knowledge.decide(hits)
    entry = params.get("entry", "")
    return visit.page(
        "try.html",
        try_text=text,
        try_language=language,
        try_entry=entry if entry in visit.cw.knowledge.ids else "",
        hits=[
            Hit(
                href=entry_link(visit, hit.id),
                title=title_of(visit, hit.id),
                share=visit.wording.share(hit.score),
                percent=round(hit.score * 100),
                own=hit.id == entry,
            )
            for hit in hits
        ],
        decision=found.decision if text else "",
        shown=len(found.hits),
        sure=visit.wording.share(SURE),
        unsure=visit.wording.share(UNSURE),
        languages=language_choices(visit.wording),
        **await section(visit),
    )


async def section(visit: Visit) -> dict[str, Any]:
    """What every page of the knowledge base shows above."""
    return {"waiting": await learning.waiting(visit.cw)}


def row(visit: Visit, line: Line, language: str | None = None) -> Row:
    """A line of the list in the reader's language."""
    wording = visit.wording
    marks = [_mark(wording, code, line.texts.get(code)) for code in SERVED]
    return Row(
        href=entry_link(visit, line.id, language),
        id=line.id,
        title=line.title(wording.language),
        topic=topic_name(wording, line.topic),
        line=line,
        marks=marks,
        summary=_summary(wording, marks),
        uses=line.use(language),
    )


def text_state(text: TextState | None) -> str:
    """How an entry stands in one language, as a key."""
    if text is None:
        return "missing"
    if not text.answered:
        return "prepared"
    if text.outdated:
        return "check"
    return "read" if text.reviewed else "there"


def state_words(wording: Wording, state: str) -> str:
    """The words for that key."""
    return wording.text(_STATES[state])


def entry_link(visit: Visit, entry_id: str, language: str | None = None) -> str:
    """The address of an entry's page."""
    topic, _, name = entry_id.partition("/")
    link = visit.link("entry", topic=topic, name=name)
    return f"{link}?{urlencode({'language': language})}" if language else link


def title_of(visit: Visit, entry_id: str) -> str:
    """A published entry's title in the reader's language; its id where it has none."""
    try:
        return visit.cw.knowledge.text(entry_id, visit.wording.language).title
    except UnknownEntry:
        return entry_id


def topic_name(wording: Wording, topic: str) -> str:
    """The words for a topic; one of the office's own stands for itself."""
    name = label(wording, "entry_topic", topic)
    return name if name != topic else topic.replace("_", " ").capitalize()


def topic_choices(wording: Wording, topics: Sequence[str]) -> list[tuple[str, str]]:
    """Topics with their names, by name."""
    named = ((topic, topic_name(wording, topic)) for topic in topics)
    return sorted(named, key=lambda choice: choice[1].casefold())


def language_choices(wording: Wording) -> list[tuple[str, str]]:
    """The served languages with their names."""
    return [(code, wording.language_name(code)) for code in SERVED]


def _asked(visit: Visit, collections: Sequence[str]) -> Asked:
    params = visit.request.query_params
    need, language, page = params.get("need"), params.get("language"), params.get("page", "")
    collection = params.get("collection")
    return Asked(
        Filters(
            collection=collection if collection in collections[1:] else None,
            topic=params.get("topic") or None,
            language=language if language in SERVED else None,
            need=next((one for one in NEEDS if one == need), None),
            search=params.get("q", "").strip()[:_SEARCH_LENGTH],
        ),
        int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,  # noqa: PLR2004
    )


def _tabs(visit: Visit, asked: Asked, found: entries.Overview) -> list[dict[str, Any]]:
    base, present = visit.link("knowledge"), asked.filters.need
    names = dict(options(visit.wording, "need", NEEDS))
    every = {
        "key": "all",
        "name": visit.wording.text("All entries"),
        "count": found.total,
        "href": base + asked.query(need=None),
        "present": present is None,
    }
    rest = [
        {
            "key": need,
            "name": names[need],
            "count": found.counts[need],
            "href": base + asked.query(need=need),
            "present": present == need,
        }
        for need in NEEDS
        if found.counts[need] or present == need
    ]
    return [every, *rest]


def _named(visit: Visit, collections: Sequence[str]) -> list[tuple[str, str]]:
    own = visit.cw.pack.municipality.name.in_language(visit.wording.language)
    return [("", own), *((name, name) for name in collections[1:])]


def _page_links(base: str, page: int, pages: int) -> tuple[str, str]:
    joint = "&" if "?" in base else "?"
    return (
        f"{base}{joint}page={page - 1}" if page > 1 else "",
        f"{base}{joint}page={page + 1}" if page < pages else "",
    )


def _mark(wording: Wording, code: str, text: TextState | None) -> Mark:
    state = text_state(text)
    return Mark(code, state, f"{wording.language_name(code)}: {state_words(wording, state)}")


def _summary(wording: Wording, marks: Sequence[Mark]) -> str:
    """The marks in words, for whoever does not see them."""
    found = []
    for state in _STATES:
        names = [wording.language_name(one.language) for one in marks if one.state == state]
        if names:
            found.append(f"{state_words(wording, state)}: {wording.listing(names)}")
    return "; ".join(found)


async def _new_page(visit: Visit, problem: InvalidEntry | None = None) -> Response:
    overview = await entries.overview(visit.cw, Filters())
    problems = {
        one.field: entryproblems.sentence(visit.wording, one)
        for one in (problem.problems if problem else ())
    }
    return visit.page(
        "new_entry.html",
        422 if problem else 200,
        topics=topic_choices(visit.wording, overview.topics),
        problems=problems,
        **await section(visit),
    )
