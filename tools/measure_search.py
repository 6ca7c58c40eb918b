"""Measure how well questions find their entry; `--fit` fits the weights of `casework.search`.

    .venv/bin/python tools/measure_search.py [pack] [integreat] [signals] [sizes] [--fit]

`pack`: the pack's entries asked with questions that stand in none of them (`tests/data/search`).
`integreat`: an information app's pages asked with real questions, beside BM25 (bm25s), where
../shared/data/integreat is there. `signals`: what each measure finds alone, and what is lost
without it. `sizes`: time and memory with 10,000 and 100,000 entries.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
import yaml
from scipy.optimize import minimize, minimize_scalar

from casework import faq, search, wordlist
from casework.knowledge import decide
from casework.languages import SERVED
from casework.meanings import Group
from casework.search import Document, Index, Ranking, scaled

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "knowledge" / "wiesbaden"
QUESTIONS = ROOT / "tests" / "data" / "search"
INTEGREAT = ROOT.parent / "shared" / "data" / "integreat" / "qa"
OF_PAGES = ("stems", "alike", "pieces", "piece_hits", "pairs", "groups", "title")
OF_PACK = (*OF_PAGES, "meant")
SIGNS = ("share_met", "pieces", "pairs", "meant")
#: Keeps the fitted weights small: what the questions do not decide stays near nothing.
RESTRAINT = 2e-3
SIGN_RESTRAINT = 2e-4
#: A part of the ways of asking is left out of the index and asked, each part once.
FOLDS, OF_EACH_FOLD = 4, 4_000


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

    @property
    def ranking(self) -> Ranking | None:
        """Where the question is looked for first."""
        return self.index.ranking_for(self.asked.text, self.asked.language)


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
        path = QUESTIONS / f"{language}.yml"
        if path.is_file():
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            for entry, questions in content["questions"].items():
                yield from (Asked(text, language, entry) for text in questions)
            yield from (Asked(text, language, None) for text in content["outside"])


def left_out(groups: Sequence[Group]) -> Iterator[Case]:
    """Ways of asking, asked of an index without them."""
    documents = pack_documents()
    chance = np.random.default_rng(0)
    for fold in range(FOLDS):
        kept = [
            replace(one, asking=tuple(a for n, a in enumerate(one.asking) if n % FOLDS != fold))
            for one in documents
        ]
        index = Index(kept, groups)
        asked = [
            Asked(asking, one.language, one.id)
            for one in documents
            for asking in one.asking[fold::FOLDS]
        ]
        chosen = chance.permutation(len(asked))[:OF_EACH_FOLD]
        yield from (Case(asked[number], index) for number in chosen)


def by_others(groups: Sequence[Group]) -> Iterator[Case]:
    """Questions that others wrote, but not those it is examined with; messages off the subject.

    Ways of asking that are left out are harder than what people ask: whoever wrote them took care
    not to repeat a word. So they tell which measures count, but not how sure one can be.
    """
    index = Index(pack_documents(), groups)
    for language in SERVED:
        for line in _lines(ROOT / "tests" / "data" / "understanding" / f"{language}.jsonl"):
            if "entry" in line:
                yield Case(Asked(line["text"], language, line["entry"]), index)
        for text in _out_of_scope(ROOT / "nlu" / "data" / language / "questions.yml"):
            yield Case(Asked(text, language, None), index)


def integreat_cases(split: str) -> Iterator[Case]:
    """Answerable questions, each asked of its own city's pages."""
    groups = wordlist.read(PACK)
    for language in ("de", "en", "fr", "ar", "uk"):
        asked = [a for a in _lines(INTEGREAT / f"{language}.{split}.jsonl") if a["answerable"]]
        pages = list(_lines(INTEGREAT / f"{language}.pages.jsonl"))
        for city in sorted({page["city"] for page in pages}):
            own = [_page(page, language) for page in pages if page["city"] == city]
            index = Index(own, groups)
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

