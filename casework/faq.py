"""The pack's answers as files, `faq/<topic>.yml`: read with every mistake named, written back.

What is written comes out the same for the same entries, so that a review sees only what changed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from casework import yamlfile
from casework.errors import PackError
from casework.languages import SERVED
from casework.vocabulary import OFFER_KINDS, REQUEST_TOPICS

#: What an answer may lead to; the first two also with `/<kind>` or `/<topic>`.
NEXT_STEPS: Mapping[str, tuple[str, ...]] = {
    "offer_help": OFFER_KINDS,
    "request_support": REQUEST_TOPICS,
    "request_interpreter": (),
    "register_organisation": (),
    "talk_to_human": (),
    "complain": (),
    "subscribe": (),
}
_FOLDER = "faq"
_WIDTH = 100
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def _tidy(value: Any) -> Any:
    """A folded block's line break ends a paragraph; what else parts words is one blank."""
    if not isinstance(value, str):
        return value
    paragraphs = (" ".join(line.split()) for line in value.splitlines())
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _or_none(value: Any) -> Any:
    return None if value == "" else value


Line = Annotated[str, BeforeValidator(_one_line), Field(min_length=1)]
Paragraphs = Annotated[str, BeforeValidator(_tidy), Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class EntryText(_Strict):
    """An answer in one language; `reviewed` by a person who speaks it."""

    title: Annotated[Line, Field(max_length=200)]
    reviewed: bool = False
    answer: Paragraphs
    asking: tuple[Line, ...] = ()

    @field_validator("answer")
    @classmethod
    def _plain(cls, answer: str) -> str:
        if _LINK.search(answer):
            raise ValueError("a link belongs into the entry's url")
        return answer


class Entry(_Strict):
    """A curated answer: where it comes from, who is in charge, its words per language."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$", max_length=48)
    source: Line
    section: Annotated[Line | None, BeforeValidator(_or_none)] = None
    as_of: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    review_months: int = Field(ge=1, le=120)
    next_step: str | None = None
    offices: tuple[str, ...] = ()
    url: str | None = None
    texts: Mapping[str, EntryText] = Field(min_length=1)

    @field_validator("as_of")
    @classmethod
    def _a_month_that_was(cls, month: str) -> str:
        if month > f"{datetime.now().astimezone():%Y-%m}":
            raise ValueError("a month that is still to come")
        return month

    @field_validator("next_step")
    @classmethod
    def _known_step(cls, step: str | None) -> str | None:
        if step is None:
            return None
        action, _, detail = step.partition("/")
        if action not in NEXT_STEPS or (detail and detail not in NEXT_STEPS[action]):
            raise ValueError(f"no next step {step}")
        return step

    @field_validator("url")
    @classmethod
    def _whole_address(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https://[^\s/]+\.[^\s/]+(/\S*)?", url):
            raise ValueError("a whole https:// address is needed")
        return url

    @field_validator("texts")
    @classmethod
    def _served_languages(cls, texts: Mapping[str, EntryText]) -> Mapping[str, EntryText]:
        unknown = [code for code in texts if code not in SERVED]
        if unknown:
            raise ValueError(f"not served: {', '.join(unknown)}")
        return texts


class DraftText(EntryText):
    """Words in preparation: the answer may still be missing."""

    answer: Annotated[str, BeforeValidator(_tidy)] = ""


class Draft(Entry):
    """An entry in preparation: what is there must be sound, answers may be missing."""

    texts: Mapping[str, DraftText]


class TopicFile(_Strict):
    """A file: the entries of one topic in the order in which they are shown."""

    topic: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    entries: tuple[Entry, ...]

    @field_validator("entries")
    @classmethod
    def _of_this_topic(cls, entries: tuple[Entry, ...], info: ValidationInfo) -> tuple[Entry, ...]:
        topic = info.data.get("topic", "")
        strange = [entry.id for entry in entries if not entry.id.startswith(f"{topic}/")]
        if strange:
            raise ValueError(f"not of the topic {topic}: {', '.join(strange)}")
        return entries


def files(pack: Path) -> list[Path]:
    """The files of a pack's answers, in order."""
    return sorted((pack / _FOLDER).glob("*.yml"))


def read(path: Path) -> TopicFile:
    """One file; raises PackError with one `file:line: …` per mistake."""
    return yamlfile.read(path, TopicFile)


def read_all(pack: Path) -> list[Entry]:
    """All entries of a pack; raises PackError with every mistake in every file."""
    entries: dict[str, Entry] = {}
    problems: list[str] = []
    for path in files(pack):
        try:
            found = read(path).entries
        except PackError as mistakes:
            problems += mistakes.problems
            continue
        problems += [f"{path}: {entry.id} is there twice" for entry in found if entry.id in entries]
        entries.update((entry.id, entry) for entry in found)
    if problems:
        raise PackError(problems)
    return list(entries.values())


def write_all(pack: Path, entries: Iterable[Entry]) -> list[Path]:
    """Write entries into their topics' files and remove files left without one; what changed."""
    by_topic: dict[str, list[Entry]] = {}
    for entry in entries:
        by_topic.setdefault(entry.id.split("/")[0], []).append(entry)
    folder = pack / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    changed = [
        path
        for topic, own in by_topic.items()
        if yamlfile.replaced(path := folder / f"{topic}.yml", written(topic, own))
    ]
    for path in files(pack):
        if path.stem not in by_topic:
            path.unlink()
            changed.append(path)
    return sorted(changed)


def written(topic: str, entries: Sequence[Entry]) -> str:
    """A topic's file as text."""
    tree = {"topic": topic, "entries": [_tree(entry) for entry in entries]}
    return yamlfile.dumped(tree)


def _tree(entry: Entry) -> dict[str, Any]:
    tree: dict[str, Any] = {"id": entry.id, "source": entry.source}
    if entry.section is not None:
        tree["section"] = entry.section
    tree |= {"as_of": entry.as_of, "review_months": entry.review_months}
    if entry.next_step is not None:
        tree["next_step"] = entry.next_step
    tree["offices"] = yamlfile.InOneLine(entry.offices)
    if entry.url is not None:
        tree["url"] = entry.url
    ordered = sorted(entry.texts.items(), key=lambda pair: SERVED.index(pair[0]))
    tree["texts"] = {language: _text_tree(text) for language, text in ordered}
    return tree


def _text_tree(text: EntryText) -> dict[str, Any]:
    return {
        "title": text.title,
        "reviewed": text.reviewed,
        "answer": yamlfile.Folded(text.answer.replace("\n\n", "\n")),
        "asking": list(text.asking),
    }
