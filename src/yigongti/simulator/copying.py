"""Rows on their way into PostgreSQL: lines in COPY's own text form, written table by table.

The inner loops append ready lines to `Table.lines`; a call per value would cost more than COPY itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection


NULL = "\\N"
# What a column that a chapter has added since is filled with, by PostgreSQL's name of its type.
_EMPTY = {
    "character varying": "", "text": "", "boolean": "f", "ARRAY": "{}", "jsonb": "{}", "integer": "0", "smallint": "0",
    "bigint": "0",
}  # fmt: skip

COLUMNS_LEFT = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL
  AND is_identity = 'NO' AND NOT column_name = ANY(%s)
ORDER BY ordinal_position
"""


class Table:
    """One table and the columns that are given; `lines` waits for `write`."""

    def __init__(self, name: str, columns: str) -> None:
        self.name = name
        self.columns = columns.split()
        self.lines: list[str] = []
        self.written = 0
        self._tail: str | None = None

    def add(self, *values: Any) -> None:
        """Append one row; for the small tables."""
        self.lines.append("\t".join(map(text_of, values)))

    def write(self) -> None:
        """COPY what waits; a table's first writing asks the database which columns are left to fill."""
        if not self.lines:
            return
        tail = self._fill()
        ending = f"{tail}\n"
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(self._statement()) as copy:
            for start in range(0, len(self.lines), 4096):
                copy.write(ending.join([*self.lines[start : start + 4096], ""]))
        self.written += len(self.lines)
        self.lines = []

    def _fill(self) -> str:
        if self._tail is None:
            with connection.cursor() as cursor:
                cursor.execute(COLUMNS_LEFT, [self.name, self.columns])
                left = cursor.fetchall()
            self.columns += [name for name, _ in left]
            self._tail = "".join(f"\t{_EMPTY[kind]}" for _, kind in left)
        return self._tail

    def _statement(self) -> str:
        return f"COPY {self.name} ({', '.join(self.columns)}) FROM STDIN"


def text_of(value: Any) -> str:
    """A value in COPY's text form."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return escaped(json.dumps(value, ensure_ascii=False))
    return escaped(str(value))


def escaped(text: str) -> str:
    """Backslashes, tabs and line ends made safe."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def array_of(values: Iterable[object]) -> str:
    """A PostgreSQL array of plain words or numbers."""
    return "{" + ",".join(map(str, values)) + "}"


def advance_serials(tables: Iterable[Table]) -> None:
    """Let the next row that the application makes follow the copied ones."""
    with connection.cursor() as cursor:
        for table in tables:
            if table.columns[0] == "id":
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence(%s, 'id'), GREATEST((SELECT max(id) FROM {table.name}), 1))",  # noqa: S608
                    [table.name],
                )


def learn(tables: Iterable[Table]) -> None:
    """Let the planner know the copied rows: without, a question about a person reads all records of everybody."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table.name}")
