"""Measure how well questions find their entry; `--fit` fits the weights of `casework.search`.

Two tables: the pack's entries asked with questions that stand in no entry
(`tests/data/knowledge`, `tests/data/understanding`), and, where ../shared/data/integreat is there,
an information app's pages asked with real questions, beside plain BM25.

    .venv/bin/python tools/measure_search.py [--fit]
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize

from casework import faq, search, sounds
from casework.knowledge import decide
from casework.languages import SERVED
from casework.likeness import Bm25, Lexicon, Question, postings_of
from casework.search import Document, Index, scaled
from casework.text import IN_LATIN, is_latin, words

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "knowledge" / "wiesbaden"
INTEGREAT = ROOT.parent / "shared" / "data" / "integreat" / "qa"
MEASURES = ("stems", "alike", "pieces", "piece_hits", "pairs", "title", "nearest", "learnt")
SIGNS = ("share_met", "nearest", "pieces", "pairs", "length")
OF_PAGES = MEASURES[:6]
#: Keeps the fitted weights small: what the questions do not decide stays near nothing.
RESTRAINT = 2e-3
SIGN_RESTRAINT = 2e-4


@dataclass(frozen=True)
class Asked:
    """A question and the entry that answers it; None where none does."""

    text: str
    language: str
    entry: str | None


@dataclass(frozen=True)
class Case:
    """A question with the index it is asked of."""

    asked: Asked
    index: Index


def pack_documents() -> list[Document]:
    """The pack's entries in all languages."""
    return [
        Document(entry.id, language, text.title, text.answer, text.asking)
        for entry in faq.read_all(PACK)
        for language, text in entry.texts.items()
    ]


def pack_questions() -> Iterator[Asked]:
    """Questions about the pack that stand in no entry, and messages that nothing answers."""
    for language in SERVED:
        for folder in ("knowledge", "understanding"):
            for line in _lines(ROOT / "tests" / "data" / folder / f"{language}.jsonl"):
                if "entry" in line or line.get("intent") == "out_of_scope":
                    yield Asked(line["text"], language, line.get("entry"))
        for text in _out_of_scope(ROOT / "nlu" / "data" / language / "questions.yml"):
            yield Asked(text, language, None)


def integreat_cases(split: str) -> Iterator[Case]:
    """Answerable questions, each asked of its own city's pages."""
    for language in ("de", "en", "fr", "ar", "uk"):
        asked = [a for a in _lines(INTEGREAT / f"{language}.{split}.jsonl") if a["answerable"]]
        pages = list(_lines(INTEGREAT / f"{language}.pages.jsonl"))
        for city in sorted({page["city"] for page in pages}):
            own = [_page(page, language) for page in pages if page["city"] == city]
            index = Index(own)
            for one in asked:
                if one["city"] == city:
                    yield Case(Asked(one["question"], language, str(one["page"])), index)


def _page(page: dict[str, Any], language: str) -> Document:
    title, _, text = page["text"].partition("\n")
    return Document(str(page["page"]), language, title, text)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_file():
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _out_of_scope(path: Path) -> list[str]:
    if not path.is_file():
        return []
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return [
        line.removeprefix("- ")
        for block in blocks
        if block.get("intent") == "out_of_scope"
        for line in block["examples"].strip().splitlines()
    ]


# --- measuring ---------------------------------------------------------------------------------

KNOWN = ("n", "hit@1", "hit@3", "sure", "wrong", "unsure", "nothing")
ABSENT = ("absent", "wrong")
STRANGE = ("none", "sure", "unsure")


@dataclass(frozen=True)
class Outcome:
    """What became of a question."""

    wanted: str | None
    there: bool
    ids: list[str]
    decision: str

    @property
    def misled(self) -> bool:
        """Whether something was answered that was not asked."""
        return self.decision == "answer" and self.wanted not in self.ids[:1]


