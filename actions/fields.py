"""What a form asks for, and how an answer is read: by button, entity or in own words."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from actions import dates
from actions.turn import Turn
from casework.context import Casework
from casework.pack import WEEKDAYS
from casework.vocabulary import DAYS, TIMES

SKIPPED = "-"
CHAT = "chat"
#: Languages offered as buttons: those served, and some that interpreters are often asked for.
#: Fifteen fit under a message; any other is written.
LANGUAGE_BUTTONS = (
    "de", "en", "tr", "pl", "ru", "uk", "ar", "fa", "it", "fr",
    "ku", "ti", "so", "ps", "ro",
)  # fmt: skip
AVAILABILITY_BUTTONS = ("weekdays", "weekend", "morning", "afternoon", "evening")
#: From which probability on the kind classifier's word counts as the answer to "which kind?".
KIND_SURE = 0.3
_COUNTRY = "DE"


@dataclass(frozen=True, slots=True)
class Given:
    """The message answers the question, with this value.

    `loose`: nothing was understood of it, and own words will do.
    """

    value: Any
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The message tries to answer, and the answer does not hold water."""

    problem: str


Reading = Given | Refused | None  # None: the message does not answer the question


class Field(ABC):
    """One question of a form."""

    #: An answer in own words: whatever is written is the answer, unless it clearly is not one.
    own_words = False
    #: Own words that are what something is called.
    is_name = False
    #: Own words of a time: "before summer" sounds like going back, "until summer" like goodbye.
    is_time = False
    multiple = False
    skippable = False
    #: What is said when nothing could be read.
    problem = "choice"

    def __init__(self, slot: str, *, skippable: bool = False) -> None:
        self.slot = slot
        self.skippable = skippable

    def options(self, cw: Casework) -> Sequence[str]:
        """The buttons."""
        return ()

    @abstractmethod
    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """The answer in a message that was written in answer to this question."""

    def glean(self, cw: Casework, turn: Turn) -> Any:
        """What a message that is about something else says on this; None: nothing."""
        return None

    def pressed(self, turn: Turn) -> str | None:
        """The value of a button of this very question."""
        if turn.intent != "inform":
            return None
        value = turn.value(self.slot)
        return str(value) if value is not None else None


class Choice(Field):
    """One of several words; understood from buttons, numbers, entities and the kind classifier."""

    def __init__(self, slot: str, words: Sequence[str], *, in_passing: bool = True) -> None:
        """`in_passing`: a word of it in a message about more counts as the answer, too."""
        super().__init__(slot)
        self.words = tuple(words)
        self._in_passing = in_passing

    def options(self, cw: Casework) -> Sequence[str]:
        """All the words."""
        return self.words

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """A button, its number, or words that mean it."""
        value = self.pressed(turn) or self._named(turn) or self._by_number(turn)
        value = value or self.meant(turn)
        return Given(value) if value in self.words else None

    def glean(self, cw: Casework, turn: Turn) -> Any:
        """What the kind classifier or a lookup table found."""
        return self._named(turn) if self._in_passing else None

    def _named(self, turn: Turn) -> str | None:
        found = turn.value(self.slot)
        return found if found in self.words else None

    def _by_number(self, turn: Turn) -> str | None:
        digits = turn.text.rstrip(".)")
        if not digits.isdecimal() or not 1 <= int(digits) <= len(self.words):
            return None
        return self.words[int(digits) - 1]

    def meant(self, turn: Turn) -> str | None:
        """What the kind classifier finds likeliest, whatever the message's intent."""
        ranking = turn.kinds.get(self.slot) or ()
        first: Mapping[str, Any] = ranking[0] if ranking else {}
        return first.get("name") if first.get("confidence", 0.0) >= KIND_SURE else None


