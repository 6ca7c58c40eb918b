"""Editing the knowledge base: live at once, with a history, nothing of others lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from casework import editing, entries, knowledge
from casework.amendments import Facts, Words
from casework.context import Casework
from casework.entries import Filters
from casework.errors import EntryChanged, InvalidEntry, UnknownEntry, UnknownStaff
from casework.models import KnowledgeEntry
from tests.support.answers import VOLUNTEERING, write_pack
from tests.support.clock import Clock
from tests.support.office import make_casework
from tests.support.people import make_staff

START, HOURS = "volunteering/start", "volunteering/office_hours"
ROOMS = "organisations/rooms"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def cw(
    tmp_path: Path, packs: Path, clock: Clock, database_url: str | None
) -> AsyncIterator[Casework]:
    async with make_casework(
        tmp_path, url=database_url, clock=clock, knowledge_dir=packs
    ) as office:
        await knowledge.import_pack(office)
        yield office


@pytest.fixture
async def me(cw: Casework) -> int:
    return (await make_staff(cw, name="Derya Yıldız")).id


@pytest.fixture
async def other(cw: Casework) -> int:
    return (await make_staff(cw, name="Jonas Berger")).id


async def seen(cw: Casework, entry: str = START) -> int:
    history = await entries.history(cw, entry)
    return history[0].id if history else 0


async def words(
    cw: Casework, language: str, entry: str = START, **changed: Any
) -> dict[str, Words]:
    row = await entries.read(cw, entry)
    text = next((one for one in row.texts if one.language == language), None)
    present = {
        "title": text.title if text else "",
        "answer": text.answer if text else "",
        "asking": tuple(text.asking) if text else (),
    }
    return {language: Words(**{**present, **changed})}


async def save(cw: Casework, staff: int, language: str, entry: str = START, **changed: Any) -> Any:
    typed = await words(cw, language, entry, **changed)
    return await editing.save(cw, staff, entry, seen=await seen(cw, entry), words=typed)


async def facts(cw: Casework, entry: str = START, **changed: Any) -> Facts:
    row = await entries.read(cw, entry)
    present = {
        "source": row.source,
        "section": row.source_section or "",
        "as_of": row.as_of,
        "review_months": str(row.review_months),
        "next_step": row.next_step or "",
        "offices": tuple(row.offices),
        "url": row.url or "",
    }
    return Facts(**{**present, **changed})


async def outdated(cw: Casework, entry: str = START) -> set[str]:
    row = await entries.read(cw, entry)
    return {text.language for text in row.texts if text.outdated_at}


async def the(cw: Casework, entry: str, filters: Filters | None = None) -> entries.Line:
    found = await entries.overview(cw, filters or Filters())
    return next(line for line in found.lines if line.id == entry)


def problems(refused: pytest.ExceptionInfo[InvalidEntry]) -> set[tuple[str | None, str, str]]:
    return {(one.language, one.field, one.problem) for one in refused.value.problems}


# --- saving ------------------------------------------------------------------------------------


async def test_saved_words_are_what_the_bot_says_at_once(cw: Casework, me: int) -> None:
    await save(cw, me, "de", title="Mitmachen?", asking=("Wo kann man helfen",))
    await knowledge.refresh(cw)
    assert cw.knowledge.text(START, "de").title == "Mitmachen?"
    assert (await entries.read(cw, START)).edited_at == cw.clock()


async def test_another_process_answers_with_them_too(
    cw: Casework, me: int, tmp_path: Path, packs: Path, database_url: str | None
) -> None:
    async with make_casework(tmp_path, url=database_url, knowledge_dir=packs) as elsewhere:
        await knowledge.refresh(elsewhere)
        assert elsewhere.knowledge.look_up("Habt ihr Kegelabende", "de").decision != "answer"
        asking = ("Habt ihr Kegelabende", "Wann ist Kegeln", "kegelabend der freiwilligen")
        await save(cw, me, "de", HOURS, asking=asking)
        assert await knowledge.refresh(elsewhere)
        assert elsewhere.knowledge.search("Habt ihr Kegelabende", "de")[0].id == HOURS


async def test_the_history_tells_who_changed_which_fields(cw: Casework, me: int) -> None:
    before = (await entries.read(cw, START)).source_section
    await editing.save(
        cw,
        me,
        START,
        seen=0,
        words=await words(cw, "tr", title="Yeni başlık"),
        facts=await facts(cw, section="4"),
    )
    about_words, about_facts = sorted(
        await entries.history(cw, START), key=lambda row: row.language is None
    )
    assert (about_words.kind, about_words.language) == ("edited", "tr")
    assert about_words.staff is not None
    assert about_words.staff.name == "Derya Yıldız"
    assert about_words.before == {"title": "Nasıl gönüllü olabilirim?"}
    assert about_words.after == {"title": "Yeni başlık"}
    assert (about_facts.before, about_facts.after) == ({"section": before}, {"section": "4"})


async def test_saving_what_is_there_already_changes_nothing(cw: Casework, me: int) -> None:
    assert await save(cw, me, "de") == []
    assert not await entries.history(cw, START)
    assert (await entries.read(cw, START)).edited_at is None
    assert not await knowledge.refresh(cw)


async def test_what_is_typed_is_tidied_as_in_the_files(cw: Casework, me: int) -> None:
    typed = {
        "title": "  Wie   geht das? ",
        "answer": "Eins.\nZwei.\n\n\n Drei. ",
        "asking": (" a  b ", "", "a b"),
    }
    await save(cw, me, "de", **typed)
    row = await entries.read(cw, START)
    text = next(text for text in row.texts if text.language == "de")
    assert text.title == "Wie geht das?"
    assert text.answer == "Eins.\n\nZwei.\n\nDrei."
    assert text.asking == ["a b"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"title": " "}, ("de", "title", "missing")),
        ({"title": "x" * 201}, ("de", "title", "long")),
        ({"answer": ""}, ("de", "answer", "missing")),
        ({"answer": "Siehe https://example.org"}, ("de", "answer", "link")),
        ({"answer": "Wort " * 800}, ("de", "answer", "long")),
        ({"asking": ("WANN habt ihr offen",)}, ("de", "asking", "taken")),
        ({"title": "Wann ist die Sprechstunde"}, ("de", "title", "taken")),
    ],
)
async def test_words_that_would_not_do_are_refused_by_field(
    cw: Casework, me: int, changed: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    with pytest.raises(InvalidEntry) as refused:
        await save(cw, me, "de", **changed)
    assert problems(refused) == {problem}
    assert not await entries.history(cw, START)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"as_of": "2019"}, "month"),
        ({"as_of": "2999-01"}, "future"),
        ({"review_months": "many"}, "months"),
        ({"review_months": "0"}, "months"),
        ({"source": "Z"}, "unknown"),
        ({"next_step": "dance"}, "unknown"),
        ({"offices": ("nowhere",)}, "unknown"),
        ({"url": "www.example.org"}, "address"),
    ],
)
async def test_facts_that_would_not_do_are_refused_by_field(
    cw: Casework, me: int, changed: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidEntry) as refused:
        await editing.save(cw, me, START, seen=0, words={}, facts=await facts(cw, **changed))
    assert problems(refused) == {(None, next(iter(changed)), problem)}


async def test_all_mistakes_are_named_at_once(cw: Casework, me: int) -> None:
    typed = {**await words(cw, "de", title=""), **await words(cw, "tr", answer="www.x.org")}
    with pytest.raises(InvalidEntry) as refused:
        await editing.save(cw, me, START, seen=0, words=typed, facts=await facts(cw, as_of="soon"))
    assert problems(refused) == {
        ("de", "title", "missing"),
        ("tr", "answer", "link"),
        (None, "as_of", "month"),
    }


async def test_a_language_may_be_added_and_removed(cw: Casework, me: int) -> None:
    await save(cw, me, "fa", title="چطور داوطلب شوم؟", answer="به ما بنویسید.", asking=("کمک",))
    await knowledge.refresh(cw)
    assert not cw.knowledge.text(START, "fa").missing
    await editing.remove_words(cw, me, START, "fa", seen=await seen(cw))
    await knowledge.refresh(cw)
    assert cw.knowledge.text(START, "fa").missing
    removed = (await entries.history(cw, START))[0]
    assert (removed.kind, removed.before["answer"], removed.after) == (
        "removed",
        "به ما بنویسید.",
        {},
    )
    with pytest.raises(InvalidEntry):
        await editing.remove_words(cw, me, START, "de", seen=await seen(cw))


async def test_only_people_who_work_here_change_only_the_offices_own_entries(
    cw: Casework, me: int
) -> None:
    gone = await make_staff(cw, active=False)
    with pytest.raises(UnknownStaff):
        await save(cw, gone.id, "de", title="Neu")
    async with cw.database.transaction() as session:
        row = await session.get_one(KnowledgeEntry, START)
        row.collection = "elsewhere"
    with pytest.raises(UnknownEntry):
        await save(cw, me, "de", title="Neu")
    with pytest.raises(UnknownEntry):
        await editing.publish(cw, me, "no/where", seen=0)


# --- translations ------------------------------------------------------------------------------


async def test_a_change_of_the_german_marks_the_translations(cw: Casework, me: int) -> None:
    await save(cw, me, "de", asking=("Nur eine andere Frage",))
    assert await outdated(cw) == set()
    await save(cw, me, "de", answer="Jetzt ist alles anders.")
    assert await outdated(cw) == {"en", "tr", "ar"}
    assert (await the(cw, START)).texts["tr"].outdated


async def test_a_correction_of_the_wording_leaves_them(cw: Casework, me: int) -> None:
    typed = await words(cw, "de", title="Wie kann ich mich engagieren?")
    await editing.save(cw, me, START, seen=0, words=typed, same_meaning=True)
    assert await outdated(cw) == set()


async def test_a_translation_saved_with_the_german_is_not_marked(cw: Casework, me: int) -> None:
    typed = {
        **await words(cw, "de", answer="Jetzt ist alles anders."),
        **await words(cw, "tr", answer="Artık her şey farklı."),
    }
    await editing.save(cw, me, START, seen=0, words=typed)
    assert await outdated(cw) == {"en", "ar"}


async def test_saving_or_confirming_a_translation_clears_its_mark(cw: Casework, me: int) -> None:
    await save(cw, me, "de", answer="Jetzt ist alles anders.")
    await save(cw, me, "tr", asking=("yeni soru",))
    assert await outdated(cw) == {"en", "tr", "ar"}  # other ways of asking say nothing of it
    await save(cw, me, "tr", answer="Artık her şey farklı.")
    assert await outdated(cw) == {"en", "ar"}
    await save(cw, me, "ar", fits=True)
    assert await outdated(cw) == {"en"}
    assert (await entries.history(cw, START))[0].kind == "checked"
    await editing.confirm_words(cw, me, START, ["en"], seen=await seen(cw))
    assert await outdated(cw) == set()


async def test_a_translation_of_the_old_german_stays_to_be_checked(
    cw: Casework, me: int, other: int
) -> None:
    await save(cw, other, "de", answer="Erste Änderung.")
    known = await seen(cw)
    typed = await words(cw, "tr", answer="İlk değişiklik.")
    await save(cw, other, "de", answer="Zweite Änderung.")
    await editing.save(cw, me, START, seen=known, words=typed)
    assert "tr" in await outdated(cw)
    with pytest.raises(EntryChanged):
        await editing.confirm_words(cw, me, START, ["tr"], seen=known)


async def test_changed_words_count_as_read_only_when_their_writer_says_so(
    cw: Casework, me: int
) -> None:
    assert (await the(cw, START)).texts["de"].reviewed
    await save(cw, me, "de", asking=("Wo helfen?",))
    assert (await the(cw, START)).texts["de"].reviewed
    await save(cw, me, "de", title="Anders?")
    assert not (await the(cw, START)).texts["de"].reviewed
    await save(cw, me, "de", read=True)
    assert (await the(cw, START)).texts["de"].reviewed
    assert (await entries.history(cw, START))[0].kind == "checked"


# --- two at once -------------------------------------------------------------------------------


async def test_the_same_field_changed_by_two_is_not_overwritten(
    cw: Casework, me: int, other: int
) -> None:
    mine = await words(cw, "de", title="Meins?")
    await save(cw, other, "de", title="Ihres?")
    with pytest.raises(EntryChanged) as refused:
        await editing.save(cw, me, START, seen=0, words=mine)
    assert refused.value.fields == (("de", "title"),)
    await editing.save(cw, me, START, seen=await seen(cw), words=mine)  # having looked at it
    assert (await the(cw, START)).title("de") == "Meins?"


async def test_different_fields_changed_by_two_are_both_kept(
    cw: Casework, me: int, other: int
) -> None:
    mine = {
        **await words(cw, "de", asking=("Ich möchte mich ehrenamtlich engagieren", "Meine Frage")),
        **await words(cw, "tr", title="Benimki?"),
    }
    my_facts = await facts(cw, section="9")
    await save(cw, other, "de", title="Ihres?", asking=("Ihre Frage",))
    await editing.save(
        cw, other, START, seen=0, words={}, facts=await facts(cw, url="https://a.de/b")
    )
    await editing.save(cw, me, START, seen=0, words=mine, facts=my_facts)
    row = await entries.read(cw, START)
    text = {text.language: text for text in row.texts}
    assert (text["de"].title, text["tr"].title) == ("Ihres?", "Benimki?")
    assert text["de"].asking == ["Meine Frage", "Ihre Frage"]
    assert (row.source_section, row.url) == ("9", "https://a.de/b")


async def test_saves_at_the_same_moment_come_one_after_another(
    cw: Casework, me: int, other: int
) -> None:
    mine, theirs = await words(cw, "de", title="A?"), await words(cw, "de", title="B?")
    results = await asyncio.gather(
        editing.save(cw, me, START, seen=0, words=mine),
        editing.save(cw, other, START, seen=0, words=theirs),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["EntryChanged", "list"]
    assert len(await entries.history(cw, START)) == 1


# --- drafts, publishing, withdrawing -----------------------------------------------------------


async def test_a_draft_is_not_used_until_it_is_published(cw: Casework, me: int) -> None:
    entry = await editing.create(
        cw, me, topic="volunteering", title="Gibt es Kegelabende für Freiwillige?"
    )
    assert entry == "volunteering/gibt_es_kegelabende_fuer" or entry.startswith("volunteering/gibt")
    assert (await the(cw, entry)).state == "draft"
    with pytest.raises(InvalidEntry) as refused:
        await editing.publish(cw, me, entry, seen=await seen(cw, entry))
    assert problems(refused) == {("de", "answer", "missing")}
    await save(cw, me, "de", entry, answer="Ja, freitags.", asking=("Wann ist Kegeln?",))
    await knowledge.refresh(cw)
    assert entry not in cw.knowledge.ids
    await editing.publish(cw, me, entry, seen=await seen(cw, entry))
    await knowledge.refresh(cw)
    assert cw.knowledge.look_up("Wann ist Kegeln?", "de").hits[0].id == entry
    assert (await the(cw, entry)).state == "live"


async def test_what_was_withdrawn_is_not_said_any_more(cw: Casework, me: int) -> None:
    await editing.withdraw(cw, me, HOURS, seen=0)
    await knowledge.refresh(cw)
    assert HOURS not in cw.knowledge.ids
    assert (await the(cw, HOURS)).state == "withdrawn"
    with pytest.raises(EntryChanged):
        await editing.publish(cw, me, HOURS, seen=0)
    await editing.publish(cw, me, HOURS, seen=await seen(cw, HOURS))
    await knowledge.refresh(cw)
    assert HOURS in cw.knowledge.ids
    assert [row.kind for row in await entries.history(cw, HOURS)] == ["published", "withdrawn"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"topic": "volunteering", "title": "Übungsleiter?"}, "volunteering/ubungsleiter"),
        ({"topic": "Kita & Schule", "title": "Anmelden"}, "kita_schule/anmelden"),
        ({"topic": "work", "title": "Где работа?", "language": "ru"}, "work/gde_rabota"),
        ({"topic": "work", "title": "Egal", "name": "Mini-Job"}, "work/mini_job"),
        ({"topic": "volunteering", "title": "Start"}, "volunteering/start_2"),
    ],
)
async def test_the_id_of_a_new_entry_is_made_of_its_name(
    cw: Casework, me: int, given: dict[str, str], wanted: str
) -> None:
    assert await editing.create(cw, me, **given) == wanted


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"topic": "", "title": "Frage"}, (None, "topic", "name")),
        ({"topic": "work", "title": " ?"}, (None, "title", "missing")),
        ({"topic": "volunteering", "title": "Egal", "name": "start"}, (None, "name", "taken")),
        ({"topic": "work", "title": "Wann ist die Sprechstunde?"}, ("de", "title", "taken")),
    ],
)
async def test_a_new_entry_without_a_name_of_its_own_is_refused(
    cw: Casework, me: int, given: dict[str, str], problem: tuple[str | None, str, str]
) -> None:
    with pytest.raises(InvalidEntry) as refused:
        await editing.create(cw, me, **given)
    assert problems(refused) == {problem}


async def test_facts_that_still_hold_are_dated_anew(cw: Casework, me: int) -> None:
    assert (await the(cw, START)).overdue
    await editing.confirm_facts(cw, me, START)
    line = await the(cw, START)
    assert (line.as_of, line.overdue) == ("2026-03", False)


# --- history -----------------------------------------------------------------------------------


async def test_earlier_words_come_back_as_an_edit(cw: Casework, me: int) -> None:
    title = (await the(cw, START)).title("de")
    await save(cw, me, "de", title="Eins?")
    first = await seen(cw)
    await save(cw, me, "tr", title="Bir?")
    await save(cw, me, "de", title="Zwei?", asking=("zwei",))
    await editing.restore(cw, me, START, first, seen=await seen(cw))
    row = await entries.read(cw, START)
    text = {text.language: text for text in row.texts}
    assert text["de"].title == title
    assert len(text["de"].asking) == 4
    assert text["de"].reviewed
    assert text["tr"].title == "Bir?"
    assert (await entries.history(cw, START))[0].after["title"] == title


async def test_a_restored_translation_is_checked_against_the_present_german(
    cw: Casework, me: int
) -> None:
    await save(cw, me, "de", answer="Neu.")
    await save(cw, me, "tr", answer="Yeni.")
    assert "tr" not in await outdated(cw)
    await editing.restore(cw, me, START, await seen(cw), seen=await seen(cw))
    assert "tr" in await outdated(cw)


async def test_a_removed_language_can_be_restored(cw: Casework, me: int) -> None:
    await editing.remove_words(cw, me, START, "tr", seen=0)
    removal = await seen(cw)
    await editing.restore(cw, me, START, removal, seen=removal)
    await knowledge.refresh(cw)
    assert cw.knowledge.text(START, "tr").title == "Nasıl gönüllü olabilirim?"
    with pytest.raises(UnknownEntry):
        await editing.restore(cw, me, START, 999_999, seen=await seen(cw))


# --- files -------------------------------------------------------------------------------------


async def test_the_seeding_leaves_no_history_and_everything_published(cw: Casework) -> None:
    found = await entries.overview(cw, Filters())
    assert {line.state for line in found.lines} == {"live"}
    assert not await entries.history(cw, START)


async def test_a_changed_file_is_told_beside_the_offices_words(cw: Casework, me: int) -> None:
    assert not await editing.differences_from_file(cw, await entries.read(cw, START))
    await save(cw, me, "de", title="Mitmachen?")
    found = await editing.differences_from_file(cw, await entries.read(cw, START))
    theirs, ours = found["de"]
    assert (theirs["title"], ours["title"]) == (
        "Wie kann ich mich ehrenamtlich engagieren?",
        "Mitmachen?",
    )
    await editing.take_file(cw, me, START, seen=await seen(cw))
    row = await entries.read(cw, START)
    assert row.edited_at is None
    assert not await editing.differences_from_file(cw, row)
    newest = (await entries.history(cw, START))[0]
    assert (newest.kind, newest.after["title"]) == ("imported", theirs["title"])


async def test_taking_the_files_words_does_not_publish_what_was_withdrawn(
    cw: Casework, me: int
) -> None:
    await save(cw, me, "de", title="Mitmachen?")
    await editing.withdraw(cw, me, START, seen=await seen(cw))
    await editing.take_file(cw, me, START, seen=await seen(cw))
    await knowledge.import_pack(cw)
    line = await the(cw, START)
    assert (line.state, line.title("de")) == (
        "withdrawn",
        "Wie kann ich mich ehrenamtlich engagieren?",
    )


async def test_an_import_that_changes_an_entry_stands_in_its_history(cw: Casework) -> None:
    file = cw.pack.path / "faq" / "volunteering.yml"
    file.write_text(VOLUNTEERING.replace("Dienstags von 16", "Dienstags von 15"), "utf-8")
    await knowledge.import_pack(cw)
    (revision,) = await entries.history(cw, HOURS)
    assert (revision.kind, revision.language, revision.staff) == ("imported", "de", None)
    assert set(revision.after) == {"answer"}


async def test_a_withdrawn_entry_and_a_draft_stay_as_they_are_at_the_next_import(
    cw: Casework, me: int
) -> None:
    draft = await editing.create(cw, me, topic="volunteering", title="Kegeln?")
    await editing.withdraw(cw, me, HOURS, seen=0)
    report = await knowledge.import_pack(cw)
    assert set(report.kept) == {draft, HOURS}
    assert [(await the(cw, one)).state for one in (draft, HOURS)] == ["draft", "withdrawn"]


async def test_what_the_office_edited_is_exported_and_then_the_files_own(
    cw: Casework, me: int
) -> None:
    await knowledge.export_pack(cw, cw.pack.path)
    await save(cw, me, "de", title="Mitmachen?")
    await editing.create(cw, me, topic="volunteering", title="Kegeln?")
    assert [path.name for path in await knowledge.export_pack(cw, cw.pack.path)] == [
        "volunteering.yml"
    ]
    text = (cw.pack.path / "faq" / "volunteering.yml").read_text("utf-8")
    assert "Mitmachen?" in text
    assert "Kegeln?" not in text
    report = await knowledge.import_pack(cw)
    assert START in report.unchanged
    assert (await entries.read(cw, START)).edited_at is None
    assert await knowledge.export_pack(cw, cw.pack.path) == []


async def test_words_without_an_answer_are_found_by_and_never_shown(cw: Casework, me: int) -> None:
    async with cw.database.transaction() as session:
        row = await session.get_one(KnowledgeEntry, HOURS)
        row.published, row.published_at = False, None
    await save(cw, me, "tr", HOURS, title="Ne zaman açıksınız?", asking=("Saat kaçta açık?",))
    await editing.publish(cw, me, HOURS, seen=await seen(cw, HOURS))
    await knowledge.refresh(cw)
    assert cw.knowledge.search("Saat kaçta açık?", "tr")[0].id == HOURS
    view = cw.knowledge.text(HOURS, "tr")
    assert (view.language, view.missing) == ("en", True)
    line = await the(cw, HOURS)
    assert "tr" in line.missing()
    await knowledge.export_pack(cw, cw.pack.path)
    assert "Saat kaçta" not in (cw.pack.path / "faq" / "volunteering.yml").read_text("utf-8")


# --- the list ----------------------------------------------------------------------------------


async def test_the_list_says_what_is_left_to_do(cw: Casework, me: int, clock: Clock) -> None:
    for _ in range(3):
        await knowledge.note_shown(cw, START, "tr")
    await knowledge.note_feedback(cw, START, "tr", True)
    await knowledge.note_feedback(cw, START, "tr", False)
    await save(cw, me, "de", ROOMS, answer="Ganz anders.")
    await editing.withdraw(cw, me, HOURS, seen=0)

    async def ids(**filters: Any) -> list[str]:
        return [line.id for line in (await entries.overview(cw, Filters(**filters))).lines]

    assert await ids(need="check") == [ROOMS]
    assert await ids(need="check", language="tr") == []
    assert await ids(need="missing", language="tr") == [
        "organisations/rooms",
        "organisations/legal_form",
    ]
    assert await ids(need="unhelpful") == [START]
    assert await ids(need="unhelpful", language="en") == []
    assert await ids(need="unasked") == [ROOMS, "organisations/legal_form"]
    assert await ids(need="withdrawn") == [HOURS]
    assert await ids(topic="volunteering") == [START, HOURS]
    assert HOURS not in await ids(need="overdue")
    found = await entries.overview(cw, Filters(need="check"))
    assert (found.total, found.counts["withdrawn"], found.counts["check"]) == (4, 1, 1)
    assert found.topics == ["organisations", "volunteering"]
    line = await the(cw, ROOMS)
    assert (line.editor, line.edited_at) == ("Derya Yıldız", clock.now)
    assert (await the(cw, START)).use("tr") == entries.Uses(3, 1, 1)


async def test_uses_are_those_of_the_last_year(cw: Casework, clock: Clock) -> None:
    await knowledge.note_shown(cw, START, "de")
    clock.forward(days=entries.USES_DAYS + 1)
    assert (await the(cw, START)).use().shown == 0


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("SPRECHSTUNDE", [HOURS]),
        ("gönüllü", [START]),
        ("تتطوع", []),
        ("أتطوع", [START]),
        ("legal_form", ["organisations/legal_form"]),
        ("vereinsregister", ["organisations/legal_form"]),
        ("100%", []),
    ],
)
async def test_the_list_is_searched_in_all_languages(
    cw: Casework, search: str, found: list[str]
) -> None:
    overview = await entries.overview(cw, Filters(search=search))
    assert [line.id for line in overview.lines] == found


async def test_another_collection_has_a_list_of_its_own(cw: Casework) -> None:
    async with cw.database.transaction() as session:
        row = await session.get_one(KnowledgeEntry, HOURS)
        row.collection = "integreat"
    assert await entries.collections(cw) == ["wiesbaden", "integreat"]
    assert len((await entries.overview(cw, Filters())).lines) == 3
    theirs = await entries.overview(cw, Filters(collection="integreat"))
    assert [line.id for line in theirs.lines] == [HOURS]
