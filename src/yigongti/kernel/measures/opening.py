"""The rows behind a number: exactly those that were counted, page by page in the order of their key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yigongti.kernel.measures import expressions, scripts
from yigongti.kernel.measures.duck import quoted
from yigongti.kernel.measures.expanding import plain_columns
from yigongti.kernel.measures.expressions import Expr
from yigongti.kernel.measures.grids import shape_of, slots_of, sort_of
from yigongti.kernel.measures.reference import Asked, Key, Settle
from yigongti.kernel.measures.taking import Rows, with_levels
from yigongti.kernel.measures.words import AGE_BAND, Selection


MARK = 880_088_008_800
"""From here on numbers in a script stand for others."""


class Opening:
    """What is asked of a selection, opened. A row that counts on two days of a mean is listed once."""

    def __init__(self, store: Any, settle: Settle, selection: Selection, asked: Asked) -> None:
        self.store = store
        self.asked = asked
        self.selection = expressions.settled(selection, settle, asked.period.last_day)
        self.fact = selection.fact
        self.goals = [(asked.period, selection.taken)]
        self.sort = sort_of(self.selection, asked)
        self.slots = slots_of(self.sort, self.goals)
        self.source = Rows(store, self.sort, self.fact, self.goals, self.slots)
        self.names = list(plain_columns(self.fact))

    def rows(self, key: Key, *, after: str, limit: int) -> list[Mapping[str, Any]]:
        """The next rows of a place and group."""
        given = [self._read(name, value) for name, value in self._asked(key, after)]
        known = ("rows", self.selection, self.sort, self.asked.level, tuple(type(one) for one in given), limit)
        marks = [(_written(_mark(n, one)), quoted(one)) for n, one in enumerate(given) if one is not None]
        marked = [_mark(n, one) for n, one in enumerate(given)]
        try:
            told = list(
                scripts.run(
                    self.store, known, lambda store: self._fetched(store, marked, limit), self._grids(),
                    days=scripts.dates(self.goals), marks=marks,
                )
            )  # fmt: skip
        finally:
            self.store.forget()
        return [dict(zip(self.names, row, strict=True)) for rows in told for row in rows]

    def _asked(self, key: Key, after: str) -> list[tuple[str, Any]]:
        """The place, each dimension's value, and after which key."""
        begun = [(self.fact.key, after)] if after else []
        return [(self.asked.place, key.place), *zip(self.asked.by, key.by, strict=True), *begun]

    def _read(self, name: str, value: Any) -> Any:
        """As the column has it; dimensions are compared as text."""
        if name == AGE_BAND:
            return int(value.split("-")[0].rstrip("+")) if value else None
        whole = name == self.fact.key and name not in self.asked.by and plain_columns(self.fact)[name] == "int64"
        return int(value) if whole and isinstance(value, str) else value

    def _grids(self) -> Iterator[scripts.Rows]:
        yield from scripts.grids_of(self.sort, self.goals, self.slots)
        if self._to_be_placed:
            yield list(self.slots.days.items())

    @property
    def _to_be_placed(self) -> bool:
        return not self.source.expanded and self.asked.level != "institution"

    def _fetched(self, store: Any, marked: list[Any], limit: int) -> Iterator[scripts.Rows]:
        self.source.store = store
        rows = self.source.taken()
        clauses = self.selection.then if shape_of(self.selection) == "latest" else self.selection.clauses
        rows = rows.filter(expressions.passes(clauses, rows, rows.asked_on))
        rows = self._of(self._leveled(rows), marked)
        if len(marked) > 1 + len(self.asked.by):
            rows = rows.filter(rows[self.fact.key] > marked[-1])
        rows = rows.select(self.names)
        if self.sort.shape == "day" and len(self.slots.days) > 1:
            rows = rows.distinct()
        yield store.fetched(rows.order_by(self.fact.key).limit(limit))

    def _of(self, rows: Expr, marked: list[Any]) -> Expr:
        """Of that place and group."""
        rows = rows.filter(_is(self._place(rows), marked[0]))
        for name, value in zip(self.asked.by, marked[1:], strict=False):
            rows = rows.filter(_is(self._dimension(rows, name), value))
        return rows

    def _leveled(self, rows: Expr) -> Expr:
        if not self._to_be_placed:
            return rows
        rows = rows.mutate(at_institution=rows[self.asked.place])
        return with_levels(self.source.store, rows, self.slots, {self.asked.level})

    def _place(self, rows: Expr) -> Expr:
        if self.asked.level == "institution":
            return rows[self.asked.place]
        return rows[f"{self.asked.place}_{self.asked.level}" if self.source.expanded else f"at_{self.asked.level}"]

    def _dimension(self, rows: Expr, name: str) -> Expr:
        if name == AGE_BAND:
            return expressions.age_band(rows[self.fact.born], rows.asked_on)
        return expressions.as_text(rows[name])


def _mark(number: int, value: Any) -> Any:
    """What stands in the script for a value of its kind."""
    return None if value is None else MARK + number if isinstance(value, int) else f"\u00a4{number}\u00a4"


def _written(mark: Any) -> str:
    return str(mark) if isinstance(mark, int) else f"'{mark}'"


def _is(column: Expr, value: Any) -> Expr:
    return column.isnull() if value is None else column == value
