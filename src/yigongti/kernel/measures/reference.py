"""What the words mean, in plain Python over rows: lists, sets and loops, short enough to be read aloud.

Nothing runs on it but the tests: the engine that counts a county must give the same for every selection.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.words import (
    AGE_BAND,
    Aged,
    Among,
    Clause,
    CodeList,
    CodeRange,
    Condition,
    Fact,
    Known,
    NoneOf,
    Selection,
    Test,
    Within,
)
from yigongti.kernel.parameters.words import Parameter


Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
Settle = Callable[[Parameter, date], Any]
"""What a parameter holds on a day."""

PLACES = "places"
"""The fact of memberships: `institution` with its `township`, `group` and `county`, from `at` to before `until`."""


@dataclass(frozen=True, slots=True)
class Key:
    """A place of the level asked for (None: it belongs to none) and the values of the dimensions, as text."""

    place: int | None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Of a selection is asked: when, by which column a row belongs to a place, how far rolled up, split by what."""

    period: Period
    place: str
    level: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The rows behind one number: of a selection as asked, of one place and one value of each dimension."""

    selection: Selection
    asked: Asked
    key: Key


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that counts: the day it is asked of, the weight of that asking, and how many days it counts for."""

    row: Row
    day: date
    turn: int
    weight: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Counting:
    """A county's rows and its parameters. A parameter is that of the period's last day."""

    rows: Rows
    settle: Settle

    def measure(self, selection: Selection, asked: Asked) -> dict[Key, Decimal]:
        """The selection's number for each place and group that has rows."""
        groups: dict[Key, list[Taken]] = defaultdict(list)
        for one in self._taken(selection, asked.period):
            groups[self._key(selection.fact, one.row, one.day, asked)].append(one)
        found = {key: _number(selection, group) for key, group in groups.items()}
        return {key: number for key, number in found.items() if number is not None}

    # --- which rows

    def _taken(self, selection: Selection, period: Period) -> Iterator[Taken]:
        """The rows that count."""
        people = [self._people(other, period) for other in selection.of]
        for turn, (day, weight) in enumerate(_days_asked(selection, period)):
            rows = [
                row
                for row in self.rows.get(selection.fact.code, ())
                if self._stands(selection, row, period, day)
                and all(row[selection.fact.person] in those for those in people)
                and self._passes(selection.clauses, row, day or row[selection.fact.at], period)
            ]
            if selection.taken == "latest":
                rows = [row for row in _latest(selection.fact, rows)
                        if self._passes(selection.then, row, row[selection.fact.at], period)]  # fmt: skip
            for row in rows:
                days = _overlap(selection.fact, row, period) if selection.taken == "days" else 1
                yield Taken(row, day or row[selection.fact.at], turn, weight, days)

    def _people(self, selection: Selection, period: Period) -> set[Any]:
        """Who is in a selection, wherever."""
        often: dict[Any, int] = defaultdict(int)
        for one in self._taken(selection, period):
            often[one.row[selection.fact.person]] += 1
        return {person for person, times in often.items() if times >= selection.times and person is not None}

    def _stands(self, selection: Selection, row: Row, period: Period, day: date | None) -> bool:
        fact = selection.fact
        if selection.taken == "days":
            return _overlap(fact, row, period) > 0
        if day is not None:
            return bool(row[fact.at] <= day and (row[fact.until] is None or day < row[fact.until]))
        return bool(period.starts <= row[fact.at] < period.ends)

    def _passes(self, clauses: Iterable[Clause], row: Row, day: date, period: Period) -> bool:
        return all(
            self._holds(clause, row, day, period)
            if isinstance(clause, Condition)
            else any(self._passes(way, row, day, period) for way in clause.ways)
            for clause in clauses
        )

    def _holds(self, condition: Condition, row: Row, day: date, period: Period) -> bool:
        return self._test(condition.test, row[condition.column], day, period)

    def _test(self, test: Test, value: Any, day: date, period: Period) -> bool:
        there = value is not None and value != ""
        match test:
            case Known(known):
                return there is known
            case Aged(years):
                return there and self._test(years, age(value, day), day, period)
            case Among(values):
                return there and value in self._settled(values, period)
            case NoneOf(values):
                return there and value not in self._settled(values, period)
            case CodeRange(ranges):
                return there and any(least <= value[:3] <= most for least, most in ranges)
            case CodeList(parameter):
                return self._test(_ranges(self.settle(parameter, period.last_day)), value, day, period)
            case Within(least, under):
                held = Within(self._one(least, period), self._one(under, period))
                least, under = held.least, held.below
                return there and (least is None or value >= least) and (under is None or value < under)

    def _one(self, operand: Any, period: Period) -> Any:
        return self.settle(operand, period.last_day) if isinstance(operand, Parameter) else operand

    def _settled(self, values: Iterable[Any], period: Period) -> set[Any]:
        found: set[Any] = set()
        for value in values:
            one = self._one(value, period)
            found |= set(one) if isinstance(one, (tuple, list)) else {one}
        return found

    # --- to whom they count

    def _key(self, fact: Fact, row: Row, day: date, asked: Asked) -> Key:
        return Key(
            self._place(row[asked.place], day, asked.level), tuple(self._by(fact, row, day, b) for b in asked.by)
        )

    def _place(self, institution: int | None, day: date, level: str) -> int | None:
        if level == "institution":
            return institution
        for place in self.rows.get(PLACES, ()):
            if place["institution"] == institution and place["at"] <= day < (place["until"] or date.max):
                found: int | None = place[level]
                return found
        return None

    def _by(self, fact: Fact, row: Row, day: date, name: str) -> str:
        if name == AGE_BAND:
            return age_band(row[fact.born], day)
        value = row[name]
        return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


