"""Carries months from PostgreSQL to Parquet: typed there, placed here, sorted by day and key."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from yigongti.kernel.measures import lake
from yigongti.kernel.measures.duck import quoted, values
from yigongti.kernel.measures.expanding import PLACE_COLUMNS, expanded, plain_columns
from yigongti.kernel.measures.grids import month_number
from yigongti.kernel.measures.lake import File
from yigongti.kernel.measures.periods import after
from yigongti.kernel.measures.sources import Source


CASTS = {
    "int64": '"{0}"::bigint', "decimal(18, 4)": '"{0}"::numeric(18, 4)', "string": '"{0}"::text',
    "date": "NULLIF(\"{0}\"::date, 'infinity') AS \"{0}\"", "boolean": '"{0}"::boolean',
}  # fmt: skip
LOOKED_BACK = 240
"""Months before the last that a change of spans is told of: nobody counts older ones."""
RUN = 12
"""Months that are read by one statement: a county's year fits into memory."""
EVER = (date(1, 1, 1), date(9999, 12, 31))


class WrongRows(Exception):
    """A source yielded days outside of those asked for: a programmer's error."""


def statement(source: Source, starts: date = EVER[0], ends: date = EVER[1]) -> str:
    """The source's SELECT for PostgreSQL, with types; the session's time zone must be the county's."""
    asked = source.sql.replace("{starts}", quoted(starts)).replace("{ends}", quoted(ends))
    columns = ", ".join(CASTS[kind].format(name) for name, kind in plain_columns(source.fact).items())
    return f"SELECT {columns} FROM ({asked}) source"  # noqa: S608 - the chapters' own statements


def runs(months: Iterable[date]) -> Iterator[list[date]]:
    """Months that follow each other, at most a year at a time."""
    run: list[date] = []
    for month in sorted(months):
        if run and (after(run[-1], 1) != month or len(run) == RUN):
            yield run
            run = []
        run.append(month)
    if run:
        yield run


class Exporter:
    """Writes files of one refresh through one connection of DuckDB with `county` attached."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.places = f"({values(PLACE_COLUMNS, ())})"

    def placed_by(self, places: File | None) -> None:
        """From now on events are placed by this file of memberships."""
        if places and places.rows:
            self.places = f"read_parquet({quoted(lake.folder() / places.name)})"

    def span(self, source: Source) -> File:
        """The whole of a span."""
        self._take(statement(source))
        return self._written(source, f'FROM "taken" r ORDER BY r."{source.fact.at}", r."{source.fact.key}"', "")

    def differ(self, source: Source, before: File | None, now: File, *, last: date) -> set[date]:
        """The months in which spans stand that one of the files has and the other has not."""
        at, until = f'"{source.fact.at}"', f'"{source.fact.until}"'
        rows = f"SELECT * FROM read_parquet({quoted(lake.folder() / now.name)})"  # noqa: S608 - our own file
        if before:
            old = f"SELECT * FROM read_parquet({quoted(lake.folder() / before.name)})"  # noqa: S608 - our own file
            rows = f"({old} EXCEPT {rows}) UNION ALL ({rows} EXCEPT {old})"
        told = f"SELECT min({at}), max(coalesce({until}, {quoted(last)})) FROM ({rows}) q"  # noqa: S608 - our own names
        first, ends = self.connection.execute(told).fetchone() or (None, None)
        if first is None:
            return set()
        first, ends = max(first, after(last.replace(day=1), -LOOKED_BACK)).replace(day=1), min(max(first, ends), last)
        return {after(first, n) for n in range(max(1, month_number(ends) - month_number(first) + 1))}

    def months_of(self, source: Source) -> list[date]:
        """The months that have rows at all."""
        at = f'"{source.fact.at}"'
        asked = f"SELECT DISTINCT date_trunc('month', {at}::timestamp)::date FROM ({statement(source)}) q WHERE {at} IS NOT NULL"  # noqa: S608, E501
        return sorted(row[0] for row in self.connection.execute(_asked(asked)).fetchall())

    def months(self, source: Source, run: Sequence[date]) -> dict[date, File]:
        """Some months of an event that follow each other; those without rows are not among the answer."""
        fact, ends = source.fact, after(run[-1], 1)
        self._take(statement(source, run[0], ends))
        wrong = f'SELECT count(*) FROM taken WHERE "{fact.at}" IS NULL OR "{fact.at}" < ? OR "{fact.at}" >= ?'  # noqa: S608
        found = self.connection.execute(wrong, [run[0], ends]).fetchone()
        if found and found[0]:
            raise WrongRows(f"{fact.code}: {found[0]} rows outside {run[0]} to {ends}")
        files = {month: self._month(source, "taken", month) for month in run}
        return {month: file for month, file in files.items() if file.rows}

    def placed_anew(self, source: Source, month: date, file: File) -> File:
        """A month's rows as they lie in the lake, with the places as they now were."""
        return self._month(source, f"read_parquet({quoted(lake.folder() / file.name)})", month)

    def _month(self, source: Source, rows: str, month: date) -> File:
        at, key = source.fact.at, source.fact.key
        inside = f'(SELECT * FROM {rows} WHERE "{at}" >= {quoted(month)} AND "{at}" < {quoted(after(month, 1))})'  # noqa: S608
        selected = expanded(source.fact, inside, self.places)
        return self._written(source, f'FROM ({selected}) r ORDER BY r."{at}", r."{key}"', lake.month_code(month))

    def _take(self, asked: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE taken AS {_asked(asked)}")

    def _written(self, source: Source, rows: str, month: str) -> File:
        lake.folder().mkdir(parents=True, exist_ok=True)
        temporary = lake.folder() / f"{uuid.uuid4().hex}.part"
        told = self.connection.execute(
            f"COPY (SELECT r.* {rows}) TO {quoted(temporary)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440)"
        ).fetchone()
        place = lake.folder() / source.fact.code / (f"month={month}" if month else "")
        return File(lake.settle(temporary, place), int(told[0]) if told else 0)

    def drop(self) -> None:
        """Give back what the last statement took."""
        self.connection.execute("DROP TABLE IF EXISTS taken")


def _asked(statement: str) -> str:
    return f"SELECT * FROM postgres_query('county', {quoted(statement)})"  # noqa: S608 - quoted


# --- memberships that changed

Belonging = tuple[Any, ...]


def moved(connection: duckdb.DuckDBPyConnection, before: Path, now: Path, months: Iterable[date]) -> set[date]:
    """The months in which some institution belonged elsewhere than the lake has it."""
    if before == now:
        return set()
    old, new = (_belonging(connection, path) for path in (before, now))
    return {month for month in months if _within(old, month) != _within(new, month)}


def _belonging(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Belonging]:
    named = ", ".join(f'"{name}"' for name in ("institution", "township", "group", "county", "at", "until"))
    return connection.execute(f"SELECT {named} FROM read_parquet({quoted(path)})").fetchall()  # noqa: S608


def _within(rows: Iterable[Belonging], month: date) -> set[Belonging]:
    ends = after(month, 1)
    return {
        (*places, max(at, month), min(until or ends, ends))
        for *places, at, until in rows
        if at < ends and (until is None or until > month)
    }


@functools.cache
def day_of(code: str) -> date:
    """A month's first day by its code."""
    return lake.first_of(code)


def by_month(files: Mapping[str, File]) -> dict[date, File]:
    """An event's files by month."""
    return {day_of(code): file for code, file in files.items()}
