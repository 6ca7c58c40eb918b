"""How the desk says things to a member of staff: sentences, dates and names in their language."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from casework.languages import language_name
from desk.catalogues import translations

#: Whose habits a language follows for dates and lists, where it is not its own default.
_HABITS = {"en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Wording:
    """The reader's language, the office's time zone, and the present moment."""

    language: str
    zone: ZoneInfo
    now: datetime

    def text(self, message: str, /, **values: object) -> str:
        """Say a sentence."""
        return translations(self.language).ugettext(message).format(**values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Say a sentence that counts; `{count}` is the number."""
        message = translations(self.language).ungettext(one, many, count)
        return message.format(count=self.number(count), **values)

    def markup(self, message: str, /, **values: object) -> Markup:
        """Say a sentence in a page; values are escaped unless they are markup themselves."""
        return escape(translations(self.language).ugettext(message)).format(**values)

    def plural_markup(self, one: str, many: str, count: int, /, **values: object) -> Markup:
        """Say a sentence that counts, in a page."""
        message = translations(self.language).ungettext(one, many, count)
        return escape(message).format(count=self.number(count), **values)

    def number(self, value: int) -> str:
        """Write a whole number."""
        return str(format_decimal(value, locale=self.locale))

    def listing(self, items: Iterable[str]) -> str:
        """Write "a, b and c"."""
        return format_list(list(items), locale=self.locale)

    def language_name(self, code: str | None) -> str:
        """Write a language's name."""
        return language_name(code or "", self.language)

    def time(self, moment: datetime) -> str:
        """Write a time of day."""
        return format_time(moment.astimezone(self.zone), "short", self.zone, self.locale)

    def moment(self, moment: datetime) -> str:
        """Write when something was or will be: the day as near as it is, and the time."""
        return self.text(
            # Translators: a day and a time of day, such as "today, 14:30" or "Fri 20 Nov, 14:30"
            "{day}, {time}",
            day=self.day(moment.astimezone(self.zone).date()),
            time=self.time(moment),
        )

    def day(self, day: dt.date) -> str:
        """Write a day: today, tomorrow, yesterday, or its date (with the year when another)."""
        today = self.today
        if day == today:
            return self.text("today")
        if day == today + timedelta(days=1):
            return self.text("tomorrow")
        if day == today - timedelta(days=1):
            return self.text("yesterday")
        skeleton = "MMMEd" if day.year == today.year else "yMMMEd"
        return str(format_skeleton(skeleton, day, locale=self.locale))

    def date(self, day: dt.date) -> str:
        """Write a date in full."""
        return format_date(day, "full", locale=self.locale)

    def month(self, month: str) -> str:
        """Write a month given as `YYYY-MM`; other words stand for themselves."""
        try:
            first = dt.date.fromisoformat(f"{month}-01")
        except ValueError:
            return month
        return str(format_skeleton("yMMM", first, locale=self.locale))

    def share(self, value: float) -> str:
        """Write a share of one in percent."""
        return str(format_percent(value, locale=self.locale))

    def full_moment(self, moment: datetime) -> str:
        """Write date and time in full."""
        local = moment.astimezone(self.zone)
        return self.text("{day}, {time}", day=self.date(local.date()), time=self.time(moment))

    @property
    def today(self) -> dt.date:
        """The date on the office's wall."""
        return self.now.astimezone(self.zone).date()

    @property
    def locale(self) -> Locale:
        """CLDR's habits for this language."""
        return Locale.parse(_HABITS.get(self.language, self.language))


def own_name(language: str) -> str:
    """A language's name in that language itself."""
    name = language_name(language, language)
    return name[:1].upper() + name[1:]
