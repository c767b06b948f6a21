"""Rows of the store: read for a reader, locked for a writer, written for a whole bundle in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from yigongti.exchange.fhir.indexing import FORGET, Rows, adding
from yigongti.exchange.fhir.sight import Sight
from yigongti.exchange.fhir.statements import fetched_often
from yigongti.exchange.policy.fhir_systems import REGISTERS
from yigongti.kernel import prepared


Place = tuple[str, str]
"""Type and id."""

LOCK = """
SELECT r.key, r.type, r.id, r.version, r.deleted, r.sender_id, r.person_id, r.also, r.classes, r.at, r.body, {sight}
FROM unnest(%(types)s::text[], %(ids)s::text[]) w(type, id)
JOIN exchange_resource r ON r.type = w.type AND r.id = w.id ORDER BY r.key FOR UPDATE OF r
"""
LOOK = """
SELECT r.key, r.type, r.id, r.version, r.deleted, r.sender_id, r.person_id, r.also, r.classes, r.at,
  CASE WHEN r.type = ANY(%(registers)s) OR r.sender_id = %(sender)s THEN r.body ELSE '' END, {sight}
FROM json_to_recordset(%(places)s) w(type text, id text)
JOIN exchange_resource r ON r.type = w.type AND r.id = w.id
"""
KEYS = "SELECT nextval('exchange_resource_key') FROM generate_series(1, %(count)s::int)"
INSERT = """
INSERT INTO exchange_resource (key, type, id, version, at, deleted, method, person_id, also, sender_id, classes, body)
SELECT key, type, id, version, %(at)s::timestamptz, body = '', method, person,
       nullif(also, '{}'), %(sender)s::bigint, classes, body
FROM json_to_recordset(%(rows)s) n(key bigint, type text, id text, version int, method text, person bigint,
                                   also bigint[], classes text[], body text)
"""
TO_THE_PAST = """
INSERT INTO exchange_resource_past (key, version, at, deleted, method, person_id, also, sender_id, body)
SELECT key, version, at, deleted, method, person_id, also, sender_id, body
FROM exchange_resource WHERE key = ANY(%(keys)s::bigint[])
"""
UPDATE = """
UPDATE exchange_resource r SET version = n.version, at = %(at)s::timestamptz, deleted = n.body = '', method = n.method,
    person_id = n.person, also = nullif(n.also, '{}'), sender_id = %(sender)s::bigint, classes = n.classes,
    body = n.body
FROM json_to_recordset(%(rows)s) n(key bigint, version int, method text, person bigint, also bigint[], classes text[],
                                   body text)
WHERE r.key = n.key
"""
RELATED = """
WITH visit(type, id) AS (SELECT * FROM unnest(%(types)s::text[], %(ids)s::text[])),
near AS (
  SELECT r.key FROM visit v JOIN exchange_resource r ON r.type = v.type AND r.id = v.id
  UNION SELECT l.key FROM visit v JOIN exchange_resource_link l
    ON l.param = ANY(%(params)s::int[]) AND l.target = v.type || '/' || v.id)
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


FRESH = tuple(one.name for one in fields(Fresh))


def stored(places: Iterable[Place], *, sight: Sight) -> dict[Place, Stored]:
    """What stands at these places, locked in one order, so that no two writers wait for each other crosswise."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    sql = LOCK.format(sight=sight.on("r"))
    given = sight.given | {"types": [kind for kind, _ in wanted], "ids": [name for _, name in wanted]}
    return by_place(fetched_often(sql, given))


def look_at(places: Iterable[Place], *, sight: Sight, sender: int) -> prepared.Answer:
    """Ask what stands there, without locking; with bodies of registers and of what the sender itself brought."""
    listed = [{"type": kind, "id": name} for kind, name in sorted(set(places))]
    given = {"places": prepared.dumped(listed), "registers": sorted(REGISTERS), "sender": sender}
    return prepared.ask(LOOK.format(sight=sight.on("r")), sight.given | given)


def by_place(rows: Iterable[tuple[Any, ...]]) -> dict[Place, Stored]:
    """Rows of either question."""
    return {(one.type, one.id): one for one in (Stored(*_dated(row)) for row in rows)}


def _dated(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:9], _moment(row[9]), *row[10:])


def _moment(at: datetime | str) -> datetime:
    """As text it comes among other answers."""
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)


def ask_keys(count: int) -> prepared.Answer:
    """Ask for keys for new resources, rising."""
    return prepared.ask(KEYS, {"count": count})


def write(*, new: Sequence[Fresh], changed: Sequence[Fresh], rows: Rows, sender: int, at: datetime) -> None:
    """All of it. An id that somebody else has just taken ends the transaction, which is then run again."""
    shared: dict[str, Any] = {"at": at, "sender": sender}
    if new:
        prepared.post(INSERT, shared | _rows(new))
    if changed:
        keys = {"keys": [one.key for one in changed]}
        prepared.post(TO_THE_PAST, keys)
        prepared.post(UPDATE, shared | _rows(changed))
        for sql in FORGET:
            prepared.post(sql, keys)
    for table, listed in rows.tables().items():
        prepared.post(adding(table), {"rows": prepared.dumped(listed)})


def _rows(many: Sequence[Fresh]) -> dict[str, Any]:
    return {"rows": prepared.dumped([{name: getattr(one, name) for name in FRESH} for one in many])}


def spread(*, places: Sequence[Place], classes: Iterable[str], params: Sequence[int]) -> None:
    """What an encounter is specially protected for, all that belongs to it is: the encounter, and what refers to it."""
    prepared.post(RELATED, {"types": [kind for kind, _ in places], "ids": [name for _, name in places],
                            "classes": sorted(classes), "params": list(params)}, apart=True)  # fmt: skip
