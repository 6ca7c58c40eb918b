"""How one language says things: sentences, lists, dates, and Latin names inside Arabic text."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.catalogues import translations
from bot.phrases.names import Names
from casework.languages import RIGHT_TO_LEFT

_ISOLATE, _END = "\u2068", "\u2069"
#: Whose habits a language follows for dates and lists, where it is not its own default.
_HABITS = {"en": "en_GB"}


def mark(message: str) -> str:
    """Mark a sentence for the catalogues; it is said later, in the recipient's language."""
    return message


@dataclass(frozen=True, slots=True)
class Voice:
    """The recipient's language, and the names that the municipality's pack gives in it."""

    language: str
    names: Names

    def text(self, message: str, /, **values: object) -> str:
        """Say a sentence; the values stand isolated from the direction of the text around."""
        return self._filled(translations(self.language).ugettext(message), values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Say a sentence that counts; `{count}` is the number."""
        message = translations(self.language).ungettext(one, many, count)
        return self._filled(message, {"count": self.number(count), **values})

    def number(self, value: int) -> str:
        """Write a whole number."""
        return str(format_decimal(value, locale=self._locale))

    def listing(self, items: Iterable[str]) -> str:
        """Write "a, b and c"."""
        return format_list([self.isolated(item) for item in items], locale=self._locale)

    def day(self, day: date) -> str:
        """Write a date with its weekday."""
        return format_date(day, "full", locale=self._locale)

    def short_day(self, day: date) -> str:
        """Write a date without its weekday."""
        return format_date(day, "long", locale=self._locale)

    def moment(self, moment: datetime) -> str:
        """Write date and time of day in the municipality's time zone."""
        zone = ZoneInfo(self.names.time_zone)
        return self.text(
            # Translators: a date and a time of day, such as "Tuesday, 3 March, 16:00"
            "{day}, {time}",
            day=self.day(moment.astimezone(zone).date()),
            time=self.time(moment),
        )

    def time(self, moment: datetime) -> str:
        """Write a time of day in the municipality's time zone."""
        zone = ZoneInfo(self.names.time_zone)
        return format_time(moment.astimezone(zone).time(), "short", locale=self._locale)

    def local_day(self, moment: datetime) -> str:
        """Write the day of a moment in the municipality's time zone."""
        return self.day(moment.astimezone(ZoneInfo(self.names.time_zone)).date())

    def month(self, month: str) -> str:
        """Write a month given as `YYYY-MM`."""
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZoneInfo("UTC"))
        return format_datetime(first, "LLLL y", locale=self._locale)

    def weekday(self, number: int) -> str:
        """Write a day of the week; Monday is 0."""
        return str(self._locale.days["stand-alone"]["wide"][number])

    def language_name(self, code: str) -> str:
        """Write a language's name in this language."""
        return str(self._locale.languages.get(code, code))

    def titled(self, words: str) -> str:
        """Begin with a capital letter, by the rules of this language."""
        first = "İ" if self.language == "tr" and words[:1] == "i" else words[:1].upper()
        return first + words[1:]

    def isolated(self, value: str) -> str:
        """Keep a name, number or link of the other direction from turning its neighbours around."""
        if _ISOLATE in value or not value:
            return value
        foreign = self.language in RIGHT_TO_LEFT or any(map(_runs_right_to_left, value))
        return f"{_ISOLATE}{value}{_END}" if foreign else value

    def _filled(self, message: str, values: dict[str, object]) -> str:
        return message.format(**{key: self.isolated(str(value)) for key, value in values.items()})

    @property
    def _locale(self) -> Locale:
        return Locale.parse(_HABITS.get(self.language, self.language))


def own_name(language: str) -> str:
    """Write a language's name in that language itself."""
    name = Locale.parse(language).languages[language]
    return str(name[:1].upper() + name[1:])


def language_names(codes_of: str, codes: Iterable[str]) -> list[str]:
    """Languages' names in that language, as CLDR has them; none where it has not all."""
    try:
        named = Locale.parse(codes_of).languages
    except (UnknownLocaleError, ValueError):
        return []
    names = [named.get(code) for code in codes]
    return [str(name) for name in names] if all(names) else []


def _runs_right_to_left(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")
