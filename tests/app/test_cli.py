"""The command line as an operator types it, as a process of its own."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import httpx

from app.rasa import free_port
from tests.fakes import FakeBotApi
from tests.support.office import SECRET
from tests.support.rasa import RunningRasa

COMMAND = str(Path(sys.executable).parent / "anlaufstelle")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    values = {"data_dir": str(folder), "secret_key": SECRET, **settings}
    ours = {f"ANLAUFSTELLE_{name.upper()}": value for name, value in values.items()}
    return {**os.environ, **ours}


async def anlaufstelle(
    folder: Path, *arguments: str, lines: str = "", **settings: str
) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *arguments,
        env=environment(folder, **settings),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(lines.encode()), 120)
    return process.returncode, out.decode(), err.decode()


async def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    code, _, err = await anlaufstelle(tmp_path, "run", port="eighty")
    assert code == 1
    assert err.startswith("anlaufstelle: ANLAUFSTELLE_PORT: ")
    assert "Traceback" not in err


async def test_a_taken_port_is_said_before_anything_else_is_done(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = await anlaufstelle(tmp_path, "run", port=port)
    assert code == 1
    assert err.startswith(f"anlaufstelle: ANLAUFSTELLE_PORT: port {port} on 127.0.0.1: ")


async def test_an_unknown_municipality_is_named(tmp_path: Path) -> None:
    code, _, err = await anlaufstelle(tmp_path, "run", municipality="atlantis")
    assert code == 1
    assert "ANLAUFSTELLE_MUNICIPALITY" in err


async def test_a_login_is_added_once(tmp_path: Path) -> None:
    add = ("user", "add", "ada", "--name", "Ada Example")
    code, out, _ = await anlaufstelle(tmp_path, *add, lines="a long enough password\n")
    assert (code, out) == (0, "ada can log in at the desk\n")
    code, _, err = await anlaufstelle(tmp_path, *add, lines="a long enough password\n")
    assert code == 1
    assert "Traceback" not in err


async def test_understand_answers_every_line_in_order(tmp_path: Path, rasa: RunningRasa) -> None:
    texts = ["Guten Tag", "Merhaba, Türkçe ve Almanca tercüme yapabilirim", "hilfe er schlägt mich"]
    code, out, err = await anlaufstelle(
        tmp_path,
        "understand",
        lines="".join(json.dumps({"text": text}) + "\n" for text in texts),
        rasa_url=rasa.url,
        rasa_token=rasa.token,
    )
    assert code == 0, err
    greeting, offer, alarm = (json.loads(line) for line in out.splitlines())
    assert [greeting["text"], offer["text"], alarm["text"]] == texts
    assert greeting["decision"] == "say"
    assert (offer["language"], offer["intent"], offer["kind"]) == (
        "tr",
        "offer_help",
        "interpreting",
    )
    assert sorted(offer["languages"]) == ["de", "tr"]
    assert offer["decision"] == "form"
    assert offer["offices"] == [
        {"id": "coordination_volunteers", "role": "lead"},
        {"id": "migramundi", "role": "involved"},
    ]
    assert alarm["intent"] == "emergency"


async def test_understand_names_a_line_that_is_no_json(tmp_path: Path, rasa: RunningRasa) -> None:
    code, _, err = await anlaufstelle(
        tmp_path,
        "understand",
        lines='{"text": "Hallo"}\nhallo\n',
        rasa_url=rasa.url,
        rasa_token=rasa.token,
    )
    assert code == 1
    assert "line 2: " in err


async def test_run_serves_and_ends_cleanly(tmp_path: Path, rasa: RunningRasa) -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        "run",
        env=environment(tmp_path, port=str(port), rasa_url=rasa.url, rasa_token=rasa.token),
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(60):
        while "Ready." not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    assert f"http://127.0.0.1:{port}/chat" in said
    assert f"http://127.0.0.1:{port}/desk" in said
    assert "Password" in said
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/healthz")).text == "ok"
        assert (await client.get("/readyz")).json() == {"database": True, "rasa": True}
        assert "python_info" in (await client.get("/metrics")).text
        assert (await client.get("/chat")).status_code == 200
    process.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0
    assert "Traceback" not in err.decode()


async def test_a_wrong_telegram_token_is_said_and_ends_the_start(
    tmp_path: Path, rasa: RunningRasa
) -> None:
    async with FakeBotApi() as api:
        code, _, err = await anlaufstelle(
            tmp_path,
            "run",
            port=str(free_port()),
            rasa_url=rasa.url,
            rasa_token=rasa.token,
            telegram_token="1234567:wrong-token-wrong-token-wrong-token",
            telegram_api_url=api.base_url,
        )
    assert code == 1
    assert "ANLAUFSTELLE_TELEGRAM_TOKEN" in err
    assert "Traceback" not in err
