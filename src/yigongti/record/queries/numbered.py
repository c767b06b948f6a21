"""Orders, appointments and reports by the numbers that other systems give them: for who takes in, shown nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from yigongti.kernel.access.actor import Actor
from yigongti.record.rows import read


LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
STANDING = """e.resident_id IN (SELECT id FROM residents_resident WHERE master_id =
    (SELECT master_id FROM residents_resident WHERE id = %(resident)s))
AND e.kind = %(kind)s AND e.replaced_by_id IS NULL AND NOT e.withdrawn"""
NUMBERED = f"{STANDING} AND (e.detail->>'placer' = %(placer)s OR e.detail->>'filler' = %(filler)s)"
NEWER = """WITH RECURSIVE newer AS (
    SELECT id, replaced_by_id FROM record_entry WHERE id = ANY(%(ids)s)
    UNION SELECT n.id, n.replaced_by_id FROM newer JOIN record_entry n ON n.id = newer.replaced_by_id)
  SELECT id FROM newer"""
NEWEST = f"{STANDING} AND e.id IN ({NEWER})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """An entry that bears the number of who asked (placer) or of who does it (filler)."""

    id: int
    resident_id: int
    institution_id: int
    title: str
    system: str
    code: str
    text: str
    author: str
    at: datetime
    until: datetime | None
    detail: dict[str, Any]


def numbered(
    *, for_: Actor, resident_id: int, kinds: Sequence[str], placer: str, filler: str, held: bool = True
) -> dict[str, list[Numbered]]:
    """What stands of this person under either number, by kind, oldest first.

    `held`: whoever else asks for these numbers waits for the end of the transaction, so that an order and its report
    that arrive at one moment do not miss each other.
    """
    for_.require("record.take_in")
    if held:
        _hold(sorted({one for one in (placer, filler) if one}))
    given = {"resident": resident_id, "placer": placer or None, "filler": filler or None}
    return {kind: _read(given | {"kind": kind}) for kind in kinds}


def newest(*, for_: Actor, resident_id: int, ids: Sequence[int], kind: str) -> list[Numbered]:
    """What stands of this person of the entries that are named by any of their versions, oldest first."""
    for_.require("record.take_in")
    return _read({"resident": resident_id, "kind": kind, "ids": list(ids)}, NEWEST) if ids else []


def _hold(numbers: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for one in numbers:
            cursor.execute(LOCK, [f"record.numbered:{one}"])


def _read(given: dict[str, Any], where: str = NUMBERED) -> list[Numbered]:
    return [
        Numbered(id=one.id, resident_id=one.resident_id, institution_id=one.institution_id, title=one.title,
                 system=one.system, code=one.code, text=one.text, author=one.author, at=one.at, until=one.until,
                 detail=one.detail)
        for one in read(where, given, order="e.id")
    ]  # fmt: skip
