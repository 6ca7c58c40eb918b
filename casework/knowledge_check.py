"""What is wrong, missing or overdue in a pack, with file and line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml

from casework import faq, yamlfile
from casework.errors import PackError
from casework.languages import SERVED
from casework.pack import Pack, load_pack
from casework.text import words

#: What one Telegram message can carry, in UTF-16 units, and what the bot puts around an answer.
MESSAGE_LIMIT = 4096
_AROUND = 500
#: A title longer than this is cut on a button.
BUTTON_LIMIT = 64


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
    findings += [*_doubles(files), *_same_questions(files)]
    if pack:
        findings += _offices_without_address(pack)
    return sorted(findings, key=lambda finding: finding.severity)


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


def _same_questions(files: list[_File]) -> Iterator[Finding]:
    """Ways of asking that stand twice; with two entries nobody could tell which is meant."""
    seen: dict[tuple[str, ...], tuple[str, str]] = {}
    for where, entry, language, asking in _questions(files):
        key = (language, *(word.spelling for word in words(asking, language)))
        other, place = seen.setdefault(key, (entry, where))
        if place != where:
            severity: Literal["error", "warning"] = "warning" if other == entry else "error"
            yield Finding(severity, f"{where}: asked already at {place}: {asking}")


def _questions(files: list[_File]) -> Iterator[tuple[str, str, str, str]]:
    for file in files:
        for number, entry in enumerate(file.entries):
            for language, text in entry.texts.items():
                place = (number, "texts", language)
                yield file.at(*place, "title"), entry.id, language, text.title
                for line, asking in enumerate(text.asking):
                    yield file.at(*place, "asking", line), entry.id, language, asking


def _offices_without_address(pack: Pack) -> Iterator[Finding]:
    path = pack.path / "offices.yml"
    root = yamlfile.compose(path)
    for number, office in enumerate(pack.offices.values()):
        if not office.email:
            where = f"{path}:{yamlfile.line(root, ('offices', number, 'email'))}"
            yield Finding("warning", f"{where}: {office.id} has no e-mail address")
