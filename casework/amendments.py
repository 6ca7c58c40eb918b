"""What somebody typed for an entry: tidied, joined with others' changes, checked, put in place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from casework import faq
from casework.context import Casework, Change
from casework.errors import EntryChanged, EntryProblem, InvalidEntry
from casework.knowledge import write_facts
from casework.knowledge_check import MESSAGE_LIMIT
from casework.languages import DEFAULT
from casework.models import KnowledgeEntry, KnowledgeText
from casework.revisions import FACTS, MEANING, State, state_of, state_of_file
from casework.text import words as words_of

#: What title, answer, section and address may come to, in UTF-16 units: one Telegram message
#: less what the bot puts around an answer.
ROOM = MESSAGE_LIMIT - 500


@dataclass(frozen=True, slots=True)
class Words:
    """Somebody's words in one language, as they were typed.

    `read`: the writer speaks the language and has read it all; `fits`: it says what the German
    says. Both only ever confirm.
    """

    title: str
    answer: str
    asking: tuple[str, ...] = ()
    read: bool = False
    fits: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.title.strip() or self.answer.strip() or any(map(str.strip, self.asking)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry says beside its words, as it was typed; empty for none."""

    source: str
    section: str
    as_of: str
    review_months: str
    next_step: str
    offices: tuple[str, ...]
    url: str


def typed(row: KnowledgeEntry, words: Mapping[str, Words], facts: Facts | None) -> State:
    """What was typed as it would be kept, tidied by the files' own models; raises InvalidEntry."""
    present = {text.language for text in row.texts}
    wanted = {code: one for code, one in words.items() if code in present or not one.blank}
    given = state_of(row)[None] if facts is None else _given(facts)
    given.pop("published", None)
    texts = {
        code: {
            "title": one.title,
            "answer": one.answer,
            "asking": _lines(one.asking),
        }
        for code, one in wanted.items()
    }
    try:
        entry = faq.Draft.model_validate({"id": row.id, **given, "texts": texts})
    except ValidationError as mistakes:
        raise InvalidEntry([_problem(error) for error in mistakes.errors()]) from None
    state = state_of_file(entry)
    for code in wanted:
        state[code].pop("reviewed")
    if facts is None:
        del state[None]
    return state


def _lines(asking: Iterable[str]) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in asking)
    return tuple(dict.fromkeys(line for line in lines if line))


def _given(facts: Facts) -> dict[str, Any]:
    return {
        "source": facts.source,
        "section": facts.section,
        "as_of": facts.as_of.strip(),
        "review_months": facts.review_months.strip(),
        "next_step": facts.next_step or None,
        "offices": facts.offices,
        "url": facts.url.strip() or None,
    }


#: What the files' models call a mistake, and what it is called here.
_PROBLEMS = {
    "missing": "missing",
    "string_too_short": "missing",
    "too_short": "missing",
    "string_too_long": "long",
    "too_long": "long",
}
_PROBLEMS_OF_FIELD = {
    "answer": "link",
    "as_of": "month",
    "id": "name",
    "next_step": "unknown",
    "review_months": "months",
    "texts": "language",
    "url": "address",
}


def _problem(error: Any) -> EntryProblem:
    place: tuple[Any, ...] = error["loc"]
    language = str(place[1]) if place[0] == "texts" and len(place) > 1 else None
    field = str(place[2]) if language and len(place) > 2 else str(place[0])  # noqa: PLR2004
    if field == "as_of" and error["type"] == "value_error":
        return EntryProblem(language, field, "future")
    named = _PROBLEMS_OF_FIELD.get(field, "unknown")
    if field in ("id", "review_months"):
        return EntryProblem(language, field, named)
    return EntryProblem(language, field, _PROBLEMS.get(error["type"], named))


def merged(base: State, now: State, typed: State) -> State:
    """What is there now with what was typed, field by field; raises EntryChanged.

    `base` is what the writer had before them: what they left as it was is as others have it.
    """
    wanted = {part: dict(fields) for part, fields in now.items()}
    clashes = []
    for part, fields in typed.items():
        was, present = base.get(part, {}), now.get(part, {})
        joined: Any
        for name, mine in fields.items():
            if name == "asking":
                joined = _lines_merged(was.get(name, []), present.get(name, []), mine)
            else:
                joined = present.get(name, mine) if mine == was.get(name) else mine
                if was.get(name) != present.get(name) != joined:
                    clashes.append((part, name))
            wanted.setdefault(part, {})[name] = joined
    if clashes:
        raise EntryChanged(clashes)
    return wanted


def _lines_merged(was: list[str], now: list[str], mine: list[str]) -> list[str]:
    """My lines, without those that others took out and with those that others added."""
    kept = [line for line in mine if line in now or line not in was]
    return [*kept, *(line for line in now if line not in was and line not in kept)]


