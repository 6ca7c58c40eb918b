"""Updates reach the bot by getUpdates and by webhook, in order and until it has taken them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes import FakeBotApi, FakeUser, Retries
from tests.fakes.server import QuietServer
from tests.fakes.wire import Wire


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(allow_http_webhook=True, retries=Retries(unit=0.02)) as server:
        yield server


@pytest.fixture
async def bot(api: FakeBotApi) -> AsyncIterator[Wire]:
    async with Wire(api) as wire:
        yield wire


@pytest.fixture
async def ada(api: FakeBotApi) -> FakeUser:
    return api.user(11, "Ada", "tr")


async def fetched(bot: Wire) -> list[dict[str, Any]]:
    """Fetch and confirm everything."""
    updates: list[dict[str, Any]] = await bot.does("getUpdates")
    await bot.does("getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


# getUpdates


async def test_updates_come_again_until_a_higher_offset_confirms_them(
    bot: Wire, ada: FakeUser
) -> None:
    for text in "abc":
        await ada.sends(text)
    first = await bot.does("getUpdates", limit=2)
    assert texts(first) == ["a", "b"]
    assert texts(await bot.does("getUpdates")) == ["a", "b", "c"]
    rest = await bot.does("getUpdates", offset=first[-1]["update_id"] + 1)
    assert texts(rest) == ["c"]
    assert texts(await bot.does("getUpdates")) == ["c"]


async def test_a_negative_offset_counts_from_the_end(bot: Wire, ada: FakeUser) -> None:
    for text in "abc":
        await ada.sends(text)
    assert texts(await bot.does("getUpdates", offset=-1)) == ["c"]
    assert texts(await bot.does("getUpdates")) == ["c"]


async def test_a_long_poll_ends_with_the_first_update(
    api: FakeBotApi, bot: Wire, ada: FakeUser
) -> None:
    poll = asyncio.create_task(bot.does("getUpdates", timeout=20))
    await api.polls()
    assert not poll.done()
    await ada.sends("a")
    assert texts(await asyncio.wait_for(poll, 2)) == ["a"]
    assert await bot.does("getUpdates", offset=10**12, timeout=1) == []


async def test_two_polls_at_once_conflict(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    first = asyncio.create_task(bot.fails("getUpdates", timeout=20))
    await api.polls()
    second = asyncio.create_task(bot.does("getUpdates", timeout=20))
    assert await first == (
        "409 Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    await ada.sends("a")
    assert texts(await second) == ["a"]


async def test_a_poll_whose_bot_hangs_up_conflicts_with_nobody(
    api: FakeBotApi, bot: Wire, ada: FakeUser
) -> None:
    poll = asyncio.create_task(bot.does("getUpdates", timeout=20))
    await api.polls()
    poll.cancel()
    await api.wait_until(lambda: api.calls[0].description == "the bot hung up", 5)
    await bot.does("getUpdates")
    assert api.refused == []


async def test_only_the_kinds_that_the_bot_asks_for(bot: Wire, ada: FakeUser) -> None:
    await bot.does("getUpdates", allowed_updates=["callback_query"])
    await ada.sends("a")
    assert await bot.does("getUpdates") == []
    await bot.does("getUpdates", allowed_updates=[])
    await ada.sends("b")
    assert texts(await bot.does("getUpdates")) == ["b"]


async def test_unknown_kinds_duplicates_and_disorder(
    api: FakeBotApi, bot: Wire, ada: FakeUser
) -> None:
    strange = api.raw_update({"message_from_the_future": {"a": 1}})
    assert await bot.does("getUpdates") == [strange]
    after = strange["update_id"] + 1
    with api.holding(reverse=True):
        await ada.sends("a")
        await ada.sends("b")
        assert await bot.does("getUpdates", offset=after) == []
    updates = await bot.does("getUpdates")
    assert texts(updates) == ["b", "a"]
    assert await bot.does("getUpdates", offset=updates[0]["update_id"] + 1) == []
    api.repeats(updates[0])
    assert texts(await bot.does("getUpdates", offset=updates[0]["update_id"] + 1)) == ["b"]


# Groups


async def test_privacy_mode_hides_what_does_not_concern_the_bot(
    api: FakeBotApi, bot: Wire, ada: FakeUser
) -> None:
    group = api.group("Verein", ada)
    await group.adds_bot(ada)
    await fetched(bot)
    await ada.sends("unter uns", to=group)
    await ada.sends("/help", to=group)
    await ada.sends("/help@anlaufstelle_test_bot", to=group)
    await ada.sends("@anlaufstelle_test_bot wann ist offen?", to=group)
    assert texts(await fetched(bot)) == [
        "/help@anlaufstelle_test_bot",
        "@anlaufstelle_test_bot wann ist offen?",
    ]
    await bot.does("sendMessage", chat_id=group.id, text="Dienstag")
    await ada.sends("danke", to=group, reply_to=group.inbox[0])
    await ada.sends("und Mittwoch?", to=group)
    assert texts(await fetched(bot)) == ["danke"]


# Webhook


class Hook:
    """A web server that notes what is posted to it."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[int] = []
        self.at_once = 0
        self.most_at_once = 0
        self.delay = 0.0

    async def __call__(self, request: Request) -> Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        update = await request.json()
        await asyncio.sleep(self.delay)
        status = self.answers.pop(0) if self.answers else 200
        self.updates.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.at_once -= 1
        return Response(status_code=status)


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    taker = Hook()

    async def take(request: Request) -> Response:
        return await taker(request)

    app = Starlette(routes=[Route("/hook", take, methods=["POST"])])
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off")
    socket = config.bind_socket()
    server = QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[socket]))
    yield taker, f"http://127.0.0.1:{socket.getsockname()[1]}/hook"
    server.end()
    await task


