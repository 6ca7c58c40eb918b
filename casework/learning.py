"""Learning from use: questions without a good answer, the like ones together.

Nothing is known of who asked. What the office does with a question (a way of asking of an entry,
the beginning of a new one, or nothing) takes it off the list.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sqlalchemy import delete, func, select

from casework import drafts, sounds
from casework.context import Casework, Change, changing
from casework.editing import add_asking, check_staff
from casework.knowledge import mark_changed, one_at_a_time
from casework.likeness import Cosine, Lexicon, postings_of
from casework.models import KnowledgeEntry, KnowledgeText, OpenQuestion
from casework.text import IN_LATIN, is_latin, stop_stems, words

#: The newest questions that are looked at, and different ones of a language: comparing each with
#: each grows with their square. Older ones come up once these are done.
NEWEST, COMPARED = 10_000, 2_000
#: From this mean likeness on, questions stand in one group.
ALIKE = 0.25
#: Texts of entries that tell which words are common.
_BACKGROUND = 3_000
_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Question:
    """The same words, asked once or several times; `entries` are answers that did not help."""

    text: str
    ids: tuple[int, ...]
    newest: datetime
    outcomes: Mapping[str, int]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are like one another, the most typical one first."""

    language: str
    questions: tuple[Question, ...]

    @property
    def asked(self) -> int:
        """How often in all."""
        return sum(len(question.ids) for question in self.questions)

    @property
    def newest(self) -> datetime:
        """When for the last time."""
        return max(question.newest for question in self.questions)


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """The groups, those asked most first; how many questions there are, by language and outcome.

    `left_out` are older ones that were not looked at.
    """

    groups: list[Group]
    languages: Mapping[str, int]
    outcomes: Mapping[str, int]
    left_out: int

    @property
    def total(self) -> int:
        """How many questions there are in all languages."""
        return sum(self.languages.values())


@dataclass(frozen=True, slots=True)
class Wording:
    """Questions that are dealt with, and the words to keep of them."""

    ids: tuple[int, ...]
    text: str


async def waiting(cw: Casework) -> int:
    """How many open questions there are."""
    async with cw.database.reading() as session:
        return int(await session.scalar(select(func.count(OpenQuestion.id))) or 0)


async def open_questions(
    cw: Casework, *, language: str | None = None, outcome: str | None = None
) -> OpenQuestions:
    """The open questions in groups, of one language or outcome only where asked for."""
    conditions = []
    if language:
        conditions.append(OpenQuestion.language == language)
    if outcome:
        conditions.append(OpenQuestion.outcome == outcome)
    async with cw.database.reading() as session:
        counted = await session.execute(
            select(OpenQuestion.language, OpenQuestion.outcome, func.count()).group_by(
                OpenQuestion.language, OpenQuestion.outcome
            )
        )
        counts = [(code, kind, int(number)) for code, kind, number in counted]
        newest = select(OpenQuestion).where(*conditions).order_by(OpenQuestion.id.desc())
        rows = list(await session.scalars(newest.limit(NEWEST)))
        spoken = {row.language for row in rows}
        known = await session.execute(
            select(KnowledgeText.language, KnowledgeText.title, KnowledgeText.asking)
            .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeText.entry_id)
            .where(
                KnowledgeEntry.collection == cw.pack.municipality.id,
                KnowledgeText.language.in_(spoken),
            )
        )
        background: dict[str, list[str]] = defaultdict(list)
        for code, title, asking in known:
            background[code] += [title, *asking]
    groups, seen = await asyncio.to_thread(_grouped, rows, background)
    fitting = sum(
        number
        for code, kind, number in counts
        if language in (None, "", code) and outcome in (None, "", kind)
    )
    return OpenQuestions(groups, _sums(counts, 0), _sums(counts, 1), max(0, fitting - seen))


async def take(
    cw: Casework, staff_id: int, entry_id: str, language: str, wordings: Sequence[Wording]
) -> None:
    """Let an entry be asked for in these words, and call the questions answered.

    Raises InvalidEntry where another entry is asked for in the same words, UnknownEntry.
    """
    async with _dealing(cw, staff_id) as change:
        await add_asking(change, staff_id, entry_id, language, [one.text for one in wordings])
        await _forget(change, wordings)
        await mark_changed(change)


async def begin_entry(
    cw: Casework, staff_id: int, topic: str, language: str, wordings: Sequence[Wording]
) -> str:
    """Make a new entry's draft of these questions, the first one being its title; its id.

    Raises InvalidEntry.
    """
    asked = [one.text for one in wordings]
    async with _dealing(cw, staff_id) as change:
        row = await drafts.begin(
            change, staff_id, topic=topic, title=asked[0], language=language, asking=asked
        )
        await _forget(change, wordings)
        await mark_changed(change)
        return row.id


