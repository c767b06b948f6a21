"""Months of the trail: this one and the next two have a partition of their own; whatever fits none goes to the rest.

Old months that lie in the rest stay there: the trail is append-only, so nothing is ever moved.
"""

from __future__ import annotations

from datetime import date, datetime, time

import structlog
from django.db import OperationalError, connection, transaction

from yigongti.kernel import clock


log = structlog.get_logger()

AHEAD = 2
THERE = "SELECT to_regclass('audit_entry') IS NULL OR to_regclass(%s) IS NOT NULL"
TAKEN = "SELECT EXISTS (SELECT 1 FROM audit_entry_rest WHERE at >= %s AND at < %s)"
MAKE = """
CREATE TABLE {name} PARTITION OF audit_entry FOR VALUES FROM ('{begins}') TO ('{ends}');
CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""


def make_coming() -> list[str]:
    """Make the partitions of this and the next two months that are missing; their names.

    A month of which the rest already holds entries stays there. The trail's readers and writers are never kept waiting
    for more than a moment: what can't be made at once is made another day.
    """
    month = clock.today().replace(day=1)
    made = []
    for _ in range(AHEAD + 1):
        following = _next(month)
        name = f"audit_entry_{month:%Y_%m}"
        if _make(name, _midnight(month), _midnight(following)):
            made.append(name)
        month = following
    return made


def _make(name: str, begins: datetime, ends: datetime) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute(THERE, [name])
            if cursor.fetchone()[0]:
                return False
            cursor.execute("LOCK TABLE audit_entry IN SHARE UPDATE EXCLUSIVE MODE")  # one maker at a time
            cursor.execute(THERE, [name])
            (there,) = cursor.fetchone()
            cursor.execute(TAKEN, [begins, ends])
            (taken,) = cursor.fetchone()
            if there or taken:
                return False
            cursor.execute(MAKE.format(name=name, begins=begins.isoformat(), ends=ends.isoformat()))
    except OperationalError as trouble:
        log.warning("audit.partition_waits", name=name, why=str(trouble))
        return False
    return True


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.COUNTY_ZONE)
