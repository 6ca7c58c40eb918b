"""The demo page does what people do in Telegram, and the demo ends what it has started."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes import FakeBotApi
from tests.fakes.demo.__main__ import ROOT, environment, run_product
from tests.fakes.demo.page import Page
from tests.fakes.demo.people import FIRST_ID, PEOPLE, settle
from tests.fakes.wire import Wire


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    page = Page()
    server = FakeBotApi(routes=page.routes())
    page.api = server
    settle(server)
    async with server:
        yield server


@pytest.fixture
async def browser(api: FakeBotApi) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=api.base_url, trust_env=False) as client:
        yield client


async def state(browser: httpx.AsyncClient, person: int = FIRST_ID) -> dict[str, Any]:
    answer: dict[str, Any] = (await browser.get("/demo/state", params={"person": person})).json()
    return answer


async def does(browser: httpx.AsyncClient, what: str, **values: Any) -> httpx.Response:
    return await browser.post(f"/demo/do/{what}", data={"person": FIRST_ID, **values})


async def test_page_script_and_style_are_served(browser: httpx.AsyncClient) -> None:
    assert "page.js" in (await browser.get("/")).text
    for file in ("page.js", "style.css"):
        assert (await browser.get(f"/demo/static/{file}")).status_code == 200


async def test_there_is_a_person_for_each_language(browser: httpx.AsyncClient) -> None:
    people = (await state(browser))["people"]
    assert [person["language"] for person in people] == [language for language, *_ in PEOPLE]
    assert {person["language"] for person in people if person["rtl"]} == {"ar", "fa"}
    assert {person["status"] for person in people} == {"never"}


async def test_a_conversation_on_the_page(api: FakeBotApi, browser: httpx.AsyncClient) -> None:
    await does(browser, "start", payload="offer_interpreting")
    await does(browser, "send", text="Guten Tag")
    for what in ("photo", "document", "voice", "location", "contact", "sticker"):
        assert (await does(browser, what)).status_code == 200
    keyboard = {"inline_keyboard": [[{"text": "Ja", "callback_data": "/affirm"}]]}
    async with Wire(api) as bot:
        await bot.does("sendMessage", chat_id=FIRST_ID, text="Ja?", reply_markup=keyboard)
        messages = (await state(browser))["chat"]["messages"]
        assert [message.get("text") for message in messages[:2]] == [
            "/start offer_interpreting",
            "Guten Tag",
        ]
        await does(browser, "edit", message=messages[1]["message_id"], text="Guten Abend")
        await does(browser, "press", message=messages[-1]["message_id"], data="/affirm")
        query = api.updates.pending[-1].wire["callback_query"]
        await bot.does("answerCallbackQuery", callback_query_id=query["id"], text="Danke")
    shown = await state(browser)
    assert shown["chat"]["messages"][1]["text"] == "Guten Abend"
    assert shown["chat"]["answers"][-1]["answer"] == {"text": "Danke"}
    assert [call["method"] for call in shown["calls"]] == ["sendMessage", "answerCallbackQuery"]
    photo = messages[2]["photo"][-1]["file_id"]
    assert (await browser.get(f"/demo/file/{photo}")).content.startswith(b"\x89PNG")


async def test_blocking_on_the_page(api: FakeBotApi, browser: httpx.AsyncClient) -> None:
    await does(browser, "start")
    await does(browser, "block")
    assert (await state(browser))["people"][0]["status"] == "kicked"
    refused = await does(browser, "send", text="a")
    assert refused.status_code == 400
    assert "must unblock" in refused.json()["problem"]
    await does(browser, "unblock")
    assert (await does(browser, "send", text="a")).status_code == 200


async def test_a_new_person(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        "/demo/people", data={"first_name": "Mehmet", "language_code": "tr"}
    )
    person = (await state(browser, answer.json()["id"]))["people"][-1]
    assert (person["name"], person["language_name"]) == ("Mehmet", "Türkçe")


async def test_the_page_hears_of_news(api: FakeBotApi, browser: httpx.AsyncClient) -> None:
    async with browser.stream("GET", "/demo/news") as news:
        lines = news.aiter_lines()
        waiting = asyncio.ensure_future(anext(lines))
        await asyncio.sleep(0.1)
        await api.user(FIRST_ID).starts()
        assert (await asyncio.wait_for(waiting, 5)).startswith("data:")


WAITS = """
import os, signal, sys, time
from pathlib import Path
note = Path(sys.argv[1])
signal.signal(signal.SIGINT, lambda *_: (note.write_text("ended"), sys.exit(0)))
note.write_text(os.environ["ANLAUFSTELLE_TELEGRAM_API_URL"])
time.sleep(60)
"""


async def test_the_product_is_started_with_the_settings_and_ended(
    api: FakeBotApi, tmp_path: Path
) -> None:
    note, stop = tmp_path / "note", asyncio.Event()
    settings = environment(api, tmp_path)
    command = [sys.executable, "-c", WAITS, str(note)]
    running = asyncio.create_task(run_product(command, settings, stop))
    for _ in range(500):
        if note.exists() and note.read_text():
            break
        await asyncio.sleep(0.02)
    assert note.read_text() == api.base_url
    assert settings["ANLAUFSTELLE_DATA_DIR"] == str(tmp_path)
    stop.set()
    assert await running == 0
    assert note.read_text() == "ended"


async def test_a_product_that_ends_by_itself_ends_the_demo(api: FakeBotApi) -> None:
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    assert await run_product(command, environment(api, None), asyncio.Event()) == 3


async def test_ctrl_c_ends_the_demo_quietly() -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.demo", "--server-only", "--port", "0"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert demo.stdout is not None
    address = (await demo.stdout.readline()).decode().rsplit(" ", 1)[1].strip()
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(address)).status_code == 200
    demo.send_signal(signal.SIGINT)
    rest = (await asyncio.wait_for(demo.stdout.read(), 20)).decode()
    assert await demo.wait() == 0
    assert "Traceback" not in rest
