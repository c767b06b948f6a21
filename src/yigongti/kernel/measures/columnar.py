"""The same meaning as `reference`, over columns: asks that share a scan are answered by one, on DuckDB or on Spark.

A group of asks (`grids`) becomes a base, one row a slot, place and dimension with a column for each selection, and
from it the roll-up to periods and levels. Distinct people do not add up: their base keeps a row a person, with one bit
a selection, which is joined by `or` over the months of a period. A quantile's base counts equal values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ibis

from yigongti.kernel.measures import expressions, scripts
from yigongti.kernel.measures.expressions import Expr
from yigongti.kernel.measures.grids import Goal, Group, grouped, parts, slots_of
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Key, Settle
from yigongti.kernel.measures.taking import Rows, Store, with_levels
from yigongti.kernel.measures.words import AGE_BAND, LEVELS, Selection


@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]
def either_bit(bits: int) -> int:
    """The bits that any row has: DuckDB's and Spark's own, which ibis knows of the first alone."""
    raise NotImplementedError(bits)


BITS = 62
"""Selections in one whole number of 64 bits."""


class Columnar:
    """A county's lake and its parameters."""

    def __init__(self, store: Store, settle: Settle) -> None:
        self.store = store
        self._settle = settle
        self._settled: dict[Any, Selection] = {}
        self._same: dict[Selection, Selection] = {}

    def measure(self, selection: Selection, asked: Asked) -> dict[Key, Decimal]:
        """As `reference.Counting.measure`."""
        return self.measure_all([(selection, asked)])[0]

    def measure_all(self, asks: Sequence[tuple[Selection, Asked]]) -> list[dict[Key, Decimal]]:
        """Each ask's numbers, in the order asked."""
        found: list[dict[Key, Decimal]] = [{} for _ in asks]
        for group in grouped([(self._meaning(selection, asked.period), asked) for selection, asked in asks]):
            try:
                self._answer(group, found)
            finally:
                self.store.forget()
        return found

    def _meaning(self, selection: Selection, period: Period) -> Selection:
        """The selection as its parameters stand on the period's last day; equal ones are the same object."""
        known = self._settled.get(id(selection))
        if known is None and not expressions.names_parameters(selection):
            known = self._settled[id(selection)] = self._same.setdefault(selection, selection)
        if known is not None:
            return known
        dated = (id(selection), period.last_day)
        if dated not in self._settled:
            meant = expressions.settled(selection, self._settle, period.last_day)
            self._same.setdefault(selection, selection)
            self._settled[dated] = self._same.setdefault(meant, meant)
        return self._settled[dated]

    def _answer(self, group: Group, found: list[dict[Key, Decimal]]) -> None:
        levels = [level for level in LEVELS if level in group.levels]
        for part in parts(group):
            work = Work(self.store, group, part)
            key = (group.sort, tuple(group.selections), tuple(levels))
            told = scripts.run(self.store, key, work.run, work.grids(), days=scripts.dates(part))
            for level, rows in zip(levels, told, strict=True):
                work.deliver(level, rows, found)
            self.store.forget()


