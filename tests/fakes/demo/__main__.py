"""`python -m tests.fakes.demo`: the stand-in for Telegram, and the whole product against it."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fakes import FakeBotApi
from tests.fakes.demo.page import Page
from tests.fakes.demo.people import settle

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / ".venv" / "bin" / "anlaufstelle"
DATA_DIR = ROOT / "var" / "demo-telegram"
PATIENCE = 30


def arguments(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8088, help="of the page and the Bot API")
    parser.add_argument("--server-only", action="store_true", help="do not start the product")
    parser.add_argument("--data-dir", type=Path, help="of the product; default var/demo-telegram")
    return parser.parse_args(given)


def environment(api: FakeBotApi, data_dir: Path | None) -> dict[str, str]:
    """Return the settings with which the product talks to the stand-in."""
    given = data_dir or os.environ.get("ANLAUFSTELLE_DATA_DIR") or DATA_DIR
    return {
        **os.environ,
        "ANLAUFSTELLE_TELEGRAM_TOKEN": api.token,
        "ANLAUFSTELLE_TELEGRAM_API_URL": api.base_url,
        "ANLAUFSTELLE_DATA_DIR": str(given),
    }


async def end(product: asyncio.subprocess.Process) -> None:
    """Ask the product to end as Ctrl-C does; insist when it does not."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if product.returncode is not None:
            return
        product.send_signal(how)
        try:
            await asyncio.wait_for(product.wait(), PATIENCE)
        except TimeoutError:
            continue


async def run_product(
    command: Sequence[str | Path], settings: dict[str, str], stop: asyncio.Event
) -> int:
    """Run the product until it ends or is to be ended; return its exit status."""
    # In a session of its own, so that Ctrl-C reaches it once and through us.
    product = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=settings, start_new_session=True
    )
    ended = asyncio.create_task(product.wait())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        await end(product)
        return 0
    print(f"The product has ended with status {ended.result()}.", flush=True)  # noqa: T201
    return ended.result()


async def main(given: list[str]) -> int:
    """Serve until Ctrl-C."""
    options = arguments(given)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    page = Page()
    # Numbers go on from one start to the next, because the product remembers those it has seen.
    api = FakeBotApi(
        port=options.port,
        routes=page.routes(),
        allow_http_webhook=True,
        first_update_id=int(time.time()),
        first_message_id=int(time.time()) % 10**8 * 10,
    )
    page.api = api
    settle(api)
    async with api:
        print(f"Write as several people: {api.base_url}/", flush=True)  # noqa: T201
        if options.server_only:
            print(  # noqa: T201
                "Start the product with",
                f"ANLAUFSTELLE_TELEGRAM_TOKEN={api.token}",
                f"ANLAUFSTELLE_TELEGRAM_API_URL={api.base_url}",
                sep="\n  ",
                flush=True,
            )
            await stop.wait()
            return 0
        settings = environment(api, options.data_dir)
        return await run_product([PROGRAM, "run"], settings, stop)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
