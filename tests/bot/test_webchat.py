"""The web chat through its front door: page, messages, answers, and who is kept out."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

import bot.app
from bot.webchat import limits
from casework import outbox, requesters, tickets
from casework.context import Casework
from casework.languages import SERVED
from casework.models import Requester
from tests.bot.conftest import running
from tests.bot.rasa_stand_in import StandIn, served

SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def url(cw: Casework) -> AsyncIterator[str]:
    """The address of the web server; the bot is at work."""
    async with served(Starlette(routes=bot.app.routes(cw))) as address, running(cw):
        yield address


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, as far as HTTP goes."""
    async with httpx.AsyncClient(
        base_url=url, headers=SAME | {"Accept-Language": "de-DE,en;q=0.5"}, timeout=15
    ) as one:
        yield one


_ids = iter(range(10**8, 10**9))


async def send(client: httpx.AsyncClient, text: str = "", **more: Any) -> httpx.Response:
    body = {"id": str(next(_ids)), "text": text, **more}
    return await client.post("/chat/messages", json=body)


async def open_page(client: httpx.AsyncClient) -> httpx.Response:
    page = await client.get("/chat")
    assert page.status_code == 200
    return page


@asynccontextmanager
async def listening(
    client: httpx.AsyncClient, after: int = 0, seen: str | None = None
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    headers = {"Last-Event-ID": seen} if seen is not None else {}
    async with client.stream("GET", f"/chat/answers?after={after}", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    event: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif event.get("event") == "message":
            yield json.loads(event["data"])
            event = {}
        else:
            event = {}


async def answer(client: httpx.AsyncClient, after: int = 0) -> dict[str, Any]:
    async with asyncio.timeout(10), listening(client, after) as events:
        return await anext(events)


def words(message: dict[str, Any]) -> str:
    return "\n".join(paragraph["text"] for paragraph in message["paragraphs"])


async def visitor(cw: Casework, client: httpx.AsyncClient) -> Requester:
    token = client.cookies["anlaufstelle_chat"]
    address = hashlib.sha256(token.encode()).hexdigest()
    requester = await requesters.known(cw, channel="web", address=address)
    assert requester is not None
    return requester


# --- the page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SERVED)
async def test_the_page_speaks_the_browsers_language(
    language: str, client: httpx.AsyncClient
) -> None:
    page = await client.get("/chat", headers={"Accept-Language": f"{language}-XX,en;q=0.3"})
    direction = "rtl" if language in ("ar", "fa") else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page.text
    assert page.headers["content-language"] == language


async def test_nothing_on_the_page_comes_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await open_page(client)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
    assert "style=" not in page.text
    for name in ("chat.js", "chat.css", "mark.svg"):
        assert (await client.get(f"/chat/static/{name}")).status_code == 200
    assert (await client.get("/chat/static/../routes.py")).status_code == 404


async def test_the_cookie_cannot_be_read_by_scripts_and_the_office_knows_only_its_hash(
    client: httpx.AsyncClient, cw: Casework
) -> None:
    page = await open_page(client)
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    await send(client, "Guten Tag zusammen")
    requester = await visitor(cw, client)
    assert client.cookies["anlaufstelle_chat"] not in requester.address


async def test_looking_at_the_page_leaves_no_trace(client: httpx.AsyncClient, cw: Casework) -> None:
    await open_page(client)
    history = (await client.get("/chat/history")).json()
    assert history["known"] is False
    assert "herzlich willkommen" in words(history["messages"][0])
    assert (await client.get("/chat/answers")).status_code == 204
    assert await requesters.known(cw, channel="web", address="") is None


async def test_without_a_script_the_language_can_be_changed_and_the_page_says_what_is_missing(
    client: httpx.AsyncClient,
) -> None:
    await open_page(client)
    changed = await client.post("/chat/language", data={"language": "ar"})
    assert changed.status_code == 303
    page = await client.get("/chat")
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "<noscript>" in page.text
    assert (await client.post("/chat/language", data={"language": "xx"})).status_code == 400


# --- the conversation --------------------------------------------------------------------------


async def test_a_message_is_answered_on_the_stream(
    client: httpx.AsyncClient, cw: Casework, rasa: StandIn
) -> None:
    await open_page(client)
    assert (await send(client, "Guten Tag zusammen")).status_code == 202
    message = await answer(client)
    assert "Ehrenamt" in words(message)
    assert message["author"] == "bot"
    assert {"label": "Ich möchte helfen", "data": "offer_help"} in message["rows"][0]
    assert rasa.asked[0]["metadata"]["channel"] == "web"


async def test_the_way_to_a_person_is_on_the_page_not_under_every_message(
    client: httpx.AsyncClient,
) -> None:
    page = await open_page(client)
    assert 'data-data="talk_to_human"' in page.text
    await send(client, "Guten Tag zusammen")
    assert "talk_to_human" not in str((await answer(client))["rows"])


async def test_a_message_sent_twice_is_taken_once(client: httpx.AsyncClient, rasa: StandIn) -> None:
    await open_page(client)
    body = {"id": "0123456789abcdef", "text": "Guten Tag zusammen"}
    first = await client.post("/chat/messages", json=body)
    again = await client.post("/chat/messages", json=body)
    assert (first.json()["new"], again.json()["new"]) == (True, False)
    await answer(client)
    assert rasa.messages == ["Guten Tag zusammen"]


async def test_after_a_lost_connection_the_stream_goes_on_where_it_was(
    client: httpx.AsyncClient, cw: Casework
) -> None:
    await open_page(client)
    await send(client, "Guten Tag zusammen")
    first = await answer(client)
    requester = await visitor(cw, client)
    await outbox.say(cw, requester.id, [{"say": "goodbye"}, {"say": "no_tickets"}])
    async with asyncio.timeout(10):
        async with listening(client, seen=str(first["id"])) as events:
            said = [words(await anext(events)), words(await anext(events))]
    assert said[0].startswith("Auf Wiedersehen")
    assert said[1].startswith("Aus diesem Chat liegt")


async def test_what_was_on_the_way_when_the_connection_broke_comes_again(
    client: httpx.AsyncClient,
) -> None:
    await open_page(client)
    await send(client, "Guten Tag zusammen")
    first = await answer(client)
    assert (await answer(client, after=0))["id"] == first["id"]


async def test_a_coordinators_words_arrive_by_themselves(
    client: httpx.AsyncClient, cw: Casework
) -> None:
    await open_page(client)
    await send(client, "Guten Tag zusammen")
    first = await answer(client)
    requester = await visitor(cw, client)
    payload = {"say": "staff_reply", "reference": "W-1", "staff": "Anna", "text": "مرحبا <b>"}
    async with asyncio.timeout(10), listening(client, first["id"]) as events:
        await outbox.say(cw, requester.id, [payload])
        message = await anext(events)
    assert message["author"] == "staff"
    assert message["paragraphs"][1] == {
        "text": "مرحبا <b>",
        "style": "plain",
        "lang": "",
        "dir": "auto",
    }


async def test_after_a_reload_the_conversation_is_there(client: httpx.AsyncClient) -> None:
    await open_page(client)
    await send(client, "Guten Tag zusammen")
    first = await answer(client)
    await asyncio.sleep(0.2)
    history = (await client.get("/chat/history")).json()
    assert [message["author"] for message in history["messages"]] == ["you", "bot"]
    assert history["last"] == first["id"]
    assert history["messages"][1]["rows"] == first["rows"]


async def test_a_button_is_pressed_by_its_data(client: httpx.AsyncClient, rasa: StandIn) -> None:
    await open_page(client)
    await send(client, "Dolmetschen", data="inform?offer_kind=interpreting")
    await answer(client)
    assert rasa.messages == ['/inform{"offer_kind":"interpreting"}']


async def test_a_language_chosen_before_the_first_word_counts(
    client: httpx.AsyncClient, cw: Casework
) -> None:
    await open_page(client)
    await client.post("/chat/language", data={"language": "tr"})
    await send(client, "ok")
    await answer(client)
    requester = await visitor(cw, client)
    assert (requester.language, requester.language_chosen) == ("tr", True)


async def test_a_language_chosen_in_the_middle_rewords_the_page(
    client: httpx.AsyncClient, cw: Casework
) -> None:
    await open_page(client)
    await send(client, "Guten Tag zusammen")
    await answer(client)
    await client.post("/chat/language", data={"language": "en"})
    history = (await client.get("/chat/history")).json()
    assert "You can ask me" in words(history["messages"][1])


async def test_while_a_person_speaks_messages_reach_the_ticket(
    client: httpx.AsyncClient, cw: Casework, rasa: StandIn
) -> None:
    await open_page(client)
    await send(client, "Guten Tag zusammen")
    await answer(client)
    requester = await visitor(cw, client)
    await tickets.hand_over(cw, requester.id, reason="asked")
    await send(client, "Bitte rufen Sie mich an")
    for _ in range(100):
        ticket = await tickets.human_ticket(cw, requester.id)
        assert ticket is not None
        lines = (await client.get("/chat/history")).json()["messages"]
        if words(lines[-1]) == "Bitte rufen Sie mich an":
            break
        await asyncio.sleep(0.05)
    assert words(lines[-1]) == "Bitte rufen Sie mich an"
    assert rasa.messages == ["Guten Tag zusammen"]


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"id": 5, "text": "x"}',
        b'{"id": "12345678"}',
        b'{"id": "x", "text": "too short an id"}',
        b'{"id": "12345678", "text": ["x"]}',
        b'{"id": "12345678", "text": "", "data": "no such / data"}',
        b'{"id": "12345678", "text": "", "data": ""}',
        b"\xff\xfe",
        b"x" * 70_000,
    ],
)
async def test_malformed_messages_are_refused(body: bytes, client: httpx.AsyncClient) -> None:
    await open_page(client)
    response = await client.post(
        "/chat/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.json()) == (400, {"problem": "malformed"})


async def test_a_message_of_4096_characters_is_taken_and_no_longer_one(
    client: httpx.AsyncClient, rasa: StandIn
) -> None:
    await open_page(client)
    assert (await send(client, "ا" * 4096)).status_code == 202
    assert (await send(client, "ا" * 4097)).status_code == 413


async def test_without_a_session_nothing_is_taken(client: httpx.AsyncClient) -> None:
    response = await send(client, "Guten Tag")
    assert (response.status_code, response.json()) == (401, {"problem": "expired"})


async def test_other_sites_cannot_write_in_ones_name(client: httpx.AsyncClient, url: str) -> None:
    await open_page(client)
    body = json.dumps({"id": "12345678", "text": "x"})
    plain = {"Content-Type": "text/plain"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"},
        plain,
    ):
        response = await client.post("/chat/messages", content=body, headers=headers)
        assert response.status_code == 403
    async with httpx.AsyncClient(base_url=url, cookies=client.cookies) as old_browser:
        response = await old_browser.post(
            "/chat/messages",
            content=body,
            headers={"Origin": "https://evil.example", "Content-Type": "application/json"},
        )
        assert response.status_code == 403
        response = await old_browser.post(
            "/chat/language", data={"language": "tr"}, headers={"Origin": "https://evil.example"}
        )
        assert response.status_code == 403


async def test_who_writes_too_fast_is_asked_to_wait(client: httpx.AsyncClient) -> None:
    await open_page(client)
    answers = [await send(client, "Guten Tag") for _ in range(int(limits.BURST) + 2)]
    assert [response.status_code for response in answers[: int(limits.BURST)]] == [202] * int(
        limits.BURST
    )
    assert answers[-1].json() == {"problem": "too_fast"}


@pytest.mark.parametrize("seen", ["-1", "x", "٣", "99999999999999999999"])
async def test_a_nonsense_position_in_the_stream_harms_nobody(
    seen: str, client: httpx.AsyncClient
) -> None:
    await open_page(client)
    await send(client, "Guten Tag zusammen")
    await answer(client)
    async with listening(client, seen=seen.encode("ascii", "ignore").decode()):
        pass
