"""Working minutes skip nights, lunch, weekends and holidays; calendar days end with their last day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import at
from yigongti.kernel import clock


@pytest.fixture
def calendar(monkeypatch):
    """Monday to Friday, 8–12 and 14:30–18, with a holiday on Monday 23 November 2026 and work on the Sunday before."""

    def works(day):
        return day == date(2026, 11, 22) or (day.weekday() < 5 and day != date(2026, 11, 23))

    hours = ((time(8), time(12)), (time(14, 30), time(18)))
    monkeypatch.setattr(clock, "_is_working_day", works)
    monkeypatch.setattr(clock, "_working_hours", lambda day: hours)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-18 09:00", 120, "2026-11-18 11:00"),
        ("2026-11-18 11:30", 120, "2026-11-18 16:00"),  # over lunch
        ("2026-11-18 12:00", 1, "2026-11-18 14:31"),
        ("2026-11-18 13:10", 30, "2026-11-18 15:00"),
        ("2026-11-18 17:30", 30, "2026-11-18 18:00"),  # to the last minute
        ("2026-11-18 17:30", 31, "2026-11-19 08:01"),
        ("2026-11-18 23:59", 60, "2026-11-19 09:00"),
        ("2026-11-20 16:30", 120, "2026-11-22 08:30"),  # Friday; the Sunday works instead of the Monday
        ("2026-11-21 10:00", 1, "2026-11-22 08:01"),  # from a Saturday
        ("2026-11-22 17:59", 2, "2026-11-24 08:01"),  # over the holiday
        ("2026-11-18 09:00", 0, "2026-11-18 09:00"),
        ("2026-11-18 20:00", 0, "2026-11-19 08:00"),
        ("2026-11-18 08:00", 450, "2026-11-18 18:00"),
    ],
)
def test_working_minutes(calendar, start, minutes, end):
    assert clock.after_working_minutes(at(start), minutes) == at(end)


def test_a_moment_from_elsewhere_is_counted_in_the_county_s_hours(calendar):
    assert clock.after_working_minutes(datetime(2026, 11, 18, 1, 0, tzinfo=UTC), 60) == at("2026-11-18 10:00")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.integers(0, 5000), more=st.integers(0, 600), offset=st.integers(0, 20000))
def test_waiting_twice_is_waiting_for_the_sum(calendar, minutes, more, offset):
    start = at("2026-11-01 00:00") + timedelta(minutes=offset)
    once = clock.after_working_minutes(start, minutes + more)
    twice = clock.after_working_minutes(clock.after_working_minutes(start, minutes), more)
    assert once == twice or (more == 0 and once <= twice)
    assert once >= start


def test_a_calendar_without_working_time_is_said_to_be_broken(monkeypatch):
    monkeypatch.setattr(clock, "_is_working_day", lambda day: False)
    with pytest.raises(OverflowError):
        clock.after_working_minutes(at("2026-11-18 09:00"), 1)


def test_within_so_many_days_includes_the_whole_last_day():
    assert clock.after_calendar_days(at("2026-11-18 23:59"), 14) == at("2026-12-02 23:59:59")
    assert clock.after_calendar_days(datetime(2026, 11, 18, 20, 0, tzinfo=UTC), 1) == at("2026-11-20 23:59:59")
    assert clock.after_calendar_days(at("2028-02-28 08:00"), 1) == at("2028-02-29 23:59:59")


def test_the_clock_stands_only_inside_and_inner_moments_give_way_again():
    with clock.stands_at(datetime(2026, 11, 18, 17, 0, tzinfo=UTC)):
        assert (clock.now(), clock.today()) == (at("2026-11-19 01:00"), date(2026, 11, 19))
        with clock.stands_at(at("2020-01-01 00:00")):
            assert clock.today() == date(2020, 1, 1)
        assert clock.today() == date(2026, 11, 19)
    assert clock.now().tzinfo is clock.COUNTY_ZONE
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5  # noqa: TID251 - the clock is what is tested
