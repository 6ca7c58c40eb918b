"""Page lists are fetched from an Integreat API: a small real server, with all that goes wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from casework import integreat_api, knowledge
from casework.context import Casework
from casework.errors import ImportRefused, NoPagesThere
from casework.integreat_api import Patience, fetch, list_address, read_all
from casework.models import KnowledgeEntry
from tests.support.answers import write_pack
from tests.support.clock import Clock
from tests.support.office import make_casework
from tests.support.web import serving

QUICK = Patience(connect=2, read=0.3, total=3, pauses=(0.01, 0.01))
MEGABYTE = b"x" * 2**20

Answer = Callable[[], Response]


class Region:
    """A region of the API; what a language answers can be changed at any time."""

    def __init__(self) -> None:
        self.address = ""
        self.answers: dict[str, Answer | list[Answer]] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()

    def pages(self, language: str, *pages: object) -> None:
        self.answers[language] = lambda: JSONResponse(list(pages))

    async def answer(self, request: Request) -> Response:
        language = request.path_params["language"]
        self.asked.append(language)
        self.agents.add(request.headers["user-agent"])
        answer = self.answers.get(language, lambda: Response(status_code=404))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer()


@pytest.fixture
async def region() -> AsyncIterator[Region]:
    region = Region()
    app = Starlette(routes=[Route("/api/v3/testing/{language}/pages/", region.answer)])
    async with serving(app) as base:
        region.address = f"{base}/api/v3/testing"
        yield region


def page(number: int, title: str, content: str, language: str = "de") -> dict[str, Any]:
    path = f"/testing/{language}/{number}/"
    return {
        "id": number,
        "title": title,
        "content": f"<p>{content}</p>",
        "path": path,
        "url": f"https://integreat.example.org{path}",
    }


WASTE = page(21, "Abfall", "Trennen Sie Papier und Glas.")
SCHOOL = page(11, "Schule", "Melden Sie Ihr Kind an.")


async def problem_at(region: Region, answer: Answer | list[Answer], **patience: Any) -> str:
    """What an operator reads when the German pages answer like this."""
    region.answers["de"] = answer
    with pytest.raises(ImportRefused) as refused:
        await read_all([region.address], "de", replace(QUICK, **patience))
    assert str(refused.value).startswith(f"{region.address}/de/pages/"), "the address is named"
    return str(refused.value)


# --- from an address ---------------------------------------------------------------------------


async def test_pages_are_fetched_from_a_region_or_the_address_of_its_list(region: Region) -> None:
    region.pages("tr", WASTE)
    for address in (region.address, f"{region.address}/", f"{region.address}/tr/pages"):
        found = await read_all([address], "tr", QUICK)
        assert [one.id for one in found.pages] == [21]
        assert found.complete
    assert region.agents == {f"anlaufstelle/{integreat_api.version('anlaufstelle')}"}


async def test_files_and_addresses_go_together(region: Region, tmp_path: Path) -> None:
    region.pages("de", WASTE)
    file = tmp_path / "pages.json"
    file.write_text(json.dumps([SCHOOL]), encoding="utf-8")
    found = await read_all([str(file), region.address], "de", QUICK)
    assert [one.id for one in found.pages] == [11, 21]


async def test_what_cannot_be_had_is_named_and_the_rest_is_taken(
    region: Region, tmp_path: Path
) -> None:
    region.pages("de", WASTE)
    missing = str(tmp_path / "none.json")
    found = await read_all([region.address, missing], "de", QUICK)
    assert [one.id for one in found.pages] == [21]
    assert found.problems == [f"{missing}: No such file or directory"]
    assert not found.complete


@pytest.mark.parametrize(
    "address",
    [
        "http://cms.example.org/api/v3/testing",
        "http://192.168.0.1/api/v3/testing",
        "https:///api",
        "https://[::1/api",
    ],
)
async def test_only_https_addresses_are_fetched(address: str) -> None:
    with pytest.raises(ImportRefused, match="only https:// addresses"):
        await read_all([address], "de", QUICK)


async def test_where_nobody_answers_the_error_names_the_address() -> None:
    address = "http://127.0.0.1:9/api/v3/nobody"
    with pytest.raises(ImportRefused, match=f"{address}/de/pages/: "):
        await read_all([address], "de", QUICK)


async def test_one_is_sent_on_within_this_machine_but_not_out_of_https(region: Region) -> None:
    region.pages("en", WASTE)
    region.answers["de"] = lambda: RedirectResponse(f"{region.address}/en/pages/", 301)
    assert (await read_all([region.address], "de", QUICK)).pages
    problem = await problem_at(region, lambda: RedirectResponse("http://example.org/", 302))
    assert "http://example.org/ is not fetched" in problem


async def test_being_sent_on_for_ever_ends(region: Region) -> None:
    again = f"{region.address}/de/pages/"
    assert "sent on more than 5 times" in await problem_at(region, lambda: RedirectResponse(again))


async def test_a_region_that_is_not_there_is_told_at_once(region: Region) -> None:
    with pytest.raises(NoPagesThere, match="404 Not Found"):
        await read_all([region.address], "ar", QUICK)
    assert await problem_at(region, lambda: Response(status_code=403)) != ""
    assert region.asked == ["ar", "de"], "asking again would not help"


async def test_a_server_that_has_trouble_is_asked_again_but_not_for_ever(region: Region) -> None:
    broken: Answer = lambda: Response(status_code=503)  # noqa: E731
    region.answers["de"] = [broken, broken, lambda: JSONResponse([WASTE])]
    assert (await read_all([region.address], "de", QUICK)).pages
    assert len(region.asked) == 3
    assert "503 Service Unavailable" in await problem_at(region, broken)
    assert len(region.asked) == 6


async def test_a_server_that_does_not_answer_is_given_up(region: Region) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        await asyncio.sleep(1)
        yield b"[]"

    assert "ReadTimeout" in await problem_at(region, lambda: StreamingResponse(slowly()))
    assert len(region.asked) == 3


async def test_a_server_that_drips_is_given_up(region: Region) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" "
            await asyncio.sleep(0.05)

    problem = await problem_at(region, lambda: StreamingResponse(dripping()), total=0.5)
    assert "no answer within 0.5 seconds" in problem


async def test_a_list_that_is_far_too_long_is_not_read_to_its_end(region: Region) -> None:
    sent = 0

    async def far_too_long() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield MEGABYTE

    problem = await problem_at(region, lambda: StreamingResponse(far_too_long()), read=5, total=30)
    assert "more than 32 MiB" in problem
    assert sent < 100


async def test_what_is_no_list_of_pages_is_refused_with_the_reason(region: Region) -> None:
    def answering(content: bytes, **headers: str) -> Answer:
        return lambda: Response(content, headers=headers)

    assert "no JSON" in await problem_at(region, answering(b"<html>Wartung</html>"))
    assert "not a list of pages" in await problem_at(region, answering(b'{"error": "x"}'))
    assert "not UTF-8" in await problem_at(region, answering('["ä"]'.encode("latin-1")))
    assert "no JSON" in await problem_at(region, answering(b'[{"id": 1'))
    assert "no list of pages" in await problem_at(region, answering(b"[" * 100_000))
    shorter = answering(b"[]", **{"content-length": "200"})
    assert await problem_at(region, shorter), "a body that breaks off"


async def test_the_charset_that_a_server_names_is_no_matter(region: Region) -> None:
    body = json.dumps([{**WASTE, "title": "Müll"}], ensure_ascii=False).encode()
    headers = {"content-type": "application/json; charset=iso-8859-1"}
    region.answers["de"] = lambda: Response(body, headers=headers)
    assert (await read_all([region.address], "de", QUICK)).pages[0].title == "Müll"


async def test_of_a_list_that_breaks_off_the_sound_pages_are_taken(region: Region) -> None:
    cut = json.dumps([WASTE, SCHOOL])[:-40].encode()
    region.answers["de"] = lambda: Response(cut)
    found = await read_all([region.address], "de", QUICK)
    assert [one.id for one in found.pages] == [21]
    assert not found.complete


async def test_fetching_takes_no_longer_than_it_may(region: Region) -> None:
    region.answers["de"] = lambda: Response(status_code=500)
    address = list_address(region.address, "de")
    with pytest.raises(ImportRefused, match="no answer within"):
        await fetch(address, Patience(total=0.2, pauses=(5,)))


# --- by the worker -----------------------------------------------------------------------------


@pytest.fixture
async def cw(
    tmp_path: Path, clock: Clock, region: Region, database_url: str | None
) -> AsyncIterator[Casework]:
    packs = write_pack(tmp_path / "packs")
    async with make_casework(
        tmp_path,
        url=database_url,
        clock=clock,
        knowledge_dir=packs,
        integreat_url=region.address,
        integreat_hours=24,
    ) as office:
        yield office


async def rows(cw: Casework) -> dict[str, KnowledgeEntry]:
    async with cw.database.reading() as session:
        return await knowledge.rows_of(session, "integreat")


async def published(cw: Casework) -> set[str]:
    return {name for name, row in (await rows(cw)).items() if row.published}


async def test_the_worker_brings_in_every_language_that_the_region_has(
    cw: Casework, region: Region
) -> None:
    region.pages("de", WASTE, SCHOOL)
    english = page(22, "Waste", "Separate paper and glass.", "en")
    region.pages("en", {**english, "available_languages": {"de": {"id": 21}}})
    await integreat_api.keep_up(cw, QUICK)
    assert await published(cw) == {"integreat/11", "integreat/21"}
    languages = [text.language for text in (await rows(cw))["integreat/21"].texts]
    assert languages == ["de", "en"]


async def test_a_round_is_made_once_a_day_by_one_worker_and_remembered(
    cw: Casework, region: Region, clock: Clock
) -> None:
    region.pages("de", WASTE)
    await asyncio.gather(*(integreat_api.keep_up(cw, QUICK) for _ in range(3)))
    assert region.asked.count("de") == 1
    clock.forward(hours=23)
    await integreat_api.keep_up(cw, QUICK)
    assert region.asked.count("de") == 1
    clock.forward(hours=1, minutes=1)
    region.pages("de", {**WASTE, "title": "Müll"})
    await integreat_api.keep_up(cw, QUICK)
    assert region.asked.count("de") == 2
    assert (await rows(cw))["integreat/21"].texts[0].title == "Müll"


async def test_a_language_that_fails_leaves_the_others_and_is_tried_again_sooner(
    cw: Casework, region: Region, clock: Clock
) -> None:
    region.pages("de", WASTE)
    region.answers["en"] = lambda: Response(status_code=500)
    region.pages("uk", page(31, "Сміття", "Сортуйте папір.", "uk"))
    with capture_logs() as logs:
        await integreat_api.keep_up(cw, QUICK)
    assert await published(cw) == {"integreat/21", "integreat/31"}
    failed = [line for line in logs if line["log_level"] == "warning"]
    assert [line["language"] for line in failed] == ["en"]
    assert "500 Internal Server Error" in failed[0]["problem"]

    await integreat_api.keep_up(cw, QUICK)
    assert region.asked.count("de") == 1, "not at once"
    clock.forward(minutes=31)
    region.pages("en", page(22, "Waste", "Separate paper.", "en"))
    await integreat_api.keep_up(cw, QUICK)
    assert "integreat/22" in await published(cw)
    clock.forward(minutes=31)
    await integreat_api.keep_up(cw, QUICK)
    assert region.asked.count("de") == 2, "all went well: not before tomorrow"


async def test_an_empty_list_withdraws_nothing(cw: Casework, region: Region, clock: Clock) -> None:
    region.pages("de", WASTE, SCHOOL)
    await integreat_api.keep_up(cw, QUICK)
    region.pages("de")
    clock.forward(hours=25)
    with capture_logs() as logs:
        await integreat_api.keep_up(cw, QUICK)
    assert await published(cw) == {"integreat/11", "integreat/21"}
    assert "of 2 pages only 0 are left" in str(logs)


async def test_a_page_that_vanished_is_withdrawn_but_not_by_a_list_that_breaks_off(
    cw: Casework, region: Region, clock: Clock
) -> None:
    region.pages("de", WASTE, SCHOOL)
    await integreat_api.keep_up(cw, QUICK)
    cut = json.dumps([WASTE, SCHOOL])[:-40].encode()
    region.answers["de"] = lambda: Response(cut)
    clock.forward(hours=25)
    await integreat_api.keep_up(cw, QUICK)
    assert await published(cw) == {"integreat/11", "integreat/21"}
    region.pages("de", WASTE)
    clock.forward(minutes=31)
    await integreat_api.keep_up(cw, QUICK)
    assert await published(cw) == {"integreat/21"}


async def test_an_api_that_has_nothing_for_us_is_logged(cw: Casework, region: Region) -> None:
    with capture_logs() as logs:
        await integreat_api.keep_up(cw, QUICK)
    assert logs == [
        {"event": "no pages of integreat", "log_level": "warning", "address": region.address}
    ]
