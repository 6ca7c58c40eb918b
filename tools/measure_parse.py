"""How long Rasa takes to parse a message: the evaluation's messages, one after the other.

Runs in Rasa's own environment, on the newest model:

    cd nlu && .venv/bin/python ../tools/measure_parse.py
"""

import asyncio
import json
import logging
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "nlu"))

import structlog  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402


async def main() -> int:
    """Parse every message once; print the times in milliseconds."""
    models = sorted(
        (ROOT / "var" / "models").glob("*.tar.gz"), key=lambda each: each.stat().st_mtime
    )
    if not models:
        sys.stderr.write("No model yet: make train\n")
        return 2
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    agent = Agent.load(str(models[-1]))
    texts = [
        json.loads(line)["text"]
        for path in sorted((ROOT / "tests" / "evaluation").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    await agent.parse_message(texts[0])
    took = []
    for text in texts:
        started = time.perf_counter()
        await agent.parse_message(text)
        took.append(1000 * (time.perf_counter() - started))
    cuts = statistics.quantiles(took, n=20)
    print(f"{len(took)} messages: median {cuts[9]:.1f} ms, 95 % within {cuts[18]:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
