"""Statements that machines ask all day: prepared once for each connection, and several of them sent on one way.

Django writes the values into every statement, and PostgreSQL reads and plans it anew each time. For what is asked a
hundred times a second that costs more than the answer. Rows to be written travel as one JSON text.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import InterfaceError, OperationalError, connection


if TYPE_CHECKING:
    from django.db.models import Model


Given = Mapping[str, Any]
NEVER = 1 << 30
"""Uses of a statement after which it is prepared unasked: only what is asked here is prepared."""
NAMED = re.compile(r"%\((\w+)\)s|%%")
INSERT = "INSERT INTO {table} ({names}) SELECT {names} FROM json_to_recordset(%(rows)s) AS t({typed}) {ending}"


class Answer:
    """What a statement answers; inside `together` it is waited for only when somebody asks."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: psycopg.RawCursor[tuple[Any, ...]]) -> None:
        self._cursor = cursor

    def rows(self) -> list[tuple[Any, ...]]:
        """All of them."""
        with connection.wrap_database_errors:
            return self._cursor.fetchall()

    def by_name(self) -> list[dict[str, Any]]:
        """The same, each part by the name of its column."""
        rows = self.rows()
        names = [column.name for column in self._cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]


def ask(sql: str, given: Given | None = None, *, prepare: bool = True) -> Answer:
    """Send a statement. `prepare=False` for one whose plan must know the values that it is asked with."""
    link, (raw, names) = _link(), _numbered(sql)
    began = time.monotonic()
    cursor = psycopg.RawCursor(link)
    with connection.wrap_database_errors:
        cursor.execute(raw, [_plain(given[name]) for name in names] if given else None, prepare=prepare)
    if connection.queries_logged:
        connection.queries_log.append({"sql": sql.strip(), "time": f"{time.monotonic() - began:.3f}"})
    return Answer(cursor)


def fetched(sql: str, given: Given | None = None, *, prepare: bool = True) -> list[tuple[Any, ...]]:
    """All rows of a statement, at once."""
    return ask(sql, given, prepare=prepare).rows()


def fetched_first(sql: str, given: Given) -> list[tuple[Any, ...]]:
    """The first statement of a request, which may be asked twice: that it is answered shows that the connection lives.

    Where it does not, a new one is made and asked; so nobody asks about its health besides.
    """
    if connection.in_atomic_block or connection.connection is None:
        return fetched(sql, given)
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return fetched(sql, given)
    except (OperationalError, InterfaceError):
        if connection.is_usable():
            raise
        connection.close()
        return fetched(sql, given)


@contextmanager
def together() -> Iterator[None]:
    """Statements inside go to the server without waiting for each other's answers; the first error ends them all."""
    with connection.wrap_database_errors, _link().pipeline():
        yield


@dataclass(slots=True)
class _Waiting:
    """What is posted, and how deep in savepoints the block stands."""

    depth: int
    posted: list[tuple[str, Given]] = field(default_factory=list)


_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def posting() -> Iterator[None]:
    """What is posted inside goes at the end, together; inside another such block, at the end of that one.

    Who reads inside what was posted inside must `flush` first.
    """
    if _waiting.get() is not None:
        yield
        return
    token = _waiting.set(_Waiting(len(connection.savepoint_ids)))
    try:
        yield
        flush()
    finally:
        _waiting.reset(token)


def post(sql: str, given: Given) -> None:
    """Send a statement that nobody waits for: with the others of the block around, or at once where there is none.

    At once also within a savepoint, which may be given up without the block.
    """
    waiting = _waiting.get()
    if waiting is None or len(connection.savepoint_ids) > waiting.depth:
        ask(sql, given)
    else:
        waiting.posted.append((sql, given))


def flush() -> None:
    """Send what was posted so far."""
    waiting = _waiting.get()
    if waiting is not None and waiting.posted:
        posted, waiting.posted = waiting.posted, []
        with together():
            for sql, given in posted:
                ask(sql, given)


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]], *, returning: str) -> list[tuple[Any, ...]]:
    """Rows into the table of a model, by the names of its columns, all rows with the same ones; what they became, in
    their order."""
    if not rows:
        return []
    return fetched(_insert(model, tuple(rows[0]), f"RETURNING {returning}"), {"rows": dumped(rows)})


def post_rows(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of which nothing needs to be known, posted."""
    if rows:
        post(_insert(model, tuple(rows[0]), ""), {"rows": dumped(rows)})


def post_new(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """The same, leaving out rows that stand there already."""
    if rows:
        post(_insert(model, tuple(rows[0]), "ON CONFLICT DO NOTHING"), {"rows": dumped(rows)})


@cache
def _insert(model: type[Model], names: tuple[str, ...], ending: str) -> str:
    fields = {field.column: field for field in model._meta.concrete_fields}
    typed = ", ".join(f"{name} {fields[name].db_type(connection)}" for name in names)
    return INSERT.format(table=model._meta.db_table, names=", ".join(names), typed=typed, ending=ending)


def dumped(rows: object) -> str:
    """As JSON; numbers and times as PostgreSQL reads them."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=str)


def _link() -> psycopg.Connection[Any]:
    connection.validate_no_broken_transaction()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    link: psycopg.Connection[Any] = connection.connection
    if link.prepare_threshold is None:
        link.prepare_threshold = NEVER
    return link


@lru_cache(maxsize=500)
def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """With $1, $2… in place of %(name)s, as the server takes it, and the names in their order."""
    names: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else "%"

    return NAMED.sub(place, sql), tuple(names)


def _plain(value: Any) -> Any:
    """Whole numbers as text: the server knows their types, and a statement is not prepared once for each width."""
    if type(value) is int:
        return str(value)
    if type(value) in (list, tuple) and value and type(value[0]) is int:
        return f"{{{','.join(map(str, value))}}}"
    return value
