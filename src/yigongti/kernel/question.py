"""Questions whose SQL the ORM writes once: on a busy page it takes longer to write them than PostgreSQL to answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, Func, QuerySet


@dataclass(frozen=True, slots=True)
class Given:
    """Where a value of this name goes."""

    name: str


class Slot(Expression):
    """Stands in a queryset for a value that is given when the question is asked."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=None)
        self.name = name

    def as_sql(self, *_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """A place, and what it is called."""
        return "%s", [Given(self.name)]


class Among(Func):
    """Whether a column is one of the values that a slot gives as a list: `Among("case_id", Slot("ids"))`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Question:
    """A queryset of `values_list`, written on its first use; `asked` gives rows as the database holds them.

    `write` returns the queryset with slots for what changes from one asking to the next. Asking gives every slot by
    its name; what no slot names is not used. Converters of fields do not run: keep to columns that need none.
    """

    def __init__(self, write: Callable[[], QuerySet[Any, Any]]) -> None:
        self.write = write

    @cached_property
    def _written(self) -> tuple[str, tuple[str, ...]] | None:
        try:
            return _with_constants(*self.write().query.sql_with_params())
        except EmptyResultSet:  # a question to which nothing can ever be the answer
            return None

    def asked(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows. Raises KeyError for a slot that is not given."""
        if self._written is None:
            return []
        sql, slots = self._written
        with connection.cursor() as cursor:
            cursor.execute(sql, [given[name] for name in slots])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def _with_constants(sql: str, values: Sequence[Any]) -> tuple[str, tuple[str, ...]]:
    """The SQL with all that never changes written into it, as the driver would write it each time, and its slots."""
    following = iter(values)
    slots: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(following)
        if isinstance(value, Given):
            slots.append(value.name)
            return "%s"
        literal: str = connection.ops.compose_sql("%s", [value])  # type: ignore[attr-defined]  # PostgreSQL's own
        return literal.replace("%", "%%")

    return re.sub("%[%s]", place, sql), tuple(slots)
