"""Pipelines side by side: accuracy, training, size and time of a parse; the table in the docs.

    cd nlu && .venv/bin/python ../tools/compare_pipelines.py [--share 0.25] [--epochs 30]

Runs in Rasa's environment. Takes a share of the training messages, leaves a fifth of it out, trains
each pipeline on the rest and asks it for the fifth. The word groups of the office's list are read
from what `anlaufstelle train` has generated in `var/rasa/generated`.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "nlu"))

import yaml  # noqa: E402
from components.groups import of_tables  # noqa: E402
from components.ngrams import NgramModel, Reader  # noqa: E402

LANGUAGES = ("de", "en", "tr", "pl", "ru", "uk", "ar", "fa", "it", "fr")
STEPS = (
    ("words",),
    ("words", "pieces"),
    ("words", "pieces", "sounds"),
    ("words", "pieces", "sounds", "groups"),
    ("words", "pieces", "sounds", "groups", "pairs"),
)
COUNTS = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer", "min_ngram": 1, "max_ngram": 2},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 2, "max_ngram": 5},
]
Examples = list[tuple[str, str, str]]  # language, intent, text


def main() -> None:
    """Compare, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--share", type=float, default=0.25, help="of all training messages")
    parser.add_argument("--epochs", type=int, default=30, help="that DIET is trained")
    options = parser.parse_args()
    found = read()
    random.Random(7).shuffle(found)  # noqa: S311  (a sample, no secret)
    found = found[: int(options.share * len(found))]
    cut = len(found) * 4 // 5
    taught, asked = found[:cut], found[cut:]
    print(f"{len(taught)} messages taught, {len(asked)} asked\n")
    print("| pipeline | right | trained in | model | a parse, median |\n|---|---|---|---|---|")
    forms = of_tables(tables())
    ours = {}
    for parts in STEPS:
        ours = of_our_own(parts, forms, taught, asked)
    of_rasa("LogisticRegressionClassifier on counts",
            {"name": "LogisticRegressionClassifier", "class_weight": "balanced", "max_iter": 300},
            taught, asked)  # fmt: skip
    diet = of_rasa(f"DIETClassifier on counts, {options.epochs} epochs",
                   {"name": "DIETClassifier", "epochs": options.epochs,
                    "entity_recognition": False, "random_seed": 7}, taught, asked)  # fmt: skip
    both = [
        max(a, key=lambda name: a[name] * b.get(name, 0.0)) for a, b in zip(ours, diet, strict=True)
    ]
    print(f"| the last of our own, times DIET | {right(both, asked):.3f} | | | |")


def read() -> Examples:
    """Every training message."""
    return [
        (language, block["intent"], line.removeprefix("- "))
        for language in LANGUAGES
        for path in sorted((ROOT / "nlu" / "data" / language).glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if "intent" in block
        for line in block["examples"].splitlines()
    ]


def tables() -> list[dict[str, Any]]:
    """The lookup tables with the word groups."""
    paths = [
        *(ROOT / "nlu" / "data").glob("*/turnwords.yml"),
        *(ROOT / "nlu" / "data").glob("*/everyday.yml"),
        ROOT / "var" / "rasa" / "generated" / "words.yml",
    ]
    return [
        {"name": block["lookup"], "elements": [x[2:] for x in block["examples"].splitlines()]}
        for path in paths
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    ]


def right(got: Sequence[str], asked: Examples) -> float:
    """The share of messages whose intent is right."""
    return sum(a == intent for a, (_, intent, _) in zip(got, asked, strict=True)) / len(asked)


def of_our_own(
    parts: Sequence[str], forms: Any, taught: Examples, asked: Examples
) -> list[dict[str, float]]:
    """Our model with some of its parts."""
    reader = Reader(forms)
    reader.parts = {name: reader.parts[name] for name in parts}
    began = time.perf_counter()
    texts, intents = [text for _, _, text in taught], [intent for _, intent, _ in taught]
    model = NgramModel.fit(reader, texts, intents, strength=1.0)
    seconds = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    rankings, times = timed(lambda text: dict(model.ranking(text)), asked)
    got = [max(ranking, key=lambda name: ranking[name]) for ranking in rankings]
    row("our own: " + ", ".join(parts), right(got, asked), seconds, size, times)
    return rankings


def of_rasa(
    name: str, classifier: dict[str, Any], taught: Examples, asked: Examples
) -> list[dict[str, float]]:
    """One of Rasa's own classifiers."""
    import asyncio

    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "config.yml").write_text(
            yaml.safe_dump({"recipe": "default.v1", "assistant_id": "comparison", "language": "de",
                            "pipeline": [*COUNTS, classifier]}), encoding="utf-8")  # fmt: skip
        blocks: dict[str, list[str]] = {}
        for _, intent, text in taught:
            blocks.setdefault(intent, []).append(f"- {text}")
        nlu = [{"intent": i, "examples": "\n".join(lines) + "\n"} for i, lines in blocks.items()]
        (here / "nlu.yml").write_text(
            yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True), encoding="utf-8"
        )
        began = time.perf_counter()
        model = train_nlu(str(here / "config.yml"), str(here / "nlu.yml"), str(here / "models"))
        seconds = time.perf_counter() - began
        agent = Agent.load(model)

        def ranked(text: str) -> dict[str, float]:
            parsed = asyncio.run(agent.parse_message(text))
            return {each["name"]: each["confidence"] for each in parsed["intent_ranking"]}

        rankings, times = timed(ranked, asked)
        size = Path(str(model)).stat().st_size
    got = [max(ranking, key=lambda name: ranking[name], default="") for ranking in rankings]
    row(name, right(got, asked), seconds, size, times)
    return rankings


def timed(ask: Any, asked: Examples) -> tuple[list[Any], list[float]]:
    """What is answered to each message, and in how many seconds."""
    answers, times = [], []
    for _, _, text in asked:
        began = time.perf_counter()
        answers.append(ask(text))
        times.append(time.perf_counter() - began)
    return answers, times


def row(name: str, share: float, seconds: float, size: int, times: Sequence[float]) -> None:
    """Print a line of the table."""
    middle = statistics.median(times) * 1000
    print(f"| {name} | {share:.3f} | {seconds:.0f} s | {size / 1e6:.0f} MB | {middle:.1f} ms |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
