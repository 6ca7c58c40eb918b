"""A municipality's pack: its hours and districts, its offices, its routing, its sources.

Files in `knowledge/<municipality>/`: `municipality.yml`, `offices.yml`, `routing.yml`,
`sources.yml`. The answers in `faq/` are read by `casework.knowledge`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import country_holidays
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from casework import yamlfile
from casework.errors import PackError, UnknownOffice
from casework.languages import SERVED
from casework.vocabulary import (
    OFFER_KINDS,
    REQUEST_TOPICS,
    FundingPurpose,
    Role,
    TicketKind,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """The same words in every served language."""

    de: str = Field(min_length=1)
    en: str = Field(min_length=1)
    tr: str = Field(min_length=1)
    pl: str = Field(min_length=1)
    ru: str = Field(min_length=1)
    uk: str = Field(min_length=1)
    ar: str = Field(min_length=1)
    fa: str = Field(min_length=1)
    it: str = Field(min_length=1)
    fr: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """The words in that language; in German where it is not served."""
        return str(getattr(self, language if language in SERVED else "de"))


class Span(_Strict):
    """Part of a day, local time; written `16:00-18:00`."""

    opens: time
    closes: time

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", value)
        if not found:
            raise ValueError("hours are written like 16:00-18:00")
        return {"opens": found[1], "closes": found[2]}

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes before it opens")
        return self


Hours = Mapping[Weekday, tuple[Span, ...]]


class Holidays(_Strict):
    """Whose public holidays count: a country and its subdivision, as in ISO 3166-2."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    subdivision: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        try:
            country_holidays(self.country, subdiv=self.subdivision)
        except NotImplementedError:
            raise ValueError("no public holidays are known there") from None
        return self


class Deadlines(_Strict):
    """Working days within which something has to happen; hours for urgent cases."""

    first_answer: int = Field(ge=1)
    next_news: int = Field(ge=1)
    resolution: int = Field(ge=1)
    urgent_first_answer_hours: int = Field(ge=1)


class District(_Strict):
    """A part of the city; `also` holds other spellings, in any script."""

    id: Key
    name: str = Field(min_length=1)
    also: tuple[str, ...] = ()