async def put_aside(cw: Casework, staff_id: int, ids: Sequence[int]) -> None:
    """Forget questions that nothing is to be made of."""
    async with _dealing(cw, staff_id) as change:
        await _forget(change, [Wording(tuple(ids), "")])


def grouped(texts: Sequence[str], language: str, background: Sequence[str] = ()) -> list[list[int]]:
    """The numbers of the texts that are alike, each group's most typical one first.

    `background` are texts of the same language that show which words are common.
    """
    if len(texts) < 2:  # noqa: PLR2004  (nothing to compare)
        return [[number] for number in range(len(texts))]
    likeness = _likeness(texts, language, background)
    distances = squareform(np.clip(1 - likeness, 0, None), checks=False)
    labels = fcluster(linkage(distances, method="average"), 1 - ALIKE, criterion="distance")
    members: dict[int, list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        members[int(label)].append(number)
    return [_typical_first(group, likeness) for group in members.values()]


@asynccontextmanager
async def _dealing(cw: Casework, staff_id: int) -> AsyncIterator[Change]:
    async with changing(cw) as change:
        await one_at_a_time(change)
        await check_staff(change, staff_id)
        yield change


def _likeness(
    texts: Sequence[str], language: str, background: Sequence[str]
) -> NDArray[np.float64]:
    """How like each text is to each other, 0 to 1, by stems and by pieces of words."""
    lexicon = Lexicon(language)
    read = lexicon.read(_telling(text, language) for text in (*background, *texts))
    tables = lexicon.stem_table(), lexicon.piece_table()
    counts = read.counts(len(lexicon.words))
    total = np.zeros((len(texts), len(texts)))
    for table in tables:
        own = Cosine(postings_of(counts @ table)).by_feature[:, len(background) :]
        total += (own.T @ own).toarray()
    likeness: NDArray[np.float64] = total / len(tables)
    np.fill_diagonal(likeness, 1.0)
    return likeness


def _telling(text: str, language: str) -> str:
    """The words that are not in every question (where, can, for); all where there are no others."""
    spelt = words(text, language)
    rare = [word for word in spelt if word.stem not in stop_stems(language)]
    return " ".join(word.spelling for word in rare or spelt)


def _typical_first(group: list[int], likeness: NDArray[np.float64]) -> list[int]:
    nearness = likeness[np.ix_(group, group)].sum(axis=1)
    return [group[at] for at in np.argsort(-nearness, kind="stable")]


def _grouped(
    rows: Iterable[OpenQuestion], background: Mapping[str, Sequence[str]]
) -> tuple[list[Group], int]:
    """The groups, and how many of the rows stand in them."""
    by_language: dict[str, dict[tuple[str, ...], list[OpenQuestion]]] = defaultdict(dict)
    for row in rows:
        script = _script(row)
        spelt = tuple(word.spelling for word in words(row.text, script)) or (row.text,)
        by_language[script].setdefault(spelt, []).append(row)
    groups = []
    for script, same in by_language.items():
        language = script.removesuffix(IN_LATIN)
        questions = [_question(rows) for rows in list(same.values())[:COMPARED]]
        texts = [question.text for question in questions]
        usual = list(background.get(language, ()))[:_BACKGROUND]
        groups += [
            Group(language, tuple(questions[number] for number in numbers))
            for numbers in grouped(texts, script, usual)
        ]
    groups.sort(key=lambda group: (-group.asked, -group.newest.timestamp()))
    return groups, sum(group.asked for group in groups)


def _script(row: OpenQuestion) -> str:
    latin = row.language in sounds.LANGUAGES and is_latin(row.text)
    return row.language + IN_LATIN if latin else row.language


def _question(rows: Sequence[OpenQuestion]) -> Question:
    return Question(
        text=rows[0].text,
        ids=tuple(row.id for row in rows),
        newest=max(row.at for row in rows),
        outcomes=Counter(row.outcome for row in rows),
        entries=tuple(dict.fromkeys(row.entry_id for row in rows if row.entry_id)),
    )


def _sums(counts: Iterable[tuple[str, str, int]], place: int) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for one in counts:
        sums[str(one[place])] += one[2]
    return dict(sums)


async def _forget(change: Change, wordings: Iterable[Wording]) -> None:
    ids = [number for one in wordings for number in one.ids]
    for start in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[start : start + _IDS_AT_ONCE]
        await change.session.execute(delete(OpenQuestion).where(OpenQuestion.id.in_(some)))