def measure_pack(cases: Sequence[Case]) -> None:
    """Print a line per language.

    Questions that an entry in their language answers; those whose entry is not translated yet;
    messages that nothing answers.
    """
    print("pack  " + "".join(f"{name:>9}" for name in (*KNOWN, *ABSENT, *STRANGE)))
    for language in (*SERVED, None):
        own = [_outcome(case) for case in cases if language in (case.asked.language, None)]
        known = [one for one in own if one.there]
        absent = [one for one in own if one.wanted is not None and not one.there]
        strange = [one for one in own if one.wanted is None]
        numbers = [*_of_known(known), str(len(absent)), _share(one.misled for one in absent)]
        numbers += _of_strange(strange)
        print(f"{language or 'all':<6}" + "".join(f"{number:>9}" for number in numbers))


def _outcome(case: Case) -> Outcome:
    hits = case.index.search(case.asked.text, case.asked.language)
    part = _part_of(case)
    there = part is not None and case.asked.entry in part.ids
    return Outcome(case.asked.entry, there, [hit.id for hit in hits], decide(hits).decision)


def _part_of(case: Case) -> search.Part | None:
    """The part of the index in which the question is looked for first."""
    language = case.asked.language
    if language in sounds.LANGUAGES and is_latin(case.asked.text):
        language += IN_LATIN
    return case.index.parts.get(language)


def _of_known(found: Sequence[Outcome]) -> list[str]:
    return [
        str(len(found)),
        _share(one.wanted in one.ids[:1] for one in found),
        _share(one.wanted in one.ids[:3] for one in found),
        _share(one.decision == "answer" for one in found),
        _share(one.misled for one in found),
        _share(one.decision == "suggest" for one in found),
        _share(one.decision == "nothing" for one in found),
    ]


def _of_strange(found: Sequence[Outcome]) -> list[str]:
    return [
        str(len(found)),
        _share(one.decision == "answer" for one in found),
        _share(one.decision == "suggest" for one in found),
    ]


def _share(which: Iterable[bool]) -> str:
    values = list(which)
    return f"{np.mean(values):.3f}" if values else "-"


def measure_integreat(split: str) -> None:
    """Print a line per language: hit@1 and hit@3 of ours and of plain BM25."""
    ours: dict[str, list[tuple[bool, bool]]] = {}
    plain: dict[str, list[tuple[bool, bool]]] = {}
    for case in integreat_cases(split):
        language, entry = case.asked.language, case.asked.entry
        ids = [hit.id for hit in case.index.search(case.asked.text, language)]
        ours.setdefault(language, []).append((entry in ids[:1], entry in ids[:3]))
        ids = plain_bm25(case)
        plain.setdefault(language, []).append((entry in ids[:1], entry in ids[:3]))
    print(f"{split:<10}{'hit@1':>8}{'hit@3':>8}{'BM25':>8}{'':>8}")
    rows = {
        language: [*np.mean(ours[language], axis=0), *np.mean(plain[language], axis=0)]
        for language in ours
    }
    rows["mean"] = list(np.mean(list(rows.values()), axis=0))
    for language, row in rows.items():
        print(f"{language:<10}" + "".join(f"{number:>8.3f}" for number in row))


_plain: dict[int, tuple[Lexicon, Bm25, list[str]]] = {}


def plain_bm25(case: Case) -> list[str]:
    """The entries that BM25 over stems alone would name, best first."""
    part = case.index.parts[case.asked.language]
    if id(part) not in _plain:
        lexicon = Lexicon(case.asked.language)
        documents = part.documents
        read = lexicon.read(f"{document.title}\n{document.answer}" for document in documents)
        counts = read.counts(len(lexicon.words)) @ lexicon.stem_table()
        _plain[id(part)] = (
            lexicon,
            Bm25(postings_of(counts)),
            [document.id for document in documents],
        )
    lexicon, bm25, ids = _plain[id(part)]
    asked = words(case.asked.text, case.asked.language)
    scores = bm25.scores(Question(lexicon, asked, [1.0] * len(asked)).stems)
    return [ids[number] for number in np.argsort(-scores, kind="stable")[:10]]


# --- fitting -----------------------------------------------------------------------------------

Fitted = tuple[list[np.ndarray], list[int]]