class Several(Choice):
    """Some of several words: toggles."""

    multiple = True

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """Words, or their numbers, separated by anything."""
        found = self._all_named(turn) or self._by_numbers(turn)
        return Given(found) if found else None

    def glean(self, cw: Casework, turn: Turn) -> Any:
        """What lookup tables found."""
        return (self._all_named(turn) or None) if self._in_passing else None

    def _all_named(self, turn: Turn) -> list[str]:
        return [value for value in turn.values(self.slot) if value in self.words]

    def _by_numbers(self, turn: Turn) -> list[str]:
        parts = turn.text.replace(",", " ").replace("،", " ").split()
        if not parts or not all(part.isdecimal() for part in parts):
            return []
        return [self.words[int(part) - 1] for part in parts if 1 <= int(part) <= len(self.words)]


class Languages(Field):
    """One or several languages, as ISO 639-1 codes."""

    multiple = True
    problem = "languages"

    def __init__(self, slot: str, *, foreign: bool = False, skippable: bool = False) -> None:
        """`foreign`: German is understood anyway, and left out beside another language."""
        super().__init__(slot, skippable=skippable)
        self._foreign = foreign

    def options(self, cw: Casework) -> Sequence[str]:
        """The most frequent ones."""
        return tuple(code for code in LANGUAGE_BUTTONS if not (self._foreign and code == "de"))

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """The languages that the message names."""
        found = self.glean(cw, turn)
        return Given(found) if found else None

    def glean(self, cw: Casework, turn: Turn) -> Any:
        """The same, in any message."""
        found = turn.values("language")
        if self._foreign and len(found) > 1:
            found = [code for code in found if code != "de"]
        return found or None


class Availability(Field):
    """When: own words, with the days and times of day that were understood in them."""

    multiple = True
    is_time = True
    problem = "too_short"
    limit = 500

    def options(self, cw: Casework) -> Sequence[str]:
        """The coarse ones."""
        return AVAILABILITY_BUTTONS

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """Any words; only the known days and times are told apart."""
        if turn.pressed or not turn.text:
            return None
        if len(turn.text) > self.limit:
            return Refused("too_long")
        days, times = _days_and_times(turn)
        known = days or times or any(letter.isdigit() for letter in turn.text)
        if not known and is_phrase(turn):
            return None
        return Given({"text": turn.text, "days": days, "times": times}, loose=not known)

    def glean(self, cw: Casework, turn: Turn) -> Any:
        """Only where days or times are named."""
        days, times = _days_and_times(turn)
        if not days and not times:
            return None
        return {"text": turn.text[: self.limit], "days": days, "times": times}

    @staticmethod
    def of_toggles(chosen: Sequence[str]) -> dict[str, Any]:
        """The value that toggles stand for."""
        return {
            "text": "",
            "days": [word for word in chosen if word in DAYS],
            "times": [word for word in chosen if word in TIMES],
        }


def _days_and_times(turn: Turn) -> tuple[list[str], list[str]]:
    days = [day for day in turn.values("day") if day in DAYS]
    times = [time for time in turn.values("time_of_day") if time in TIMES]
    return days, times


class District(Field):
    """A district of the pack, or the person's own words for a place."""

    limit = 80

    def __init__(self, slot: str = "district") -> None:
        super().__init__(slot, skippable=True)

    def options(self, cw: Casework) -> Sequence[str]:
        """Every district."""
        return [district.id for district in cw.pack.municipality.districts]

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """A district; else a short place name is taken as it is."""
        value = self.pressed(turn) or self.glean(cw, turn)
        if value is None and not turn.pressed:
            district = cw.pack.municipality.find_district(turn.text)
            value = district.id if district else None
        if value is None and _looks_like_a_name(turn):
            value = turn.text
        if value is None:
            return None
        return Given(value) if len(value) <= self.limit else Refused("too_long")

    def glean(self, cw: Casework, turn: Turn) -> Any:
        """A district that the message names."""
        found = turn.value("district")
        return found if found and cw.pack.municipality.district(found) else None


_NAME_WORDS = 4


def _looks_like_a_name(turn: Turn) -> bool:
    return (
        not turn.pressed
        and not turn.asks
        and 0 < len(turn.words) <= _NAME_WORDS
        and turn.likeliest[0] not in ("affirm", "deny", "cancel", "help", "talk_to_human", "greet")
    )


