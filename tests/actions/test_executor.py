"""The action endpoint answers as rasa-sdk's own server does."""

import json
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from actions.executor import all_actions, routes
from casework.context import Casework

SAMPLES = (
    Path(__file__).resolve().parents[3]
    / "shared"
    / "data"
    / "rasa"
    / "requests_from_rasa_sdk_3.6.2_tests.json"
)
TRACKER = {"sender_id": "1", "conversation_id": "default"}


@pytest.fixture
async def client(cw: Casework) -> AsyncIterator[httpx.AsyncClient]:
    """Rasa's side."""
    transport = httpx.ASGITransport(app=Starlette(routes=list(routes(cw))))
    token = cw.settings.key("rasa")
    async with httpx.AsyncClient(
        transport=transport, base_url="http://office/actions", params={"token": token}
    ) as client:
        yield client


async def test_without_the_token_nothing_is_done(client: httpx.AsyncClient) -> None:
    for token in ("", "wrong"):
        answer = await client.post("/webhook", params={"token": token}, json={})
        assert answer.status_code == 401


async def test_every_action_answers_a_bare_tracker(client: httpx.AsyncClient, cw: Casework) -> None:
    for action in all_actions(cw):
        call = {"next_action": action.name(), "tracker": TRACKER}
        answer = await client.post("/webhook", json=call)
        assert answer.status_code == 200, action.name()
        body = answer.json()
        assert isinstance(body["events"], list), action.name()
        assert all(isinstance(each["custom"], dict) for each in body["responses"])
        assert not any(each.get("text") for each in body["responses"])


async def test_an_unknown_action_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhook", json={"next_action": "none", "tracker": TRACKER})
    assert answer.status_code == 404
    assert answer.json()["action_name"] == "none"


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"tracker": 1}'])
async def test_a_broken_call_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/webhook", content=body)
    assert answer.status_code == 400


async def test_a_deflated_bomb_is_refused(client: httpx.AsyncClient) -> None:
    body = zlib.compress(b'{"tracker": {}, "x": "' + b"a" * 5_000_000 + b'"}')
    answer = await client.post("/webhook", content=body, headers={"Content-Encoding": "deflate"})
    assert answer.status_code == 400


def _samples() -> list[dict[str, Any]]:
    if not SAMPLES.is_file():
        return []
    samples: list[dict[str, Any]] = json.loads(SAMPLES.read_text())
    return samples


async def test_the_sdks_own_sample_requests(client: httpx.AsyncClient) -> None:
    samples = _samples()
    if not samples:
        pytest.skip("the sample requests of rasa-sdk are not on this machine")
    for sample in samples:
        call = sample.get("json")
        if call and call["next_action"] == "custom_action":
            call["next_action"] = "action_no"
        path = sample["path"]
        if sample.get("content_encoding") == "deflate":
            answer = await client.post(
                path,
                content=zlib.compress(json.dumps(call).encode()),
                headers={"Content-Encoding": "deflate"},
            )
        else:
            answer = await client.request(sample["method"], path, json=call)
        assert answer.status_code == sample["expect_status"], sample["name"]
        if "expect_json" in sample:
            assert answer.json() == sample["expect_json"]
