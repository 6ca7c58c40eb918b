"""The roles as processes of their own, as `docker-compose.yml` runs them: PostgreSQL and Redis."""

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.rasa import RasaProcess, free_port
from tests.app.test_cli import COMMAND, anlaufstelle, environment
from tests.support.office import make_settings
from tests.support.rasa import trained_model

TOKEN = "a-token-that-rasa-and-the-roles-share"
ROLES = ("bot", "actions", "desk", "worker")


@asynccontextmanager
async def role(folder: Path, name: str, port: int, settings: dict[str, str]) -> AsyncIterator[str]:
    """One role as a process; its address, once it is ready."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, "run", "--role", name, env=environment(folder, **settings, port=str(port))
    )
    base = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=base) as client:
            while not await ready(client):
                assert process.returncode is None, f"{name} ended at once"
                await asyncio.sleep(0.2)
        yield base
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)


async def ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def says(client: httpx.AsyncClient, text: str, after: int) -> tuple[int, str]:
    """Write in the web chat; the number and the words of the first answer."""
    body = {"id": uuid.uuid4().hex, "text": text, "data": ""}
    (await client.post("/chat/messages", json=body)).raise_for_status()
    number = ""
    async with (
        asyncio.timeout(30),
        client.stream("GET", "/chat/answers", params={"after": after}) as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith("id:"):
                number = line[3:].strip()
            if line.startswith("data:") and number:
                page = json.loads(line[5:])
                return int(number), " ".join(each["text"] for each in page["paragraphs"])
    raise AssertionError("no answer")


async def test_a_conversation_runs_through_four_processes_on_postgresql_and_redis(
    tmp_path: Path, postgres_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions_port = free_port()
    settings = {"database_url": postgres_url, "redis_url": redis_url, "rasa_token": TOKEN}
    code, out, err = await anlaufstelle(tmp_path, "prepare", **settings)
    assert code == 0, err
    assert "Login koordination, password " in out
    monkeypatch.setitem(os.environ, "ANLAUFSTELLE_REDIS_URL", redis_url)
    async with AsyncExitStack() as stack:
        rasa = await stack.enter_async_context(
            RasaProcess(
                make_settings(tmp_path, rasa_token=TOKEN),
                await asyncio.to_thread(trained_model),
                f"http://127.0.0.1:{actions_port}/actions/webhook",
                port=free_port(),
            )
        )
        settings["rasa_url"] = rasa.url
        ports = {name: free_port() for name in ROLES} | {"actions": actions_port}
        at = {
            name: await stack.enter_async_context(role(tmp_path, name, ports[name], settings))
            for name in ROLES
        }
        headers = {"Accept-Language": "pl", "Sec-Fetch-Site": "same-origin"}
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=at["bot"], headers=headers, timeout=30)
        )
        assert (await client.get("/chat")).status_code == httpx.codes.OK
        assert (await client.get("/desk")).status_code == httpx.codes.NOT_FOUND
        seen, first = await says(client, "Chciałabym pomagać przy tłumaczeniu", 0)
        assert "?" in first  # the offer's first question: through Rasa and our actions
        await rasa.end()
        await rasa.start()
        _, second = await says(client, "po polsku i niemiecku", seen)
        assert "?" in second
        assert second != first, "the form went on where it was"
        async with httpx.AsyncClient(base_url=at["desk"], follow_redirects=True) as desk:
            assert "/desk/login" in str((await desk.get("/desk/")).url)
