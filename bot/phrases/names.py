"""The names that the municipality's pack gives to the city, its offices and districts."""

from typing import Protocol


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
