"""How well messages are understood that nothing was trained on, per language.

    .venv/bin/python tools/measure_understanding.py

Sends tests/data/understanding/*.jsonl through `anlaufstelle understand` and prints shares of
right intents, kinds, topics, spoken languages, settled languages and answers.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "data" / "understanding"
LANGUAGES = ("de", "en", "tr", "pl", "ru", "uk", "ar", "fa", "it", "fr")

Counts = dict[str, Counter[bool]]


def understood(texts: list[str]) -> list[dict[str, Any]]:
    """What the program makes of each text."""
    done = subprocess.run(  # noqa: S603  (our own command)
        [Path(sys.executable).parent / "anlaufstelle", "understand"],
        input="".join(json.dumps({"text": text}) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def judge(counts: Counts, language: str, wanted: dict[str, Any], got: dict[str, Any]) -> None:
    """Count what is right and what is wrong about one message."""
    counts["intent"][wanted["intent"] == got["intent"]] += 1
    counts["language settled"][got["language"] == language] += 1
    if wanted["intent"] == "offer_help":
        counts["kind"][wanted.get("kind") == got["kind"]] += 1
    if wanted["intent"] == "request_support":
        counts["topic"][wanted.get("topic") == got["topic"]] += 1
    if wanted.get("languages"):
        counts["languages named"][set(wanted["languages"]) == set(got["languages"])] += 1
    if wanted["intent"] == "emergency":
        counts["emergency noticed"][got["intent"] == "emergency"] += 1
    if wanted["intent"] == "out_of_scope":
        counts["out of scope answered"][got["decision"] == "answer"] += 1
    if wanted.get("entry"):
        ids = [answer["id"] for answer in got["answers"]]
        counts["entry first"][ids[:1] == [wanted["entry"]]] += 1
        counts["answered wrongly"][
            got["decision"] == "answer" and ids[:1] != [wanted["entry"]]
        ] += 1


def main() -> None:
    """Measure all languages and print a table."""
    messages = [
        (language, json.loads(line))
        for language in LANGUAGES
        for line in (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    per: dict[str, Counts] = defaultdict(lambda: defaultdict(Counter))
    answers = understood([wanted["text"] for _, wanted in messages])
    for (language, wanted), got in zip(messages, answers, strict=True):
        judge(per[language], language, wanted, got)
        judge(per["all"], language, wanted, got)
    names = list(per["all"])
    print("| | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
    for language, counts in per.items():
        shares = (f"{counts[n][True]}/{counts[n].total()}" for n in names)
        print(f"| {language} | " + " | ".join(shares) + " |")


if __name__ == "__main__":
    main()
