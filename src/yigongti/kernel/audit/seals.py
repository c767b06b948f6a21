"""The hash chain: the worker binds waiting entries into seals; a command verifies every column of every entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from yigongti.kernel import clock
from yigongti.kernel.language import Phrase, phrase


COLUMNS = (
    "id", "at", "kind", "action", "sentence", "account_id", "post_id", "actor", "role", "unit_id", "persons",
    "basis", "subject", "facts",
)  # fmt: skip
GENESIS = "0" * 64
CHAIN_LOCK = 0x5EA1

IN_UTC = "SET LOCAL TimeZone = 'UTC'"
TAKE = """
WITH taken AS (
    DELETE FROM audit_unsealed WHERE entry_id IN (SELECT entry_id FROM audit_unsealed ORDER BY entry_id LIMIT %s)
    RETURNING entry_id)
SELECT range_agg(int8range(entry_id, entry_id, '[]'))::text, count(*) FROM taken
"""
ROWS = """
SELECT row_to_json((SELECT r FROM (SELECT {columns}) r))::text FROM audit_entry
WHERE id <@ %s::int8multirange ORDER BY id
"""


def seal_waiting(*, batch: int = 5000) -> int:
    """Bind up to `batch` waiting entries into one seal; how many. One sealer at a time, decided by a lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IN_UTC)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CHAIN_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, [batch])
        ids, count = cursor.fetchone()
        if not count:
            return 0
        cursor.execute("SELECT hash FROM audit_seal ORDER BY id DESC LIMIT 1")
        last = cursor.fetchone()
        previous = last[0] if last else GENESIS
        now = clock.now()
        digest, _found = _digest(cursor, ids, COLUMNS, now, previous)
        cursor.execute(
            "INSERT INTO audit_seal (sealed_at, ids, columns, entries, previous, hash)"
            " VALUES (%s, %s::int8multirange, %s, %s, %s, %s)",
            [now, ids, list(COLUMNS), count, previous, digest],
        )
        return int(count)


def _digest(cursor: Any, ids: str, columns: Sequence[str], sealed_at: datetime, previous: str) -> tuple[str, int]:
    """Hash of the previous seal, what this one says of itself, and every named column of its entries, by id."""
    cursor.execute(ROWS.format(columns=", ".join(columns)), [ids])
    says = f"{previous}|{sealed_at.astimezone(UTC).isoformat()}|{ids}|{','.join(columns)}\n"
    running, count = hashlib.sha256(says.encode()), 0
    for (row,) in cursor:
        running.update(row.encode())
        running.update(b"\n")
        count += 1
    return running.hexdigest(), count


ALL = "SELECT id, sealed_at, ids::text, columns, entries, previous, hash FROM audit_seal ORDER BY id"
LOOSE = """
SELECT count(*), min(e.id) FROM audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE e.id <@ s.ids)
AND NOT EXISTS (SELECT 1 FROM audit_unsealed u WHERE u.entry_id = e.id)
"""

Passed = Callable[[int, int], None]


def faults(*, kept: str = "", passed: Passed | None = None) -> Iterator[Phrase]:
    """What is wrong with the chain, in words that name the first row concerned; nothing when it is whole.

    `kept` is a hash that was kept outside the house: a chain that was cut off or made anew does not hold it. `passed`
    is told after every seal how many entries were gone through, and how many there are.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IN_UTC)
        cursor.execute(ALL)
        sealed = cursor.fetchall()
        if kept and kept not in (GENESIS, *(row[-1] for row in sealed)):
            yield phrase("封条链里没有留存的封条 {kept}…：链被截断或重做", kept=kept[:12])
        previous, gone, total = GENESIS, 0, sum(row[4] for row in sealed)
        for row in sealed:
            yield from _broken(cursor, row, previous)
            previous, gone = row[-1], gone + row[4]
            if passed:
                passed(gone, total)
        cursor.execute(LOOSE)
        count, first = cursor.fetchone()
        if count:
            yield phrase("{n} 条记录既未封存也不在待封之列（自第 {first} 号起）", n=count, first=first)


def _broken(cursor: Any, row: Sequence[Any], previous: str) -> Iterator[Phrase]:
    """What is wrong with one seal, by the numbers of the rows that it covers."""
    seal, sealed_at, ids, columns, entries, says_previous, says_hash = row
    digest, found = _digest(cursor, ids, columns, sealed_at, says_previous)
    first, last = _ends(cursor, ids)
    if says_previous != previous:
        yield phrase("封条 {seal}（第 {first} 至 {last} 号）与前一封条不相接", seal=seal, first=first, last=last)
    if found != entries:
        yield phrase("封条 {seal}（第 {first} 至 {last} 号）应有 {entries} 条，实有 {found} 条",
                     seal=seal, first=first, last=last, entries=entries, found=found)  # fmt: skip
    elif digest != says_hash:
        yield phrase("封条 {seal}（第 {first} 至 {last} 号）内的记录被改动", seal=seal, first=first, last=last)


def _ends(cursor: Any, ids: str) -> tuple[int, int]:
    cursor.execute("SELECT lower(%s::int8multirange), upper(%s::int8multirange) - 1", [ids, ids])
    first, last = cursor.fetchone()
    return first, last


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of the trail is sealed: how many entries, the first and the last of them, and when they were written."""

    seals: int
    entries: int
    first: int | None
    first_at: datetime | None
    last: int | None
    last_at: datetime | None


def extent() -> Extent:
    """What the chain covers now, as its seals say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(entries), 0), min(lower(ids)), max(upper(ids)) - 1 FROM audit_seal"
        )
        count, entries, first, last = cursor.fetchone()
        cursor.execute("SELECT id, min(at) FROM audit_entry WHERE id IN (%s, %s) GROUP BY id", [first, last])
        written = dict(cursor.fetchall())
    return Extent(
        seals=int(count), entries=int(entries), first=first, first_at=written.get(first), last=last,
        last_at=written.get(last),
    )  # fmt: skip


def head() -> tuple[str, datetime | None]:
    """The chain's newest hash and its time: to be kept outside the house."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash, sealed_at FROM audit_seal ORDER BY id DESC LIMIT 1")
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (GENESIS, None)


def lag() -> tuple[int, datetime | None]:
    """How many entries wait to be sealed, and since when."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(e.at) FROM audit_unsealed u JOIN audit_entry e ON e.id = u.entry_id")
        count, since = cursor.fetchone()
    return int(count), since
