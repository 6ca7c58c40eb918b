"""The names that the municipality's pack gives to the city, its offices and districts."""

from typing import Protocol

from casework.context import Casework
from casework.errors import UnknownEntry, UnknownOffice


class Entry(Protocol):
    """A curated answer as `casework.knowledge` shows it."""

    @property
    def id(self) -> str:
        """`topic/name`."""

    @property
    def title(self) -> str:
        """The question it answers."""

    @property
    def answer(self) -> str:
        """Its words; paragraphs are parted by an empty line."""

    @property
    def language(self) -> str:
        """The language those words are in."""

    @property
    def missing(self) -> bool:
        """Whether that is another language than was asked for."""

    @property
    def source(self) -> str:
        """The title of the document behind it."""

    @property
    def source_section(self) -> str | None:
        """Where in that document."""

    @property
    def as_of(self) -> str:
        """The month it stands for, `YYYY-MM`."""

    @property
    def next_step(self) -> str | None:
        """What one may do next, such as `request_support/rooms`."""

    @property
    def url(self) -> str | None:
        """A page to read on."""


class Names(Protocol):
    """What a wording asks of the pack, the settings and the knowledge base."""

    @property
    def time_zone(self) -> str:
        """The municipality's time zone, such as `Europe/Berlin`."""

    @property
    def kept_days(self) -> int:
        """Days after which a closed ticket is made anonymous."""

    @property
    def chat_hours(self) -> int:
        """Hours that messages without a ticket are kept."""

    @property
    def reopen_days(self) -> int:
        """Days in which a resolved ticket is reopened by writing."""

    def city(self, language: str) -> str:
        """Return the municipality's name."""

    def office(self, office: str, language: str) -> str:
        """Return an office's name."""

    def district(self, district: str, language: str) -> str:
        """Return a district's name, or the person's own words where it is none."""

    def entry(self, entry: str, language: str) -> Entry | None:
        """Return a curated answer in this language, or else in one that it exists in."""


class OfficeNames:
    """The names as this municipality's office gives them."""

    def __init__(self, cw: Casework) -> None:
        self._cw = cw

    @property
    def time_zone(self) -> str:
        """The municipality's time zone."""
        return self._cw.pack.municipality.time_zone

    @property
    def kept_days(self) -> int:
        """Days after which a closed ticket is made anonymous."""
        return self._cw.settings.anonymise_after_days

    @property
    def chat_hours(self) -> int:
        """Hours that messages without a ticket are kept."""
        return self._cw.settings.chat_retention_hours

    @property
    def reopen_days(self) -> int:
        """Days in which a resolved ticket is reopened by writing."""
        return self._cw.settings.close_after_days

    def city(self, language: str) -> str:
        """Return the municipality's name."""
        return self._cw.pack.municipality.name.in_language(language)

    def office(self, office: str, language: str) -> str:
        """Return an office's name; its id where the pack has lost it meanwhile."""
        try:
            return self._cw.pack.office(office).name.in_language(language)
        except UnknownOffice:
            return office

    def district(self, district: str, language: str) -> str:
        """Return a district's name, or the person's own words where it is none."""
        known = self._cw.pack.municipality.district(district)
        return known.name if known else district

    def entry(self, entry: str, language: str) -> Entry | None:
        """Return a curated answer in this language, or else in one that it exists in."""
        try:
            return self._cw.knowledge.text(entry, language)
        except UnknownEntry:
            return None
