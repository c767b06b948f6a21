"""Which asks one scan can answer, and on which months or days that scan has to look at the rows.

Asks of one fact, place column and dimensions that take their rows in the same way form a group. A group looks at its
rows in slots: months of events, which add up to longer periods; days for spans, a year's last day being December's;
whole periods where nothing adds up (each person's latest row, people of another selection, days within).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked
from yigongti.kernel.measures.words import Clause, Fact, Selection


Shape = Literal["month", "period", "latest", "day", "days"]
Goal = tuple[Period, str]
"""A period, and how its rows were taken: the mean of two days is not that of one."""


def month_number(day: date) -> int:
    """Months since the year nought."""
    return day.year * 12 + day.month - 1


def shape_of(selection: Selection) -> Shape:
    """How the rows of a selection meet its periods."""
    if selection.taken == "latest":
        return "latest"
    if selection.taken == "days":
        return "days"
    if selection.taken != "in_period":
        return "day"
    return "period" if selection.of else "month"


@dataclass(frozen=True, slots=True)
class Sort:
    """What asks must share to be answered by one scan."""

    fact: str
    place: str
    by: tuple[str, ...]
    shape: Shape
    of: tuple[Selection, ...]
    before: tuple[Clause, ...]
    counted: str


def sort_of(selection: Selection, asked: Asked) -> Sort:
    """The group that an ask belongs to; the clauses of a `latest` decide which rows are the latest."""
    shape = shape_of(selection)
    return Sort(
        fact=selection.fact.code,
        place=asked.place,
        by=asked.by,
        shape=shape,
        of=selection.of,
        before=selection.clauses if shape == "latest" else (),
        counted=f"quantile {selection.column}" if selection.counted == "quantile" else
        "people" if selection.counted == "people" else "numbers",
    )  # fmt: skip


@dataclass(slots=True)
class Group:
    """Asks of one sort: the different selections among them and where each answer goes."""

    sort: Sort
    fact: Fact
    members: dict[int, tuple[int, Selection]] = field(default_factory=dict)
    numbers: dict[Goal, int] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)
    answers: dict[tuple[int, int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    """By member, goal and level: the numbers of the asks."""

    def add(self, number: int, selection: Selection, asked: Asked) -> None:
        """One more ask; equal selections are one object."""
        member, _ = self.members.setdefault(id(selection), (len(self.members), selection))
        goal = self.numbers.setdefault((asked.period, selection.taken), len(self.numbers))
        self.levels.add(asked.level)
        self.answers[member, goal, asked.level].append(number)

    @property
    def selections(self) -> list[Selection]:
        """The different selections."""
        return [selection for _, selection in self.members.values()]

    @property
    def goals(self) -> list[Goal]:
        """Periods and ways of taking."""
        return list(self.numbers)


@dataclass(frozen=True, slots=True)
class Slots:
    """Numbered slots with their day or months, and what each adds to a goal: twice its weight, so that it is whole."""

    days: dict[int, date]
    months: list[tuple[int, int]]
    spans: dict[int, tuple[date, date]]
    adds: list[tuple[int, int, int]]


def slots_of(sort: Sort, goals: Sequence[Goal]) -> Slots:
    """The slots of some goals."""
    if sort.shape == "day":
        return _of_days(sort, goals)
    numbered = list(enumerate(goals))
    if sort.shape == "month":
        months = [(month_number(first), number) for number, (period, _) in numbered for first in period.firsts]
        return Slots({}, [], {}, [(month, number, 2) for month, number in months])
    itself = [(number, number, 2) for number, _ in numbered]
    if sort.shape == "days":
        spans = {number: (period.starts, period.ends) for number, (period, _) in numbered}
        return Slots({number: period.last_day for number, (period, _) in numbered}, [], spans, itself)
    return Slots(
        {}, [(month_number(first), number) for number, (period, _) in numbered for first in period.firsts], {}, itself
    )


def _of_days(sort: Sort, goals: Sequence[Goal]) -> Slots:
    """One slot a day; where people of another selection are asked for, one a day and goal."""
    known: dict[tuple[date, int], int] = {}
    adds = []
    for goal, (period, taken) in enumerate(goals):
        for day, weight in _days(period, taken):
            slot = known.setdefault((day, goal if sort.of else -1), len(known))
            adds.append((slot, goal, weight))
    return Slots({slot: day for (day, _), slot in known.items()}, [], {}, adds)


def _days(period: Period, taken: str) -> list[tuple[date, int]]:
    if taken == "mid_period":
        return [(period.starts - timedelta(days=1), 1), (period.last_day, 1)]
    return [(period.last_day, 2)]


DAYS_AT_ONCE = 8
"""Everybody who lives in a county, on so many days: what fits into memory."""


def parts(group: Group) -> list[list[Goal]]:
    """The goals, in portions where every row of a fact stands anew on each day."""
    goals = sorted(group.goals)
    if group.sort.shape != "day" or group.sort.counted != "people":
        return [goals]
    return [goals[begin : begin + DAYS_AT_ONCE] for begin in range(0, len(goals), DAYS_AT_ONCE)]


def bounds(goals: Iterable[Goal]) -> tuple[date, date]:
    """From the first day of the earliest to before the end of the latest."""
    periods = [period for period, _ in goals]
    return min(period.starts for period in periods), max(period.ends for period in periods)


def grouped(asks: Sequence[tuple[Selection, Asked]]) -> list[Group]:
    """The asks, sorted into groups; equal selections must be the same object."""
    groups: dict[Sort, Group] = {}
    known: dict[tuple[int, str, tuple[str, ...]], Group] = {}
    for number, (selection, asked) in enumerate(asks):
        short = (id(selection), asked.place, asked.by)
        if short not in known:
            sort = sort_of(selection, asked)
            known[short] = groups.setdefault(sort, Group(sort, selection.fact))
        known[short].add(number, selection, asked)
    return list(groups.values())