async def check(
    change: Change, row: KnowledgeEntry, before: State, wanted: State, *, live: bool = False
) -> None:
    """Everything that keeps this from being used; raises InvalidEntry with all of it.

    `before` is what was there already, which is not looked at again; `live` wants what the bot
    needs to answer.
    """
    problems = list(_of_facts(change.cw, wanted[None]))
    for language, fields in wanted.items():
        if language is not None:
            needed = live or row.published
            problems += _of_words(language, fields, before.get(language), wanted[None], needed)
    if live and DEFAULT not in wanted:
        problems.append(EntryProblem(DEFAULT, "answer", "missing"))
    problems += await _asked_elsewhere(change, row, before, wanted)
    if problems:
        raise InvalidEntry(problems)


def _of_facts(cw: Casework, facts: Mapping[str, Any]) -> Iterable[EntryProblem]:
    if facts["source"] not in cw.pack.sources:
        yield EntryProblem(None, "source", "unknown", facts["source"])
    for office in facts["offices"]:
        if office not in cw.pack.offices:
            yield EntryProblem(None, "offices", "unknown", office)


def _of_words(
    language: str,
    fields: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    facts: Mapping[str, Any],
    needed: bool,
) -> Iterable[EntryProblem]:
    """German must have its answer; another language keeps the one it has, or is in preparation."""
    had = before is None or bool(before["answer"])
    if needed and not fields["answer"] and (language == DEFAULT or (before is not None and had)):
        yield EntryProblem(language, "answer", "missing")
    shown = (fields["title"], fields["answer"], facts["url"] or "", facts["section"] or "")
    over = units("\n\n".join(shown)) - ROOM
    if over > 0:
        yield EntryProblem(language, "answer", "long", str(over))


def units(text: str) -> int:
    """A text's length as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


async def _asked_elsewhere(
    change: Change, row: KnowledgeEntry, before: State, wanted: State
) -> list[EntryProblem]:
    """New titles and ways of asking that another entry has: nobody could tell which is meant."""
    new = [
        (language, name, line)
        for language, fields in wanted.items()
        if language is not None
        for name, line in _questions(fields)
        if (name, line) not in set(_questions(before.get(language, {})))
    ]
    if not new:
        return []
    known = await _known_questions(change, row, {language for language, _, _ in new})
    return [
        EntryProblem(language, name, "taken", known[key])
        for language, name, line in new
        if (key := _spelt(language, line)) in known
    ]


def _questions(fields: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if fields:
        yield "title", fields["title"]
        yield from (("asking", line) for line in fields["asking"])


async def _known_questions(
    change: Change, row: KnowledgeEntry, languages: Iterable[str]
) -> dict[tuple[str, ...], str]:
    found = await change.session.execute(
        select(
            KnowledgeText.entry_id,
            KnowledgeText.language,
            KnowledgeText.title,
            KnowledgeText.asking,
        )
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeText.entry_id)
        .where(
            KnowledgeEntry.collection == row.collection,
            KnowledgeText.entry_id != row.id,
            KnowledgeText.language.in_(languages),
        )
    )
    known: dict[tuple[str, ...], str] = {}
    for entry_id, language, title, asking in found:
        for line in (title, *asking):
            known.setdefault(_spelt(language, line), entry_id)
    known.pop((), None)
    return known


def _spelt(language: str, line: str) -> tuple[str, ...]:
    spellings = tuple(word.spelling for word in words_of(line, language))
    return (language, *spellings) if spellings else ()


def apply(row: KnowledgeEntry, wanted: State, words: Mapping[str, Words]) -> None:
    """Put the parts in place; changed words count as read only if their writer says so."""
    facts = wanted[None]
    write_facts(row, faq.Draft(id=row.id, texts={}, **only(facts, FACTS)))
    present = {text.language: text for text in row.texts}
    for language, fields in wanted.items():
        if language is None:
            continue
        text = present.get(language)
        if text is None:
            text = KnowledgeText(language=language, title="", answer="", asking=[], reviewed=False)
            row.texts.append(text)
        typed = words.get(language)
        same = all(getattr(text, name) == fields[name] for name in MEANING)
        text.title, text.answer = fields["title"], fields["answer"]
        text.asking = list(fields["asking"])
        if typed is not None:
            text.reviewed = bool(text.answer) and (typed.read or (same and text.reviewed))
        else:
            text.reviewed = bool(fields.get("reviewed", False))


def only(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """These of the fields."""
    return {name: fields[name] for name in names if name in fields}


def as_row(row: KnowledgeEntry, state: State) -> KnowledgeEntry:
    """An entry in that state which no session knows."""
    copy = KnowledgeEntry(
        id=row.id, collection=row.collection, topic=row.topic, position=row.position, texts=[]
    )
    write_facts(copy, faq.Draft(id=row.id, texts={}, **only(state[None], FACTS)))
    for language, fields in state.items():
        if language is not None:
            copy.texts.append(
                KnowledgeText(
                    language=language,
                    reviewed=bool(fields.get("reviewed")),
                    **only(fields, ("title", "answer", "asking")),
                )
            )
    return copy