def fit_measures(cases: Sequence[Case], names: Sequence[str]) -> dict[str, float]:
    """Weights that make the right entries as likely as can be."""
    tables, wanted = [], []
    for case in cases:
        part = _part_of(case)
        measured = part.measure(case.asked.text) if part else None
        if part and measured and case.asked.entry in part.ids:
            values = [scaled(measured.values[name]) for name in names]
            tables.append(np.stack(values, axis=1))
            wanted.append(part.ids.index(str(case.asked.entry)))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for table, right in zip(tables, wanted, strict=True):
            fit = table @ weights
            chance = np.exp(fit - fit.max())
            chance /= chance.sum()
            total -= np.log(chance[right] + 1e-12)
            slope += chance @ table - table[right]
        count = len(tables)
        return (
            total / count + RESTRAINT * weights @ weights,
            slope / count + 2 * RESTRAINT * weights,
        )

    found = minimize(
        loss, np.ones(len(names)), jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(names)
    )
    return dict(zip(names, map(float, found.x), strict=True))


def fit_signs(cases: Sequence[Case]) -> dict[str, float]:
    """Weights by which the best entry's signs tell whether any entry answers."""
    rows, answered, languages = [], [], []
    for case in cases:
        part = _part_of(case)
        measured = part.measure(case.asked.text) if part else None
        if not part or not measured or case.asked.entry not in (None, *part.ids):
            continue
        signs = part.signs(measured, int(np.argmax(part.fit(measured))))
        rows.append([1.0, *(signs[name] for name in SIGNS)])
        answered.append(1.0 if case.asked.entry else -1.0)
        languages.append(case.asked.language)
    table, side = np.array(rows), np.array(answered)
    # Every language and both kinds count as much, whatever their numbers are.
    kinds = list(zip(languages, answered, strict=True))
    weight = np.array([1 / kinds.count(kind) for kind in kinds])
    weight /= weight.sum()

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = side * (table @ weights)
        slope = -(table * (side * weight / (1 + np.exp(margin)))[:, None]).sum(axis=0)
        held = np.r_[0.0, weights[1:]]
        return (
            float(weight @ np.logaddexp(0, -margin) + SIGN_RESTRAINT * held @ held),
            slope + 2 * SIGN_RESTRAINT * held,
        )

    bounds = [(None, None), *[(0, None)] * len(SIGNS)]
    found = minimize(loss, np.zeros(1 + len(SIGNS)), jac=True, method="L-BFGS-B", bounds=bounds)
    return dict(zip(("constant", *SIGNS), map(float, found.x), strict=True))


def fit(pack: Sequence[Case]) -> None:
    """Print weights for both kinds of index."""
    measures = _shown("CURATED measures", fit_measures(pack, MEASURES))
    _use(pack, replace(search.CURATED, measures=measures))
    _shown("CURATED signs", fit_signs(pack))
    if not INTEGREAT.is_dir():
        return
    pages = list(integreat_cases("train"))
    measures = _shown("PAGES measures", fit_measures(pages, OF_PAGES))
    index_of = {case.asked.language: case.index for case in pages}
    strange = [
        Case(case.asked, index_of[case.asked.language])
        for case in pack
        if case.asked.entry is None and case.asked.language in index_of
    ]
    _use([*pages, *strange], replace(search.PAGES, measures=measures))
    _shown("PAGES signs", fit_signs([*pages, *strange]))


def _use(cases: Sequence[Case], profile: search.Profile) -> None:
    for case in cases:
        for part in case.index.parts.values():
            part.profile = profile


def _shown(name: str, weights: dict[str, float]) -> dict[str, float]:
    print(name, ", ".join(f"{key}={value:.2f}" for key, value in weights.items()))
    return weights


def main() -> None:
    """Measure, or fit first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fit", action="store_true", help="print fitted weights")
    options = parser.parse_args()
    index = Index(pack_documents())
    cases = [Case(asked, index) for asked in pack_questions()]
    if options.fit:
        fit(cases)
        return
    measure_pack(cases)
    if INTEGREAT.is_dir():
        measure_integreat("dev")
    else:
        print("../shared/data/integreat is not there: left out", file=sys.stderr)


if __name__ == "__main__":
    main()
