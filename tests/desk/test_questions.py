"""Open questions at the desk: taken over, begun anew, put aside; nobody's name anywhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casework import entries, knowledge, learning
from casework.context import Casework
from tests.desk.conftest import Browser, Open
from tests.desk.library import make_library, words
from tests.support.clock import Clock

PAGE = "/desk/questions"
SPORT = ("Gibt es Schwimmkurse für Frauen?", "schwimmkurs nur für frauen")


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock) -> AsyncIterator[Casework]:
    async with make_library(tmp_path, clock) as office:
        for text in SPORT:
            await knowledge.note_unanswered(office, text, "de", "nothing")
        await knowledge.note_unanswered(
            office, "متى تفتحون", "ar", "not_helpful", "volunteering/start"
        )
        yield office


async def deal(member: Browser, then: str, *texts: str, **fields: str) -> str:
    """Send the form of the group that these questions stand in, with all of them ticked."""
    found = (await learning.open_questions(member.cw)).groups  # type: ignore[attr-defined]  # set below
    group = next(g for g in found if {q.text for q in g.questions} >= set(texts))
    sent: dict[str, str | list[str]] = {
        **member.hidden("/desk/logout"),
        "group": str(group.questions[0].ids[0]),
        "language": group.language,
        "then": then,
        "question": [str(q.ids[0]) for q in group.questions if q.text in texts],
    }
    for question in group.questions:
        sent[f"ids-{question.ids[0]}"] = " ".join(map(str, question.ids))
        sent[f"text-{question.ids[0]}"] = question.text
    return await member.post(PAGE, **{**sent, **fields})


@pytest.fixture
async def member(logged_in: Open, cw: Casework) -> Browser:
    browser = await logged_in("yildiz")
    browser.cw = cw  # type: ignore[attr-defined]  # for `deal`
    await browser.get(PAGE)
    return browser


async def test_like_questions_stand_on_one_card(member: Browser) -> None:
    page = words(member.page.text)
    assert member.page.text.count("question-card") == 2
    assert "Deutsch · 2-mal gefragt" in page
    assert "Arabisch · einmal gefragt" in page
    assert "Antwort half nicht" in page
    assert "Half nicht: Wie kann ich mich ehrenamtlich engagieren?" in page
    assert "Offene Fragen 3" in page
    assert 'dir="rtl"' in member.page.text
    assert words(await member.get(f"{PAGE}?language=ar")).count("gefragt ·") == 1
    assert "Keine offene Frage." in await member.get(f"{PAGE}?outcome=unsure")


async def test_one_click_makes_questions_ways_of_asking(member: Browser, cw: Casework) -> None:
    page = await deal(member, "", *SPORT, entry="volunteering/start")
    assert "Der Bot kennt diese Fragen ab sofort." in page
    assert page.count("question-card") == 1
    await knowledge.refresh(cw)
    assert cw.knowledge.search(SPORT[1], "de")[0].id == "volunteering/start"


async def test_any_entry_can_be_chosen_by_its_title(member: Browser, cw: Casework) -> None:
    page = await deal(member, "take", SPORT[0], other="gibt es nicht")
    assert member.page.status_code == 422
    assert "Bitte wählen Sie einen Eintrag aus der Liste." in page
    assert 'value="gibt es nicht"' in page
    await deal(member, "take", SPORT[0], other="Wann ist die Sprechstunde?")
    row = await entries.read(cw, "volunteering/office_hours")
    german = next(text for text in row.texts if text.language == "de")
    assert SPORT[0] in german.asking
    assert await learning.waiting(cw) == 2  # the one that was not ticked is still there


async def test_words_of_another_entry_are_refused(member: Browser, cw: Casework) -> None:
    key = str((await learning.open_questions(cw)).groups[0].questions[0].ids[0])
    changed = {f"text-{key}": "Wann habt ihr offen?"}
    page = await deal(member, "", *SPORT, entry="volunteering/start", **changed)
    assert member.page.status_code == 422
    assert "Diese Fragevariante hat schon ein anderer Eintrag: volunteering/office_hours" in page
    assert "Wann habt ihr offen?</textarea>" in page
    assert await learning.waiting(cw) == 3


async def test_a_question_becomes_the_draft_of_an_entry(member: Browser, cw: Casework) -> None:
    page = await deal(member, "new", *SPORT, topic="")
    assert "Bitte wählen Sie ein Thema" in page
    page = await deal(member, "new", *SPORT, topic="organisations")
    assert member.page.url.path.startswith("/desk/knowledge/organisations/")
    assert "Entwurf" in page
    assert SPORT[1] in page
    assert await learning.waiting(cw) == 1


async def test_an_arabic_question_becomes_a_draft_that_germans_can_write(
    member: Browser, cw: Casework
) -> None:
    page = await deal(member, "new", "متى تفتحون", topic="volunteering")
    assert 'name="title-de"' in page
    assert "متى تفتحون" in page
    assert member.page.url.query == b"language=ar"


async def test_putting_aside_asks_first(member: Browser, cw: Casework) -> None:
    page = await deal(member, "aside", *SPORT)
    assert "Diese 2 Fragen verwerfen?" in page
    assert await learning.waiting(cw) == 3
    assert 'name="sure" value="1"' in page
    token = member.hidden("/desk/logout")["csrf"]
    ids = [n for q in (await learning.open_questions(cw)).groups[0].questions for n in q.ids]
    fields = {"csrf": token, "language": "de", "sure": "1", "then": "aside"}
    chosen = {"ids-1": str(ids[0]), "ids-2": str(ids[1])}
    page = await member.post(PAGE, question=["1", "2"], **fields, **chosen)
    assert "Die Fragen sind verworfen." in page
    assert await learning.waiting(cw) == 1


async def test_nothing_ticked_is_told(member: Browser) -> None:
    token = member.hidden("/desk/logout")["csrf"]
    fields = {"then": "take", "other": "volunteering/start", "language": "de"}
    page = await member.post(PAGE, csrf=token, **fields)
    assert member.page.status_code == 422
    assert "mindestens eine Frage" in page


async def test_nonsense_is_refused_without_a_crash(member: Browser, cw: Casework) -> None:
    token = member.hidden("/desk/logout")["csrf"]
    for fields in (
        {"language": "xx", "entry": "volunteering/start"},
        {"language": "de", "entry": "no/where"},
        {"language": "de", "then": "new", "topic": "!!"},
    ):
        asked = {"csrf": token, "question": "1", "ids-1": "1 x ٣", "text-1": "Frage"}
        await member.post(PAGE, **asked, **fields)
        assert member.page.status_code == 422, fields
    await member.get(f"{PAGE}?page=99&language=xx&outcome=yy")
    assert member.page.status_code == 200
    assert await learning.waiting(cw) == 3


async def test_no_person_stands_on_the_page(logged_in: Open, cw: Casework) -> None:
    await knowledge.note_unanswered(
        cw, "Ruft 0611 5550142 an oder leyla@example.org", "de", "nothing"
    )
    page = await (await logged_in("yildiz")).get(PAGE)
    assert "5550142" not in page
    assert "leyla" not in page
