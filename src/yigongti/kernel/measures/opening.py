"""The rows behind a number: exactly those that were counted, page by page in the order of their key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.kernel.measures import expressions
from yigongti.kernel.measures.expanding import plain_columns
from yigongti.kernel.measures.expressions import Expr
from yigongti.kernel.measures.grids import shape_of, slots_of, sort_of
from yigongti.kernel.measures.reference import Asked, Key, Settle
from yigongti.kernel.measures.taking import Rows, with_levels
from yigongti.kernel.measures.words import AGE_BAND, Selection


class Opening:
    """What is asked of a selection, opened. A row that counts on two days of a mean is listed once."""

    def __init__(self, store: Any, settle: Settle, selection: Selection, asked: Asked) -> None:
        self.store = store
        self.asked = asked
        self.selection = expressions.settled(selection, settle, asked.period.last_day)
        self.fact = selection.fact
        goals = [(asked.period, selection.taken)]
        self.sort = sort_of(self.selection, asked)
        self.slots = slots_of(self.sort, goals)
        self.source = Rows(store, self.sort, self.fact, goals, self.slots)

    def rows(self, key: Key, *, after: str, limit: int) -> list[Mapping[str, Any]]:
        """The next rows of a place and group."""
        rows = self.source.taken()
        clauses = self.selection.then if shape_of(self.selection) == "latest" else self.selection.clauses
        rows = rows.filter(expressions.passes(clauses, rows, rows.asked_on))
        rows = self._of(self._leveled(rows), key)
        if after:
            rows = rows.filter(rows[self.fact.key] > self._read(after))
        names = list(plain_columns(self.fact))
        rows = rows.select(names)
        if self.sort.shape == "day" and len(self.slots.days) > 1:
            rows = rows.distinct()
        rows = rows.order_by(self.fact.key).limit(limit)
        found = self.store.fetched(rows)
        self.store.forget()
        return [dict(zip(names, row, strict=True)) for row in found]

    def _read(self, after: str) -> Any:
        return int(after) if plain_columns(self.fact)[self.fact.key] == "int64" else after

    def _of(self, rows: Expr, key: Key) -> Expr:
        """Of that place and group."""
        rows = rows.filter(_is(self._place(rows), key.place))
        for name, value in zip(self.asked.by, key.by, strict=True):
            rows = rows.filter(self._dimension(rows, name, value))
        return rows

    def _leveled(self, rows: Expr) -> Expr:
        if self.source.expanded or self.asked.level == "institution":
            return rows
        rows = rows.mutate(at_institution=rows[self.asked.place])
        return with_levels(self.store, rows, self.slots, {self.asked.level})

    def _place(self, rows: Expr) -> Expr:
        if self.asked.level == "institution":
            return rows[self.asked.place]
        if self.source.expanded:
            return rows[f"{self.asked.place}_{self.asked.level}"]
        return rows[f"at_{self.asked.level}"]

    def _dimension(self, rows: Expr, name: str, value: str) -> Expr:
        if name != AGE_BAND:
            return expressions.as_text(rows[name]) == value
        band = expressions.age_band(rows[self.fact.born], rows.asked_on)
        return _is(band, int(value.split("-")[0].rstrip("+")) if value else None)


def _is(column: Expr, value: int | None) -> Expr:
    return column.isnull() if value is None else column == value
