"""Statements that machines ask all day: prepared once for each connection, and several of them sent as one.

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
from itertools import groupby
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections, transaction


if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model


Given = Mapping[str, Any]
_Cursor = psycopg.Cursor[tuple[Any, ...]]
NEVER = 1 << 30
"""Uses of a statement after which it is prepared unasked: only what is asked here is prepared."""
NAMED = re.compile(r"%\((\w+)\)s|%%")
_encoder = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=str)
INSERT = "INSERT INTO {table} ({names}) SELECT {names} FROM json_to_recordset(%(rows)s) AS t({typed}) {ending}"


class Answer:
    """What a statement answers."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: _Cursor) -> None:
        self._cursor = cursor

    def rows(self) -> Sequence[tuple[Any, ...]]:
        """All of them."""
        with connection.wrap_database_errors:
            return self._cursor.fetchall()

    def by_name(self) -> list[dict[str, Any]]:
        """The same, each part by the name of its column."""
        rows = self.rows()
        names = [column.name for column in self._cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]


class _Gathered(Answer):
    """Of a question that was asked at once with others; moments come as text."""

    __slots__ = ("found", "given", "sql")

    def __init__(self, sql: str, given: Given | None) -> None:
        self.sql, self.given = sql, given or {}
        self.found: list[dict[str, Any]] = []

    def rows(self) -> Sequence[tuple[Any, ...]]:
        return [tuple(one.values()) for one in self.found]

    def by_name(self) -> list[dict[str, Any]]:
        return self.found


_gathering: ContextVar[list[_Gathered] | None] = ContextVar("gathering", default=None)


def ask(sql: str, given: Given | None = None, *, prepare: bool = True) -> Answer:
    """Send a statement. `prepare=False` for one whose plan must know the values that it is asked with."""
    gathering = _gathering.get()
    if gathering is not None:
        gathering.append(_Gathered(sql, given))
        return gathering[-1]
    here = connections[DEFAULT_DB_ALIAS]  # once: `connection` would look for it at every word
    link = _link(here)
    began = time.monotonic()
    with here.wrap_database_errors:
        cursor = _asked(link, sql, given) if prepare else _written_out(link, sql, given)
    if here.queries_logged:
        here.queries_log.append({"sql": sql.strip(), "time": f"{time.monotonic() - began:.3f}"})
    return Answer(cursor)


def _asked(link: psycopg.Connection[Any], sql: str, given: Given | None) -> _Cursor:
    cursor, (raw, names) = psycopg.RawCursor(link), _numbered(sql)
    return cursor.execute(raw, [_plain(given[name]) for name in names] if given else None, prepare=True)


def _written_out(link: psycopg.Connection[Any], sql: str, given: Given | None) -> _Cursor:
    """With its values in it, so that it is planned for them: what comes with values apart has one plan for all."""
    return psycopg.ClientCursor(link).execute(sql, given or {})


@contextmanager
def at_once() -> Iterator[None]:
    """Questions inside become one statement: none sees what another does, and answers come after the block."""
    token = _gathering.set([])
    try:
        yield
        gathered = _gathering.get() or []
    finally:
        _gathering.reset(token)
    if gathered:
        given = {f"q{n}_{name}": value for n, one in enumerate(gathered) for name, value in one.given.items()}
        ((*found,),) = fetched(_gathered(tuple(one.sql for one in gathered)), given)
        for one, rows in zip(gathered, found, strict=True):
            one.found = rows


@lru_cache(maxsize=500)
def _gathered(several: tuple[str, ...]) -> str:
    asked = [_renamed(sql, f"q{n}_") for n, sql in enumerate(several)]
    return "SELECT " + ", ".join(f"(SELECT coalesce(json_agg(asked_), '[]') FROM ({sql}) asked_)" for sql in asked)  # noqa: S608


def fetched(sql: str, given: Given | None = None, *, prepare: bool = True) -> list[tuple[Any, ...]]:
    """All rows of a statement, at once."""
    return list(ask(sql, given, prepare=prepare).rows())


def fetched_first(sql: str, given: Given, *, prepare: bool = True) -> list[tuple[Any, ...]]:
    """The first statement of a request, which may be asked twice: that it is answered shows that the connection lives.

    Where it does not, a new one is made and asked; so nobody asks about its health besides.
    """
    if connection.in_atomic_block or connection.connection is None:
        return fetched(sql, given, prepare=prepare)
    first_shows_life()
    try:
        return fetched(sql, given, prepare=prepare)
    except (OperationalError, InterfaceError):
        if connection.is_usable():
            raise
        connection.close()
        return fetched(sql, given, prepare=prepare)


