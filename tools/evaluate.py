"""How well messages are understood that nothing was trained on: `make evaluate`.

Sends `tests/evaluation/*.jsonl` through `anlaufstelle understand`, the live pipeline, and writes
`docs/evaluation/`: a report with tables per language, confusions as a picture and with their
messages, how far probabilities can be trusted, and what has changed since the last report, whose
figures lie beside it in `figures.json`.

    .venv/bin/python tools/evaluate.py [--folder FOLDER] [--report FOLDER]
"""

import argparse
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import yaml
from matplotlib import pyplot as plt

mpl.use("Agg")

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = ROOT / "tests" / "evaluation"
EXAMPLES = ROOT / "nlu" / "data"
REPORT = ROOT / "docs" / "evaluation"
LANGUAGES = ("de", "en", "tr", "pl", "ru", "uk", "ar", "fa", "it", "fr")
#: Codes that mean the same where the office looks for somebody.
SAME_LANGUAGE = {"prs": "fa", "kmr": "ku", "ckb": "ku", "ber": "zgh", "rif": "zgh"}
#: What the bot does for each intent without being wrong.
_QUESTIONS = ("ask_question", "ask_events", "help")
_WORST = 12
_BINS = 10
#: From how many words on a message tells its language.
_SOME_WORDS = 3
#: Share of common pieces from which on two messages are the same one.
_NEAR = 0.8


@dataclass(frozen=True)
class Case:
    """A message with what it should be taken for, and what it was taken for."""

    language: str
    wanted: dict[str, Any]
    got: dict[str, Any]

    @property
    def text(self) -> str:
        """What was written."""
        return str(self.wanted["text"])

    @property
    def intent(self) -> str:
        """What it means."""
        return str(self.wanted["intent"])

    @property
    def round(self) -> str:
        """When it was written; the report says more."""
        return str(self.wanted.get("round", 1))

    @property
    def right(self) -> bool:
        """Whether it was understood."""
        return bool(self.got["intent"] == self.intent)

    @property
    def wrong_action(self) -> bool:
        """Whether the bot does something that was not asked for, without asking back."""
        match self.got["decision"]:
            case "form":
                return not self.right
            case "handoff":
                return self.intent != "talk_to_human"
            case "answer":
                return self.intent not in _QUESTIONS
        return False


Measure = tuple[str, Callable[[Case], bool], Callable[[Case], bool]]


def _own_letters(case: Case) -> bool:
    return case.wanted.get("manner") != "latin" and len(case.text.split()) >= _SOME_WORDS


def _latin(case: Case) -> bool:
    return case.wanted.get("manner") == "latin" and len(case.text.split()) >= _SOME_WORDS


def _named(case: Case) -> bool:
    wanted = {SAME_LANGUAGE.get(code, code) for code in case.wanted["languages"]}
    return wanted == {SAME_LANGUAGE.get(code, code) for code in case.got["languages"]}


#: Name, which messages it is about, and when one of them counts.
MEASURES: tuple[Measure, ...] = (
    ("intent", lambda case: True, lambda case: case.right),
    (
        "kind of an offer",
        lambda case: bool(case.wanted.get("kind")),
        lambda case: case.got["kind"] == case.wanted["kind"],
    ),
    (
        "topic of a request",
        lambda case: bool(case.wanted.get("topic")),
        lambda case: case.got["topic"] == case.wanted["topic"],
    ),
    ("confidently wrong action", lambda case: True, lambda case: case.wrong_action),
    ("asks back or suggests", lambda case: True, lambda case: case.got["decision"] == "suggest"),
    (
        "out of scope: neither answered nor a form begun",
        lambda case: case.intent == "out_of_scope",
        lambda case: case.got["decision"] not in ("answer", "form", "handoff"),
    ),
    (
        "emergency recognised",
        lambda case: case.intent == "emergency",
        lambda case: case.got["intent"] == "emergency",
    ),
    (
        "false alarm",
        lambda case: case.intent != "emergency",
        lambda case: case.got["intent"] == "emergency",
    ),
    ("language, own letters", _own_letters, lambda case: case.got["language"] == case.language),
    ("language, Latin letters", _latin, lambda case: case.got["language"] == case.language),
    (
        "language, one or two words",
        lambda case: len(case.text.split()) < _SOME_WORDS,
        lambda case: case.got["language"] == case.language,
    ),
    ("languages named", lambda case: bool(case.wanted.get("languages")), _named),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Evaluate, write the report, and print its first table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=MESSAGES, help="*.jsonl, one a language")
    parser.add_argument("--report", type=Path, default=REPORT, help="where the report is written")
    options = parser.parse_args(arguments)
    wanted = read(options.folder)
    overlap = overlapping(wanted, examples())
    if overlap:
        sys.exit("also among the examples:\n" + "\n".join(overlap))
    got = understood([each["text"] for _, each in wanted])
    cases = [Case(language, each, one) for (language, each), one in zip(wanted, got, strict=True)]
    options.report.mkdir(parents=True, exist_ok=True)
    print(written(cases, options.report))


