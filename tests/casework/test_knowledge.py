"""The knowledge base: seeded from files, edited by the office, answered from memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from casework import faq, knowledge
from casework.context import Casework, changing
from casework.errors import PackError, UnknownCollection, UnknownEntry
from casework.models import EntryUse, KnowledgeEntry, KnowledgeText, OpenQuestion
from tests.support.answers import ORGANISATIONS, VOLUNTEERING, write_pack
from tests.support.clock import Clock
from tests.support.office import make_casework


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


def volunteering(cw: Casework) -> Path:
    return cw.pack.path / "faq" / "volunteering.yml"


async def edit_title(cw: Casework, entry: str, title: str) -> None:
    async with changing(cw) as change:
        row = await change.session.get(KnowledgeEntry, entry)
        assert row is not None
        row.edited_at = change.at
        text = await change.session.scalar(
            select(KnowledgeText).filter_by(entry_id=entry, language="de")
        )
        assert text is not None
        text.title = title
        await knowledge.mark_changed(change)


# --- answers -----------------------------------------------------------------------------------


async def test_a_clear_question_gets_its_answer(cw: Casework) -> None:
    found = cw.knowledge.look_up("Ich würde mich gern ehrenamtlich engagieren", "de")
    assert found.decision == "answer"
    assert [hit.id for hit in found.hits] == ["volunteering/start"]


async def test_an_unclear_question_gets_suggestions(cw: Casework) -> None:
    found = cw.knowledge.look_up("Wie ist das mit dem Verein", "de")
    assert found.decision == "suggest"
    assert {hit.id for hit in found.hits} >= {"organisations/rooms", "organisations/legal_form"}
    assert len(found.hits) <= 3


@pytest.mark.parametrize(
    "message", ["Wie wird das Wetter?", "Pizza Margherita bitte", "", "🙂", "7"]
)
async def test_what_no_entry_answers_gets_no_answer(cw: Casework, message: str) -> None:
    assert cw.knowledge.look_up(message, "de").decision != "answer"


async def test_an_answer_comes_with_its_source_and_month(cw: Casework) -> None:
    view = cw.knowledge.text("volunteering/start", "tr")
    assert view.title == "Nasıl gönüllü olabilirim?"
    assert (view.language, view.missing, view.reviewed) == ("tr", False, False)
    assert view.source == cw.pack.sources["V"].names.in_language("tr")
    assert (view.source_section, view.as_of) == ("1, 3", "2019-01")
    assert (view.topic, view.next_step) == ("volunteering", "offer_help")
    assert view.offices == ("coordination_volunteers",)


async def test_paragraphs_of_an_answer_stay_apart(cw: Casework) -> None:
    first, second = cw.knowledge.text("volunteering/start", "de").answer.split("\n\n")
    assert first.endswith("die zu Ihnen passt.")
    assert second == "Schreiben Sie uns hier im Chat."


async def test_an_answer_that_is_missing_comes_in_english_and_says_so(cw: Casework) -> None:
    view = cw.knowledge.text("organisations/rooms", "fa")
    assert (view.language, view.missing) == ("en", True)
    assert view.url == "https://www.example.org/rooms"


async def test_a_question_whose_answer_exists_only_in_german_is_answered_in_german(
    tmp_path: Path, clock: Clock
) -> None:
    only_german = VOLUNTEERING.split("      en:")[0]
    packs = write_pack(tmp_path / "german", volunteering=only_german)
    async with make_casework(tmp_path, clock=clock, knowledge_dir=packs) as cw:
        await knowledge.import_pack(cw)
        assert cw.knowledge.text("volunteering/start", "uk").language == "de"


async def test_an_unknown_entry_is_named(cw: Casework) -> None:
    with pytest.raises(UnknownEntry, match="volunteering/never"):
        cw.knowledge.text("volunteering/never", "de")


async def test_nothing_is_known_before_anything_was_read(tmp_path: Path, packs: Path) -> None:
    (tmp_path / "new").mkdir()
    async with make_casework(tmp_path / "new", knowledge_dir=packs) as cw:
        assert cw.knowledge.look_up("Ich möchte helfen", "de").decision == "nothing"
        assert cw.knowledge.ids == []


# --- bringing in the files ---------------------------------------------------------------------


async def test_importing_again_changes_nothing(cw: Casework) -> None:
    version = cw.knowledge.version
    report = await knowledge.import_pack(cw)
    assert (report.added, report.changed, report.withdrawn) == ([], [], [])
    assert len(report.unchanged) == 4
    assert cw.knowledge.version == version


async def test_processes_that_start_at_once_import_once(
    tmp_path: Path, packs: Path, database_url: str | None
) -> None:
    async with (
        make_casework(tmp_path, url=database_url, knowledge_dir=packs) as one,
        make_casework(tmp_path, url=database_url, knowledge_dir=packs) as other,
    ):
        reports = await asyncio.gather(knowledge.import_pack(one), knowledge.import_pack(other))
        assert sorted(len(report.added) for report in reports) == [0, 4]
        assert one.knowledge.ids == other.knowledge.ids != []


async def test_a_changed_file_is_live_after_the_import(cw: Casework) -> None:
    file = volunteering(cw)
    file.write_text(VOLUNTEERING.replace("seid ihr heute da", "habt ihr am Samstag auf"), "utf-8")
    report = await knowledge.import_pack(cw)
    assert report.changed == ["volunteering/office_hours"]
    assert cw.knowledge.look_up("habt ihr samstag auf?", "de").hits[0].id == (
        "volunteering/office_hours"
    )


async def test_a_translation_that_was_taken_out_is_gone(cw: Casework) -> None:
    start = VOLUNTEERING.index("      tr:")
    end = VOLUNTEERING.index("      ar:")
    volunteering(cw).write_text(VOLUNTEERING[:start] + VOLUNTEERING[end:], "utf-8")
    await knowledge.import_pack(cw)
    assert cw.knowledge.text("volunteering/start", "tr").missing


async def test_an_entry_that_left_the_files_is_withdrawn_and_can_come_back(cw: Casework) -> None:
    cut = VOLUNTEERING.index("  - id: volunteering/office_hours")
    volunteering(cw).write_text(VOLUNTEERING[:cut], "utf-8")
    assert (await knowledge.import_pack(cw)).withdrawn == ["volunteering/office_hours"]
    with pytest.raises(UnknownEntry):
        cw.knowledge.text("volunteering/office_hours", "de")
    assert (await knowledge.import_pack(cw)).withdrawn == []

    volunteering(cw).write_text(VOLUNTEERING, "utf-8")
    assert (await knowledge.import_pack(cw)).changed == ["volunteering/office_hours"]
    assert cw.knowledge.text("volunteering/office_hours", "de")


async def test_what_the_office_edited_is_kept_until_it_is_told_otherwise(cw: Casework) -> None:
    await edit_title(cw, "volunteering/start", "Mitmachen")
    report = await knowledge.import_pack(cw)
    assert report.kept == ["volunteering/start"]
    assert cw.knowledge.text("volunteering/start", "de").title == "Mitmachen"

    report = await knowledge.import_pack(cw, overwrite=True)
    assert report.changed == ["volunteering/start"]
    assert cw.knowledge.text("volunteering/start", "de").title.startswith("Wie kann ich")
    assert (await knowledge.import_pack(cw)).kept == []


async def test_an_edited_entry_that_left_the_files_stays(cw: Casework) -> None:
    await edit_title(cw, "volunteering/office_hours", "Offen")
    cut = VOLUNTEERING.index("  - id: volunteering/office_hours")
    volunteering(cw).write_text(VOLUNTEERING[:cut], "utf-8")
    report = await knowledge.import_pack(cw)
    assert (report.kept, report.withdrawn) == (["volunteering/office_hours"], [])


async def test_a_mistake_in_a_file_keeps_everything_as_it_was(cw: Casework) -> None:
    volunteering(cw).write_text(VOLUNTEERING.replace("as_of: 2019-01", "as_of: 2019-13"), "utf-8")
    (cw.pack.path / "faq" / "organisations.yml").write_text("topic: other\nentries: 3\n", "utf-8")
    with pytest.raises(PackError) as refused:
        await knowledge.import_pack(cw)
    lines = "\n".join(refused.value.problems)
    assert "volunteering.yml:6: entries.0.as_of" in lines
    assert "organisations.yml:2: entries" in lines
    assert len(cw.knowledge.ids) == 4


async def test_export_writes_the_same_files_whenever_it_runs(cw: Casework, tmp_path: Path) -> None:
    target = tmp_path / "exported"
    first = await knowledge.export_pack(cw, target)
    assert [path.name for path in first] == ["organisations.yml", "volunteering.yml"]
    assert await knowledge.export_pack(cw, target) == []
    assert faq.read_all(target) == faq.read_all(cw.pack.path)


async def test_import_and_export_in_turn_leave_no_difference(cw: Casework) -> None:
    await knowledge.export_pack(cw, cw.pack.path)
    before = volunteering(cw).read_text("utf-8")
    assert (await knowledge.import_pack(cw)).changed == []
    assert await knowledge.export_pack(cw, cw.pack.path) == []
    assert volunteering(cw).read_text("utf-8") == before


async def test_an_exported_file_is_readable(cw: Casework, tmp_path: Path) -> None:
    await knowledge.export_pack(cw, tmp_path / "exported")
    text = (tmp_path / "exported" / "faq" / "volunteering.yml").read_text("utf-8")
    assert text.startswith("topic: volunteering\nentries:\n  - id: volunteering/start\n")
    assert "    as_of: 2019-01\n" in text
    assert "    offices: [coordination_volunteers]\n" in text
    assert "        answer: >-\n          Die Kontaktstelle hört" in text
    assert "كيف يمكنني التطوع؟" in text


async def test_export_leaves_out_what_is_withdrawn(cw: Casework, tmp_path: Path) -> None:
    (cw.pack.path / "faq" / "organisations.yml").unlink()
    await knowledge.import_pack(cw)
    (tmp_path / "out" / "faq").mkdir(parents=True)
    old = tmp_path / "out" / "faq" / "organisations.yml"
    old.write_text(ORGANISATIONS, "utf-8")
    assert old in await knowledge.export_pack(cw, tmp_path / "out")
    assert not old.exists()


# --- staying up to date ------------------------------------------------------------------------


async def test_an_edit_is_live_without_a_restart(cw: Casework) -> None:
    following = asyncio.create_task(knowledge.follow(cw))
    try:
        await asyncio.sleep(0.05)
        await edit_title(cw, "volunteering/start", "Mitmachen")
        async with asyncio.timeout(5):
            while cw.knowledge.text("volunteering/start", "de").title != "Mitmachen":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


async def test_another_process_notices_an_edit(
    cw: Casework, tmp_path: Path, packs: Path, database_url: str | None
) -> None:
    async with make_casework(tmp_path, url=database_url, knowledge_dir=packs) as other:
        assert await knowledge.refresh(other)
        assert not await knowledge.refresh(other)
        await edit_title(cw, "volunteering/start", "Mitmachen")
        assert await knowledge.refresh(other)
        assert other.knowledge.text("volunteering/start", "de").title == "Mitmachen"


async def test_a_change_that_was_rolled_back_is_no_change(cw: Casework) -> None:
    async def fails() -> None:
        async with changing(cw) as change:
            await knowledge.mark_changed(change)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert not await knowledge.refresh(cw)


async def test_a_collection_that_nobody_imported_is_named(cw: Casework) -> None:
    with pytest.raises(UnknownCollection, match="nowhere"):
        await knowledge.prepare_search(cw, "nowhere")


# --- learning from use -------------------------------------------------------------------------


async def test_an_open_question_is_kept_without_the_person(cw: Casework) -> None:
    text = "Ruft mich an: 0611 1234567 oder a.b@example.org, wo gibt es 450 Euro?"
    await knowledge.note_unanswered(cw, text, "de", "not_helpful", "volunteering/start")
    async with cw.database.reading() as session:
        kept = (await session.scalars(select(OpenQuestion))).one()
    assert kept.text == "Ruft mich an: … oder … wo gibt es 450 Euro?"
    assert (kept.outcome, kept.entry_id, kept.language) == (
        "not_helpful",
        "volunteering/start",
        "de",
    )


async def test_a_very_long_question_is_kept_in_part(cw: Casework) -> None:
    await knowledge.note_unanswered(cw, "ja " * 2000, "de", "nothing")
    async with cw.database.reading() as session:
        assert len((await session.scalars(select(OpenQuestion))).one().text) <= 500


async def test_uses_are_counted_by_the_citys_day(cw: Casework, clock: Clock) -> None:
    clock.now = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    for helpful in (True, True, False):
        await knowledge.note_shown(cw, "volunteering/start", "tr")
        await knowledge.note_feedback(cw, "volunteering/start", "tr", helpful)
    async with cw.database.reading() as session:
        row = (await session.scalars(select(EntryUse))).one()
    assert (row.day, row.language) == ("2026-03-11", "tr")
    assert (row.shown, row.helpful, row.not_helpful) == (3, 2, 1)


async def test_uses_counted_at_once_are_all_counted(cw: Casework) -> None:
    await asyncio.gather(*(knowledge.note_shown(cw, "volunteering/start", "de") for _ in range(8)))
    async with cw.database.reading() as session:
        assert (await session.scalars(select(EntryUse.shown))).one() == 8
