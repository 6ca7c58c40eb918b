"""How well languages are told apart: `python -m bot.language < lines.jsonl`.

`python -m bot.language learn` learns anew from the training messages and the pack's entries.
Otherwise each line is `{"text": …, "language": …}`; the table says, per language, how many lines
there were, how many were recognised, how many were clear, and how many of the clear ones wrong.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from bot.language.detect import Detector
from bot.language.grams import FILE, save
from bot.language.learning import learn
from casework.languages import SERVED

Counts = Counter[tuple[str, str]]


def measure(lines: Iterable[Mapping[str, str]]) -> Counts:
    """Count, per language: `lines`, `right`, `clear`, `wrong` (although clear)."""
    detector, counts = Detector(), Counts()
    for line in lines:
        language = line["language"]
        guess = detector.detect(line["text"])
        right = guess is not None and guess.language == language
        clear = guess is not None and guess.clear
        for column, counted in (
            ("lines", True),
            ("right", right),
            ("clear", clear),
            ("wrong", clear and not right),
        ):
            counts[language, column] += counted
    return counts


def table(counts: Counts) -> str:
    """Return the counts as a table."""
    rows = [f"{'':4}{'lines':>7}{'right':>9}{'clear':>9}{'wrong':>9}"]
    for language in SERVED:
        lines = counts[language, "lines"]
        if lines:
            shares = (counts[language, column] / lines for column in ("right", "clear", "wrong"))
            rows.append(f"{language:4}{lines:7}" + "".join(f"{share:9.1%}" for share in shares))
    return "\n".join(rows)


def main(source: TextIO, out: TextIO) -> None:
    """Measure what is read, and print the table."""
    out.write(table(measure(json.loads(line) for line in source if line.strip())) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["learn"]:
        root = Path(__file__).resolve().parents[2]
        save(FILE, learn(root / "nlu" / "data", root / "knowledge" / "wiesbaden"))
    else:
        main(sys.stdin, sys.stdout)
