"""Learning from use: open questions in groups, made part of the knowledge base."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casework import entries, knowledge, learning, privacy
from casework.context import Casework
from casework.errors import InvalidEntry, UnknownEntry
from casework.learning import Group, Wording
from casework.models import OpenQuestion
from tests.support.answers import write_pack
from tests.support.clock import Clock
from tests.support.office import make_casework
from tests.support.people import make_staff

SPORT = [
    "Gibt es Schwimmkurse für Frauen?",
    "schwimmkurs nur für frauen",
    "Wo kann meine Frau schwimmen lernen?",
]
LICENCE = [
    "Führerschein umschreiben",
    "Ich möchte meinen syrischen Führerschein umschreiben lassen",
]


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock, database_url: str | None) -> AsyncIterator[Casework]:
    packs = write_pack(tmp_path / "packs")
    async with make_casework(
        tmp_path, url=database_url, clock=clock, knowledge_dir=packs
    ) as office:
        await knowledge.import_pack(office)
        yield office


@pytest.fixture
async def me(cw: Casework) -> int:
    return (await make_staff(cw)).id


async def ask(cw: Casework, *texts: str, language: str = "de", **values: str) -> None:
    for text in texts:
        await knowledge.note_unanswered(
            cw,
            text,
            language,
            values.get("outcome", "nothing"),  # type: ignore[arg-type]
            values.get("entry"),
        )


async def groups(cw: Casework, **filters: str) -> list[Group]:
    return (await learning.open_questions(cw, **filters)).groups


def texts(group: Group) -> set[str]:
    return {question.text for question in group.questions}


def wordings(group: Group) -> list[Wording]:
    return [Wording(question.ids, question.text) for question in group.questions]


async def test_like_questions_stand_together_the_most_asked_first(cw: Casework) -> None:
    await ask(cw, *LICENCE, "Wie wird das Wetter?", *SPORT)
    found = await groups(cw)
    assert [texts(group) for group in found] == [set(SPORT), set(LICENCE), {"Wie wird das Wetter?"}]
    assert [group.asked for group in found] == [3, 2, 1]


async def test_the_same_words_are_one_question_that_was_asked_often(
    cw: Casework, clock: Clock
) -> None:
    await ask(cw, "Wo gibt es Fahrräder?", "wo gibt es fahrräder")
    clock.forward(hours=5)
    await ask(cw, "WO GIBT ES FAHRRÄDER??", outcome="not_helpful", entry="volunteering/start")
    ((question,),) = [group.questions for group in await groups(cw)]
    assert len(question.ids) == 3
    assert question.newest == clock.now
    assert dict(question.outcomes) == {"nothing": 2, "not_helpful": 1}
    assert question.entries == ("volunteering/start",)


async def test_languages_and_outcomes_are_told_apart(cw: Casework) -> None:
    await ask(cw, *SPORT)
    await ask(cw, "yüzme kursu var mı", "yuzme kursu", language="tr", outcome="unsure")
    found = await learning.open_questions(cw)
    assert found.languages == {"de": 3, "tr": 2}
    assert found.outcomes == {"nothing": 3, "unsure": 2}
    assert (found.total, found.left_out) == (5, 0)
    assert [group.language for group in await groups(cw, language="tr")] == ["tr"]
    assert [group.language for group in await groups(cw, outcome="nothing")] == ["de"]


async def test_arabic_in_latin_letters_is_compared_by_its_sound(cw: Casework) -> None:
    await ask(cw, "wen saff il alman", "wain saf alman", "rukhsat qiyada", language="ar")
    assert len(await groups(cw)) == 2


async def test_questions_become_ways_of_asking_and_leave_the_list(cw: Casework, me: int) -> None:
    await knowledge.refresh(cw)
    assert cw.knowledge.look_up(SPORT[1], "de").decision != "answer"
    await ask(cw, *SPORT, *LICENCE)
    sport = (await groups(cw))[0]
    await learning.take(cw, me, "volunteering/start", "de", wordings(sport))
    assert [texts(group) for group in await groups(cw)] == [set(LICENCE)]
    assert await learning.waiting(cw) == 2
    await knowledge.refresh(cw)
    assert cw.knowledge.search(SPORT[1], "de")[0].id == "volunteering/start"
    (revision,) = await entries.history(cw, "volunteering/start")
    assert (revision.language, revision.kind, revision.staff_id) == ("de", "edited", me)
    assert set(revision.after["asking"]) >= set(SPORT)


async def test_the_words_may_be_corrected_on_the_way(cw: Casework, me: int) -> None:
    await ask(cw, "mein Nachbar Ali Yilmaz sucht eine Kegelbahn")
    (group,) = await groups(cw)
    corrected = [Wording(group.questions[0].ids, "Wo ist eine Kegelbahn?")]
    await learning.take(cw, me, "volunteering/start", "de", corrected)
    row = await entries.read(cw, "volunteering/start")
    asking = next(text.asking for text in row.texts if text.language == "de")
    assert "Wo ist eine Kegelbahn?" in asking
    assert not any("Ali" in line for line in asking)


async def test_words_of_another_entry_are_refused_and_nothing_is_lost(
    cw: Casework, me: int
) -> None:
    await ask(cw, "wann habt ihr OFFEN")
    (group,) = await groups(cw)
    with pytest.raises(InvalidEntry) as refused:
        await learning.take(cw, me, "volunteering/start", "de", wordings(group))
    (problem,) = refused.value.problems
    assert (problem.problem, problem.detail) == ("taken", "volunteering/office_hours")
    with pytest.raises(UnknownEntry):
        await learning.take(cw, me, "no/where", "de", wordings(group))
    assert await learning.waiting(cw) == 1


async def test_a_language_that_an_entry_lacks_is_found_and_answered_in_another(
    cw: Casework, me: int
) -> None:
    question = "ساعات العمل متى تفتحون المكتب"
    await ask(cw, question, language="ar")
    (group,) = await groups(cw)
    await learning.take(cw, me, "volunteering/office_hours", "ar", wordings(group))
    await knowledge.refresh(cw)
    assert cw.knowledge.search(question, "ar")[0].id == "volunteering/office_hours"
    assert cw.knowledge.text("volunteering/office_hours", "ar").language == "en"


async def test_questions_become_the_draft_of_a_new_entry(cw: Casework, me: int) -> None:
    await ask(cw, *SPORT)
    (group,) = await groups(cw)
    entry = await learning.begin_entry(cw, me, "sport", "de", wordings(group))
    assert await learning.waiting(cw) == 0
    row = await entries.read(cw, entry)
    (text,) = row.texts
    assert row.topic == "sport"
    assert text.title == group.questions[0].text
    assert (text.answer, set(text.asking)) == ("", set(SPORT))
    assert (row.published, row.published_at) == (False, None)


async def test_a_very_long_question_still_makes_a_title(cw: Casework, me: int) -> None:
    await ask(cw, "Ich habe eine lange Geschichte zu erzählen " * 12)
    (group,) = await groups(cw)
    entry = await learning.begin_entry(cw, me, "work", "de", wordings(group))
    assert len((await entries.read(cw, entry)).texts[0].title) <= 200


async def test_questions_put_aside_are_gone(cw: Casework, me: int) -> None:
    await ask(cw, *SPORT, *LICENCE)
    sport = (await groups(cw))[0]
    await learning.put_aside(cw, me, [n for question in sport.questions for n in question.ids])
    assert [texts(group) for group in await groups(cw)] == [set(LICENCE)]


async def test_questions_are_forgotten_after_half_a_year(cw: Casework, clock: Clock) -> None:
    await ask(cw, "Alt")
    clock.forward(days=170)
    await ask(cw, "Neu")
    assert (await privacy.purge(cw)).questions == 0
    clock.forward(days=11)
    assert (await privacy.purge(cw)).questions == 1
    assert [texts(group) for group in await groups(cw)] == [{"Neu"}]


async def test_thousands_of_questions_are_grouped_within_seconds(cw: Casework) -> None:
    subjects = [f"thema{chr(97 + n % 26)}{chr(97 + n // 26)}xyz" for n in range(300)]
    async with cw.database.transaction() as session:
        session.add_all(
            OpenQuestion(
                at=cw.clock(),
                language="de",
                text=f"Frage {n} zu {subjects[n % 300]}",
                outcome="nothing",
            )
            for n in range(6_000)
        )
    began = time.monotonic()
    found = await learning.open_questions(cw)
    assert time.monotonic() - began < 15
    assert found.total == 6_000
    assert sum(group.asked for group in found.groups) + found.left_out == 6_000
    assert found.left_out > 0