def read(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """The messages of all languages, in order."""
    return [
        (language, json.loads(line))
        for language in LANGUAGES
        if (folder / f"{language}.jsonl").is_file()
        for line in (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def examples() -> list[tuple[str, str]]:
    """What the model was trained on: language and text."""
    found = []
    for language in LANGUAGES:
        for path in sorted((EXAMPLES / language).glob("*.yml")):
            for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
                lines = block["examples"].splitlines() if "intent" in block else ()
                found += [(language, line.removeprefix("- ")) for line in lines]
    return found


def overlapping(
    messages: Iterable[tuple[str, dict[str, Any]]], taught: Iterable[tuple[str, str]]
) -> list[str]:
    """Messages that are an example in the same language, or nearly one, from three words on."""
    pieces: dict[str, dict[str, list[frozenset[str]]]] = defaultdict(lambda: defaultdict(list))
    for language, text in taught:
        cut = _pieces(text)
        for piece in cut:
            pieces[language][piece].append(cut)
    return [
        f"{language}: {message['text']}"
        for language, message in messages
        if _is_near(message["text"], pieces[language])
    ]


def _pieces(text: str) -> frozenset[str]:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isalnum())
    return frozenset(bare[at : at + 4] for at in range(max(1, len(bare) - 3)))


def _is_near(text: str, known: dict[str, list[frozenset[str]]]) -> bool:
    cut = _pieces(text)
    least = _NEAR if len(text.split()) >= _SOME_WORDS else 1.0
    rarest = sorted((piece for piece in cut if piece in known), key=lambda p: len(known[p]))
    # Who shares four fifths of the pieces shares one of any fifth of them.
    candidates = rarest[: max(1, len(cut) // 5 + 1)]
    return any(
        len(cut & other) >= least * len(cut | other)
        for piece in candidates
        for other in known[piece]
    )


def understood(texts: Sequence[str]) -> list[dict[str, Any]]:
    """What the program makes of each text."""
    done = subprocess.run(  # noqa: S603  (our own command)
        [Path(sys.executable).parent / "anlaufstelle", "understand"],
        input="".join(json.dumps({"text": text}) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


# --- the report --------------------------------------------------------------------------------


def written(cases: Sequence[Case], folder: Path) -> str:
    """Write report, pictures and figures; the first table."""
    figures = measured(cases)
    last = folder / "figures.json"
    before = json.loads(last.read_text(encoding="utf-8")) if last.is_file() else {}
    _picture_confusions(cases, folder / "confusions.png")
    _picture_calibration(cases, folder / "calibration.png")
    first = _table_of_measures(figures, before)
    parts = [
        "# Evaluation of understanding",
        f"{len(cases)} messages from `tests/evaluation/`, written apart from the training "
        "messages, none equal or nearly equal to one of them. Written by a language model, as "
        "the training messages were; no human speaker has read them. `make evaluate` writes "
        "this page; in brackets: the change since the last report.",
        first,
        "## Each intent",
        "Precision / recall.",
        _table_of_intents(cases),
        "## Rounds",
        "The first round's figures were looked at while examples were added; the second was "
        "written last, by others, and only measured.",
        _table_of_rounds(cases),
        "## Manner of writing",
        _table_of_manners(cases),
        "## Confusions",
        "![Which intent is taken for which](confusions.png)",
        _worst(cases),
        "## How far probabilities can be trusted",
        "![Probability and share of right ones](calibration.png)",
    ]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    last.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return first


def measured(
    cases: Sequence[Case], group_of: Callable[[Case], str] = lambda case: case.language
) -> dict[str, dict[str, float]]:
    """Each measure for each group, by default a language, and for all."""
    groups = {"all": list(cases)}
    for case in cases:
        groups.setdefault(group_of(case), []).append(case)
    return {
        name: {
            language: round(sum(map(counts, about_it)) / len(about_it), 4)
            for language, group in groups.items()
            if (about_it := [case for case in group if about(case)])
        }
        for name, about, counts in MEASURES
    }


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _table_of_measures(
    figures: dict[str, dict[str, float]], before: dict[str, dict[str, float]]
) -> str:
    def cell(name: str, language: str) -> str:
        now = figures[name].get(language)
        if now is None:
            return ""
        then = before.get(name, {}).get(language)
        moved = f" ({now - then:+.3f})" if then is not None and abs(now - then) >= 0.0005 else ""  # noqa: PLR2004  (what is printed)
        return f"{now:.3f}{moved}"

    languages = ("all", *LANGUAGES)
    rows = [[name, *(cell(name, language) for language in languages)] for name in figures]
    return _table(["", *languages], rows)


def _table_of_intents(cases: Sequence[Case]) -> str:
    def cell(intent: str, language: str) -> str:
        group = [case for case in cases if language in ("all", case.language)]
        meant = [case for case in group if case.intent == intent]
        taken = [case for case in group if case.got["intent"] == intent]
        right = sum(case.right for case in meant)
        precision = f"{right / len(taken):.2f}" if taken else "–"
        return f"{precision} / {right / len(meant):.2f}" if meant else ""

    languages = ("all", *LANGUAGES)
    intents = sorted({case.intent for case in cases})
    return _table(["", *languages], [[i, *(cell(i, each) for each in languages)] for i in intents])


def _table_of_rounds(cases: Sequence[Case]) -> str:
    rounds = sorted({case.round for case in cases})
    figures = measured(cases, lambda case: case.round)
    counts = Counter(case.round for case in cases)
    rows = [["messages", *(str(counts[each]) for each in rounds)]]
    for name, found in figures.items():
        rows.append([name, *(f"{found[each]:.3f}" if each in found else "" for each in rounds)])
    return _table(["round", *rounds], rows)


def _table_of_manners(cases: Sequence[Case]) -> str:
    manners = sorted({case.wanted.get("manner", "") for case in cases})
    groups = ((name, [c for c in cases if c.wanted.get("manner", "") == name]) for name in manners)
    return _table(
        ["manner", "messages", "intent right"],
        [[n, str(len(g)), f"{sum(c.right for c in g) / len(g):.3f}"] for n, g in groups],
    )


def _worst(cases: Sequence[Case]) -> str:
    wrong: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if not case.right:
            wrong[case.intent, case.got["intent"]].append(case)
    often = sorted(wrong.items(), key=lambda each: -len(each[1]))[:_WORST]
    rows = []
    for (meant, taken), found in often:
        surest = sorted(found, key=lambda case: -case.got["confidence"])[:3]
        quoted = "<br>".join(f"{case.language}: {_in_a_cell(case.text)}" for case in surest)
        rows.append([meant, taken, str(len(found)), quoted])
    return _table(["meant", "taken for", "times", "the surest of them"], rows)


def _in_a_cell(text: str) -> str:
    text = re.sub(r"\s+", " ", text).replace("|", "\\|")
    return text if len(text) <= 160 else text[:159] + "…"  # noqa: PLR2004  (a readable cell)


def _picture_confusions(cases: Sequence[Case], path: Path) -> None:
    intents = sorted({case.intent for case in cases} | {case.got["intent"] for case in cases})
    counted = Counter((case.intent, case.got["intent"]) for case in cases)
    table = np.array([[counted[meant, taken] for taken in intents] for meant in intents])
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(11, 10))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(intents)), intents, rotation=60, ha="right")
    axes.set_yticks(range(len(intents)), intents)
    axes.set_xlabel("taken for")
    axes.set_ylabel("meant")
    for row, col in zip(*np.nonzero(table), strict=True):
        color = "white" if shares[row, col] > 0.5 else "black"  # noqa: PLR2004  (dark half)
        axes.text(col, row, table[row, col], ha="center", va="center", color=color, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _picture_calibration(cases: Sequence[Case], path: Path) -> None:
    sure = np.array([case.got["confidence"] for case in cases])
    right = np.array([case.right for case in cases])
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    held = [at for at in range(_BINS) if (bins == at).any()]
    figure, axes = plt.subplots(figsize=(6, 5.5))
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--")
    axes.plot(
        [sure[bins == at].mean() for at in held],
        [right[bins == at].mean() for at in held],
        marker="o",
    )
    for at in held:
        here = bins == at
        axes.annotate(
            str(here.sum()),
            (sure[here].mean(), right[here].mean()),
            textcoords="offset points",
            xytext=(6, -10),
            fontsize=8,
        )
    axes.set_xlabel("probability of the likeliest intent")
    axes.set_ylabel("share of right ones (with how many there are)")
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