class Municipality(_Strict):
    """The city or district that is served."""

    id: str = Field(pattern=r"^[a-z0-9_-]+$")
    reference_prefix: str = Field(pattern=r"^[A-Z]{1,4}$")
    name: Words
    time_zone: str
    contact_hours: Hours
    working_hours: Hours
    deadlines: Deadlines
    holidays: Holidays
    languages: tuple[str, ...]
    districts: tuple[District, ...]

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no such time zone") from None
        return name

    @field_validator("languages")
    @classmethod
    def _served(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [code for code in codes if code not in SERVED]
        if unknown:
            raise ValueError(f"not served: {', '.join(unknown)}")
        return codes

    @field_validator("working_hours")
    @classmethod
    def _some_hours(cls, hours: Hours) -> Hours:
        if not any(hours.values()):
            raise ValueError("at least one working day is needed")
        return hours

    @model_validator(mode="after")
    def _clear_districts(self) -> Self:
        owners: dict[str, str] = {}
        for district in self.districts:
            for spelling in (district.id, district.name, *district.also):
                owner = owners.setdefault(simplified(spelling), district.id)
                if owner != district.id:
                    raise ValueError(f"{spelling!r} stands for {owner} and for {district.id}")
        return self

    @property
    def reply_within_working_days(self) -> int:
        """How soon everybody gets a first answer."""
        return self.deadlines.first_answer

    @cached_property
    def _spellings(self) -> dict[str, District]:
        return {
            simplified(spelling): district
            for district in self.districts
            for spelling in (district.id, district.name, *district.also)
        }

    def district(self, key: str) -> District | None:
        """The district with that key."""
        return next((district for district in self.districts if district.id == key), None)

    def find_district(self, words: str) -> District | None:
        """The district that these words name, in whatever spelling; None if they name none."""
        return self._spellings.get(simplified(words))


class Office(_Strict):
    """An office or partner that cases go to."""

    id: Key
    name: Words
    in_charge: Words
    email: str = ""
    parent: str | None = None
    reviewed: bool = False


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Match(_Strict):
    """What a case must be like; a list means any of them, what is not named does not matter.

    `entry_topic` is a knowledge entry's id (`authorities/residence`) or its topic (`work`).
    """

    kind: Annotated[tuple[TicketKind, ...], BeforeValidator(_as_list)] = ()
    topic: Annotated[tuple[Key, ...], BeforeValidator(_as_list)] = ()
    purpose: Annotated[tuple[FundingPurpose, ...], BeforeValidator(_as_list)] = ()
    entry_topic: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    role: Annotated[tuple[Role, ...], BeforeValidator(_as_list)] = ()

    @model_validator(mode="after")
    def _known_topics(self) -> Self:
        for kind, known in (("offer", OFFER_KINDS), ("request", REQUEST_TOPICS)):
            unknown = [topic for topic in self.topic if topic not in known]
            if self.kind == (kind,) and unknown:
                raise ValueError(f"{kind} has no topic {', '.join(unknown)}")
        return self

    @property
    def catches_all(self) -> bool:
        """Whether every case fits."""
        return not (self.kind or self.topic or self.purpose or self.entry_topic or self.role)

    def fits(self, kind: str, topic: str | None, facts: Mapping[str, Any]) -> bool:
        """Whether a case is like that."""
        entry = str(facts.get("entry") or "")
        entry_topic = entry.split("/", maxsplit=1)[0]
        return (
            _any(kind, self.kind)
            and _any(topic, self.topic)
            and _any(facts.get("purpose"), self.purpose)
            and _any(facts.get("role"), self.role)
            and (_any(entry, self.entry_topic) or entry_topic in self.entry_topic)
        )


def _any(value: Any, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


class Reason(_Strict):
    """Why a case goes there, for the coordinator."""

    de: str = Field(min_length=1)
    en: str = Field(min_length=1)


class RoutingRow(_Strict):
    """One line of the table."""

    match: Match
    lead: str
    involved: tuple[str, ...] = ()
    reason: Reason

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({self.lead, *self.involved}) != 1 + len(self.involved):
            raise ValueError("an office is named twice")
        return self


class Source(_Strict):
    """A document that answers stand on."""

    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: str | None = Field(None, pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")
    names: Words


class _OfficesFile(_Strict):
    offices: tuple[Office, ...] = Field(min_length=1)


class _RoutingFile(_Strict):
    rows: tuple[RoutingRow, ...] = Field(min_length=1)


class _SourcesFile(_Strict):
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything about a municipality that is data."""

    path: Path
    municipality: Municipality
    offices: Mapping[str, Office]
    routing: tuple[RoutingRow, ...]
    sources: Mapping[str, Source]

    def office(self, office_id: str) -> Office:
        """The office with that id; raises UnknownOffice."""
        try:
            return self.offices[office_id]
        except KeyError:
            raise UnknownOffice(office_id) from None


def load_pack(knowledge_dir: Path, municipality: str) -> Pack:
    """Read and check `<knowledge_dir>/<municipality>/`; raises PackError with every problem."""
    path = knowledge_dir / municipality
    problems: list[str] = []
    found = _collect(problems, path / "municipality.yml", Municipality)
    offices = _collect(problems, path / "offices.yml", _OfficesFile)
    table = _collect(problems, path / "routing.yml", _RoutingFile)
    sources = _collect(problems, path / "sources.yml", _SourcesFile)
    if offices and table:
        problems += _unknown_offices(path, offices, table) + _unreachable_rows(path, table)
    if problems or not (found and offices and table and sources):
        raise PackError(problems)
    by_id = {office.id: office for office in offices.offices}
    return Pack(path, found, by_id, table.rows, sources.sources)


#: Arabic letters that people use for one another, and the dotless i.
_ALIKE = str.maketrans({"ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ı": "i"})


def simplified(words: str) -> str:
    """Words without case, accents, hyphens and blanks, so that spellings can be compared.

    >>> simplified("Mainz - Kastel") == simplified("mainz-kastel")
    True
    """
    decomposed = unicodedata.normalize("NFKD", words.casefold().translate(_ALIKE))
    return "".join(letter for letter in decomposed if letter.isalnum())


def _collect(problems: list[str], path: Path, model: type[yamlfile.M]) -> yamlfile.M | None:
    try:
        return yamlfile.read(path, model)
    except PackError as mistakes:
        problems += mistakes.problems
        return None


def _unknown_offices(path: Path, offices: _OfficesFile, table: _RoutingFile) -> list[str]:
    ids = [office.id for office in offices.offices]
    at_office = _liner(path / "offices.yml")
    at_row = _liner(path / "routing.yml")
    doubles = [
        f"{at_office('offices', n)}: {name} is there twice"
        for n, name in enumerate(ids)
        if name in ids[:n]
    ]
    orphans = [
        f"{at_office('offices', n, 'parent')}: no office {office.parent}"
        for n, office in enumerate(offices.offices)
        if office.parent and office.parent not in ids
    ]
    unknown = [
        f"{at_row('rows', n)}: no office {name}"
        for n, row in enumerate(table.rows)
        for name in (row.lead, *row.involved)
        if name not in ids
    ]
    return doubles + orphans + unknown


def _unreachable_rows(path: Path, table: _RoutingFile) -> list[str]:
    at = _liner(path / "routing.yml")
    catching = [n for n, row in enumerate(table.rows) if row.match.catches_all]
    last = len(table.rows) - 1
    if not catching:
        return [f"{at('rows', last)}: the last row must catch every case that no other row fits"]
    return [
        f"{at('rows', n)}: never reached, an earlier row catches all"
        for n in range(catching[0] + 1, last + 1)
    ]


def _liner(file: Path) -> Callable[..., str]:
    """Names a place in a file as `file:line`."""
    root = yamlfile.compose(file)
    return lambda *place: f"{file}:{yamlfile.line(root, place)}"
