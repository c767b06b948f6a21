"""Rows of the store: read for a reader, locked for a writer, written for a whole bundle in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from yigongti.exchange.fhir.indexing import ADD, FORGET, Rows
from yigongti.exchange.fhir.outcomes import IdTaken
from yigongti.exchange.fhir.sight import Sight
from yigongti.exchange.fhir.statements import fetched


Place = tuple[str, str]
"""Type and id."""

LOCK = """
SELECT r.key, r.type, r.id, r.version, r.deleted, r.sender_id, r.person_id, r.also, r.classes, r.at, {body}, {sight}
FROM unnest(%(types)s::text[], %(ids)s::text[]) w(type, id)
JOIN exchange_resource r ON r.type = w.type AND r.id = w.id ORDER BY r.key {lock}
"""
KEYS = "SELECT nextval('exchange_resource_key') FROM generate_series(1, %s)"
INSERT = """
INSERT INTO exchange_resource (key, type, id, version, at, deleted, method, person_id, also, sender_id, classes, body)
SELECT key, type, id, version, %(at)s, body = '', method, person,
       string_to_array(nullif(also, ''), ',')::bigint[], %(sender)s, string_to_array(classes, ','), body
FROM unnest(%(key)s::bigint[], %(type)s::text[], %(id)s::text[], %(version)s::int[], %(method)s::text[],
            %(person)s::bigint[], %(also)s::text[], %(classes)s::text[], %(body)s::text[])
  n(key, type, id, version, method, person, also, classes, body)
ON CONFLICT (type, id) DO NOTHING
"""
TO_THE_PAST = """
INSERT INTO exchange_resource_past (key, version, at, deleted, method, person_id, also, sender_id, body)
SELECT key, version, at, deleted, method, person_id, also, sender_id, body
FROM exchange_resource WHERE key = ANY(%(keys)s)
"""
UPDATE = """
UPDATE exchange_resource r SET version = n.version, at = %(at)s, deleted = n.body = '', method = n.method,
    person_id = n.person, also = string_to_array(nullif(n.also, ''), ',')::bigint[], sender_id = %(sender)s,
    classes = string_to_array(n.classes, ','), body = n.body
FROM unnest(%(key)s::bigint[], %(version)s::int[], %(method)s::text[], %(person)s::bigint[], %(also)s::text[],
            %(classes)s::text[], %(body)s::text[]) n(key, version, method, person, also, classes, body)
WHERE r.key = n.key
"""
RELATED = """
WITH visit(type, id) AS (SELECT * FROM unnest(%(types)s::text[], %(ids)s::text[])),
near AS (
  SELECT r.key FROM visit v JOIN exchange_resource r ON r.type = v.type AND r.id = v.id
  UNION SELECT l.key FROM visit v JOIN exchange_resource_link l
    ON l.param = ANY(%(params)s) AND l.target = v.type || '/' || v.id)
UPDATE exchange_resource r
SET classes = ARRAY(SELECT DISTINCT unnest(r.classes || %(classes)s::text[]) ORDER BY 1)
FROM near WHERE r.key = near.key AND NOT r.classes @> %(classes)s::text[]
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource as a writer finds it, locked; `visible` says whether the one who writes may know of it."""

    key: int
    type: str
    id: str
    version: int
    deleted: bool
    sender: int
    person: int | None
    also: list[int] | None
    classes: list[str]
    at: datetime
    body: str
    visible: bool


@dataclass(slots=True, kw_only=True)
class Fresh:
    """A version about to be written; `body` is empty for a deletion."""

    key: int
    type: str
    id: str
    version: int
    method: str
    person: int | None
    also: Sequence[int]
    classes: Sequence[str]
    body: str


def stored(places: Iterable[Place], *, sight: Sight, lock: bool = True) -> dict[Place, Stored]:
    """What stands at these places, locked in one order, so that no two writers wait for each other crosswise.

    Unlocked it is only looked at, without bodies.
    """
    wanted = sorted(set(places))
    if not wanted:
        return {}
    sql = LOCK.format(sight=sight.on("r"), lock="FOR UPDATE OF r" if lock else "",
                      body="r.body" if lock else "''")  # fmt: skip
    given = sight.given | {"types": [kind for kind, _ in wanted], "ids": [name for _, name in wanted]}
    found = [Stored(*row) for row in fetched(sql, given)]
    return {(one.type, one.id): one for one in found}


def fresh_keys(count: int) -> list[int]:
    """Keys for new resources, rising."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [count])
        return [key for (key,) in cursor.fetchall()]


def write(*, new: Sequence[Fresh], changed: Sequence[Fresh], rows: Rows, sender: int, at: datetime) -> None:
    """All of it. Raises IdTaken when somebody else has just made a resource with one of these ids."""
    shared: dict[str, Any] = {"at": at, "sender": sender}
    with connection.cursor() as cursor:
        if new:
            cursor.execute(INSERT, shared | _columns(new))
            if cursor.rowcount < len(new):
                raise IdTaken(place="、".join(f"{one.type}/{one.id}" for one in new[:3]))
        if changed:
            keys = {"keys": [one.key for one in changed]}
            cursor.execute(TO_THE_PAST, keys)
            cursor.execute(UPDATE, shared | _columns(changed))
            cursor.execute(FORGET, keys)
        if any((rows.token, rows.text, rows.link, rows.span, rows.amount)):
            cursor.execute(ADD, rows.columns())


def _columns(many: Sequence[Fresh]) -> dict[str, Any]:
    return {
        "key": [one.key for one in many], "type": [one.type for one in many], "id": [one.id for one in many],
        "version": [one.version for one in many], "method": [one.method for one in many],
        "person": [one.person for one in many], "also": [",".join(map(str, one.also)) for one in many],
        "classes": [",".join(one.classes) for one in many], "body": [one.body for one in many],
    }  # fmt: skip


def spread(*, places: Sequence[Place], classes: Iterable[str], params: Sequence[int]) -> None:
    """What an encounter is specially protected for, all that belongs to it is: the encounter, and what refers to it."""
    with connection.cursor() as cursor:
        cursor.execute(RELATED, {"types": [kind for kind, _ in places], "ids": [name for _, name in places],
                                 "classes": sorted(classes), "params": list(params)})  # fmt: skip
