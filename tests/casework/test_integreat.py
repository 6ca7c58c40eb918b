"""Pages of the Integreat app become entries of a collection of their own."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from casework import integreat, knowledge
from casework.context import Casework
from casework.errors import ImportRefused
from casework.html_text import plain_text
from casework.integreat_pages import LONGEST_PAGE, PageList, read_pages
from casework.knowledge import ImportReport
from casework.models import KnowledgeEntry
from tests.support.answers import write_pack
from tests.support.clock import Clock
from tests.support.office import make_casework


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock, database_url: str | None) -> AsyncIterator[Casework]:
    packs = write_pack(tmp_path / "packs")
    async with make_casework(
        tmp_path, url=database_url, clock=clock, knowledge_dir=packs
    ) as office:
        yield office


def page(number: int, title: str, content: str, **more: Any) -> dict[str, Any]:
    path = more.pop("path", f"/testing/de/{number}/")
    return {
        "id": number,
        "title": title,
        "content": content,
        "path": path,
        "url": f"https://integreat.example.org{path}",
        "last_updated": "2024-01-17T12:10:58.813+01:00",
        "parent": {"id": 0, "url": None, "path": None},
        "available_languages": {},
        **more,
    }


SCHOOL = page(1, "Schule", "", path="/testing/de/schule/")
GRADES = page(
    11,
    "Noten",
    "<p>Die beste Note ist eine Eins.</p>",
    path="/testing/de/schule/noten/",
    available_languages={"en": {"id": 12}},
)
WASTE = page(21, "Abfall", "<p>Trennen Sie Papier, Glas und Plastik.</p>")
GRADES_EN = page(
    12,
    "Grades",
    "<p>The best grade is a one.</p>",
    path="/testing/en/school/grades/",
    available_languages={"de": {"id": 11}},
)


async def bring_in(
    cw: Casework, folder: Path, *pages: Any, language: str = "de", **more: Any
) -> ImportReport:
    file = folder / "pages.json"
    file.write_text(json.dumps(pages), encoding="utf-8")
    return await integreat.import_pages(
        cw, read_pages([file]), language=language, collection="app", **more
    )


async def rows(cw: Casework) -> dict[str, KnowledgeEntry]:
    async with cw.database.reading() as session:
        return await knowledge.rows_of(session, "app")


# --- into the collection -----------------------------------------------------------------------


async def test_pages_are_found_in_their_collection_and_nowhere_else(
    cw: Casework, tmp_path: Path
) -> None:
    report = await bring_in(cw, tmp_path, SCHOOL, GRADES, WASTE)
    assert report.added == ["app/11", "app/21"]
    assert report.empty == ["app/1"]

    await knowledge.prepare_search(cw, "app")
    assert cw.knowledge.search("Wohin mit dem Altpapier?", "de")[0].id == "app/21"
    view = cw.knowledge.text("app/21", "de")
    assert view.answer == "Trennen Sie Papier, Glas und Plastik."
    assert (view.source, view.as_of) == ("Integreat, testing", "2024-01")
    assert view.url == "https://integreat.example.org/testing/de/21/"

    await knowledge.import_pack(cw)
    assert not any(entry.startswith("app/") for entry in cw.knowledge.ids)


async def test_the_titles_above_a_page_help_to_find_it(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, SCHOOL, GRADES, WASTE)
    await knowledge.prepare_search(cw, "app")
    assert cw.knowledge.search("Schule", "de")[0].id == "app/11"
    assert (await rows(cw))["app/11"].topic == "Schule"


async def test_translations_of_a_page_are_one_entry_with_an_id_per_language(
    cw: Casework, tmp_path: Path
) -> None:
    await bring_in(cw, tmp_path, SCHOOL, GRADES, WASTE)
    report = await bring_in(cw, tmp_path, GRADES_EN, language="en")
    assert (report.added, report.changed) == ([], ["app/11"])

    await knowledge.prepare_search(cw, "app")
    hit = cw.knowledge.search("What is the best grade?", "en")[0]
    assert hit.id == "app/11"
    assert cw.knowledge.page_id(hit.id, "en") == "app/12"
    assert cw.knowledge.page_id(hit.id, "de") == "app/11"
    assert cw.knowledge.page_id(hit.id, "fr") == "app/11"
    assert cw.knowledge.text("app/11", "en").title == "Grades"


async def test_the_same_page_id_in_another_language_is_a_translation(
    cw: Casework, tmp_path: Path
) -> None:
    await bring_in(cw, tmp_path, {"id": 5, "title": "Bus", "content": "Der Bus fährt oft."})
    await bring_in(
        cw, tmp_path, {"id": 5, "title": "Bus", "content": "The bus runs often."}, language="en"
    )
    assert [text.language for text in (await rows(cw))["app/5"].texts] == ["de", "en"]


async def test_importing_again_changes_nothing(cw: Casework, tmp_path: Path) -> None:
    for _ in range(2):
        await bring_in(cw, tmp_path, SCHOOL, GRADES, WASTE)
        report = await bring_in(cw, tmp_path, GRADES_EN, language="en")
    assert (report.added, report.changed, report.withdrawn) == ([], [], [])
    assert report.unchanged == ["app/11"]


async def test_a_changed_page_is_updated(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    newer = {**WASTE, "content": "<p>Alles in eine Tonne.</p>", "last_updated": "2025-02-01"}
    assert (await bring_in(cw, tmp_path, GRADES, newer)).changed == ["app/21"]
    row = (await rows(cw))["app/21"]
    assert (row.texts[0].answer, row.as_of) == ("Alles in eine Tonne.", "2025-02")


async def test_a_vanished_page_is_withdrawn_and_comes_back(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    assert (await bring_in(cw, tmp_path, GRADES)).withdrawn == ["app/21"]
    assert not (await rows(cw))["app/21"].published
    assert (await bring_in(cw, tmp_path, GRADES, WASTE)).changed == ["app/21"]
    assert (await rows(cw))["app/21"].published


async def test_a_vanished_translation_leaves_the_others(cw: Casework, tmp_path: Path) -> None:
    other = page(22, "Waste", "<p>Separate paper.</p>", path="/testing/en/waste/")
    await bring_in(cw, tmp_path, GRADES, WASTE)
    await bring_in(cw, tmp_path, GRADES_EN, other, language="en")
    assert (await bring_in(cw, tmp_path, other, language="en")).withdrawn == ["app/11"]
    row = (await rows(cw))["app/11"]
    assert row.published
    assert [text.language for text in row.texts] == ["de"]


async def test_a_list_of_another_region_withdraws_nothing(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    elsewhere = page(31, "Bus", "<p>Der Bus fährt oft.</p>", path="/elsewhere/de/bus/")
    assert (await bring_in(cw, tmp_path, elsewhere)).withdrawn == []


async def test_a_page_that_is_broken_now_stays_as_it_was(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    assert (await bring_in(cw, tmp_path, GRADES, {**WASTE, "title": ""})).withdrawn == []
    assert (await rows(cw))["app/21"].published


async def test_a_page_that_has_no_words_any_more_is_withdrawn(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    report = await bring_in(cw, tmp_path, GRADES, {**WASTE, "content": "<p> </p>"})
    assert (report.withdrawn, report.empty) == (["app/21"], ["app/21"])


async def test_a_page_that_was_edited_has_a_new_id_and_stays_the_same_entry(
    cw: Casework, tmp_path: Path
) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    report = await bring_in(cw, tmp_path, GRADES, {**WASTE, "id": 99, "title": "Müll"})
    assert (report.added, report.changed, report.withdrawn) == ([], ["app/21"], [])
    await knowledge.prepare_search(cw, "app")
    hit = cw.knowledge.search("Müll", "de")[0]
    assert (hit.id, cw.knowledge.page_id(hit.id, "de")) == ("app/21", "app/99")


async def test_an_edited_page_is_still_joined_with_its_translations(
    cw: Casework, tmp_path: Path
) -> None:
    await bring_in(cw, tmp_path, GRADES)
    newer = {"de": {"id": 99, "path": "/testing/de/schule/noten/"}}
    await bring_in(cw, tmp_path, {**GRADES_EN, "available_languages": newer}, language="en")
    assert [text.language for text in (await rows(cw))["app/11"].texts] == ["de", "en"]


async def test_two_pages_that_name_one_translation_stay_two(cw: Casework, tmp_path: Path) -> None:
    other = {**WASTE, "available_languages": {"en": {"id": 12}}}
    await bring_in(cw, tmp_path, GRADES_EN, language="en")
    for _ in range(2):
        await bring_in(cw, tmp_path, GRADES, other)
    assert {row.id: len(row.texts) for row in (await rows(cw)).values()} == {
        "app/12": 2,
        "app/21": 1,
    }


async def test_what_comes_back_after_years_does_not_bring_old_translations_back(
    cw: Casework, tmp_path: Path
) -> None:
    bus, bus_en = page(31, "Bus", "<p>Linie 1</p>"), page(32, "Bus", "<p>Line 1</p>")
    await bring_in(cw, tmp_path, WASTE, GRADES)
    await bring_in(cw, tmp_path, bus_en, GRADES_EN, language="en")
    await bring_in(cw, tmp_path, WASTE)
    await bring_in(cw, tmp_path, bus_en, language="en")
    assert not (await rows(cw))["app/11"].published
    await bring_in(cw, tmp_path, WASTE, GRADES, bus)
    assert [text.language for text in (await rows(cw))["app/11"].texts] == ["de"]


async def test_the_german_words_say_what_an_entry_is_about(cw: Casework, tmp_path: Path) -> None:
    school_en = page(2, "School", "", path="/testing/en/school/")
    all_three = {"de": {"id": 11}, "en": {"id": 12}, "ar": {"id": 13}}
    grades, grades_en, grades_ar = (
        {**one, "available_languages": all_three}
        for one in (GRADES, GRADES_EN, page(13, "علامات", "<p>واحد</p>"))
    )
    await bring_in(cw, tmp_path, grades_ar, language="ar")
    await bring_in(cw, tmp_path, school_en, grades_en, language="en")
    assert (await rows(cw))["app/13"].topic == "School"
    await bring_in(cw, tmp_path, SCHOOL, grades)
    await bring_in(cw, tmp_path, school_en, grades_en, language="en")
    assert (await rows(cw))["app/13"].topic == "Schule"


def many(count: int) -> list[dict[str, Any]]:
    return [page(number, f"Seite {number}", "<p>Worte</p>") for number in range(100, 100 + count)]


async def test_a_list_that_lost_most_of_its_pages_is_refused_unless_told(
    cw: Casework, tmp_path: Path
) -> None:
    await bring_in(cw, tmp_path, *many(30))
    with pytest.raises(ImportRefused, match="of 30 pages only 5 are left"):
        await bring_in(cw, tmp_path, *many(5))
    with pytest.raises(ImportRefused, match="only 0 are left"):
        await bring_in(cw, tmp_path)
    assert all(row.published for row in (await rows(cw)).values())
    assert len((await bring_in(cw, tmp_path, *many(16))).withdrawn) == 14
    assert len((await bring_in(cw, tmp_path, *many(1), allow_fewer=True)).withdrawn) == 15
    assert len((await bring_in(cw, tmp_path, allow_fewer=True)).withdrawn) == 1


async def test_of_pages_that_all_became_unreadable_nothing_is_withdrawn(
    cw: Casework, tmp_path: Path
) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    unreadable = [{"id": number, "name": "changed schema"} for number in (1, 2)]
    assert (await bring_in(cw, tmp_path, *unreadable)).withdrawn == []


async def test_a_page_that_moved_up_is_no_change_to_tell(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    assert (await bring_in(cw, tmp_path, WASTE, GRADES)).changed == []


async def test_what_the_office_edited_is_kept(cw: Casework, tmp_path: Path) -> None:
    await bring_in(cw, tmp_path, GRADES, WASTE)
    async with cw.database.transaction() as session:
        await session.execute(
            update(KnowledgeEntry).filter_by(id="app/21").values(edited_at=cw.clock())
        )
    newer = {**WASTE, "title": "Müll"}
    assert (await bring_in(cw, tmp_path, GRADES, newer)).kept == ["app/21"]
    assert (await bring_in(cw, tmp_path, GRADES)).kept == ["app/21"]
    assert (await rows(cw))["app/21"].published
    assert (await bring_in(cw, tmp_path, GRADES, newer, overwrite=True)).changed == ["app/21"]


async def test_the_packs_own_answers_are_not_touched(cw: Casework, tmp_path: Path) -> None:
    await knowledge.import_pack(cw)
    await bring_in(cw, tmp_path, GRADES, WASTE)
    async with cw.database.reading() as session:
        own = await session.scalars(
            select(KnowledgeEntry.id).filter_by(collection="wiesbaden", published=True)
        )
        assert len(list(own)) == 4


async def test_pages_cannot_go_into_the_packs_own_collection(cw: Casework) -> None:
    with pytest.raises(ImportRefused, match="the pack's own"):
        await integreat.import_pages(cw, PageList(), language="de", collection="wiesbaden")


@pytest.mark.parametrize("name", ["", "a/b", "x" * 49, "a b"])
async def test_a_collection_needs_a_name_that_fits(cw: Casework, name: str) -> None:
    with pytest.raises(ImportRefused, match="make a name"):
        await integreat.import_pages(cw, PageList(), language="de", collection=name)


async def test_a_language_that_is_not_served_is_refused(cw: Casework) -> None:
    with pytest.raises(ImportRefused, match="ro is not served"):
        await integreat.import_pages(cw, PageList(), language="ro", collection="app")


# --- files -------------------------------------------------------------------------------------


def test_broken_pages_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "pages.json"
    pages = [
        WASTE,
        "no page",
        None,
        {"id": 2},
        {**WASTE, "id": "x"},
        {**WASTE, "id": 3, "content": None},
        {**WASTE, "id": 4, "last_updated": "yesterday"},
        {**WASTE, "id": 5, "content": "x" * (LONGEST_PAGE + 1)},
        {"id": 6, "title": "Short", "content": "Fields that are not needed may be missing."},
        {**WASTE, "id": 7, "parent": None, "path": None, "available_languages": None},
    ]
    file.write_text(json.dumps(pages), encoding="utf-8")
    found = read_pages([file])
    assert [one.id for one in found.pages] == [21, 6, 7]
    assert len(found.problems) == 7
    assert found.problems[0].startswith(f"{file}: page 2: ")
    assert found.problems[2].startswith(f"{file}: page 4 (id 2): title: ")
    assert found.unsound == {2, 3, 4, 5}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"id": 1}', "not a list of pages"),
        (b"[1,", ":1: no JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_no_list_of_pages_is_refused(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "pages.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ImportRefused, match=reason):
        read_pages([file])


def test_what_is_not_needed_may_be_odd(tmp_path: Path) -> None:
    file = tmp_path / "pages.json"
    odd = {"parent": "x", "available_languages": [], "url": "javascript:alert(1)", "order": "?"}
    file.write_text(json.dumps([{**WASTE, **odd, "title": " Papier &amp; \u00adGlas "}]))
    found = read_pages([file]).pages[0]
    assert (found.title, found.url) == ("Papier & Glas", None)


def test_a_file_that_breaks_off_gives_its_sound_pages(tmp_path: Path) -> None:
    file = tmp_path / "pages.json"
    file.write_text(json.dumps([GRADES, WASTE], indent=1)[:-30])
    found = read_pages([file])
    assert [one.id for one in found.pages] == [11]
    assert not found.complete
    assert found.problems[0].startswith(f"{file}:")


def test_one_page_that_stands_twice_is_taken_once(tmp_path: Path) -> None:
    file = tmp_path / "pages.json"
    file.write_text(json.dumps([WASTE, WASTE, {**WASTE, "title": "Müll"}]))
    found = read_pages([file])
    assert [one.title for one in found.pages] == ["Abfall"]
    assert found.problems == [f"{file}: page 3 (id 21): there already, with other words"]


# --- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p> &#160; </p>", ""),
        ("plain", "plain"),
        ("<p>One</p>\r\n<p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>Two<br/></p>", "One\nTwo"),
        ("<ul>\n<li>One</li>\n<li><p>Two</p></li><li></li></ul><p>End</p>", "– One\n– Two\n\nEnd"),
        ("<h2>Head</h2>Text <b>bold</b>, <i>i</i>talic", "Head\n\nText bold, italic"),
        ('<p><a href="https://a.de/x">here</a></p>', "here (https://a.de/x)"),
        ('<p><a href="https://www.a.de/">www.a.de</a></p>', "www.a.de"),
        ('<a href="mailto:x@a.de">write</a> <a href="/x">in</a>', "write (x@a.de) in"),
        ("<script>alert(1)</script><style>p{}</style>Text", "Text"),
        ("<table><tr><td>Mo</td><td>8–12</td></tr><tr><td>Tu</td></tr></table>", "Mo 8–12\nTu"),
        ("<p>a &lt;b&gt; &amp; c</p>", "a <b> & c"),
        ("<p>never closed <b>bold", "never closed bold"),
        ("<div><div><p>deep</p></div></div>", "deep"),
        ("<div>" * 5000 + "deep", "deep"),
        ("<ul><li>A<ul><li>b</li><li>c</li></ul></li><li>D</li></ul>", "– A\n  – b\n  – c\n– D"),
        ("<ol><li>A</li><li>B</li></ol>", "1. A\n2. B"),
        ("<table><tr><td><p>Mo</p></td><td><p>8<br>12</p></td></tr></table>", "Mo 8 12"),
        (
            '<a href="https://a.de">Amt</a>s, <a href="https://b.de">b </a>c',
            "Amts (https://a.de), b (https://b.de) c",
        ),
        (
            '<a href="https://a.de">x</a> <a href="https://a.de">y</a>',
            "x (https://a.de) y (https://a.de)",
        ),
        (
            '<a href="tel:+4961130">0611 30</a> <a href="tel:+496113012">-12</a>',
            "0611 30 -12 (+496113012)",
        ),
        ('<a href="tel:+496113012">0611 3012</a>', "0611 3012"),
        ('<a href="MAILTO:A@b.de?subject=x">a@b.de</a>', "a@b.de"),
        (
            '<a href="https://a.de/f.pdf"><img src="i.png"></a> <a href="https://a.de/i.png"><img></a>',
            "https://a.de/f.pdf",
        ),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("Fach\u00adkräfte a\u200b@b.de<!-- c -->", "Fachkräfte a@b.de"),
    ],
)
def test_html_becomes_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text
