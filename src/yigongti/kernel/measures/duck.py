"""DuckDB: how a connection is made, and the store on which the columnar engine runs."""

from __future__ import annotations

import functools
import importlib.util
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb


TYPES = {"int64": "BIGINT", "decimal(18, 4)": "DECIMAL(18, 4)", "string": "VARCHAR", "date": "DATE",
         "boolean": "BOOLEAN"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much memory a connection may take before it goes to the disk, and how many cores (0: all)."""

    memory: str = "1GB"
    threads: int = 0


USUAL = Limits()


def connected(scratch: Path, limits: Limits = USUAL, **more: Any) -> duckdb.DuckDBPyConnection:
    """A connection of its own; what does not fit into the memory goes to the scratch folder. `more` are settings.

    There it has a folder of its own, which it makes and sweeps away itself: two that shared one would read each
    other's rows, because both name their files alike.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    given: dict[str, Any] = {"memory_limit": limits.memory, "temp_directory": str(scratch / uuid.uuid4().hex),
                             "preserve_insertion_order": False, "autoinstall_known_extensions": False,
                             "autoload_known_extensions": False}  # fmt: skip
    return duckdb.connect(":memory:", config=given | ({"threads": limits.threads} if limits.threads else {}) | more)


def postgres(scratch: Path, dsn: str, limits: Limits = USUAL) -> duckdb.DuckDBPyConnection:
    """A connection that reads a PostgreSQL as `county`."""
    connection = connected(scratch, limits, allow_unsigned_extensions=True)  # it is signed: see there
    connection.load_extension(_scanner())
    connection.execute(f"ATTACH {quoted(dsn)} AS county (TYPE postgres, READ_ONLY)")
    return connection


@functools.cache
def _scanner() -> str:
    """An extension that was installed as a package like any other. Its signature is checked once in a process: that
    takes longer than reading a month of a small county."""
    found = importlib.util.find_spec("duckdb_extension_postgres_scanner")
    folder = Path(next(iter(found.submodule_search_locations or ()))) if found else Path()
    extension = str(next(folder.glob("extensions/*/*.duckdb_extension*")))
    with duckdb.connect(":memory:") as checking:
        checking.load_extension(extension)
    return extension


def quoted(value: Any) -> str:
    """A value as it is written in a statement."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, date):
        return f"DATE '{value:%Y-%m-%d}'"
    return "'" + str(value).replace("'", "''") + "'"


def values(columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as a SELECT, typed."""
    typed = ", ".join(f'CAST("{name}" AS {TYPES[kind]}) AS "{name}"' for name, kind in columns.items())
    told = ", ".join("(" + ", ".join(map(quoted, row)) + ")" for row in rows)
    if not told:
        nothing = ", ".join(f'CAST(NULL AS {TYPES[kind]}) AS "{name}"' for name, kind in columns.items())
        return f"SELECT {nothing} WHERE FALSE"
    names = ", ".join(f'"{name}"' for name in columns)
    return f"SELECT {typed} FROM (VALUES {told}) AS given({names})"  # noqa: S608 - values are quoted


class DuckStore:
    """Tables of a DuckDB connection; facts stand there under their codes."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._made: list[str] = []

    def table(self, code: str, columns: dict[str, str]) -> Any:
        """A fact's rows."""
        import ibis

        return ibis.table(columns, name=code)

    def made(self, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> Any:
        """A small table of these rows."""
        return self.table(self.create(values(columns, rows)), columns)

    def kept(self, expression: Any) -> Any:
        """The expression's rows, kept for further questions."""
        return self.table(self.create(self.written(expression)), expression.schema())

    def fetched(self, expression: Any) -> list[tuple[Any, ...]]:
        """The expression's rows."""
        return self.connection.execute(self.written(expression)).fetchall()

    def forget(self) -> None:
        """Drop what was made and kept."""
        for name in self._made:
            self.connection.execute(f"DROP TABLE {name}")
        self._made.clear()

    def create(self, statement: str) -> str:
        """Keep a statement's rows under the next name; the first after `forget` is always the same."""
        name = f"made_{len(self._made) + 1}"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statement}")
        self._made.append(name)
        return name

    def written(self, expression: Any) -> str:
        """The expression as a statement."""
        import ibis

        return str(ibis.to_sql(expression, dialect=self.dialect))
