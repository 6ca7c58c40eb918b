"""When somebody is there, and when an answer is due."""

from datetime import timedelta
from pathlib import Path

import pytest

from casework.calendar import ServiceCalendar
from casework.pack import load_pack
from tests.support.clock import berlin
from tests.support.office import make_settings


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> ServiceCalendar:
    settings = make_settings(tmp_path_factory.mktemp("data"))
    return ServiceCalendar(load_pack(settings.knowledge_dir, "wiesbaden").municipality)


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2026-03-10 15:59", False),
        ("2026-03-10 16:00", True),  # Tuesday
        ("2026-03-10 17:59", True),
        ("2026-03-10 18:00", False),
        ("2026-03-11 11:00", True),  # Wednesday
        ("2026-03-12 11:00", False),
        ("2026-07-14 16:30", True),  # summer time
    ],
)
def test_a_person_can_be_had_in_contact_hours(
    calendar: ServiceCalendar, moment: str, open_now: bool
) -> None:
    assert calendar.is_open(berlin(moment)) is open_now


def test_contact_hours_tell_when_they_end(calendar: ServiceCalendar) -> None:
    assert calendar.open_until(berlin("2026-03-10 16:30")) == berlin("2026-03-10 18:00")
    assert calendar.open_until(berlin("2026-03-10 18:30")) is None


def test_the_next_opening_is_named_while_closed_and_while_open(calendar: ServiceCalendar) -> None:
    assert calendar.next_opening(berlin("2026-03-10 10:00")) == berlin("2026-03-10 16:00")
    assert calendar.next_opening(berlin("2026-03-10 16:00")) == berlin("2026-03-11 10:00")
    assert calendar.next_opening(berlin("2026-03-11 12:00")) == berlin("2026-03-17 16:00")


def test_nobody_is_there_on_a_public_holiday_of_hesse(calendar: ServiceCalendar) -> None:
    new_year_2030 = berlin("2030-01-01 16:30")  # a Tuesday
    assert not calendar.is_open(new_year_2030)
    assert calendar.next_opening(new_year_2030) == berlin("2030-01-02 10:00")
    assert calendar.is_holiday(berlin("2026-06-04 12:00").date())  # Corpus Christi: Hesse has it
    assert not calendar.is_holiday(berlin("2026-11-01 12:00").date())  # All Saints: Hesse has not


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-10 10:00", 1, "2026-03-11 10:00"),
        ("2026-03-13 10:00", 1, "2026-03-16 10:00"),  # over a weekend
        ("2026-03-14 12:00", 1, "2026-03-16 16:00"),  # begins on a Saturday
        ("2026-03-10 20:00", 1, "2026-03-11 16:00"),  # begins after hours
        ("2026-04-02 10:00", 2, "2026-04-08 10:00"),  # over Good Friday and Easter Monday
        ("2026-03-27 15:00", 1, "2026-03-30 15:00"),  # over the change to summer time
        ("2026-12-23 12:00", 3, "2026-12-29 12:00"),  # Christmas: Friday; Boxing Day: Saturday
    ],
)
def test_working_days_skip_weekends_and_holidays(
    calendar: ServiceCalendar, start: str, days: int, due: str
) -> None:
    assert calendar.add_working_days(berlin(start), days) == berlin(due)


def test_working_time_between_is_what_adding_it_gives_back(calendar: ServiceCalendar) -> None:
    start = berlin("2026-04-02 14:30")
    for hours in (0, 0.5, 1.5, 7, 20, 100):
        end = calendar.add_business_hours(start, hours)
        assert calendar.working_time(start, end) == timedelta(hours=hours)
    assert calendar.working_time(berlin("2026-03-14 00:00"), berlin("2026-03-15 23:00")) == (
        timedelta()
    )
    assert calendar.working_time(start, start - timedelta(days=3)) == timedelta()


def test_urgent_cases_are_due_within_hours(calendar: ServiceCalendar) -> None:
    at = berlin("2026-03-13 15:00")  # Friday, an hour before the end
    assert calendar.reply_due(at, urgent=True) == berlin("2026-03-16 10:00")
    assert calendar.reply_due(at) == berlin("2026-03-18 15:00")


def test_a_city_of_another_country_has_its_own_holidays(
    calendar: ServiceCalendar, tmp_path: Path
) -> None:
    knowledge = make_settings(tmp_path).knowledge_dir
    city = load_pack(knowledge, "wiesbaden").municipality
    values = {**city.model_dump(), "holidays": {"country": "FR"}, "time_zone": "Europe/Paris"}
    paris = ServiceCalendar(type(city).model_validate(values))
    assert paris.is_holiday(berlin("2026-07-14 12:00").date())
    assert not calendar.is_holiday(berlin("2026-07-14 12:00").date())
