"""Orders, appointments and reports by the numbers that other systems give them: for who takes in, shown nobody.

Two institutions may number alike: a number is asked for on behalf of the one that speaks, and finds only what is its.
"""

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
OWN = f"{NUMBERED} AND e.institution_id = %(by)s"
SIDE = """(e.institution_id = %(by)s OR e.detail->>'performer' = %(by)s::text
 OR (e.detail #>> '{to,application}') || '|' || (e.detail #>> '{to,facility}') = ANY(%(systems)s))"""
DOES = "coalesce(e.detail->>'filler_of', e.detail->>'performer', e.institution_id::text) = %(by)s::text"
ORDERED = f"""{STANDING} AND (e.detail->>'placer' = %(placer)s AND {SIDE}
 OR e.detail->>'filler' = %(filler)s AND {DOES})"""
"""The placer's number is told by who asked and by who is to do it; the filler's by whoever gave it."""
REPORTED = f"{NUMBERED} AND e.institution_id = ANY(%(does)s)"
PLACED = """e.kind = 'order' AND e.replaced_by_id IS NULL AND NOT e.withdrawn AND e.detail->>'placer' = %(placer)s
AND e.detail->>'performer' = %(by)s::text AND NOT e.detail ?| ARRAY['hl7v2', 'fhir']"""
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


def ordered(
    *, for_: Actor, resident_id: int, by: int, systems: Sequence[str], placer: str, filler: str
) -> list[Numbered]:
    """The standing orders of this person that an institution may mean by these numbers, oldest first: its own, and
    those that it is to carry out, by its own number or by the names of its systems (application|facility)."""
    return _held(for_, ORDERED, "order", resident_id, placer, filler, {"by": by, "systems": list(systems)})


def placed(*, for_: Actor, placer: str, by: int) -> list[Numbered]:
    """The standing orders that were written here under this number, of anybody, for the institution to carry out."""
    for_.require("record.take_in")
    return _read({"placer": placer, "by": by}, PLACED)


def reported(*, for_: Actor, resident_id: int, by: Sequence[int], placer: str, filler: str) -> list[Numbered]:
    """The standing reports of these institutions that bear either number, oldest first."""
    return _held(for_, REPORTED, "report", resident_id, placer, filler, {"does": list(by)})


def appointed(*, for_: Actor, resident_id: int, by: int, placer: str, filler: str) -> list[Numbered]:
    """The standing appointments that an institution has told of under either number, oldest first."""
    return _held(for_, OWN, "appointment", resident_id, placer, filler, {"by": by})


def numbered(*, for_: Actor, resident_id: int, kind: str, placer: str, filler: str) -> list[Numbered]:
    """What stands of this person under either number, whosever it is, oldest first."""
    return _held(for_, NUMBERED, kind, resident_id, placer, filler, {})


def newest(*, for_: Actor, resident_id: int, ids: Sequence[int], kind: str) -> list[Numbered]:
    """What stands of this person of the entries that are named by any of their versions, oldest first."""
    for_.require("record.take_in")
    return _read({"resident": resident_id, "kind": kind, "ids": list(ids)}, NEWEST) if ids else []


def _held(
    for_: Actor, where: str, kind: str, resident: int, placer: str, filler: str, asked: dict[str, Any]
) -> list[Numbered]:
    """Whoever else asks for these numbers waits for the end of the transaction, so that an order and its report that
    arrive at one moment do not miss each other."""
    for_.require("record.take_in")
    with connection.cursor() as cursor:
        for one in sorted({placer, filler} - {""}):
            cursor.execute(LOCK, [f"record.numbered:{one}"])
    given = {"resident": resident, "kind": kind, "placer": placer or None, "filler": filler or None}
    return _read(given | asked, where)


def _read(given: dict[str, Any], where: str) -> list[Numbered]:
    return [
        Numbered(id=one.id, resident_id=one.resident_id, institution_id=one.institution_id, title=one.title,
                 system=one.system, code=one.code, text=one.text, author=one.author, at=one.at, until=one.until,
                 detail=one.detail)
        for one in read(where, given, order="e.id")
    ]  # fmt: skip
