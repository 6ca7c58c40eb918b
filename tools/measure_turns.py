"""How long a person waits: from a web-chat line sent to its first answer on the page.

    python tools/measure_turns.py http://127.0.0.1:8080 --users 16 --turns 6

Each user is a web-chat visitor of their own who writes, reads the answer, and writes again after
a pause. Loopback only; prints the median and the 95th percentile in milliseconds.
"""

import argparse
import asyncio
import statistics
import sys
import time
import uuid
from urllib.parse import urlsplit

import httpx

#: A greeting, a question, an offer, an answer within its form, its end, a question again.
LINES = (
    ("de", "Guten Tag", "Wo kann ich Deutsch lernen?", "Ich möchte beim Übersetzen helfen"),
    ("tr", "Merhaba", "Almanca kursu nerede var?", "Çeviri yaparak yardım etmek istiyorum"),
    ("ar", "مرحبا", "أين يمكنني تعلم الألمانية؟", "أريد أن أساعد في الترجمة"),
    ("ru", "Здравствуйте", "Где можно учить немецкий?", "Хочу помогать с переводом"),
)
END = {"de": "abbrechen", "tr": "iptal", "ar": "إلغاء", "ru": "отмена"}
ANSWER_SECONDS = 20.0
#: The web chat lets a visitor write ten lines at once and one every two seconds after that.
PAUSE_SECONDS = 2.1


async def visitor(base: str, number: int, turns: int) -> list[float]:
    """One person's waiting times, in seconds."""
    language, *lines = LINES[number % len(LINES)]
    lines.append(END[language])
    headers = {"Accept-Language": language, "Origin": base, "Sec-Fetch-Site": "same-origin"}
    waits: list[float] = []
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=30) as client:
        await client.get("/chat")
        seen = 0
        for turn in range(turns):
            started = time.perf_counter()
            await write(client, lines[turn % len(lines)])
            seen = await first_answer(client, seen)
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(PAUSE_SECONDS)
    return waits


async def write(client: httpx.AsyncClient, text: str) -> None:
    """Send one line."""
    body = {"id": uuid.uuid4().hex, "text": text, "data": ""}
    (await client.post("/chat/messages", json=body)).raise_for_status()


async def first_answer(client: httpx.AsyncClient, after: int) -> int:
    """Wait for something newer than `after` on the stream; its number."""
    timeout = httpx.Timeout(5, read=ANSWER_SECONDS)
    async with client.stream(
        "GET", "/chat/answers", params={"after": after}, timeout=timeout
    ) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("id:"):
                return int(line[3:])
    raise RuntimeError("the stream ended without an answer")


async def measure(base: str, users: int, turns: int) -> None:
    """Let all users write side by side and print what they waited."""
    started = time.perf_counter()
    each = await asyncio.gather(*(visitor(base, number, turns) for number in range(users)))
    waits = sorted(1000 * wait for waits in each for wait in waits)
    p95 = waits[max(0, round(0.95 * len(waits)) - 1)]
    print(
        f"{users} users, {len(waits)} turns in {time.perf_counter() - started:.0f} s: "
        f"median {statistics.median(waits):.0f} ms, 95th percentile {p95:.0f} ms, "
        f"longest {waits[-1]:.0f} ms"
    )


def main() -> int:
    """Measure one office on this machine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base", help="address of a running Anlaufstelle, on loopback")
    parser.add_argument("--users", type=int, default=1)
    parser.add_argument("--turns", type=int, default=8)
    options = parser.parse_args()
    if urlsplit(options.base).hostname not in ("127.0.0.1", "::1", "localhost"):
        parser.error("only an office on this machine is measured")
    asyncio.run(measure(options.base, options.users, options.turns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
