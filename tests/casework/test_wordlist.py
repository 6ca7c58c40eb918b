"""The office's word list: read with every mistake named, brought in, edited, written back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casework import knowledge, wordlist
from casework.context import Casework
from casework.errors import InvalidFact, PackError
from casework.meanings import Group, Meanings
from casework.search import Document, Index
from casework.text import words
from tests.support.answers import write_pack
from tests.support.clock import Clock
from tests.support.office import make_casework

MONEY = """groups:
  - id: money
    words:
      de: [Geld, Kohle, finanzier*]
      en: [money, cash]
  - id: course
    words:
      de: ['*kurs', Unterricht]
      en: [course]
"""


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock, database_url: str | None) -> AsyncIterator[Casework]:
    packs = write_pack(tmp_path / "packs")
    write(packs / "wiesbaden", MONEY)
    async with make_casework(
        tmp_path, url=database_url, clock=clock, knowledge_dir=packs
    ) as office:
        yield office


def write(folder: Path, text: str) -> Path:
    (folder / wordlist.FILE).write_text(text, encoding="utf-8")
    return folder


def named(language: str, groups: list[Group], said: str) -> set[str]:
    meanings = Meanings(groups, language.partition("-")[0], language)
    return {groups[number].id for word in words(said, language) for number in meanings.of(word)}


def test_what_is_read_is_written_back_the_same(tmp_path: Path) -> None:
    pack = write(tmp_path, MONEY.replace("[Geld,", "[  'Geld',"))
    groups = wordlist.read(pack)
    assert [group.id for group in groups] == ["money", "course"]
    written = wordlist.write(pack, groups)
    assert wordlist.read(pack) == groups
    assert written == [pack / wordlist.FILE]  # in its stable form from now on
    assert wordlist.write(pack, groups) == []


def test_a_loose_star_is_named_with_its_line(tmp_path: Path) -> None:
    pack = write(tmp_path, MONEY.replace("Kohle", "g*"))
    with pytest.raises(PackError, match="g\\*: a star needs at least 3 letters") as refused:
        wordlist.read(pack)
    assert f"{wordlist.FILE}:3:" in str(refused.value)


def test_words_are_compared_by_stem_beginning_and_end(tmp_path: Path) -> None:
    groups = wordlist.read(write(tmp_path, MONEY))
    assert named("de", groups, "Wer finanziert uns? Gelder!") == {"money"}
    assert named("de", groups, "ein Sprachkurs") == {"course"}
    assert named("de", groups, "der Kurswagen") == set()
    assert named("en", groups, "Courses and cash") == {"course", "money"}


def test_words_spelt_in_latin_letters_are_known_by_their_sound() -> None:
    groups = [Group(id="money", words={"ru": ("деньги",)})]
    assert named("ru-Latn", groups, "dengi") == {"money"}


def test_a_word_of_the_list_finds_an_entry_that_never_says_it() -> None:
    documents = [
        Document("rooms", "de", "Wie finden wir einen Raum?", "Räume gibt es.", ("Saal",) * 4),
        Document("grants", "de", "Wie kommen wir an Geld?", "Geld gibt es.", ("Zuschuss",) * 4),
    ]
    groups = [Group(id="money", words={"de": ("Geld", "Moneten")})]
    asked = "Moneten für einen Verein"
    bare = Index(documents).search(asked, "de")
    assert not bare or bare[0].id != "grants"
    assert Index(documents, groups).search(f"{asked}, wie?", "de")[0].id == "grants"


def test_what_one_language_learnt_helps_another() -> None:
    german = [
        Document(name, "de", f"{name}?", ".", tuple(f"{word} {n}" for n in range(4)))
        for name, word in (("rooms", "Saal"), ("grants", "Zuschuss"))
    ]
    english = [
        Document(name, "en", f"{name}?", ".", ("a", "b", "c", "d")) for name in ("rooms", "grants")
    ]
    groups = [
        Group(id="hall", words={"de": ("Saal",), "en": ("hall",)}),
        Group(id="grant", words={"de": ("Zuschuss",), "en": ("subsidy",)}),
    ]
    index = Index([*german, *english], groups)
    measured = index.rankings["en"].measure("is there a subsidy")
    assert measured is not None
    meant = dict(zip(index.rankings["en"].part.ids, measured.values["meant"], strict=True))
    assert meant["grants"] > meant["rooms"]


async def test_the_pack_seeds_it_and_the_offices_edits_stay(cw: Casework, tmp_path: Path) -> None:
    await knowledge.import_pack(cw)
    seeded = await wordlist.groups(cw)
    assert seeded == wordlist.read(cw.pack.path)
    first, second = seeded[0].id, seeded[1].id
    await wordlist.save(cw, first, {"de": ["Anderes"]})
    await wordlist.remove(cw, second)
    await knowledge.import_pack(cw)
    kept = {group.id: group for group in await wordlist.groups(cw)}
    assert kept[first].words == {"de": ("Anderes",)}
    assert kept[first].edited
    assert second not in kept
    await knowledge.import_pack(cw, overwrite=True)
    assert await wordlist.groups(cw) == seeded


async def test_an_edit_is_searched_with_at_once(cw: Casework) -> None:
    await knowledge.import_pack(cw)
    for word, entry in (("Raum", "organisations/rooms"), ("Ehrenamt", "volunteering/start")):
        await wordlist.save(cw, "unheard", {"de": ["Sabbatical", word]})
        assert await knowledge.refresh(cw)
        assert cw.knowledge.search("Sabbatical", "de")[0].id == entry


@pytest.mark.parametrize(
    ("name", "items"),
    [("Geld!", {"de": ["Geld"]}), ("money", {"xx": ["Geld"]}), ("money", {"de": ["a*"]})],
)
async def test_what_is_no_group_is_refused(
    cw: Casework, name: str, items: dict[str, list[str]]
) -> None:
    with pytest.raises(InvalidFact):
        await wordlist.save(cw, name, items)
    assert await wordlist.groups(cw) == []  # nothing was brought in yet
