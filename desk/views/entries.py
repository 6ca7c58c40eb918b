"""One entry of the knowledge base: its words side by side, its facts, its history."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from casework import editing, entries
from casework.amendments import ROOM, units
from casework.entries import TextState, Uses
from casework.errors import EntryChanged, EntryProblem, InvalidEntry, UnknownEntry
from casework.faq import NEXT_STEPS
from casework.knowledge_check import BUTTON_LIMIT
from casework.languages import DEFAULT, SERVED
from casework.models import KnowledgeEntry, KnowledgeRevision
from casework.revisions import MEANING, differing, rewound, state_of
from desk import changes, entryform, entryproblems
from desk.entryform import EntryForm, Trouble
from desk.errors import sentence_of
from desk.preview import Message, Preview
from desk.views.knowledge import (
    entry_link,
    language_choices,
    section,
    state_words,
    text_state,
    topic_name,
)
from desk.views.queue import office_choices
from desk.visit import Visit
from desk.wording import Wording

#: Lines of history beside the form.
_LATEST = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One language of the entry."""

    language: str
    name: str
    state: str
    state_words: str
    uses: Uses
    outdated_at: datetime | None
    #: What has changed in the German since these words were last in step with it.
    german: list[changes.Field]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader of some language gets to see."""

    name: str
    messages: Sequence[Message]


async def show(visit: Visit) -> Response:
    """The entry with the form; one of another collection can only be read."""
    row, history = await _read(visit)
    language = visit.request.query_params.get("language", "") or _pressing(row)
    if not _is_own(visit, row):
        return await _languages_page(visit, row, history)
    form = entryform.of_row(row, entryform.wanted_language(visit, language), _newest(history))
    return await _page(visit, row, history, form)


async def save(visit: Visit) -> Response:
    """Keep what was typed, and go on to what the button says."""
    form = entryform.of_visit(visit)
    entry_id = _id(visit)
    try:
        parts = await editing.save(
            visit.cw,
            visit.staff.id,
            entry_id,
            seen=form.seen,
            words=form.words(),
            facts=form.facts,
            same_meaning=form.same_meaning,
        )
        if visit.value("then") == "facts":
            await editing.confirm_facts(visit.cw, visit.staff.id, entry_id)
    except (InvalidEntry, EntryChanged) as problem:
        return await _refused(visit, form, problem)
    if visit.value("then") in ("publish", "withdraw"):
        return visit.go(_link(visit, f"entry_{visit.value('then')}"))
    home = entry_link(visit, entry_id, form.language)
    return visit.go(home, done=await _done(visit, entry_id, parts))


async def preview(visit: Visit) -> Response:
    """The same page with what was typed, and below how the bot would show it."""
    if visit.request.method != "POST":
        return visit.go(entry_link(visit, _id(visit)))
    form = entryform.of_visit(visit)
    row, history = await _read(visit)
    try:
        shown = await _shown(visit, row.id, form)
    except InvalidEntry as problem:
        return await _refused(visit, form, problem)
    return await _page(visit, row, history, form, shown=shown)


async def history(visit: Visit) -> Response:
    """Who changed what when."""
    row, revisions = await _read(visit)
    return visit.page(
        "entry_history.html",
        entry=row,
        title=_title(visit, row),
        home=entry_link(visit, row.id),
        restore_link=_link(visit, "entry_restore"),
        seen=_newest(revisions),
        log=changes.entries(visit.cw, visit.wording, revisions),
        own=_is_own(visit, row),
        **await section(visit),
    )


async def languages(visit: Visit) -> Response:
    """All languages side by side."""
    row, revisions = await _read(visit)
    return await _languages_page(visit, row, revisions)


async def check(visit: Visit) -> Response:
    """Translations that were looked at and still fit."""
    languages = [code for code in visit.values("language") if code in SERVED]
    return await _act(
        visit,
        "entry_checked",
        lambda seen: editing.confirm_words(
            visit.cw, visit.staff.id, _id(visit), languages, seen=seen
        ),
        to=_link(visit, "entry_languages"),
    )


async def restore(visit: Visit) -> Response:
    """Bring earlier words back."""
    revision = entryform.number(visit.value("revision"))
    return await _act(
        visit,
        "entry_restored",
        lambda seen: editing.restore(visit.cw, visit.staff.id, _id(visit), revision, seen=seen),
        to=_link(visit, "entry_history"),
    )


async def take_file(visit: Visit) -> Response:
    """Use the words of the pack's file again."""
    return await _act(
        visit,
        "entry_file",
        lambda seen: editing.take_file(visit.cw, visit.staff.id, _id(visit), seen=seen),
    )


