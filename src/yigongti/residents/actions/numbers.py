"""Numbers given out one by one: record numbers, households, temporary numbers; the serial's row is the lock."""

from __future__ import annotations

from django.db import connection

from yigongti.kernel import clock
from yigongti.residents import codes
from yigongti.residents.refusals import SerialsUsedUp


# The first number under a prefix follows whatever an import already gave out.
NEXT = """
INSERT INTO residents_serial (prefix, last)
VALUES (%(prefix)s, 1 + COALESCE((SELECT max(right(record_no, 5))::int FROM residents_resident
                                  WHERE record_no LIKE %(begins)s), 0))
ON CONFLICT (prefix) DO UPDATE SET last = residents_serial.last + 1 RETURNING last
"""


def next_serial(prefix: str) -> int:
    """The next serial under a prefix. Who asks at the same time waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"prefix": prefix, "begins": f"{prefix}%"})
        (serial,) = cursor.fetchone()
    if serial > 99_999:
        raise SerialsUsedUp(prefix=prefix)
    return int(serial)


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
    prefix = f"L{division[:6]}{clock.today():%Y%m%d}"
    return f"{prefix}{next_serial(prefix):05d}"


def next_id() -> int:
    """The id of a resident to be: the row names itself as its own master."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('residents_resident', 'id'))")
        (number,) = cursor.fetchone()
    return int(number)
