"""The knowledge base at the desk: found, edited, previewed, published, taken back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from casework import editing, entries, knowledge
from casework.amendments import Words
from casework.context import Casework
from casework.models import KnowledgeEntry
from tests.desk.conftest import Browser, Open
from tests.desk.library import HOURS, START, make_library, typed, words
from tests.support.clock import Clock


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock) -> AsyncIterator[Casework]:
    async with make_library(tmp_path, clock) as office:
        yield office


async def save(member: Browser, path: str, then: str = "", **changed: Any) -> str:
    """Change some fields of the page that is open, and press a button."""
    fields = {**typed(member.page.text), "then": then, **changed}
    target = f"{path}/preview" if then == "preview" else path
    member.page = await member.client.post(target, data=fields)
    return member.page.text


async def text_of(cw: Casework, entry: str, language: str) -> Any:
    row = await entries.read(cw, entry)
    return next(text for text in row.texts if text.language == language)


# --- the list ----------------------------------------------------------------------------------


async def test_the_list_shows_where_every_entry_stands(logged_in: Open) -> None:
    member = await logged_in("yildiz")
    page = words(await member.get("/desk/knowledge"))
    assert "Wie kann ich mich ehrenamtlich engagieren?" in page
    assert "vorhanden: Englisch, Türkisch und Arabisch" in page
    assert "fehlt: Polnisch, Russisch" in page
    assert "gegengelesen: Deutsch" in page
    assert "Jan. 2019 überfällig" in page
    assert "Prüfung überfällig 4" in page
    assert 'aria-current="page">Wissensbasis' in member.page.text


async def test_the_list_can_be_narrowed(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")

    async def titles(query: str) -> int:
        return (await member.get(f"/desk/knowledge?{query}")).count('class="c-entry"')

    assert await titles("") == 4
    assert await titles("topic=volunteering") == 2
    assert await titles("need=missing&language=tr") == 3
    assert await titles("need=unhelpful") == 1
    assert await titles("q=Satzung") == 1
    assert await titles("need=nonsense&language=xx&page=77&collection=nowhere") == 4
    assert await titles("q=nirgends") == 0
    assert "Kein Eintrag passt" in member.page.text


async def test_two_thousand_entries_come_in_pages(logged_in: Open, cw: Casework) -> None:
    async with cw.database.transaction() as session:
        session.add_all(
            KnowledgeEntry(
                id=f"work/e{number}", collection="wiesbaden", topic="work", position=number,
                source="V", as_of="2026-01", review_months=12, offices=[], published=True,
            )
            for number in range(2_000)
        )  # fmt: skip
    member = await logged_in("yildiz")
    page = await member.get("/desk/knowledge?page=2")
    assert member.page.elapsed.total_seconds() < 3
    assert page.count('class="c-entry"') == 100
    assert "Seite 2 von 21" in page


async def test_what_the_bot_would_answer_can_be_tried(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    page = words(await member.get("/desk/knowledge/try?language=de&text=Wann+habt+ihr+offen"))
    assert "Der Bot antwortet mit diesem Eintrag: Wann ist die Sprechstunde?" in page
    await member.get(START)
    await save(member, START, **{"asking-de": "Kegelabend wann\nKegelabend der Freiwilligen"})
    entry = "volunteering/start"
    page = await member.get(f"/desk/knowledge/try?language=de&text=Kegelabend&entry={entry}")
    assert "der Eintrag, von dem Sie kommen" in page
    page = words(await member.get("/desk/knowledge/try?language=de&text=Pizza+Margherita"))
    assert "Der Bot findet keine Antwort" in page


# --- an entry ----------------------------------------------------------------------------------


async def test_german_stands_beside_the_chosen_language(logged_in: Open) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"{START}?language=ar")
    assert 'name="title-de"' in page
    assert 'id="answer-ar" name="answer-ar" rows="9" lang="ar" dir="rtl"' in page
    assert 'name="answer-tr"' not in page
    assert "كيف يمكنني التطوع؟" in page
    assert "bin in rente und habe viel zeit für andere" in page


async def test_what_is_saved_is_live_at_once(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    await member.get(f"{START}?language=tr")
    page = words(await save(member, START, **{"title-de": "Mitmachen?", "section": "7"}))
    assert "Der Bot antwortet ab sofort so; die übrigen Sprachen sind als „zu prüfen“" in page
    assert member.page.url.query == b"language=tr"
    await knowledge.refresh(cw)
    view = cw.knowledge.text("volunteering/start", "de")
    assert (view.title, view.source_section) == ("Mitmachen?", "7")
    assert "Der deutsche Text hat sich seither geändert" in page
    assert "Derya Yıldız hat den Text auf Deutsch geändert" in page


async def test_saving_without_a_change_says_so(logged_in: Open) -> None:
    member = await logged_in("yildiz")
    await member.get(START)
    assert "Es war nichts anders" in await save(member, START)


async def test_a_translation_is_confirmed_without_changing_it(
    logged_in: Open, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    await member.get(f"{START}?language=tr")
    await save(member, START, **{"answer-de": "Alles anders."})
    assert (await text_of(cw, "volunteering/start", "tr")).outdated_at
    await save(member, START, **{"fits-tr": "1", "read-tr": "1"})
    text = await text_of(cw, "volunteering/start", "tr")
    assert (text.outdated_at, text.reviewed) == (None, True)


async def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(
    logged_in: Open, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    await member.get(f"{START}?language=tr")
    page = await save(
        member,
        START,
        **{
            "title-de": "Neuer Titel?",
            "answer-de": "Siehe https://example.org <b>",
            "asking-tr": "Ne zaman?\nNasıl?",
            "as_of": "gestern",
            "section": "neu",
        },
    )
    assert member.page.status_code == 422
    said = words(page)
    assert "Eine Internetadresse gehört in das Feld „Internetadresse“" in said
    assert "Bitte Jahr und Monat angeben" in said
    assert 'aria-invalid="true" aria-describedby="answer-de-problem' in page
    again = typed(page)
    assert again["title-de"] == "Neuer Titel?"
    assert again["answer-de"] == "Siehe https://example.org <b>"
    assert again["asking-tr"] == "Ne zaman?\nNasıl?"
    assert (again["as_of"], again["section"]) == ("gestern", "neu")
    assert (await text_of(cw, "volunteering/start", "de")).title != "Neuer Titel?"


async def test_two_coordinators_do_not_overwrite_each_other(logged_in: Open, cw: Casework) -> None:
    first, second = await logged_in("yildiz"), await logged_in("berger")
    await first.get(START)
    await second.get(START)
    await save(first, START, **{"title-de": "Von Derya?"})
    page = await save(second, START, **{"title-de": "Von Jonas?"})
    assert second.page.status_code == 409
    assert "Jetzt steht dort: Von Derya?" in words(page)
    assert typed(page)["title-de"] == "Von Jonas?"
    assert (await text_of(cw, "volunteering/start", "de")).title == "Von Derya?"
    await save(second, START)
    assert second.page.status_code == 200
    assert (await text_of(cw, "volunteering/start", "de")).title == "Von Jonas?"


async def test_the_preview_is_what_the_bot_says_and_keeps_nothing(
    logged_in: Open, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    await member.get(f"{START}?language=fa")
    page = await save(
        member, START, "preview", **{"answer-de": "Kommen Sie vorbei.", "as_of": "2026-02"}
    )
    shown = page[page.index('id="preview"') :]
    said = words(shown)
    assert "Kommen Sie vorbei." in said
    source = cw.pack.sources["V"].names.in_language("de")
    assert f"Quelle: {source}, Abschnitt 1, 3. Stand: Februar 2026." in said
    for label in ("Ja, das hat geholfen", "Ich möchte helfen", "Mit einem Menschen sprechen"):
        assert label in said
    assert "The contact point listens to you" in said  # for Persian readers, with a word on it
    assert 'dir="rtl"' in shown
    assert typed(page)["answer-de"] == "Kommen Sie vorbei."
    assert (await text_of(cw, "volunteering/start", "de")).answer != "Kommen Sie vorbei."
    assert not await entries.history(cw, "volunteering/start")


async def test_the_facts_are_confirmed_by_one_button(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    await member.get(START)
    page = await save(member, START, "facts", section="8")
    assert "Stand ist dieser Monat" in page
    row = await entries.read(cw, "volunteering/start")
    assert (row.as_of, row.source_section) == ("2026-03", "8")


async def test_all_languages_stand_side_by_side(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    await member.get(START)
    await save(member, START, **{"answer-de": "Alles anders."})
    page = await member.get(f"{START}/languages")
    assert page.count('class="column card') == 10
    assert "3 Übersetzungen sind zu prüfen" in page
    page = await member.post(f"{START}/check", language=["tr", "ar"])
    assert "1 Übersetzung" in words(page) or "Eine Übersetzung ist zu prüfen" in words(page)
    assert (await text_of(cw, "volunteering/start", "en")).outdated_at


# --- draft, publish, withdraw ------------------------------------------------------------------


async def test_from_a_question_to_an_answer_that_the_bot_gives(
    logged_in: Open, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    await member.get("/desk/knowledge/new")
    page = await member.post("/desk/knowledge/new", title="Wo wird gekegelt?", topic="volunteering")
    path = "/desk/knowledge/volunteering/wo_wird_gekegelt"
    assert member.page.url.path == path
    assert "Der Bot verwendet ihn, sobald Sie ihn veröffentlichen." in page
    page = await save(member, path, "publish")
    assert member.page.status_code == 422
    assert "Es fehlt die Antwort." in page
    await member.get(path)
    page = words(
        await save(
            member,
            path,
            "publish",
            **{"answer-de": "Im Bürgerhaus.", "asking-de": "kegeln wo\nkegelbahn gesucht"},
        )
    )
    assert "„Wo wird gekegelt?“ veröffentlichen?" in page
    assert "noch keine Antwort: Englisch, Türkisch" in page
    assert "Im Bürgerhaus." in page
    page = words(await member.post(f"{path}/publish"))
    assert "Veröffentlicht. Der Bot antwortet ab sofort mit diesem Eintrag." in page
    await knowledge.refresh(cw)
    assert cw.knowledge.look_up("kegelbahn gesucht", "de").hits[0].id.endswith("gekegelt")


async def test_withdrawing_asks_first(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    await member.get(HOURS)
    page = await save(member, HOURS, "withdraw")
    assert "„Wann ist die Sprechstunde?“ zurückziehen?" in page
    await knowledge.refresh(cw)
    assert "volunteering/office_hours" in cw.knowledge.ids
    page = await member.post(f"{HOURS}/withdraw")
    assert "Der Bot antwortet nicht mehr mit diesem Eintrag." in page
    await knowledge.refresh(cw)
    assert "volunteering/office_hours" not in cw.knowledge.ids
    assert "Zurückgezogen 1" in words(await member.get("/desk/knowledge"))


async def test_a_new_entry_needs_a_question_of_its_own(logged_in: Open) -> None:
    member = await logged_in("yildiz")
    await member.get("/desk/knowledge/new")
    page = await member.post(
        "/desk/knowledge/new", title="Wann ist die Sprechstunde?", topic="volunteering"
    )
    assert member.page.status_code == 422
    assert "Diese Frage gehört schon zu einem anderen Eintrag: volunteering/office_hours" in page
    assert 'value="Wann ist die Sprechstunde?"' in page


async def test_a_language_is_removed_after_asking(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"{START}/remove?language=tr")
    assert "Türkisch aus „Wie kann ich mich ehrenamtlich engagieren?“ entfernen?" in page
    await member.post(f"{START}/remove")
    assert {text.language for text in (await entries.read(cw, "volunteering/start")).texts} == {
        "de",
        "en",
        "ar",
    }
    await member.get(f"{START}/remove?language=de")
    assert member.page.status_code == 404


# --- history and files -------------------------------------------------------------------------


async def test_the_history_shows_words_that_came_and_went(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    await member.get(START)
    await save(member, START, **{"title-de": "Wie kann ich mich freiwillig engagieren?"})
    page = await member.get(f"{START}/history")
    assert "<del>ehrenamtlich</del><ins>freiwillig</ins>" in page
    page = await member.post(f"{START}/restore")
    assert "Der frühere Stand ist wiederhergestellt." in page
    title = (await text_of(cw, "volunteering/start", "de")).title
    assert title == "Wie kann ich mich ehrenamtlich engagieren?"
    assert page.count("hat den Text auf Deutsch geändert") == 2


async def test_what_somebody_wrote_is_never_markup(logged_in: Open) -> None:
    member = await logged_in("yildiz")
    await member.get(START)
    evil = "<script>alert(1)</script>?"
    await save(member, START, **{"title-de": evil, "asking-de": evil})
    for page in ("", "/history", "/languages", "/publish"):
        assert "<script>alert" not in await member.get(START + page)
    assert "<script>alert" not in await member.get("/desk/knowledge")


async def test_the_files_words_are_told_and_taken_over_by_one_click(
    logged_in: Open, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    assert "In den Dateien steht ein anderer Text" not in await member.get(START)
    page = await save(member, START, **{"title-de": "Mitmachen?"})
    assert "In den Dateien steht ein anderer Text; es gilt der des Büros" in page
    page = await member.post(f"{START}/take_file")
    assert "Jetzt gilt wieder der Text aus der Datei." in page
    assert "In den Dateien steht ein anderer Text" not in page


async def test_an_imported_entry_can_only_be_read(logged_in: Open, cw: Casework) -> None:
    async with cw.database.transaction() as session:
        row = await session.get_one(KnowledgeEntry, "volunteering/office_hours")
        row.collection = "integreat"
    member = await logged_in("yildiz")
    page = await member.get("/desk/knowledge?collection=integreat")
    assert page.count('class="c-entry"') == 1
    page = await member.get(HOURS)
    assert "lässt sich hier nur lesen" in page
    assert "entry-form" not in page
    token = member.hidden("/desk/logout")
    for form in ("", "/publish", "/withdraw", "/restore", "/take_file", "/check"):
        answer = await member.client.post(HOURS + form, data={**token, "title-de": "Neu"})
        assert answer.status_code == 404, form


async def test_unknown_entries_are_not_found(logged_in: Open) -> None:
    member = await logged_in("yildiz")
    await member.get("/desk/knowledge")
    token = member.hidden("/desk/logout")
    for page in ("", "/history", "/languages", "/publish", "/withdraw"):
        await member.get(f"/desk/knowledge/no/where{page}")
        assert member.page.status_code == 404, page
    for form in ("", "/preview", "/publish", "/check"):
        answer = await member.client.post(f"/desk/knowledge/no/where{form}", data=token)
        assert answer.status_code == 404, form


async def test_a_form_from_elsewhere_changes_nothing(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    await member.get(START)
    for form in ("", "/publish", "/withdraw", "/preview"):
        answer = await member.client.post(START + form, data={"title-de": "Neu?"})
        assert answer.status_code == 403
    assert not await entries.history(cw, "volunteering/start")


async def test_the_desk_works_without_the_bot(cw: Casework) -> None:
    from starlette.applications import Starlette

    from desk.app import routes

    member = Browser(Starlette(routes=routes(cw)))
    await member.log_in("yildiz")
    assert "Vorschau" not in await member.get(START)
    await member.client.aclose()


async def test_english_speaking_colleagues_read_english(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("okafor")
    page = words(await member.get("/desk/knowledge"))
    assert "How can I volunteer?" in page
    row = await entries.read(cw, "volunteering/start")
    text = next(text for text in row.texts if text.language == "en")
    await editing.save(
        cw,
        1,
        "volunteering/start",
        seen=0,
        words={"en": Words("How to help?", text.answer, tuple(text.asking))},
    )
    assert "changed the words in English" in words(await member.get(f"{START}/history"))