def _days_asked(selection: Selection, period: Period) -> list[tuple[date | None, Decimal]]:
    """The days that spans are asked of, with their weight; events are asked of their own."""
    if selection.taken == "on_last_day" or selection.taken == "days":
        return [(period.last_day, Decimal(1))]
    if selection.taken == "mid_period":
        return [(period.starts - timedelta(days=1), Decimal("0.5")), (period.last_day, Decimal("0.5"))]
    return [(None, Decimal(1))]


def _latest(fact: Fact, rows: Iterable[Row]) -> list[Row]:
    """Each known person's last row."""
    last: dict[Any, Row] = {}
    for row in rows:
        person = row[fact.person]
        if person is None:
            continue
        if person not in last or (row[fact.at], row[fact.key]) > (last[person][fact.at], last[person][fact.key]):
            last[person] = row
    return list(last.values())


def _overlap(fact: Fact, row: Row, period: Period) -> int:
    ends = min(row[fact.until] or period.ends, period.ends)
    return max(0, int((ends - max(row[fact.at], period.starts)).days))


def _number(selection: Selection, group: list[Taken]) -> Decimal | None:
    """The group's number; None where nothing of it is known."""
    if selection.counted == "rows":
        return sum((one.weight * one.days for one in group), Decimal(0))
    if selection.counted == "people":
        return _people_number(selection, group)
    known = [(Decimal(one.row[selection.column]), one) for one in group if one.row[selection.column] is not None]
    if not known:
        return None
    if selection.counted == "quantile":
        return sorted(value for value, _ in known)[math.ceil(selection.share * len(known)) - 1]
    power = 2 if selection.counted == "squares" else 1
    return sum((value**power * one.weight * one.days for value, one in known), Decimal(0))


def _people_number(selection: Selection, group: list[Taken]) -> Decimal:
    """Distinct people of each day asked, by its weight; how many days a span lasted does not matter."""
    often: dict[tuple[Any, int], int] = defaultdict(int)
    weights = {one.turn: one.weight for one in group}
    for one in group:
        often[one.row[selection.fact.person], one.turn] += 1
    return sum((weights[turn] for (who, turn), times in often.items() if who is not None and times >= selection.times),
               Decimal(0))  # fmt: skip


def _ranges(told: Iterable[str]) -> CodeRange:
    return CodeRange(tuple((one.partition("-")[0], one.partition("-")[2] or one) for one in told))


def age(born: date, day: date) -> int:
    """Completed years; who is born on 29 February completes one on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_band(born: date | None, day: date) -> str:
    """Five-year ages, `85+` the last, empty where the birth is unknown."""
    if born is None:
        return ""
    least = max(0, min(age(born, day) // 5 * 5, 85))
    return "85+" if least == 85 else f"{least}-{least + 4}"
