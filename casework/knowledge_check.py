"""What is wrong, missing or overdue in a pack, with file and line."""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml

from casework import faq, links, yamlfile
from casework.errors import PackError
from casework.languages import SERVED
from casework.pack import Pack, load_pack
from casework.rivals import SENTENCES_LIMIT, Rival, rivals
from casework.text import words

#: What one Telegram message can carry, in UTF-16 units, and what the bot puts around an answer.
MESSAGE_LIMIT = 4096
_AROUND = 500
#: A title longer than this is cut on a button.
BUTTON_LIMIT = 64
#: How many sentences that two entries compete for are named, the clearest first, and the seconds
#: after which no further language is compared.
RIVALS_NAMED, RIVALS_SECONDS = 40, 12.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; an `error` keeps the pack from being used as it is."""

    severity: Literal["error", "warning"]
    text: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.text}"


@dataclass(frozen=True, slots=True)
class _File:
    """A file of answers that is sound in itself, with the lines of its parts."""

    path: Path
    root: yaml.Node
    entries: tuple[faq.Entry, ...]

    def at(self, *place: int | str) -> str:
        return f"{self.path}:{yamlfile.line(self.root, ('entries', *place))}"


def check(knowledge_dir: Path, municipality: str, today: date) -> list[Finding]:
    """Everything worth knowing about a pack, errors first."""
    findings: list[Finding] = []
    pack: Pack | None = None
    try:
        pack = load_pack(knowledge_dir, municipality)
    except PackError as mistakes:
        findings += [Finding("error", problem) for problem in mistakes.problems]
    files = list(_sound_files(knowledge_dir / municipality, findings))
    for file in files:
        for number, entry in enumerate(file.entries):
            findings += _of_entry(file, number, entry, today)
            if pack:
                findings += _beside_pack(file, number, entry, pack)
    findings += _strange_files(knowledge_dir / municipality)
    findings += [*_doubles(files), *_same_questions(files), *_rivals(files)]
    if pack:
        findings += _office_addresses(pack)
    return sorted(findings, key=lambda finding: finding.severity)


def _strange_files(path: Path) -> Iterator[Finding]:
    """Files beside the answers that nobody reads."""
    read = faq.files(path)
    for file in sorted(read[0].parent.iterdir()) if read else ():
        if file not in read:
            yield Finding("warning", f"{file}: not read, as its name does not end with .yml")


def _sound_files(path: Path, findings: list[Finding]) -> Iterator[_File]:
    for file in faq.files(path):
        try:
            yield _File(file, yamlfile.compose(file), faq.read(file).entries)
        except PackError as mistakes:
            findings += [Finding("error", problem) for problem in mistakes.problems]


def _of_entry(file: _File, number: int, entry: faq.Entry, today: date) -> Iterator[Finding]:
    missing = [language for language in SERVED if language not in entry.texts]
    if missing:
        where = file.at(number, "texts")
        yield Finding("warning", f"{where}: {entry.id} is missing in {', '.join(missing)}")
    if _months(entry.as_of, today) > entry.review_months:
        where = file.at(number, "as_of")
        yield Finding("warning", f"{where}: {entry.id} is overdue for review ({entry.as_of})")
    if entry.url and (problem := links.problem_of(entry.url)):
        yield Finding("error", f"{file.at(number, 'url')}: {entry.url}: {problem}")
    for language, text in entry.texts.items():
        yield from _of_text(file, (number, "texts", language), entry, text)


def _of_text(
    file: _File, place: tuple[int | str, ...], entry: faq.Entry, text: faq.EntryText
) -> Iterator[Finding]:
    shown = "\n\n".join((text.title, text.answer, entry.url or "", entry.section or ""))
    length = len(shown.encode("utf-16-le")) // 2 + _AROUND
    if length > MESSAGE_LIMIT:
        over = f"{length - MESSAGE_LIMIT} characters too long for one message"
        yield Finding("error", f"{file.at(*place, 'answer')}: {entry.id} is {over}")
    if len(text.title) > BUTTON_LIMIT:
        where = file.at(*place, "title")
        yield Finding("warning", f"{where}: {len(text.title)} characters do not fit on a button")
    for mistake in links.mistakes_in(text.answer):
        yield Finding("warning", f"{file.at(*place, 'answer')}: {entry.id}: {mistake}")
    if not text.asking:
        yield Finding("warning", f"{file.at(*place)}: {entry.id} has no ways of asking")


def _months(since: str, today: date) -> int:
    year, month = map(int, since.split("-"))
    return (today.year - year) * 12 + today.month - month


def _beside_pack(file: _File, number: int, entry: faq.Entry, pack: Pack) -> Iterator[Finding]:
    for office in entry.offices:
        if office not in pack.offices:
            yield Finding("error", f"{file.at(number, 'offices')}: no office {office}")
    if entry.source not in pack.sources:
        yield Finding("error", f"{file.at(number, 'source')}: no source {entry.source}")


def _doubles(files: list[_File]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for file in files:
        for number, entry in enumerate(file.entries):
            where = file.at(number, "id")
            if entry.id in seen:
                yield Finding("error", f"{where}: {entry.id} is there already, {seen[entry.id]}")
            seen.setdefault(entry.id, where)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A way of asking, titles among them, and where it stands."""

    where: str
    entry: str
    language: str
    words: str