def first_shows_life() -> None:
    """Nobody asks about the connection's health besides: whoever sends the next statement may send it again where the
    connection turns out to be dead."""
    connection.health_check_done = True  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _Posted:
    """A statement that nobody waits for; `apart` where it must see what others before it have written."""

    sql: str
    given: Given
    apart: bool


@dataclass(slots=True)
class _Waiting:
    """What is posted, on which connection, and how deep in savepoints the block stands."""

    here: BaseDatabaseWrapper
    depth: int
    posted: list[_Posted] = field(default_factory=list)

    def taken(self) -> list[_Posted]:
        """All of it, to be sent."""
        posted, self.posted = self.posted, []
        return posted


_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def posting() -> Iterator[None]:
    """What is posted inside goes at the end; inside another such block, at the end of that one.

    Who reads inside what was posted inside must `flush` first.
    """
    if _waiting.get() is not None:
        yield
        return
    here = connections[DEFAULT_DB_ALIAS]
    token = _waiting.set(_Waiting(here, len(here.savepoint_ids)))
    try:
        yield
        flush()
    finally:
        _waiting.reset(token)


@contextmanager
def whole() -> Iterator[None]:
    """A transaction; what is posted inside goes at its end."""
    apart = None if connection.in_atomic_block else _waiting.set(None)
    try:
        with transaction.atomic(), posting():
            yield
    finally:
        if apart is not None:
            _waiting.reset(apart)


def post(sql: str, given: Given, *, apart: bool = False) -> None:
    """Send a statement that nobody waits for: with the others of the block around, or at once where there is none.

    At once also within a savepoint, which may be given up without the block. Those of a block become one statement and
    so do not see each other's rows; one that must goes `apart`. None may begin with rows that it writes by WITH.
    """
    waiting = _waiting.get()
    if waiting is None or len(waiting.here.savepoint_ids) > waiting.depth:
        ask(sql, given)
    else:
        waiting.posted.append(_Posted(sql, given, apart))


def flush() -> None:
    """Send what was posted so far."""
    waiting = _waiting.get()
    if waiting is not None:
        _send(waiting.taken())


def _send(posted: Sequence[_Posted]) -> None:
    """Each run of statements that may be one, as one."""
    for apart, run in groupby(posted, lambda one: one.apart):
        several = list(run)
        if apart or len(several) == 1:
            for one in several:
                ask(one.sql, one.given)
        else:
            given = {f"p{n}_{name}": value for n, one in enumerate(several) for name, value in one.given.items()}
            ask(_joined(tuple(one.sql for one in several)), given)


@lru_cache(maxsize=500)
def _joined(several: tuple[str, ...]) -> str:
    """Statements that write, as one, each with names of its own for its values.

    PostgreSQL carries out the last of them first: so they go in, and keys are given out, in the order of posting.
    """
    first, *more = [_renamed(sql, f"p{n}_") for n, sql in enumerate(several)]
    return f"WITH {', '.join(f'w{n} AS ({sql})' for n, sql in enumerate(reversed(more)))} {first}"


def _renamed(sql: str, prefix: str) -> str:
    return NAMED.sub(lambda found: f"%({prefix}{found[1]})s" if found[1] else "%%", sql)


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
    return INSERT.format(table=model._meta.db_table, names=", ".join(names), typed=typed(model, names), ending=ending)


def typed(model: type[Model], names: Sequence[str]) -> str:
    """Columns of a model with their types, as `json_to_recordset` is told them."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    return ", ".join(f"{name} {fields[name].db_type(connection)}" for name in names)


def dumped(rows: object) -> str:
    """As JSON; numbers and times as PostgreSQL reads them."""
    return _encoder.encode(rows)


def _link(here: BaseDatabaseWrapper) -> psycopg.Connection[Any]:
    here.validate_no_broken_transaction()
    here.close_if_health_check_failed()
    if here.connection is None:
        here.ensure_connection()
    link: psycopg.Connection[Any] = here.connection
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
    """Whole numbers and lists as text: the server knows their types, and a statement is not prepared once for each
    width."""
    if type(value) is int:
        return str(value)
    if type(value) in (list, tuple):
        if all(type(one) is int for one in value):
            return f"{{{','.join(map(str, value))}}}"
        if all(type(one) is str for one in value):
            return _listed(value)
    return value


def _listed(words: Sequence[str]) -> str:
    """As PostgreSQL writes a list."""
    if any('"' in word or "\\" in word for word in words):
        words = [word.replace("\\", r"\\").replace('"', r"\"") for word in words]
    return '{"' + '","'.join(words) + '"}'
