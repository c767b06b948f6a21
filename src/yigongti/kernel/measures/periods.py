"""Months, quarters and years: their days, their months, the one before and the same of the year before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from yigongti.kernel.measures.words import PeriodKind


LENGTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`months` months from the first day `starts`."""

    starts: date
    months: int

    @classmethod
    def read(cls, code: str) -> Self:
        """`2025-03`, `2025-Q1` or `2025`; raises ValueError."""
        found = re.fullmatch(r"(\d{4})(?:-(\d\d)|-Q([1-4]))?", code)
        if not found:
            raise ValueError(f"no period: {code}")
        year, month, quarter = found.groups()
        if quarter:
            return cls(date(int(year), int(quarter) * 3 - 2, 1), 3)
        return cls(date(int(year), int(month or 1), 1), 1 if month else 12)

    @classmethod
    def of(cls, kind: PeriodKind, day: date) -> Self:
        """The month, quarter or year that holds the day."""
        length = LENGTHS[kind]
        return cls(date(day.year, (day.month - 1) // length * length + 1, 1), length)

    @property
    def code(self) -> str:
        """As it is stored and written in addresses."""
        if self.months == 12:
            return f"{self.starts:%Y}"
        return f"{self.starts.year}-Q{self.starts.month // 3 + 1}" if self.months == 3 else f"{self.starts:%Y-%m}"

    @property
    def kind(self) -> PeriodKind:
        """Month, quarter or year; raises KeyError for a window of another length."""
        return {length: kind for kind, length in LENGTHS.items()}[self.months]

    @property
    def ends(self) -> date:
        """The first day after it."""
        return after(self.starts, self.months)

    @property
    def last_day(self) -> date:
        """The last day of it."""
        return self.ends - timedelta(days=1)

    @property
    def firsts(self) -> list[date]:
        """The first day of each of its months."""
        return [after(self.starts, n) for n in range(self.months)]

    @property
    def year_before(self) -> Period:
        """The same months, one year earlier."""
        return Period(after(self.starts, -12), self.months)

    def window(self, years: int) -> Period:
        """The years that end with this period; one is the period itself."""
        return self if years == 1 else Period(after(self.ends, -12 * years), 12 * years)


def after(first: date, months: int) -> date:
    """The first of the month that many months later."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
