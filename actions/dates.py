"""Days that people name in their own words, in any of the served languages."""

import re
from datetime import date, datetime, time
from functools import lru_cache

from dateparser.date import DateDataParser
from dateparser.search import search_dates

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


def find(text: str, language: str, today: date) -> date | None:
    """The day that the words name, seen from today; None where they name none.

    >>> find("bis 3. Mai 2030", "de", date(2030, 1, 1))
    datetime.date(2030, 5, 3)
    """
    plain = text.translate(_DIGITS)
    if numbers := _NUMBERS.search(plain):
        return _from_numbers(numbers, today)
    parsed = _parser(language, today).get_date_data(plain).date_obj
    if parsed is None:
        parsed = _within(plain, language, today)
    return parsed.date() if parsed else None


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
