"""The rows of a fact as its source yields them: `rows("visits", "2026-01-01", "2026-02-01")`."""

from __future__ import annotations

from typing import Any

from django.db import connection

from yigongti.kernel.measures.sources import registered


def rows(code: str, starts: str = "1900-01-01", ends: str = "2100-01-01", **only: Any) -> list[dict[str, Any]]:
    """Every row of the days, in the order of its key; `only` keeps those that have these values."""
    source = registered()[code]
    statement = source.sql.format(starts=f"DATE '{starts}'", ends=f"DATE '{ends}'")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'")
        cursor.execute(statement)
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
    assert set(names) == set(source.columns), sorted(set(names) ^ set(source.columns))
    kept = [row for row in found if all(row[name] == value for name, value in only.items())]
    return sorted(kept, key=lambda row: str(row[source.fact.key]))


def brief(code: str, columns: str, starts: str = "1900-01-01", ends: str = "2100-01-01", **only: Any) -> list[Any]:
    """The rows with these columns only, as tuples."""
    names = columns.split()
    return [tuple(row[name] for name in names) for row in rows(code, starts, ends, **only)]