class Work:
    """One group's base and roll-ups."""

    def __init__(self, store: Store, group: Group, goals: Sequence[Goal]) -> None:
        self.store = store
        self.group = group
        self.sort = group.sort
        self.selections = group.selections
        self.goals = goals
        self.slots = slots_of(group.sort, goals)
        asked = self.selections if group.sort.counted == "people" or group.sort.shape == "period" else []
        self.rows = Rows(store, group.sort, group.fact, goals, self.slots, [one.clauses for one in asked])

    def run(self, store: Any) -> Iterator[list[tuple[Any, ...]]]:
        """Level by level, what `deliver` takes."""
        self.store = self.rows.store = store
        base = store.kept(self.base())
        adds = store.made({"slot": "int64", "goal": "int64", "twice": "int64"}, self.slots.adds)
        for level in LEVELS:
            if level in self.group.levels:
                yield store.fetched(self.rolled(base, adds, level))

    def grids(self) -> Iterator[list[tuple[Any, ...]]]:
        """The small tables, in the order in which they are made."""
        yield from scripts.grids_of(self.sort, self.goals, self.slots)
        if self.slots.days and self.group.levels != {"institution"}:
            yield list(self.slots.days.items())
        yield list(self.slots.adds)

    # --- the base: one row a slot, place and dimension (and person, or value)

    def base(self) -> Expr:
        """The group's rows gathered."""
        rows = self.rows.taken()
        passed = [expressions.passes(one.then if self.sort.shape == "latest" else one.clauses, rows, rows.asked_on)
                  for one in self.selections]  # fmt: skip
        gathered = rows.group_by(self._keys(rows)).aggregate(**self._gathered(rows, passed))
        return self._placed(gathered)

    def _keys(self, rows: Expr) -> dict[str, Expr]:
        keys = {"slot": rows.slot}
        if self.rows.expanded:
            keys |= {f"at_{level}": rows[self._column(level)] for level in LEVELS if level in self.group.levels}
        else:
            keys["at_institution"] = rows[self.sort.place]
        keys |= {f"by_{n}": self._dimension(rows, name) for n, name in enumerate(self.sort.by)}
        if self.sort.counted == "people":
            keys["who"] = rows[self.group.fact.person]
        elif self.sort.counted != "numbers":
            keys["value"] = rows[self.selections[0].column]
        return keys

    def _column(self, level: str) -> str:
        return self.sort.place if level == "institution" else f"{self.sort.place}_{level}"

    def _dimension(self, rows: Expr, name: str) -> Expr:
        if name == AGE_BAND:
            return expressions.age_band(rows[self.group.fact.born], rows.asked_on)
        return expressions.as_text(rows[name])

    def _gathered(self, rows: Expr, passed: list[Expr]) -> dict[str, Expr]:
        if self.sort.counted == "people":
            return self._people_gathered(rows, passed)
        if self.sort.counted != "numbers":
            known = rows[self.selections[0].column].notnull()
            return {f"n{i}": rows.count(where=each & known) for i, each in enumerate(passed)}
        found: dict[str, Expr] = {}
        for i, (one, each) in enumerate(zip(self.selections, passed, strict=True)):
            found |= self._numbers_gathered(rows, i, one, each)
        return found

    def _people_gathered(self, rows: Expr, passed: list[Expr]) -> dict[str, Expr]:
        """Bits of those who are there once; how often, where it matters."""
        found = {}
        passed = [rows.slot.notnull() & each for each in passed]  # a column even where nothing is asked
        for word in range(0, len(passed), BITS):
            bits = [each.ifelse(1 << n, 0).cast("int64") for n, each in enumerate(passed[word : word + BITS])]
            joined = bits[0]
            for bit in bits[1:]:
                joined = joined + bit
            found[f"bits{word // BITS}"] = either_bit(joined)
        often = {f"n{i}": each.ifelse(1, 0).sum() for i, each in enumerate(passed) if self.selections[i].times > 1}
        return found | often

    def _numbers_gathered(self, rows: Expr, i: int, one: Selection, passed: Expr) -> dict[str, Expr]:
        if one.counted == "rows":
            if self.sort.shape != "days":
                return {f"n{i}": rows.count(where=passed)}
            return {f"n{i}": rows.count(where=passed), f"s{i}": rows.lasts.sum(where=passed)}
        value = rows[one.column]
        known = passed & value.notnull()
        if one.counted == "squares":
            value = _wide(value) * _wide(value)
        if self.sort.shape == "days":
            value = value * rows.lasts
        return {f"n{i}": rows.count(where=known), f"s{i}": value.sum(where=known)}

    def _placed(self, gathered: Expr) -> Expr:
        """With the places that an institution belonged to on the slot's day, where the lake does not tell it."""
        if self.rows.expanded or self.group.levels == {"institution"}:
            return gathered
        if not self.slots.days:
            return gathered
        return with_levels(self.store, gathered, self.slots, self.group.levels)

    # --- the roll-up to goals, for one level

    def rolled(self, base: Expr, adds: Expr, level: str) -> Expr:
        """One row a goal, place and dimension; `adds` tells what each slot adds to which goal."""
        if self.sort.counted == "people":
            return self._people_rolled(base, adds, level)
        joined = base.join(adds, "slot")
        keys = [joined.goal, joined[f"at_{level}"], *self._by(joined)]
        if self.sort.counted != "numbers":
            return self._quantiles_rolled(joined, keys)
        names = [name for name in base.columns if name[0] in "ns" and name[1:].isdigit()]
        return joined.group_by(keys).aggregate(**{name: self._added(joined, name) for name in names})

    def _added(self, joined: Expr, name: str) -> Expr:
        return (joined[name] * joined.twice).sum()

    def _by(self, table: Expr) -> list[Expr]:
        return [table[f"by_{n}"] for n in range(len(self.sort.by))]

    def _words(self) -> list[str]:
        return [f"bits{word}" for word in range((len(self.selections) + BITS - 1) // BITS)]

    def _people_rolled(self, base: Expr, adds: Expr, level: str) -> Expr:
        """Days stand apart; months of a period become one first."""
        if self.sort.shape == "day":
            counted = self._people_counted(base, ["slot", f"at_{level}"]).join(adds, "slot")
            keys = [counted.goal, counted[f"at_{level}"], *self._by(counted)]
            names = [f"{letter}{i}" for i in range(len(self.selections)) for letter in "np"]
            return counted.group_by(keys).aggregate(**{name: self._added(counted, name) for name in names})
        joined = base.join(adds, "slot")
        return self._people_counted(joined, ["goal", f"at_{level}"])

    def _people_counted(self, table: Expr, keys: list[str]) -> Expr:
        """How many rows of people stand there at all, and how many different people."""
        by = [f"by_{n}" for n in range(len(self.sort.by))]
        often = [f"n{i}" for i, one in enumerate(self.selections) if one.times > 1]
        each = table.group_by([*keys, *by, "who"]).aggregate(
            **{word: either_bit(table[word]) for word in self._words()}, **{name: table[name].sum() for name in often}
        )
        found: dict[str, Expr] = {}
        for i, one in enumerate(self.selections):
            there = (each[f"bits{i // BITS}"] & (1 << i % BITS)) != 0
            enough = each[f"n{i}"] >= one.times if one.times > 1 else there
            found |= {f"n{i}": each.count(where=there), f"p{i}": each.count(where=enough & each.who.notnull())}
        return each.group_by([*keys, *by]).aggregate(**found)

    def _quantiles_rolled(self, joined: Expr, keys: list[Expr]) -> Expr:
        """The smallest value that enough of the rows do not exceed."""
        names = [f"n{i}" for i in range(len(self.selections))]
        values = joined.group_by([*keys, joined.value]).aggregate(**{name: joined[name].sum() for name in names})
        groups = [values[name] for name in values.columns[: len(keys)]]
        upto = ibis.window(group_by=groups, order_by=values.value, preceding=None, following=0)
        whole = ibis.window(group_by=groups)
        risen = values.select(
            *groups, "value", *names,
            **{f"upto{i}": values[name].sum().over(upto) for i, name in enumerate(names)},
            **{f"all{i}": values[name].sum().over(whole) for i, name in enumerate(names)},
        )  # fmt: skip
        found = {f"n{i}": risen[f"n{i}"].sum() for i in range(len(names))}
        found |= {f"s{i}": risen.value.min(where=_reached(risen, i, one)) for i, one in enumerate(self.selections)}
        return risen.group_by([risen[group.get_name()] for group in groups]).aggregate(**found)

    # --- the answers

    def deliver(self, level: str, rows: list[tuple[Any, ...]], found: list[dict[Key, Decimal]]) -> None:
        """Enter a level's rows into the answers."""
        begin = 2 + len(self.sort.by)
        places, goals = self._value_places(begin), [self.group.numbers[goal] for goal in self.goals]
        keys: dict[tuple[Any, ...], Key] = {}  # a place's months share theirs: there are a million numbers
        for row in rows:
            told = row[1:begin]
            key = keys.get(told) or keys.setdefault(told, Key(told[0], tuple(map(self._read, self.sort.by, told[1:]))))
            for i, (there, value) in enumerate(places):
                if row[there]:
                    for number in self.group.answers.get((i, goals[row[0]], level), ()):
                        found[number][key] = self._number(row[value])

    def _value_places(self, begin: int) -> list[tuple[int, int]]:
        """Where in a row stands whether a selection has anything there, and its number."""
        if self.sort.counted == "people":
            return [(begin + 2 * i, begin + 2 * i + 1) for i in range(len(self.selections))]
        if self.sort.counted != "numbers":
            return [(begin + i, begin + len(self.selections) + i) for i in range(len(self.selections))]
        places, at = [], begin
        for one in self.selections:
            wide = one.counted != "rows" or self.sort.shape == "days"
            places.append((at, at + 1 if wide else at))
            at += 2 if wide else 1
        return places

    def _read(self, name: str, value: Any) -> str:
        if name != AGE_BAND:
            return str(value)
        return "" if value is None else "85+" if value == 85 else f"{value}-{value + 4}"

    def _number(self, value: Any) -> Decimal:
        """Roll-ups carry twice the weight of their days."""
        halved = self.sort.counted == "numbers" or (self.sort.counted == "people" and self.sort.shape == "day")
        return Decimal(value) / 2 if halved else Decimal(value)


def _reached(risen: Expr, i: int, one: Selection) -> Expr:
    share = Fraction(one.share)
    return (risen[f"n{i}"] > 0) & (risen[f"upto{i}"] * share.denominator >= risen[f"all{i}"] * share.numerator)


def _wide(value: Expr) -> Expr:
    """Wide enough to be squared."""
    return value.cast("decimal(19, 0)") if value.type().is_integer() else value
