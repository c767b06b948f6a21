"""Months, quarters, years and years to date: their days, the one before, the next, and the same of the year before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from yigongti.kernel.measures.words import PeriodKind


LENGTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}
TO_DATE: PeriodKind = "to_date"
KINDS: tuple[PeriodKind, ...] = (*LENGTHS, TO_DATE)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`months` months from the first day `starts`. A year `to_date` is no quarter and no year, though it be as long."""

    starts: date
    months: int
    to_date: bool = False

    @classmethod
    def read(cls, code: str) -> Self:
        """`2025-03`, `2025-Q1`, `2025`, or `2025-Y03` for its first three months; raises ValueError."""
        found = re.fullmatch(r"(\d{4})(?:-(\d\d)|-Q([1-4])|-Y(0[1-9]|1[0-2]))?", code)
        if not found:
            raise ValueError(f"no period: {code}")
        year, month, quarter, so_far = found.groups()
        if so_far:
            return cls(date(int(year), 1, 1), int(so_far), to_date=True)
        if quarter:
            return cls(date(int(year), int(quarter) * 3 - 2, 1), 3)
        return cls(date(int(year), int(month or 1), 1), 1 if month else 12)

    @classmethod
    def of(cls, kind: PeriodKind, day: date) -> Self:
        """The month, quarter or year that holds the day, or the year to the end of its month."""
        if kind == TO_DATE:
            return cls(date(day.year, 1, 1), day.month, to_date=True)
        length = LENGTHS[kind]
        return cls(date(day.year, (day.month - 1) // length * length + 1, 1), length)

    @property
    def code(self) -> str:
        """As it is stored and written in addresses."""
        if self.to_date:
            return f"{self.starts.year:04}-Y{self.months:02}"
        if self.months == 12:
            return f"{self.starts:%Y}"
        return f"{self.starts.year}-Q{self.starts.month // 3 + 1}" if self.months == 3 else f"{self.starts:%Y-%m}"

    @property
    def kind(self) -> PeriodKind:
        """Its kind; raises KeyError for a window of another length."""
        return TO_DATE if self.to_date else {length: kind for kind, length in LENGTHS.items()}[self.months]

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
        return Period(after(self.starts, -12), self.months, self.to_date)

    @property
    def earlier(self) -> Period:
        """The one of its kind just before: of a year to date the one that ends a month before."""
        if self.to_date:
            return Period.of(TO_DATE, after(self.ends, -2))
        return Period(after(self.starts, -self.months), self.months)

    @property
    def later(self) -> Period:
        """The one of its kind that follows."""
        return Period.of(TO_DATE, self.ends) if self.to_date else Period(self.ends, self.months)

    def window(self, years: int) -> Period:
        """The years that end with this period; one is the period itself."""
        return self if years == 1 else Period(after(self.ends, -12 * years), 12 * years)


def after(first: date, months: int) -> date:
    """The first of the month that many months later."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