async def publish(visit: Visit) -> Response:
    """Ask whether the bot shall answer with it, then let it."""
    row = await entries.read(visit.cw, _id(visit))
    if visit.request.method != "POST" and not _answered(row, DEFAULT):
        missing = EntryProblem(DEFAULT, "answer", "missing")
        return await _refused(visit, None, InvalidEntry([missing]))
    return await _confirmed(visit, "publish", editing.publish, "entry_published")


async def withdraw(visit: Visit) -> Response:
    """Ask whether the bot shall no longer answer with it, then keep it from that."""
    return await _confirmed(visit, "withdraw", editing.withdraw, "entry_withdrawn")


async def remove(visit: Visit) -> Response:
    """Ask whether a language shall go, then remove it."""
    code = visit.value("language") or visit.request.query_params.get("language", "")
    if code not in SERVED or code == DEFAULT:
        raise UnknownEntry(_id(visit))

    async def act(cw: Any, staff_id: int, entry_id: str, *, seen: int) -> None:
        await editing.remove_words(cw, staff_id, entry_id, code, seen=seen)

    return await _confirmed(visit, "remove", act, "entry_removed", code)


# --- the steps in between ---------------------------------------------------------------------

Act = Callable[..., Awaitable[None]]


async def _act(
    visit: Visit, done: str, act: Callable[[int], Awaitable[None]], to: str = ""
) -> Response:
    home = to or entry_link(visit, _id(visit))
    if visit.request.method != "POST":
        return visit.go(home)
    try:
        await act(entryform.number(visit.value("seen")))
    except (InvalidEntry, EntryChanged) as problem:
        return await _refused(visit, None, problem)
    return visit.go(home, done=done)


async def _confirmed(visit: Visit, what: str, act: Act, done: str, language: str = "") -> Response:
    row, revisions = await _read(visit)
    if not _is_own(visit, row):
        raise UnknownEntry(row.id)
    if visit.request.method == "POST":
        return await _act(
            visit, done, lambda seen: act(visit.cw, visit.staff.id, row.id, seen=seen)
        )
    return visit.page(
        "entry_confirm.html",
        what=what,
        language=language,
        language_name=visit.wording.language_name(language),
        entry=row,
        title=_title(visit, row),
        home=entry_link(visit, row.id),
        action=_link(visit, f"entry_{what}"),
        seen=_newest(revisions),
        absent=[visit.wording.language_name(code) for code in SERVED if not _answered(row, code)],
        shown=await _shown_now(visit, row),
        **await section(visit),
    )


async def _refused(
    visit: Visit, form: EntryForm | None, problem: InvalidEntry | EntryChanged
) -> Response:
    """The page again, with what was typed and what is wrong with it."""
    row, history = await _read(visit)
    newest = _newest(history)
    if form is None:
        form = entryform.of_row(row, entryform.wanted_language(visit, _pressing(row)), newest)
    wording = visit.wording
    if isinstance(problem, InvalidEntry):
        fields = {
            (one.language, one.field): entryproblems.sentence(wording, one)
            for one in problem.problems
        }
        trouble = Trouble(sentence_of(wording, problem), 422, fields)
        return await _page(visit, row, history, form, trouble=trouble)
    trouble = Trouble(sentence_of(wording, problem), 409, others=_others(visit, row, problem))
    seen = EntryForm(form.language, newest, form.texts, form.facts, form.same_meaning)
    return await _page(visit, row, history, seen, trouble=trouble)


