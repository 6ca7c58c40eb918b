"""The office's word list at the desk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casework import wordlist
from casework.context import Casework
from tests.desk.conftest import Open
from tests.desk.library import make_library
from tests.support.clock import Clock

PAGE = "/desk/words"


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock) -> AsyncIterator[Casework]:
    async with make_library(tmp_path, clock) as office:
        await wordlist.save(office, "money", {"de": ["Geld", "Zuschuss"], "en": ["money"]})
        await wordlist.save(office, "room", {"de": ["Raum", "Saal"], "ar": ["قاعة"]})
        yield office


async def test_the_list_is_found_by_any_word(logged_in: Open) -> None:
    member = await logged_in("yildiz")
    page = await member.get(PAGE)
    assert "Geld, Zuschuss" in page
    assert "Arabisch" in page
    page = await member.get(f"{PAGE}?q=قاعة")
    assert "Raum, Saal" in page
    assert "Geld" not in page
    assert "Keine Gruppe enthält dieses Wort." in await member.get(f"{PAGE}?q=nichts")


async def test_a_group_is_changed(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"{PAGE}/money")
    assert ">Geld\nZuschuss</textarea>" in page
    fields = {"words-de": "Geld\r\n  Zuschuss \r\n\r\nförder*\nGeld", "words-tr": "para"}
    page = await member.post(f"{PAGE}/money", **fields)
    assert "Die Suche setzt diese Wörter ab sofort gleich." in page
    group = next(group for group in await wordlist.groups(cw) if group.id == "money")
    assert group.words == {"de": ("Geld", "Zuschuss", "förder*"), "tr": ("para",)}


async def test_a_new_group_gets_a_name_of_its_own(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    for _ in range(2):
        await member.get(f"{PAGE}/new")
        await member.post(f"{PAGE}/new", **{"words-de": "Über-Setzung\nDolmetschen"})
    assert {"uber_setzung", "uber_setzung_2"} <= {g.id for g in await wordlist.groups(cw)}


async def test_words_that_would_not_do_are_told_beside_their_language(
    logged_in: Open, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    await member.get(f"{PAGE}/money")
    page = await member.post(f"{PAGE}/money", **{"words-de": "Geld", "words-en": "a*\nmoney"})
    assert member.page.status_code == 422
    assert 'id="words-en-problem"' in page
    assert 'id="words-de-problem"' not in page
    assert ">a*\nmoney</textarea>" in page
    await member.get(f"{PAGE}/new")
    assert "Bitte tragen Sie Wörter ein" in await member.post(f"{PAGE}/new")
    assert (await wordlist.groups(cw))[0].words["en"] == ("money",)


async def test_a_group_is_removed_after_asking(logged_in: Open, cw: Casework) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"{PAGE}/money/remove")
    assert "Wortgruppe „Geld und Zuschuss“ entfernen?" in page
    assert len(await wordlist.groups(cw)) == 2
    await member.post(f"{PAGE}/money/remove")
    assert [group.id for group in await wordlist.groups(cw)] == ["room"]
    await member.get(f"{PAGE}/money")
    assert member.page.status_code == 404
