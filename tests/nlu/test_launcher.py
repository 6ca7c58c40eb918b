"""What runs in Rasa's own environment."""

import asyncio
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from app.rasa import free_port
from app.training import nlu_python
from tests.support.rasa import RunningRasa

CHECKS = Path(__file__).with_name("checks.py")


@pytest.mark.parametrize(
    "name",
    [
        "bad_answers_are_refused",
        "checking_an_answer_is_cheap",
        "conversations_are_kept_and_folded",
        "names_are_found_in_any_script",
        "a_star_stands_for_endings_and_joined_words_are_parted",
        "groups_are_those_of_the_language_that_knows_most_words",
        "what_sounds_alike_is_alike",
        "a_model_is_the_same_after_saving",
        "probabilities_are_as_often_right_as_they_say",
        "a_label_with_too_few_examples_is_refused",
        "a_message_is_cut_between_its_matters",
        "two_matters_are_told_apart",
        "signs_leave_no_doubt",
        "what_is_unlikely_is_doubted",
        "logs_hold_no_words",
    ],
)
def test_in_rasas_environment(name: str) -> None:
    done = subprocess.run([nlu_python(), CHECKS, name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_several_rasas_share_their_conversations_in_redis(tmp_path: Path) -> None:
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server on this machine")
    port = free_port()
    options = ["--port", str(port), "--dir", str(tmp_path), "--save", "", "--bind", "127.0.0.1"]
    with subprocess.Popen([server, *options], stdout=subprocess.DEVNULL) as redis:
        try:
            _wait_for(port)
            done = subprocess.run(
                [
                    *(nlu_python(), CHECKS, "conversations_are_kept_in_redis"),
                    f"redis://127.0.0.1:{port}/0",
                ],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr[-2000:]
        finally:
            redis.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("redis-server did not come up")


async def test_without_the_token_rasa_answers_nobody(rasa: RunningRasa) -> None:
    async with httpx.AsyncClient() as client:
        for path in ("/webhooks/rest/webhook", "/model/parse"):
            for token in ("", "wrong"):
                answer = await client.post(
                    f"{rasa.url}{path}", params={"token": token}, json={"text": "hello"}
                )
                assert answer.status_code == 401
        assert (await client.get(f"{rasa.url}/")).status_code == 200


async def test_nobodys_words_stand_in_rasas_log(rasa: RunningRasa) -> None:
    await rasa.parse("a sentence that must not be logged")
    await asyncio.sleep(0.1)
    assert "must not be logged" not in rasa.process.log_file.read_text()
