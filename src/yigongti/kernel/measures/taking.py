"""Which rows a sort of asks takes, as an expression: each row with its slot and the day it is asked of."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import ibis

from yigongti.kernel.measures import expressions
from yigongti.kernel.measures.expanding import PLACE_COLUMNS
from yigongti.kernel.measures.expressions import Expr
from yigongti.kernel.measures.grids import Goal, Slots, Sort, bounds, shape_of, slots_of, sort_of
from yigongti.kernel.measures.reference import PLACES, Asked
from yigongti.kernel.measures.words import LEVELS, Clause, Fact, Selection


class Store(Protocol):
    """Where tables stand and statements run."""

    def table(self, code: str, columns: dict[str, str]) -> Expr:
        """A fact's rows."""

    def made(self, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> Expr:
        """A small table of these rows."""

    def kept(self, expression: Expr) -> Expr:
        """The expression's rows, kept for further questions."""

    def fetched(self, expression: Expr) -> list[tuple[Any, ...]]:
        """The expression's rows."""

    def forget(self) -> None:
        """Drop what was made and kept."""


def with_levels(store: Store, gathered: Expr, slots: Slots, levels: Iterable[str]) -> Expr:
    """Rows of spans by slot and institution, with what the institution belonged to on the slot's day."""
    places = store.table(PLACES, PLACE_COLUMNS)
    days = store.made({"slot": "int64", "day": "date"}, slots.days.items())
    stood = places.cross_join(days).filter(lambda t: (t.at <= t.day) & (t.until.isnull() | (t.day < t.until)))
    stood = stood.select(
        of_slot="slot", of="institution", **{f"at_{one}": one for one in levels if one != "institution"}
    )
    joined = gathered.left_join(stood, (gathered.slot == stood.of_slot) & (gathered.at_institution == stood.of))
    return joined.drop("of_slot", "of")


class Rows:
    """The rows that a sort of asks takes, each with its slot (`slot`) and the day it is asked of (`asked_on`)."""

    def __init__(
        self, store: Store, sort: Sort, fact: Fact, goals: Sequence[Goal], slots: Slots,
        ways: Sequence[tuple[Clause, ...]] = (),
    ) -> None:  # fmt: skip
        self.store = store
        self.ways = [sort.before] if sort.shape == "latest" else ways
        """An event that passes none of these counts for nobody: it is left behind before anything is joined."""
        self.sort = sort
        self.fact = fact
        self.goals = goals
        self.slots = slots

    @property
    def expanded(self) -> bool:
        """Whether each row tells the places its institution belonged to on its own day."""
        return not self.slots.days

    def taken(self) -> Expr:
        """As the shape says."""
        rows = self.store.table(self.fact.code, expressions.columns_of(self.fact))
        rows = {"month": self._months, "period": self._periods, "latest": self._latest, "day": self._days,
                "days": self._overlaps}[self.sort.shape](rows)  # fmt: skip
        return self._spans_placed(rows if self.sort.shape == "latest" else self._among_all(rows))

    def _in_bounds(self, rows: Expr) -> Expr:
        """Events between the first and the last day, with their month."""
        starts, ends = bounds(self.goals)
        at = rows[self.fact.at]
        rows = rows.filter((at >= ibis.literal(starts)) & (at < ibis.literal(ends)))
        at = rows[self.fact.at]
        rows = rows.mutate(in_month=(at.year() * 12 + at.month() - 1).cast("int64"), asked_on=at)
        if not self.ways or not all(self.ways):
            return rows
        ways = dict.fromkeys(self.ways)
        return rows.filter(
            functools.reduce(operator.or_, [expressions.passes(way, rows, rows.asked_on) for way in ways])
        )

    def _months(self, rows: Expr) -> Expr:
        rows = self._in_bounds(rows)
        return rows.mutate(slot=rows.in_month)

    def _periods(self, rows: Expr) -> Expr:
        grid = self.store.made({"in_month": "int64", "slot": "int64"}, self.slots.months)
        return self._in_bounds(rows).join(grid, "in_month")

    def _latest(self, rows: Expr) -> Expr:
        """Each person's last row that passes what was asked before, a period."""
        rows = self._among_all(self._periods(rows))
        passed = expressions.passes(self.sort.before, rows, rows.asked_on) & rows[self.fact.person].notnull()
        rows = rows.filter(passed)
        order = [ibis.desc(rows[self.fact.at]), ibis.desc(rows[self.fact.key])]
        rows = rows.mutate(turn=ibis.row_number().over(group_by=[rows.slot, rows[self.fact.person]], order_by=order))
        return rows.filter(rows.turn == 0)

    def _days(self, rows: Expr) -> Expr:
        grid = self.store.made({"slot": "int64", "asked_on": "date"}, self.slots.days.items())
        until = _until(rows, self.fact)
        return rows.join(grid, [rows[self.fact.at] <= grid.asked_on, until > grid.asked_on])

    def _overlaps(self, rows: Expr) -> Expr:
        given = [(slot, *span, self.slots.days[slot]) for slot, span in self.slots.spans.items()]
        grid = self.store.made({"slot": "int64", "from_day": "date", "to_day": "date", "asked_on": "date"}, given)
        rows = rows.mutate(till=_until(rows, self.fact))
        rows = rows.join(grid, [rows[self.fact.at] < grid.to_day, rows.till > grid.from_day])
        begins, ends = ibis.greatest(rows[self.fact.at], rows.from_day), ibis.least(rows.till, rows.to_day)
        rows = rows.mutate(lasts=ends.delta(begins, unit="day"))
        return rows.filter(rows.lasts > 0)

    # --- people of another selection

    def _among_all(self, rows: Expr) -> Expr:
        for other in self.sort.of:
            rows = self._among(rows, other)
        return rows

    def _among(self, rows: Expr, other: Selection) -> Expr:
        """Only rows of people who are in the other selection, over the slot's period."""
        people = People(self.store, other, self.goals).rows()
        if self.sort.shape == "day":
            adds = self.store.made({"slot": "int64", "goal": "int64", "twice": "int64"}, self.slots.adds)
            people = people.join(adds, "goal").select("slot", "who")
        else:
            people = people.select(slot="goal", who="who")
        people = self.store.kept(people)
        return rows.semi_join(people, [rows.slot == people.slot, rows[self.fact.person] == people.who])

    def _spans_placed(self, rows: Expr) -> Expr:
        """Spans asked as events: the lake tells no places of theirs, so they are looked up by their first day."""
        if not self.fact.until or self.slots.days:
            return rows
        places = self.store.table(PLACES, PLACE_COLUMNS).rename(from_day="at", to_day="until")
        stood = places.select("institution", "from_day", "to_day",
                              **{f"{self.sort.place}_{one}": places[one] for one in LEVELS[1:]})  # fmt: skip
        stood = stood.rename(of_institution="institution").mutate(to_day=_open(stood.to_day))
        place, at = rows[self.sort.place], rows[self.fact.at]
        return rows.left_join(stood, [place == stood.of_institution, at >= stood.from_day, at < stood.to_day])


class People:
    """Who is in a selection, goal by goal, wherever."""

    def __init__(self, store: Store, selection: Selection, goals: Sequence[Goal]) -> None:
        self.store = store
        self.selection = selection
        self.fact = selection.fact
        self.goals = [(period, selection.taken) for period, _ in goals]
        place = self.fact.places[0] if self.fact.places else ""
        asked = Asked(period=self.goals[0][0], place=place, level="institution")
        self.sort = sort_of(selection, asked)
        self.slots = slots_of(self.sort, self.goals)

    def rows(self) -> Expr:
        """One row a goal and person."""
        ways = [self.selection.clauses]
        rows = Rows(self.store, self.sort, self.fact, self.goals, self.slots, ways).taken()
        clauses = self.selection.then if shape_of(self.selection) == "latest" else self.selection.clauses
        rows = rows.filter(expressions.passes(clauses, rows, rows.asked_on) & rows[self.fact.person].notnull())
        each = rows.group_by(slot=rows.slot, who=rows[self.fact.person]).aggregate(times=rows.count())
        adds = self.store.made({"slot": "int64", "goal": "int64", "twice": "int64"}, self.slots.adds)
        joined = each.join(adds, "slot")
        often = joined.group_by(["goal", "who"]).aggregate(times=joined.times.sum())
        return often.filter(often.times >= self.selection.times).select("goal", "who")


def _until(rows: Expr, fact: Fact) -> Expr:
    return _open(rows[fact.until])


def _open(day: Expr) -> Expr:
    """A span without an end ends never."""
    return day.fill_null(ibis.literal("9999-12-31").cast("date"))