def _others(
    visit: Visit, row: KnowledgeEntry, problem: EntryChanged
) -> dict[tuple[str | None, str], str]:
    """What stands now in the fields that somebody else changed."""
    state = state_of(row)
    return {
        (language, name): changes.said(
            visit.cw, visit.wording, name, state.get(language, {}).get(name)
        )
        for language, name in problem.fields
    }


async def _done(visit: Visit, entry_id: str, parts: Sequence[str | None]) -> str:
    if visit.value("then") == "facts":
        return "entry_facts"
    if not parts:
        return "entry_same"
    row = await entries.read(visit.cw, entry_id)
    if not row.published:
        return "entry_kept_draft"
    outdated = DEFAULT in parts and any(text.outdated_at for text in row.texts)
    return "entry_kept_check" if outdated else "entry_kept"


# --- the pages --------------------------------------------------------------------------------


async def _page(
    visit: Visit,
    row: KnowledgeEntry,
    history: Sequence[KnowledgeRevision],
    form: EntryForm,
    *,
    trouble: Trouble | None = None,
    shown: Sequence[Shown] = (),
) -> Response:
    trouble, wording = trouble or Trouble(), visit.wording
    uses = await entries.uses_of(visit.cw, row.id)
    columns = {code: _column(visit, row, history, uses, code) for code in SERVED}
    from_file = await editing.differences_from_file(visit.cw, row)
    return visit.page(
        "entry.html",
        trouble.status,
        entry=row,
        title=_title(visit, row),
        state=entries.state_name(row.published, row.published_at),
        overdue=entries.is_overdue(row.as_of, row.review_months, visit.wording.today),
        form=form,
        trouble=trouble,
        german=columns[DEFAULT],
        other=columns[form.language],
        columns=[columns[code] for code in SERVED if code != DEFAULT],
        room=ROOM - units(form.facts.url) - units(form.facts.section),
        title_room=BUTTON_LIMIT,
        uses=sum(uses.values(), Uses()),
        uses_days=entries.USES_DAYS,
        shown=shown,
        may_preview=visit.request.app.state.preview is not None,
        log=changes.entries(visit.cw, visit.wording, history[:_LATEST]),
        more_log=len(history) > _LATEST,
        from_file=[
            (_part_name(wording, part), changes.fields_of(visit.cw, wording, *pair))
            for part, pair in from_file.items()
        ],
        links=_links(visit),
        languages=language_choices(visit.wording),
        **_choices(visit, row),
        **await section(visit),
    )


async def _languages_page(
    visit: Visit, row: KnowledgeEntry, history: Sequence[KnowledgeRevision]
) -> Response:
    uses = await entries.uses_of(visit.cw, row.id)
    texts = {text.language: text for text in row.texts}
    columns = [_column(visit, row, history, uses, code) for code in SERVED]
    return visit.page(
        "entry_languages.html",
        entry=row,
        title=_title(visit, row),
        home=entry_link(visit, row.id),
        check_link=_link(visit, "entry_check"),
        seen=_newest(history),
        own=_is_own(visit, row),
        columns=[(column, texts.get(column.language)) for column in columns],
        outdated=[column for column in columns if column.outdated_at],
        **await section(visit),
    )


def _column(
    visit: Visit,
    row: KnowledgeEntry,
    history: Sequence[KnowledgeRevision],
    uses: dict[str, Uses],
    code: str,
) -> Column:
    text = next((one for one in row.texts if one.language == code), None)
    state = text_state(
        TextState(text.title, bool(text.answer), text.outdated_at is not None, text.reviewed)
        if text
        else None
    )
    outdated = text.outdated_at if text else None
    return Column(
        language=code,
        name=visit.wording.language_name(code),
        state=state,
        state_words=state_words(visit.wording, state),
        uses=uses.get(code, Uses()),
        outdated_at=outdated,
        german=_german_since(visit, row, history, outdated) if outdated else [],
    )


