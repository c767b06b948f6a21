"""The hash chain: the worker binds waiting entries into seals; a command verifies every column of every entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from yigongti.kernel import clock


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


def faults(*, kept: str = "") -> Iterator[str]:
    """What is wrong with the chain, in words; nothing when it is whole.

    `kept` is a hash that was kept outside the house: a chain that was cut off or made anew does not hold it.
    """
    previous = GENESIS
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IN_UTC)
        cursor.execute("SELECT id, sealed_at, ids::text, columns, entries, previous, hash FROM audit_seal ORDER BY id")
        sealed = cursor.fetchall()
        if kept and kept not in (GENESIS, *(row[-1] for row in sealed)):
            yield f"封条链里没有留存的封条 {kept[:12]}…：链被截断或重做"
        for seal, sealed_at, ids, columns, entries, says_previous, says_hash in sealed:
            digest, found = _digest(cursor, ids, columns, sealed_at, says_previous)
            if says_previous != previous:
                yield f"封条 {seal} 与前一封条不相接"
            if found != entries:
                yield f"封条 {seal} 应有 {entries} 条，实有 {found} 条"
            elif digest != says_hash:
                yield f"封条 {seal} 内的记录被改动"
            previous = says_hash
        cursor.execute(
            "SELECT count(*) FROM audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE e.id <@ s.ids)"
            " AND NOT EXISTS (SELECT 1 FROM audit_unsealed u WHERE u.entry_id = e.id)"
        )
        (loose,) = cursor.fetchone()
        if loose:
            yield f"{loose} 条记录既未封存也不在待封之列"


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