KNOWN = ("asked", "hit@1", "hit@3", "sure", "wrong", "unsure", "nothing")
STRANGE = ("outside", "sure", "unsure")


@dataclass(frozen=True)
class Outcome:
    """What became of a question."""

    wanted: str | None
    ids: list[str]
    decision: str

    @property
    def misled(self) -> bool:
        """Whether something was answered that was not asked."""
        return self.decision == "answer" and self.wanted not in self.ids[:1]


def measure_pack() -> None:
    """Print a line per language: what became of questions, and of messages nothing answers."""
    index = Index(pack_documents(), wordlist.read(PACK))
    found: dict[str, list[Outcome]] = {}
    for asked in pack_questions():
        hits = index.search(asked.text, asked.language)
        outcome = Outcome(asked.entry, [hit.id for hit in hits], decide(hits).decision)
        found.setdefault(asked.language, []).append(outcome)
    print("pack  " + "".join(f"{name:>9}" for name in (*KNOWN, *STRANGE)))
    rows = {language: _row(own) for language, own in found.items()}
    rows["mean"] = list(np.mean(list(rows.values()), axis=0))
    for language, row in rows.items():
        shown = (f"{n:>9.0f}" if at in (0, 7) else f"{n:>9.3f}" for at, n in enumerate(row))
        print(f"{language:<6}" + "".join(shown))


def _row(found: Sequence[Outcome]) -> list[float]:
    known = [one for one in found if one.wanted is not None]
    strange = [one for one in found if one.wanted is None]
    return [
        float(len(known)),
        _share(one.wanted in one.ids[:1] for one in known),
        _share(one.wanted in one.ids[:3] for one in known),
        _share(one.decision == "answer" for one in known),
        _share(one.misled for one in known),
        _share(one.decision == "suggest" for one in known),
        _share(one.decision == "nothing" for one in known),
        float(len(strange)),
        _share(one.decision == "answer" for one in strange),
        _share(one.decision == "suggest" for one in strange),
    ]


def _share(which: Iterable[bool]) -> float:
    return float(np.mean(list(which)))


def measure_integreat(split: str) -> None:
    """Print a line per language: hit@1 and hit@3 of ours and of BM25."""
    found: dict[str, list[tuple[bool, ...]]] = {}
    for case in integreat_cases(split):
        language, entry = case.asked.language, case.asked.entry
        ours = [hit.id for hit in case.index.search(case.asked.text, language)]
        plain = _bm25(case)
        row = (entry in ours[:1], entry in ours[:3], entry in plain[:1], entry in plain[:3])
        found.setdefault(language, []).append(row)
    rows = {language: np.mean(own, axis=0) for language, own in found.items()}
    rows["mean"] = np.mean(list(rows.values()), axis=0)
    print(f"integreat {split:<5}{'hit@1':>8}{'hit@3':>8}{'BM25 @1':>9}{'@3':>7}{'gain @1':>9}")
    for language, (first, three, plain_first, plain_three) in rows.items():
        gain = first - plain_first
        print(
            f"{language:<15}{first:>8.3f}{three:>8.3f}"
            f"{plain_first:>9.3f}{plain_three:>7.3f}{gain:>+9.3f}"
        )


#: As the data set's own baselines: Snowball stems, for Ukrainian the nearest there are.
STEMMERS = {"ar": "arabic", "de": "german", "en": "english", "fr": "french", "uk": "russian"}
_plain: dict[int, tuple[bm25s.BM25, Index]] = {}


def _bm25(case: Case) -> list[str]:
    """The pages that BM25 (bm25s) over stems names, best first."""
    language = case.asked.language
    stemmer = Stemmer.Stemmer(STEMMERS[language])
    documents = case.index.rankings[language].part.documents
    if id(case.index) not in _plain:
        known = bm25s.BM25()
        texts = [f"{document.title}\n{document.answer}" for document in documents]
        known.index(_tokens(texts, stemmer), show_progress=False)
        _plain[id(case.index)] = (known, case.index)  # the index too, so that its id stays its own
    asked = _tokens([case.asked.text], stemmer)
    numbers, _ = _plain[id(case.index)][0].retrieve(asked, k=10, show_progress=False)
    return [documents[number].id for number in numbers[0]]


