"""Numbers given out one by one: record numbers, households, temporary numbers; the serial's row is the lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import connection

from yigongti.kernel import clock
from yigongti.residents import codes
from yigongti.residents.refusals import SerialsUsedUp


# The first number under a prefix follows whatever an import already gave out.
NEXT = """
INSERT INTO residents_serial (prefix, last)
VALUES (%(prefix)s, %(count)s + COALESCE((SELECT max(right(record_no, 5))::int FROM residents_resident
                                  WHERE record_no LIKE %(begins)s), 0))
ON CONFLICT (prefix) DO UPDATE SET last = residents_serial.last + %(count)s RETURNING last
"""


def next_serial(prefix: str) -> int:
    """The next serial under a prefix. Who asks at the same time waits until this transaction ends."""
    return reserved_serials(prefix, 1)[0]


def reserved_serials(prefix: str, count: int) -> range:
    """The next serials under a prefix, so many in a row; reserve several prefixes in their order, or two may wait for
    one another. Raises SerialsUsedUp."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"prefix": prefix, "begins": f"{prefix}%", "count": count})
        (last,) = cursor.fetchone()
    if last > 99_999:
        raise SerialsUsedUp(prefix=prefix)
    return range(last - count + 1, last + 1)


def next_record_no(division: str) -> str:
    """A new record number in a village (or the nearest known division)."""
    prefix = codes.record_prefix(division)
    return codes.record_no(prefix, next_serial(prefix))


def next_household_no(division: str) -> str:
    """A new household number: H, division, serial."""
    prefix = f"H{codes.record_prefix(division)}"
    return f"{prefix}{next_serial(prefix):05d}"


def next_temporary_no(division: str) -> str:
    """A number for somebody without papers: L, county, day, serial."""
    return next_temporary_nos([division])[0]


def next_temporary_nos(divisions: Sequence[str]) -> list[str]:
    """The same for several people, in their order."""
    prefixes = [f"L{division[:6]}{clock.today():%Y%m%d}" for division in divisions]
    serials = {prefix: iter(reserved_serials(prefix, count)) for prefix, count in sorted(Counter(prefixes).items())}
    return [f"{prefix}{next(serials[prefix]):05d}" for prefix in prefixes]


def next_id() -> int:
    """The id of a resident to be: the row names itself as its own master."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('residents_resident', 'id'))")
        (number,) = cursor.fetchone()
    return int(number)