class Contact(Field):
    """This chat, an e-mail address or a telephone number."""

    problem = "contact"

    def options(self, cw: Casework) -> Sequence[str]:
        """This chat."""
        return (CHAT,)

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """An address or number that exists; yes means: here."""
        if self.pressed(turn) == CHAT or (turn.intent == "affirm" and not _has_address(turn)):
            return Given(CHAT)
        if turn.pressed:
            return None
        if "@" in turn.text:
            return _email(turn.text)
        number = _phone(turn.text)
        if number:
            return Given(number)
        if _has_address(turn):
            return Refused("phone")
        return Given(CHAT) if turn.value("contact_way") == CHAT else None

    def glean(self, cw: Casework, turn: Turn) -> Any:
        """An address or number in a message that is about more."""
        if turn.pressed:
            return None
        if "@" in turn.text:
            reading = _email(turn.text)
            return reading.value if isinstance(reading, Given) else None
        return _phone(turn.text)


def _has_address(turn: Turn) -> bool:
    digits = sum(letter.isdigit() for letter in turn.text)
    return digits > 4 or "@" in turn.text  # noqa: PLR2004  (shorter is no telephone number)


def _email(text: str) -> Given | Refused:
    for word in text.replace("<", " ").replace(">", " ").split():
        if "@" not in word:
            continue
        try:
            return Given(
                validate_email(word.strip(".,;:!?()\"'"), check_deliverability=False).normalized
            )
        except EmailNotValidError:
            continue
    return Refused("email")


def _phone(text: str) -> str | None:
    for match in phonenumbers.PhoneNumberMatcher(text, _COUNTRY):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


class YesNo(Field):
    """Yes or no."""

    problem = "yes_no"

    def options(self, cw: Casework) -> Sequence[str]:
        """The intents that answer."""
        return ("affirm", "deny")

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """Which of the two is likelier, when one of them is meant at all."""
        yes_or_no = said(turn)
        return None if yes_or_no is None else Given(yes_or_no)


def said(turn: Turn) -> bool | None:
    """Yes, no, or neither."""
    name, share = turn.likeliest
    if name not in ("affirm", "deny") or share < YES_NO_SURE:
        return None
    return name == "affirm"


_PHRASE_WORDS = 2


def is_phrase(turn: Turn) -> bool:
    """A bare yes, no, thanks or hello, which tells nothing."""
    return len(turn.words) <= _PHRASE_WORDS and (
        said(turn) is not None or turn.intent in ("greet", "thank")
    )


#: A word that is likelier "yes" than anything else is a yes when a yes was asked for.
YES_NO_SURE = 0.2


class Words(Field):
    """The person's own words."""

    own_words = True

    def __init__(
        self, slot: str, *, limit: int = 2000, least: int = 2, skippable: bool = False
    ) -> None:
        super().__init__(slot, skippable=skippable)
        self.limit = limit
        self.least = least

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """Everything that was written."""
        if turn.pressed:
            return None
        if len(turn.text) > self.limit:
            return Refused("too_long")
        too_short = len(turn.text) < self.least or is_phrase(turn)
        return Refused("too_short") if too_short else Given(turn.text)


class Name(Words):
    """What an organisation is called: may sound like anything, such as "Русский дом"."""

    is_name = True


class Deadline(Field):
    """By when: own words, with the date beside them where one is understood."""

    is_time = True
    problem = "date"
    limit = 200

    async def read(self, cw: Casework, turn: Turn) -> Reading:
        """A day from today on; what is no date is kept as it is said."""
        if turn.pressed or not turn.text:
            return None
        if len(turn.text) > self.limit:
            return Refused("too_long")
        today = cw.calendar.today(cw.clock())
        found = await asyncio.to_thread(dates.find, turn.text, turn.language, today, _weekday(turn))
        if found is None and (turn.value("amount") or turn.value("number")):
            return Refused(self.problem)  # how much or how many, and no word of when
        if found is None:
            return None if is_phrase(turn) else Given({"text": turn.text}, loose=True)
        if found < today:
            return Refused("past")
        return Given({"text": turn.text, "date": found.isoformat()})


def _weekday(turn: Turn) -> str | None:
    """The one weekday that a message names."""
    named = [day for day in turn.values("day") if day in WEEKDAYS]
    return named[0] if len(named) == 1 else None