def _tokens(texts: list[str], stemmer: Any) -> Any:
    return bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, show_progress=False)


def measure_signals() -> None:
    """Print what each measure finds alone, and all of them without it, in the mean."""
    index = Index(pack_documents(), wordlist.read(PACK))
    pack = [Case(asked, index) for asked in pack_questions() if asked.entry]
    print(
        f"{'signal':<12}{'pack alone':>12}{'without':>9}{'pages alone':>13}{'without':>9}   hit@1"
    )
    pages = list(integreat_cases("dev"))
    for name in (None, *OF_PACK):
        numbers = []
        for cases, profile in ((pack, search.CURATED), (pages, search.PAGES)):
            weights = profile.measures
            if name is None:
                numbers += ["", _first(cases, weights)]
            elif name in weights:
                others = {key: weight for key, weight in weights.items() if key != name}
                numbers += [_first(cases, {name: 1.0}), _first(cases, others)]
            else:
                numbers += ["-", "-"]
        widths = (12, 9, 13, 9)
        cells = (f"{n:>{w}}" for n, w in zip(numbers, widths, strict=True))
        print(f"{name or 'all of them':<12}" + "".join(cells))


def _first(cases: Sequence[Case], weights: dict[str, float] | Any) -> str:
    hits: dict[str, list[bool]] = {}
    for case in cases:
        ranking = case.ranking
        measured = _measured(case) if ranking else None
        hit = False
        if ranking and measured:
            fit = replace_weights(ranking, measured, weights)
            hit = ranking.part.ids[int(np.argmax(fit))] == case.asked.entry
        hits.setdefault(case.asked.language, []).append(hit)
    return f"{np.mean([np.mean(own) for own in hits.values()]):.3f}" if hits else "-"


@cache
def _measured(case: Case) -> Any:
    return case.ranking.measure(case.asked.text) if case.ranking else None


def replace_weights(ranking: Ranking, measured: Any, weights: Any) -> np.ndarray:
    """How well each entry fits by these weights."""
    total = np.zeros(len(ranking.part.ids))
    for name, weight in weights.items():
        if name in measured.values:
            total += weight * scaled(measured.values[name])
    return total


def measure_sizes() -> None:
    """Print how long an index takes, a search in it, and what it needs of memory."""
    for count in (10_000, 100_000):
        documents = list(_made_up(count))
        before = _resident()
        started = time.perf_counter()
        index = Index(documents)
        built = time.perf_counter() - started
        times = []
        for number in range(100):
            query = " ".join(documents[number * 97 % count].answer.split()[3:9])
            started = time.perf_counter()
            index.search(query, "de")
            times.append(time.perf_counter() - started)
        print(
            f"{count} entries: built in {built:.1f} s, search {1000 * np.median(times):.1f} ms "
            f"(95 %: {1000 * np.quantile(times, 0.95):.1f} ms), "
            f"{_resident() - before} MB more, {_peak()} MB at the most"
        )


def _made_up(count: int) -> Iterator[Document]:
    """Entries of the pack's own words, as often as natural words stand in texts (Zipf)."""
    known = sorted({word for one in pack_documents() for word in one.answer.split()})
    chance = np.random.default_rng(0)
    chance.shuffle(known)
    share = 1 / np.arange(1, len(known) + 1)
    share /= share.sum()
    for number in range(count):
        said = [known[at] for at in chance.choice(len(known), 80, p=share)]
        asking = tuple(" ".join(said[at : at + 7]) for at in (10, 30, 50))
        yield Document(f"e/{number}", "de", " ".join(said[:7]), " ".join(said), asking)


