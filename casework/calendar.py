"""The office's time: when somebody is there, which days are working days, when answers are due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from holidays import HolidayBase, country_holidays

from casework.pack import WEEKDAYS, Hours, Municipality, Span

#: How far ahead an opening is looked for; longer closures do not exist.
_HORIZON_DAYS = 366

Interval = tuple[datetime, datetime]


class ServiceCalendar:
    """A municipality's hours and public holidays; moments are aware, answers are in UTC.

    Contact hours are when a person can be reached; working hours are what clocks count.
    """

    def __init__(self, municipality: Municipality) -> None:
        self.zone = ZoneInfo(municipality.time_zone)
        self.contact_hours: Hours = municipality.contact_hours
        self.working_hours: Hours = municipality.working_hours
        self.deadlines = municipality.deadlines
        self._holidays: HolidayBase = country_holidays(  # grows as dates are asked for
            municipality.holidays.country, subdiv=municipality.holidays.subdivision
        )

    def today(self, at: datetime) -> date:
        """The date on the office's wall at that moment."""
        return at.astimezone(self.zone).date()

    def is_holiday(self, day: date) -> bool:
        """Whether that date is a public holiday."""
        return day in self._holidays

    def is_open(self, at: datetime) -> bool:
        """Whether somebody can be reached at that moment."""
        return self.open_until(at) is not None

    def open_until(self, at: datetime) -> datetime | None:
        """When the contact hour that is running ends; None while closed."""
        day = self.today(at)
        running = (end for start, end in self._spans(self.contact_hours, day) if start <= at < end)
        return next(running, None)

    def next_opening(self, at: datetime) -> datetime | None:
        """When somebody can be reached next, after `at`; None without contact hours."""
        return next((start for start, _ in self._ahead(self.contact_hours, at) if start > at), None)

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on that date."""
        return any(self._spans(self.working_hours, day))

    @property
    def working_day(self) -> timedelta:
        """How long a usual working day is: the mean of the week's."""
        lengths = [_length(spans) for spans in self.working_hours.values() if spans]
        return sum(lengths, timedelta()) / len(lengths)

    def reply_due(self, at: datetime, *, urgent: bool = False) -> datetime:
        """When the first answer to something that came in at that moment is due."""
        if urgent:
            return self.add_business_hours(at, self.deadlines.urgent_first_answer_hours)
        return self.add_working_days(at, self.deadlines.first_answer)

    def add_working_time(self, at: datetime, duration: timedelta) -> datetime:
        """The moment when `duration` of working time has gone by since `at`."""
        left = duration
        for start, end in self._ahead(self.working_hours, at):
            start = max(start, at)  # noqa: PLW2901  (a day may have begun)
            if left <= end - start:
                return start + left
            left -= end - start
        raise ValueError("no working time ahead")  # the pack refuses such hours

    def add_business_hours(self, at: datetime, hours: float) -> datetime:
        """The moment when that many working hours have gone by."""
        return self.add_working_time(at, timedelta(hours=hours))

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """The moment when that many working days of usual length have gone by.

        With 9–16 every weekday: Friday 10:00 plus one day is Monday 10:00.
        """
        return self.add_working_time(at, days * self.working_day)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        total = timedelta()
        if end <= start:
            return total
        day, last = self.today(start), self.today(end)
        while day <= last:
            for opens, closes in self._spans(self.working_hours, day):
                total += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return total

    def _ahead(self, hours: Hours, at: datetime) -> Iterator[Interval]:
        """The spans that end after `at`, in order."""
        first = self.today(at)
        for days in range(_HORIZON_DAYS):
            for start, end in self._spans(hours, first + timedelta(days=days)):
                if end > at:
                    yield start, end

    def _spans(self, hours: Hours, day: date) -> Iterator[Interval]:
        if self.is_holiday(day):
            return
        for span in hours.get(WEEKDAYS[day.weekday()], ()):
            yield self._moment(day, span.opens), self._moment(day, span.closes)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def _length(spans: tuple[Span, ...]) -> timedelta:
    day = date.min
    return sum(
        (datetime.combine(day, span.closes) - datetime.combine(day, span.opens) for span in spans),
        timedelta(),
    )
