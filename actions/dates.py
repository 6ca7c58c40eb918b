"""Days that people name in their own words, in any of the served languages."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel.dates import get_month_names
from dateparser.date import DateDataParser
from dateparser.search import search_dates

from casework.pack import WEEKDAYS

_SETTINGS = {
    "DATE_ORDER": "DMY",
    "PREFER_DAY_OF_MONTH": "last",
    "PREFER_DATES_FROM": "future",
    "RETURN_AS_TIMEZONE_AWARE": False,
    "REQUIRE_PARTS": [],
}
#: Day and month, perhaps a year, as they are written in Europe.
_NUMBERS = re.compile(
    r"(?<![\d.:])(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}|\d\d))?\.?(?![\d:])"
)
_CENTURY = 2000
#: Shorter pieces of a sentence are taken for dates too easily ("am", "so").
_SHORTEST = 4
_WORD = re.compile(r"[^\W\d_]+")
#: Letters of a month's name that may be an ending.
_ENDING = 2


def find(text: str, language: str, today: date, weekday: str | None = None) -> date | None:
    """The day that the words name, seen from today; None where they name none.

    Of a span it is the last day, of a month alone its last. `weekday`: one that the message is
    known to name (`tue`), for where nothing else is found.

    >>> find("bis 3. Mai 2030", "de", date(2030, 1, 1))
    datetime.date(2030, 5, 3)
    >>> find("fino a maggio", "it", date(2030, 1, 1))
    datetime.date(2030, 5, 31)
    """
    plain = text.translate(_DIGITS)
    if numbers := _NUMBERS.search(plain):
        return _from_numbers(numbers, today)
    parsed = _parser(language, today).get_date_data(plain).date_obj
    if parsed is None:
        parsed = _within(plain, language, today)
    if parsed is not None:
        return parsed.date()
    return _end_of_month(plain, language, today) or _next(weekday, today)


def _end_of_month(text: str, language: str, today: date) -> date | None:
    """The last day of a month that is named without a day."""
    said = [word.casefold() for word in _WORD.findall(text)]
    for number, names in _months(language).items():
        if any(word.startswith(name) for word in said for name in names):
            year = today.year + (number < today.month)
            return date(year, number, monthrange(year, number)[1])
    return None


@lru_cache(maxsize=16)
def _months(language: str) -> dict[int, frozenset[str]]:
    """Beginnings of the months' names, so that endings do not matter."""
    names: dict[int, set[str]] = {}
    for context in ("format", "stand-alone"):
        for number, name in get_month_names("wide", context, language).items():
            word = name.casefold()
            names.setdefault(number, set()).add(word[: max(len(word) - _ENDING, _SHORTEST - 1)])
    return {number: frozenset(each) for number, each in names.items()}


def _next(weekday: str | None, today: date) -> date | None:
    """The next such day after today."""
    if weekday not in WEEKDAYS:
        return None
    ahead = (WEEKDAYS.index(weekday) - today.weekday() - 1) % len(WEEKDAYS) + 1
    return today + timedelta(days=ahead)


def _from_numbers(numbers: re.Match[str], today: date) -> date | None:
    """`15.12.`, `15/12/27`: without a year the next such day is meant."""
    day, month, year = int(numbers["day"]), int(numbers["month"]), numbers["year"]
    try:
        if year:
            return date(int(year) + (_CENTURY if len(year) < len("2000") else 0), month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    except ValueError:
        return None


def _within(text: str, language: str, today: date) -> datetime | None:
    found = search_dates(text, languages=_languages(language), settings=_settings(today)) or []
    likely = [(words, day) for words, day in found if len(words) >= _SHORTEST or _has_digit(words)]
    return likely[-1][1] if likely else None


def _has_digit(words: str) -> bool:
    return any(letter.isdigit() for letter in words)


def _settings(today: date) -> dict[str, object]:
    return {**_SETTINGS, "RELATIVE_BASE": datetime.combine(today, time(12))}


def _languages(language: str) -> list[str]:
    return list(dict.fromkeys((language, "de", "en")))


@lru_cache(maxsize=32)
def _parser(language: str, today: date) -> DateDataParser:
    return DateDataParser(languages=_languages(language), settings=_settings(today))


#: Arabic and Persian digits.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
