"""Open questions: the like ones together, each to become part of the knowledge base or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from casework import entries, knowledge, learning
from casework.entries import Filters, Line
from casework.errors import CaseworkError, InvalidEntry, UnknownEntry
from casework.knowledge import LEAST_LIKELY
from casework.languages import SERVED
from casework.learning import Group, OpenQuestions, Question, Wording
from desk import entryproblems
from desk.catalogues import mark
from desk.entryform import number
from desk.labels import options
from desk.views.knowledge import entry_link, section, topic_choices
from desk.visit import Visit

PAGE_SIZE = 20
_SUGGESTIONS = 3
OUTCOMES = ("nothing", "unsure", "not_helpful")

_NOTHING_CHOSEN = mark("Please tick at least one question.")
_NO_TOPIC = mark("Please choose a topic for the new entry.")
_NO_SUCH_ENTRY = mark("Please choose an entry from the list.")


class NotChosen(CaseworkError):
    """Something was to be done, and not said with what; `sentence` tells it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a group, with the words that are to be kept of it."""

    key: str
    ids: str
    text: str
    asked: int
    unhelpful: list[tuple[str, str]]
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """One group, with the entries that are likeliest meant."""

    key: str
    language: str
    rows: list[Row]
    asked: int
    newest: datetime
    outcomes: list[tuple[str, str]]
    suggestions: list[tuple[str, str, str]]
    topic: str
    problem: str = ""
    entry: str = ""


async def show(visit: Visit) -> Response:
    """The groups; a form deals with the ticked questions of one of them."""
    if visit.request.method != "POST":
        return await _page(visit)
    try:
        return await _deal(visit)
    except NotChosen as problem:
        return await _page(visit, visit.wording.text(problem.sentence))
    except InvalidEntry as problem:
        told = [entryproblems.sentence(visit.wording, one) for one in problem.problems]
        return await _page(visit, " ".join(dict.fromkeys(told)))
    except UnknownEntry:
        return await _page(visit, visit.wording.text(_NO_SUCH_ENTRY))


async def _deal(visit: Visit) -> Response:
    wordings, then, language = _chosen(visit), visit.value("then"), visit.value("language")
    if not wordings:
        raise NotChosen(_NOTHING_CHOSEN)
    if language not in SERVED:
        raise UnknownEntry(language)
    home = visit.link("questions") + _query(visit)
    if then == "aside" and not visit.value("sure"):
        return await _ask_aside(visit, wordings)
    if then == "aside":
        ids = [one for wording in wordings for one in wording.ids]
        await learning.put_aside(visit.cw, visit.staff.id, ids)
        return visit.go(home, done="questions_aside")
    if then == "new":
        topic = visit.value("topic")
        if not topic:
            raise NotChosen(_NO_TOPIC)
        entry_id = await learning.begin_entry(visit.cw, visit.staff.id, topic, language, wordings)
        return visit.go(entry_link(visit, entry_id, language), done="entry_created")
    entry_id = visit.value("entry") or await _named(visit, visit.value("other"))
    await learning.take(visit.cw, visit.staff.id, entry_id, language, wordings)
    return visit.go(home, done="asking_added")


def _chosen(visit: Visit) -> list[Wording]:
    found = []
    for key in visit.values("question"):
        ids = [number(one) for one in visit.value(f"ids-{key}").split()]
        text = " ".join(visit.value(f"text-{key}").split())
        if text or visit.value("then") == "aside":
            found.append(Wording(tuple(ids), text))
    return found


async def _named(visit: Visit, words: str) -> str:
    """The entry with that title or id; raises NotChosen."""
    wanted = " ".join(words.split()).casefold()
    overview = await entries.overview(visit.cw, Filters())
    for line in overview.lines:
        titles = {text.title.casefold() for text in line.texts.values()}
        if wanted and (wanted == line.id or wanted in titles):
            return line.id
    raise NotChosen(_NO_SUCH_ENTRY)


async def _ask_aside(visit: Visit, wordings: Sequence[Wording]) -> Response:
    return visit.page(
        "questions_aside.html",
        wordings=wordings,
        language=visit.value("language"),
        home=visit.link("questions") + _query(visit),
        **await section(visit),
    )


async def _page(visit: Visit, problem: str = "") -> Response:
    params = visit.request.query_params
    language, outcome = params.get("language", ""), params.get("outcome", "")
    language = language if language in SERVED else ""
    outcome = outcome if outcome in OUTCOMES else ""
    found = await learning.open_questions(
        visit.cw, language=language or None, outcome=outcome or None
    )
    await knowledge.refresh(visit.cw)
    overview = await entries.overview(visit.cw, Filters())
    pages = max(1, -(-len(found.groups) // PAGE_SIZE))
    page = min(max(1, number(params.get("page", ""))), pages)
    groups = found.groups[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    lines = {line.id: line for line in overview.lines}
    cards = [_card(visit, group, lines) for group in groups]
    return visit.page(
        "questions.html",
        422 if problem else 200,
        cards=[_as_sent(visit, card, problem) for card in cards],
        problem=problem,
        found=found,
        tabs=_tabs(visit, found, language, outcome),
        language=language,
        outcome=outcome,
        outcomes=options(visit.wording, "outcome", OUTCOMES),
        topics=topic_choices(visit.wording, overview.topics),
        entries=[(line.id, line.title(visit.wording.language)) for line in overview.lines],
        page=page,
        pages=pages,
        page_links=(
            _address(visit, page=page - 1) if page > 1 else "",
            _address(visit, page=page + 1) if page < pages else "",
        ),
        action=_address(visit, page=page),
        **await section(visit),
    )


def _card(visit: Visit, group: Group, lines: Mapping[str, Line]) -> Card:
    wording, own = visit.wording, visit.wording.language
    first = group.questions[0]
    hits = visit.cw.knowledge.search(first.text, group.language, _SUGGESTIONS)
    suggested = [hit for hit in hits if hit.id in lines and hit.score >= LEAST_LIKELY]
    outcomes = {one for question in group.questions for one in question.outcomes}
    return Card(
        key=str(first.ids[0]),
        language=group.language,
        rows=[_row(visit, question, lines) for question in group.questions],
        asked=group.asked,
        newest=group.newest,
        outcomes=options(wording, "outcome", tuple(o for o in OUTCOMES if o in outcomes)),
        suggestions=[
            (hit.id, lines[hit.id].title(own), wording.share(hit.score)) for hit in suggested
        ],
        topic=lines[suggested[0].id].topic if suggested else "",
    )


def _row(visit: Visit, question: Question, lines: Mapping[str, Line]) -> Row:
    shown = [entry for entry in question.entries if entry in lines]
    own = visit.wording.language
    return Row(
        key=str(question.ids[0]),
        ids=" ".join(map(str, question.ids)),
        text=question.text,
        asked=len(question.ids),
        unhelpful=[(entry_link(visit, entry), lines[entry].title(own)) for entry in shown],
    )


def _as_sent(visit: Visit, card: Card, problem: str) -> Card:
    """A card whose form was refused shows what was typed and ticked."""
    if not problem or visit.value("group") != card.key:
        return card
    ticked = visit.values("question")
    rows = [
        Row(
            key=row.key,
            ids=row.ids,
            text=visit.value(f"text-{row.key}") or row.text,
            asked=row.asked,
            unhelpful=row.unhelpful,
            chosen=row.key in ticked,
        )
        for row in card.rows
    ]
    return Card(
        key=card.key,
        language=card.language,
        rows=rows,
        asked=card.asked,
        newest=card.newest,
        outcomes=card.outcomes,
        suggestions=card.suggestions,
        topic=visit.value("topic") or card.topic,
        problem=problem,
        entry=visit.value("other"),
    )


def _tabs(visit: Visit, found: OpenQuestions, language: str, outcome: str) -> list[dict[str, Any]]:
    every = ("", visit.wording.text("All languages"), found.total)
    spoken = [
        (code, visit.wording.language_name(code), found.languages[code])
        for code in SERVED
        if code in found.languages
    ]
    return [
        {
            "key": code or "all",
            "name": name,
            "count": count,
            "href": _address(visit, language=code, outcome=outcome, page=1),
            "present": code == language,
        }
        for code, name, count in (every, *spoken)
    ]


def _query(visit: Visit) -> str:
    return f"?{visit.request.url.query}" if visit.request.url.query else ""


def _address(visit: Visit, **other: Any) -> str:
    """The address of this page with other filters."""
    params = visit.request.query_params
    pairs: dict[str, Any] = {name: params.get(name) for name in ("language", "outcome", "page")}
    pairs |= other
    kept = {name: value for name, value in pairs.items() if value and value != 1}
    return visit.link("questions") + (f"?{urlencode(kept)}" if kept else "")
