"""Dates and times as spans: a month is from its first moment until before the next month's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yigongti.exchange.fhir_r4.fhirpath.comparing import moment
from yigongti.exchange.fhir_r4.search_values import Span
from yigongti.kernel.clock import COUNTY_ZONE


def span_of(text: Any) -> Span | None:
    """What a date, dateTime or instant covers; days are days of the county. None: it is no time."""
    return _span(text) if type(text) is str else None


@lru_cache(maxsize=5000)
def _span(text: str) -> Span | None:
    """Of what comes together most bears the same moment."""
    try:
        return _of_moment(text) if "T" in text else _of_day(text)
    except (ValueError, OverflowError):
        return None


def _of_moment(text: str) -> Span | None:
    read = moment(text)
    if read is None:
        return None
    second, part = read
    digits = min(6, max(0, -int(part.as_tuple().exponent)))
    begins = second.astimezone(UTC) + timedelta(microseconds=int(part * 1_000_000))
    return Span(begins, begins + timedelta(microseconds=int(Decimal(1_000_000).scaleb(-digits))))


def _of_day(text: str) -> Span:
    numbers = [int(part) for part in text.split("-")]
    first = date(*[*numbers, 1, 1][:3])
    return Span(_begin(first), _end(first, len(numbers)))


def _end(first: date, precision: int) -> datetime | None:
    """The first moment after; None where the calendar ends."""
    try:
        if precision == 3:
            return _begin(first + timedelta(days=1))
        month = first.month % 12 + 1 if precision == 2 else 1
        year = first.year + (1 if precision == 1 or month == 1 else 0)
        return _begin(date(year, month, 1))
    except (ValueError, OverflowError):
        return None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), COUNTY_ZONE).astimezone(UTC)


def span_between(start: Any, end: Any) -> Span | None:
    """Of a Period; what it does not say is open."""
    first, last = span_of(start), span_of(end)
    if first is None and last is None:
        return None
    return Span(first.low if first else None, last.high if last else None)
