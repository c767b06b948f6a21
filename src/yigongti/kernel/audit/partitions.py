"""Months of the trail, and of tables kept like it: this one and the next two have a partition of their own.

Whatever fits none goes to the rest, and old months that lie there stay: such a table only grows, nothing is ever moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import structlog
from django.db import OperationalError, connection, transaction

from yigongti.kernel import clock


log = structlog.get_logger()

AHEAD = 2
THERE = "SELECT to_regclass(%s) IS NULL OR to_regclass(%s) IS NOT NULL"
TAKEN = "SELECT EXISTS (SELECT 1 FROM {table}_rest WHERE {column} >= %s AND {column} < %s)"
MAKE = "CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{begins}') TO ('{ends}');"
APPEND_ONLY = """
CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""


@dataclass(frozen=True, slots=True)
class Monthly:
    """A table partitioned by month of a column; `and_then` is SQL that each new partition `{name}` needs."""

    table: str
    column: str
    and_then: str = ""


TRAIL = Monthly("audit_entry", "at", APPEND_ONLY)


def make_coming(of: Monthly = TRAIL) -> list[str]:
    """Make the partitions of this and the next two months that are missing; their names.

    A month of which the rest already holds entries stays there. The trail's readers and writers are never kept waiting
    for more than a moment: what can't be made at once is made another day.
    """
    month = clock.today().replace(day=1)
    made = []
    for _ in range(AHEAD + 1):
        following = _next(month)
        name = f"{of.table}_{month:%Y_%m}"
        if _make(of, name, _midnight(month), _midnight(following)):
            made.append(name)
        month = following
    return made


def _make(of: Monthly, name: str, begins: datetime, ends: datetime) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute(THERE, [of.table, name])
            if cursor.fetchone()[0]:
                return False
            cursor.execute(f"LOCK TABLE {of.table} IN SHARE UPDATE EXCLUSIVE MODE")  # one maker at a time
            cursor.execute(THERE, [of.table, name])
            (there,) = cursor.fetchone()
            cursor.execute(TAKEN.format(table=of.table, column=of.column), [begins, ends])
            (taken,) = cursor.fetchone()
            if there or taken:
                return False
            named = {"name": name, "table": of.table, "begins": begins.isoformat(), "ends": ends.isoformat()}
            cursor.execute((MAKE + of.and_then).format(**named))
    except OperationalError as trouble:
        log.warning("partition.waits", name=name, why=str(trouble))
        return False
    return True


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.COUNTY_ZONE)