def _same_questions(files: list[_File]) -> Iterator[Finding]:
    """Ways of asking that stand twice; with two entries nobody could tell which is meant."""
    seen: dict[tuple[str, ...], _Sentence] = {}
    for one in _sentences(files):
        key = (one.language, *(word.spelling for word in words(one.words, one.language)))
        first = seen.setdefault(key, one)
        if first is not one:
            severity: Literal["error", "warning"] = (
                "warning" if first.entry == one.entry else "error"
            )
            yield Finding(severity, f"{one.where}: asked already at {first.where}: {one.words}")


def _rivals(files: list[_File]) -> Iterator[Finding]:
    """Sentences of one entry that search would rather answer with another, the clearest first."""
    until = time.monotonic() + RIVALS_SECONDS
    by_language: dict[str, list[_Sentence]] = defaultdict(list)
    for one in _sentences(files):
        by_language[one.language].append(one)
    found: list[tuple[Rival, list[_Sentence]]] = []
    left_out: list[str] = []
    for language, own in by_language.items():
        if len(own) > SENTENCES_LIMIT or time.monotonic() > until:
            left_out.append(language)
        else:
            named = rivals(language, [one.entry for one in own], [one.words for one in own])
            found += [(rival, own) for rival in named]
    found.sort(key=lambda pair: -pair[0].lead)
    for rival, own in found[:RIVALS_NAMED]:
        yield _of_rivals(own[rival.sentence], own[rival.other])
    if len(found) > RIVALS_NAMED:
        yield Finding("warning", f"{len(found) - RIVALS_NAMED} more sentences like these")
    if left_out:
        yield Finding("warning", f"too many sentences to compare in {', '.join(left_out)}")


def _of_rivals(one: _Sentence, other: _Sentence) -> Finding:
    told = f'{one.where}: "{one.words}" stands for {one.entry}, but sounds like {other.entry}'
    return Finding("warning", f'{told} at {other.where}: "{other.words}"')


def _sentences(files: list[_File]) -> Iterator[_Sentence]:
    for file in files:
        for number, entry in enumerate(file.entries):
            for language, text in entry.texts.items():
                place = (number, "texts", language)
                yield _Sentence(file.at(*place, "title"), entry.id, language, text.title)
                for line, asking in enumerate(text.asking):
                    where = file.at(*place, "asking", line)
                    yield _Sentence(where, entry.id, language, asking)


def _office_addresses(pack: Pack) -> Iterator[Finding]:
    path = pack.path / "offices.yml"
    root = yamlfile.compose(path)
    for number, office in enumerate(pack.offices.values()):
        where = f"{path}:{yamlfile.line(root, ('offices', number, 'email'))}"
        if not office.email:
            yield Finding("warning", f"{where}: {office.id} has no e-mail address")
        elif problem := links.problem_of_mailbox(office.email):
            yield Finding("error", f"{where}: {office.id}: {office.email}: {problem}")