def _resident() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# --- fitting -----------------------------------------------------------------------------------


def fit_measures(cases: Sequence[Case], names: Sequence[str]) -> dict[str, float]:
    """Weights that make the right entries as likely as can be."""
    tables, wanted = [], []
    for case in cases:
        ranking, measured = case.ranking, _measured(case)
        if ranking and measured and case.asked.entry in ranking.part.ids:
            values = [scaled(measured.values[name]) for name in names]
            tables.append(np.stack(values, axis=1))
            wanted.append(ranking.part.ids.index(str(case.asked.entry)))

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


def fit_sharpness(cases: Sequence[Case], measures: dict[str, float]) -> float:
    """By how much all weights must grow for the shares to be probabilities."""
    names = list(measures)
    weights = np.array([measures[name] for name in names])
    fits, wanted = [], []
    for case in cases:
        ranking, measured = case.ranking, _measured(case)
        if ranking and measured and case.asked.entry in ranking.part.ids:
            values = [scaled(measured.values[name]) for name in names]
            fits.append(np.stack(values, axis=1) @ weights)
            wanted.append(ranking.part.ids.index(str(case.asked.entry)))

    def loss(sharpness: float) -> float:
        total = 0.0
        for fit, right in zip(fits, wanted, strict=True):
            sharp = sharpness * (fit - fit.max())
            total += float(np.log(np.exp(sharp).sum()) - sharp[right])
        return total

    return float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x)


def fit_signs(cases: Sequence[Case]) -> dict[str, float]:
    """Weights by which the best entry's signs tell whether any entry answers."""
    rows, answered, languages = [], [], []
    for case in cases:
        ranking, measured = case.ranking, _measured(case)
        if not ranking or not measured or case.asked.entry not in (None, *ranking.part.ids):
            continue
        if ranking.certainty(measured) is not ranking.profile.signs:
            continue
        signs = ranking.signs(measured, int(np.argmax(ranking.fit(measured))))
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


def fit() -> None:
    """Print weights for each kind of index."""
    listed = wordlist.read(PACK)
    pack = _fit_pack("UNLISTED", search.UNLISTED, (), [n for n in OF_PAGES if n != "groups"])
    pack = _fit_pack("CURATED", search.CURATED, listed, OF_PACK)
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


def _fit_pack(
    kind: str, profile: search.Profile, groups: Sequence[Group], names: Sequence[str]
) -> list[Case]:
    measures = fit_measures(list(left_out(groups)), names)
    cases = list(by_others(groups))
    sharpness = fit_sharpness(cases, measures)
    measures = {name: weight * sharpness for name, weight in measures.items()}
    _shown(f"{kind} measures (sharpened {sharpness:.2f} times)", measures)
    _use(cases, replace(profile, measures=measures))
    _shown(f"{kind} signs", fit_signs(cases))
    return cases


def _use(cases: Sequence[Case], profile: search.Profile) -> None:
    for case in cases:
        for ranking in case.index.rankings.values():
            ranking.profile = profile


def _shown(name: str, weights: dict[str, float]) -> dict[str, float]:
    print(name, ", ".join(f'"{key}": {value:.2f}' for key, value in weights.items()))
    return weights


TABLES = {
    "pack": measure_pack,
    "integreat": lambda: measure_integreat("dev"),
    "signals": measure_signals,
    "sizes": measure_sizes,
}


def main() -> None:
    """Measure, or fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", nargs="*", help=f"of {', '.join(TABLES)}; the first two")
    parser.add_argument("--fit", action="store_true", help="print fitted weights")
    options = parser.parse_args()
    if options.fit:
        fit()
        return
    for name in options.tables or ("pack", "integreat"):
        if name == "integreat" and not INTEGREAT.is_dir():
            print("../shared/data/integreat is not there: left out", file=sys.stderr)
        else:
            TABLES[name]()


if __name__ == "__main__":
    main()