def _german_since(
    visit: Visit,
    row: KnowledgeEntry,
    history: Sequence[KnowledgeRevision],
    since: datetime,
) -> list[changes.Field]:
    now = state_of(row)
    then = rewound(now, [one for one in history if one.at >= since])
    old, new = (
        {name: state.get(DEFAULT, {}).get(name, "") for name in MEANING} for state in (then, now)
    )
    return changes.fields_of(visit.cw, visit.wording, *differing(old, new))


def _part_name(wording: Wording, part: str | None) -> str:
    return wording.language_name(part) if part else wording.text("The facts")


def _choices(visit: Visit, row: KnowledgeEntry) -> dict[str, Any]:
    wording = visit.wording
    steps = [
        step
        for action, details in NEXT_STEPS.items()
        for step in (action, *(f"{action}/{detail}" for detail in details))
    ]
    return {
        "topic": topic_name(wording, row.topic),
        "sources": [
            (source, changes.source_name(visit.cw, wording, source))
            for source in visit.cw.pack.sources
        ],
        "steps": [(step, changes.step_name(wording, step)) for step in steps],
        "offices": office_choices(visit),
    }


def _links(visit: Visit) -> dict[str, str]:
    names = ("publish", "withdraw", "remove", "history", "languages", "preview", "take_file")
    return {
        "home": entry_link(visit, _id(visit)),
        "save": _link(visit, "save_entry"),
        **{name: _link(visit, f"entry_{name}") for name in names},
    }


async def _shown(visit: Visit, entry_id: str, form: EntryForm) -> list[Shown]:
    """The bot's messages for readers of German and of the other language."""
    word: Preview | None = visit.request.app.state.preview
    found = []
    for code in form.texts:
        try:
            view = await editing.preview(
                visit.cw, entry_id, code, words=form.words(), facts=form.facts
            )
        except UnknownEntry:
            continue
        if word is not None:
            found.append(Shown(visit.wording.language_name(code), word(view, code)))
    return found


async def _shown_now(visit: Visit, row: KnowledgeEntry) -> list[Shown]:
    form = entryform.of_row(row, DEFAULT, 0)
    try:
        return await _shown(visit, row.id, form)
    except InvalidEntry:
        return []


async def _read(visit: Visit) -> tuple[KnowledgeEntry, Sequence[KnowledgeRevision]]:
    """The history first: what is changed in between counts as not yet seen."""
    history = await entries.history(visit.cw, _id(visit))
    return await entries.read(visit.cw, _id(visit)), history


def _pressing(row: KnowledgeEntry) -> str:
    """The language that is shown first: one to be checked, else English."""
    outdated = [text.language for text in row.texts if text.outdated_at]
    return next((code for code in SERVED if code in outdated), "en")


def _answered(row: KnowledgeEntry, code: str) -> bool:
    return any(text.language == code and text.answer for text in row.texts)


def _title(visit: Visit, row: KnowledgeEntry) -> str:
    titles = {text.language: text.title for text in row.texts}
    order = (visit.wording.language, DEFAULT, *titles)
    return next((titles[code] for code in order if titles.get(code)), row.id)


def _newest(history: Sequence[KnowledgeRevision]) -> int:
    return history[0].id if history else 0


def _is_own(visit: Visit, row: KnowledgeEntry) -> bool:
    return row.collection == visit.cw.pack.municipality.id


def _id(visit: Visit) -> str:
    params = visit.request.path_params
    return f"{params['topic']}/{params['name']}"


def _link(visit: Visit, name: str) -> str:
    return visit.link(name, **visit.request.path_params)
