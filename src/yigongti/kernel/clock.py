"""The one clock: what time it is, and how working time is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


COUNTY_ZONE = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)

type_hours = tuple[tuple[time, time], ...]


def now() -> datetime:
    """The present moment, aware, in the county's zone."""
    held = _frozen.get()
    return held if held is not None else datetime.now(COUNTY_ZONE)  # noqa: TID251 - all others ask here


def today() -> date:
    """The county's calendar day."""
    return now().date()


@contextmanager
def stands_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment: for policy tests and for the simulator, never in a running county."""
    token = _frozen.set(moment.astimezone(COUNTY_ZONE))
    try:
        yield
    finally:
        _frozen.reset(token)


def _always_working(_day: date) -> bool:
    return _day.weekday() < 5


_is_working_day: Callable[[date], bool] = _always_working
_working_hours: Callable[[date], type_hours]


def _office_hours(_day: date) -> type_hours:
    return ((time(8, 0), time(12, 0)), (time(14, 30), time(18, 0)))


_working_hours = _office_hours


def keep_calendar(*, is_working_day: Callable[[date], bool], working_hours: Callable[[date], type_hours]) -> None:
    """Let the chapter that owns the working calendar answer for it; until then Monday to Friday count."""
    global _is_working_day, _working_hours
    _is_working_day, _working_hours = is_working_day, working_hours


def _spans(day: date) -> Iterator[tuple[datetime, datetime]]:
    if _is_working_day(day):
        for opens, closes in _working_hours(day):
            yield (
                datetime.combine(day, opens, tzinfo=COUNTY_ZONE),
                datetime.combine(day, closes, tzinfo=COUNTY_ZONE),
            )


def after_working_minutes(start: datetime, minutes: int) -> datetime:
    """The moment at which so many minutes of working time have passed since `start`.

    Raises OverflowError when the calendar holds no working time within two years: a broken calendar, not a long wait.
    """
    start = start.astimezone(COUNTY_ZONE)
    left = timedelta(minutes=minutes)
    day = start.date()
    for _ in range(731):
        for opens, closes in _spans(day):
            begins = max(opens, start)
            if begins < closes:
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
        day += timedelta(days=1)
    raise OverflowError("the working calendar holds no working time")


def after_calendar_days(start: datetime, days: int) -> datetime:
    """The end of the calendar day `days` after `start`: "within two weeks" includes its last day."""
    last = start.astimezone(COUNTY_ZONE).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), tzinfo=COUNTY_ZONE)