async def test_the_webhook_gets_the_secret_and_everything_pending(
    api: FakeBotApi, bot: Wire, ada: FakeUser, hook: tuple[Hook, str]
) -> None:
    taker, url = hook
    await ada.sends("a")
    await bot.does("setWebhook", url=url, secret_token="geheim-1")
    await ada.sends("b")
    await api.settled()
    assert texts(taker.updates) == ["a", "b"]
    assert taker.secrets == ["geheim-1", "geheim-1"]
    conflict = await bot.fails("getUpdates")
    assert conflict.startswith("409 Conflict: can't use getUpdates method while webhook is active")
    assert (await bot.asks("deleteWebhook"))["description"] == "Webhook was deleted"
    assert await bot.does("getUpdates") == []


async def test_what_the_webhook_refuses_comes_again_and_nothing_overtakes_it(
    api: FakeBotApi, bot: Wire, ada: FakeUser, hook: tuple[Hook, str]
) -> None:
    taker, url = hook
    taker.answers = [500, 503, 200]
    await bot.does("setWebhook", url=url)
    await ada.sends("a")
    await ada.sends("b")
    await api.settled()
    assert texts(taker.updates) == ["a", "a", "a", "b"]
    info = await bot.does("getWebhookInfo")
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 503 Service Unavailable"
    )
    assert info["pending_update_count"] == 0


async def test_chats_do_not_wait_for_one_another_but_each_keeps_its_order(
    api: FakeBotApi, bot: Wire, ada: FakeUser, hook: tuple[Hook, str]
) -> None:
    taker, url = hook
    taker.delay = 0.1
    ben = api.user(12)
    await bot.does("setWebhook", url=url)
    for text in ("1", "2"):
        await ada.sends(f"ada {text}")
        await ben.sends(f"ben {text}")
    await api.settled()
    assert taker.most_at_once == 2
    assert [text for text in texts(taker.updates) if "ada" in text] == ["ada 1", "ada 2"]


async def test_a_webhook_that_is_not_there(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    await bot.does("setWebhook", url="http://127.0.0.1:9/hook")
    await ada.sends("a")
    for _ in range(500):
        info = await bot.does("getWebhookInfo")
        if "last_error_message" in info:
            break
    assert info["last_error_message"] == "Connection refused"
    assert info["pending_update_count"] == 1
    assert info["url"] == "http://127.0.0.1:9/hook"


async def test_setting_the_same_webhook_twice_and_too_fast(api: FakeBotApi, bot: Wire) -> None:
    url = "http://127.0.0.1:9/hook"
    api.updates.pause_between_settings = 0
    assert (await bot.asks("setWebhook", url=url))["description"] == "Webhook was set"
    api.updates.pause_between_settings = 60
    assert (await bot.asks("setWebhook", url=url))["description"] == "Webhook is already set"
    assert "429 Too Many Requests: retry after 1" in await bot.fails("setWebhook", url=url)


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"url": "http://127.0.0.1/hook"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://w.de:8080/hook"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://w.de/", "secret_token": "ä"}, "secret token contains unallowed"),
        ({"url": "https://w.de/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook(parameters: dict[str, str], description: str) -> None:
    async with FakeBotApi() as strict, Wire(strict) as bot:
        assert description in await bot.fails("setWebhook", **parameters)
