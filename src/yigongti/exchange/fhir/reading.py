"""Reads: one resource, one of its versions, its history, a type's history, all that is kept of a patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import BadParameter, Gone, NotThere, OutOfScope
from yigongti.exchange.fhir.searching import ROW, Page, Row
from yigongti.exchange.fhir.sight import sight_of
from yigongti.exchange.fhir.statements import fetched, fetched_often
from yigongti.exchange.fhir_r4.definitions import resource_kinds
from yigongti.exchange.fhir_r4.spans import span_of
from yigongti.exchange.policy.fhir_systems import REGISTERS
from yigongti.kernel.language import phrase


ONE = "SELECT {row}, r.deleted FROM exchange_resource r WHERE r.type = %(kind)s AND r.id = %(id)s AND {sight}"
VERSIONS = """
SELECT r.key, r.type, r.id, r.version, r.at, r.person_id, r.also, r.body, r.deleted, r.method FROM (
  SELECT c.key, c.type, c.id, c.version, c.at, c.person_id, c.also, c.sender_id, c.classes, c.body, c.deleted, c.method
  FROM exchange_resource c WHERE c.type = %(kind)s {id_c}
  UNION ALL
  SELECT p.key, c.type, c.id, p.version, p.at, p.person_id, p.also, p.sender_id, c.classes, p.body, p.deleted, p.method
  FROM exchange_resource_past p JOIN exchange_resource c ON c.key = p.key WHERE c.type = %(kind)s {id_c}
) r WHERE {sight} {more}
"""
EVERYTHING = """
SELECT {row}, 0 FROM exchange_resource r WHERE r.person_id IN (
  SELECT a.id FROM residents_resident a WHERE a.master_id = (SELECT m.master_id FROM residents_resident m
                                                             WHERE m.id = %(person)s))
AND NOT r.deleted AND (%(kinds)s::text[] IS NULL OR r.type = ANY(%(kinds)s)) AND {sight}
AND (%(since)s::timestamptz IS NULL OR r.at >= %(since)s) AND r.key > %(after)s AND r.key <= %(until)s
ORDER BY r.key LIMIT %(limit)s
"""
REFERRED = """
SELECT DISTINCT ON (r.key) {row} FROM exchange_resource_link l
JOIN exchange_resource r ON r.type = split_part(l.target, '/', 1) AND r.id = split_part(l.target, '/', 2)
WHERE l.key = ANY(%(keys)s) AND r.type = ANY(%(registers)s) AND NOT r.deleted AND {sight}
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a resource, as its history tells it."""

    row: Row
    deleted: bool
    method: str


def one(kind: str, name: str, *, for_: Caller) -> Row:
    """The current version. Raises NotThere, Gone."""
    _require(kind, "r", for_)
    sight = sight_of(for_=for_)
    given = sight.given | {"kind": kind, "id": name}
    own = sight.own.replace("{r}", "r")
    found = fetched_often(ONE.format(row=ROW, sight=own), given) if own else []
    found = found or fetched_often(ONE.format(row=ROW, sight=sight.on("r")), given)
    if not found:
        raise NotThere(place=f"{kind}/{name}")
    if found[0][8]:
        raise Gone(place=f"{kind}/{name}")
    return Row(*found[0][:8])


def _require(kind: str, letter: str, for_: Caller) -> None:
    if not for_.scopes.allow(kind, letter):
        raise OutOfScope(kind=kind, what=letter)


def version(kind: str, name: str, number: str, *, for_: Caller) -> Row:
    """One version. Raises NotThere, Gone for one that is a deletion."""
    _require(kind, "r", for_)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotThere(place=f"{kind}/{name}/_history/{number[:20]}")
    found = _versions(kind, name, "AND r.version = %(version)s", {"version": int(number)}, for_)
    if not found:
        raise NotThere(place=f"{kind}/{name}/_history/{number}")
    if found[0].deleted:
        raise Gone(place=f"{kind}/{name}/_history/{number}")
    return found[0].row


def _versions(kind: str, name: str, more: str, given: dict[str, Any], for_: Caller) -> list[Version]:
    sight = sight_of(for_=for_)
    sql = VERSIONS.format(id_c="AND c.id = %(id)s" if name else "", sight=sight.on("r"), more=more)
    rows = fetched(sql, sight.given | {"kind": kind, "id": name} | given)
    return [Version(Row(*found[:8]), found[8], found[9]) for found in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A page of a history, newest first; `before` leads on."""

    versions: Sequence[Version]
    before: str


def history(kind: str, name: str, *, count: int, since: str = "", before: str = "", for_: Caller) -> Past:
    """Of one resource, or of a type where no id is named. Raises NotThere for one that the client may not see."""
    _require(kind, "r", for_)
    given: dict[str, Any] = {"limit": count + 1}
    more = ""
    if since:
        span = span_of(since)
        if span is None:
            raise BadParameter(parameter="_since", problem=phrase("“{value}”不是日期或时间。", value=since[:40]))
        given["since"], more = span.low, "AND r.at >= %(since)s "
    if before:
        given |= _place(before)
        more += "AND (r.at, r.key, r.version) < (%(at)s, %(key)s, %(version)s) "
    found = _versions(kind, name, more + "ORDER BY r.at DESC, r.key DESC, r.version DESC LIMIT %(limit)s", given, for_)
    if name and not found and not before and not since:
        raise NotThere(place=f"{kind}/{name}")
    last = found[count - 1].row if len(found) > count else None
    following = f"{last.at.isoformat()},{last.key},{last.version}" if last else ""
    return Past(versions=found[:count], before=following)


def _place(before: str) -> dict[str, Any]:
    parts = before.split(",")
    try:
        at, key, number = parts
        return {"at": datetime.fromisoformat(at), "key": int(key), "version": int(number)}
    except ValueError:
        raise BadParameter(
            parameter="_before", problem=phrase("“{value}”不是一页的位置。", value=before[:60])
        ) from None


def everything(row: Row, *, count: int, after: int, until: int, kinds: Sequence[str], since: str, for_: Caller) -> Page:
    """All that is kept of the person behind a Patient, from whatever sender, and the registers that it refers to."""
    sight, scoped = sight_of(for_=for_), for_.scopes.kinds("r")
    asked = set(kinds) if kinds else set(resource_kinds())
    allowed = sorted(asked if scoped is None else asked & scoped)
    span = span_of(since) if since else None
    given = sight.given | {"person": row.person, "kinds": allowed, "after": after, "until": until, "limit": count + 1,
                           "since": span.low if span else None}  # fmt: skip
    found = [Row(*one_[:8]) for one_ in fetched(EVERYTHING.format(row=ROW, sight=sight.on("r")), given)]
    page = Page(matches=found[:count])
    if len(found) > count:
        page.next = str(found[count - 1].key)
    registers = sorted(REGISTERS & set(allowed))
    given = sight.given | {"keys": [one_.key for one_ in page.matches], "registers": registers}
    page.included = [Row(*one_) for one_ in fetched(REFERRED.format(row=ROW, sight=sight.on("r")), given)]
    return page
