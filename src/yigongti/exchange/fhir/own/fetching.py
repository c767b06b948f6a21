"""The platform's own rows found: pages, single ones, versions, all of one person; each becomes the resource it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.own import composing, orders, people, referrals
from yigongti.exchange.fhir.own.naming import chosen, entries_of, is_own
from yigongti.exchange.fhir.own.parts import Made, Raw, at
from yigongti.exchange.fhir.own.sight import condition, condition_on_many, given_of
from yigongti.exchange.fhir.own.tables import ALL_VERSIONS, CURRENT, ENTRIES, RECORD, TABLES
from yigongti.exchange.fhir.searching import END, Row
from yigongti.exchange.fhir.sight import sight_of
from yigongti.exchange.fhir_r4.writing import write
from yigongti.exchange.policy.fhir_own_orders import ORDERS_FROM
from yigongti.kernel import prepared


PAGE = """SELECT r.* FROM ({rows}) r WHERE {where} AND r.key > %(o_after)s AND r.root <= %(o_until)s
ORDER BY r.key LIMIT %(o_most)s"""
COUNT = "SELECT count(*) FROM ({rows}) r WHERE {where}"
NEWEST = {
    "record": "SELECT max(id) FROM record_entry", "person": "SELECT max(id) FROM residents_resident",
    "asked": f"SELECT {ORDERS_FROM} + max(id) AS max FROM record_entry",  # noqa: S608 - a number of ours
    "all": "SELECT max(unit_id) FROM organisations_institution",
}  # fmt: skip
VERSIONS = """SELECT r.* FROM ({rows} AND {entry} = ANY(%(entries)s)) r
 WHERE r.type = %(type)s AND {sight} ORDER BY r.version"""
SAME_PERSON = """{r}.person_id IN (SELECT a.id FROM residents_resident a WHERE a.master_id =
 (SELECT m.master_id FROM residents_resident m WHERE m.id = %(o_person)s))"""
NOT_OLDER = "(%(o_since)s::timestamptz IS NULL OR {r}.at IS NULL OR {r}.at >= %(o_since)s)"
BESIDE = """SELECT c.id, m.master_id FROM exchange_resource c JOIN residents_resident m ON m.id = c.person_id
 WHERE c.type = 'Patient' AND NOT c.deleted AND {sight}
 AND c.person_id IN (SELECT a.id FROM residents_resident a WHERE a.master_id = ANY(%(o_masters)s)) ORDER BY c.key"""


def rows_of(sql: str, given: Mapping[str, Any], *, often: bool = False) -> Sequence[Raw]:
    """Rows by column. `often`: one plan is as good as another, whatever the values."""
    return prepared.ask(sql, given, prepare=often).by_name()


# --- a type


def page(kind: str, wheres: Sequence[str], given: Mapping[str, Any], *, after: int = 0, until: int = END, most: int,
         often: bool = False, for_: Caller) -> list[Row]:  # fmt: skip
    """Those that the conditions choose and the client may see, in the order of their keys; one more than a page."""
    sql = PAGE.format(rows=TABLES[kind].rows, where=_where(kind, wheres, for_))
    asked = {**given_of(for_=for_), **given, "o_after": after, "o_until": until, "o_most": most}
    return shown(rows_of(sql, asked, often=often), for_=for_)


def count(kind: str, wheres: Sequence[str], given: Mapping[str, Any], *, few: bool, for_: Caller) -> int:
    """How many; `few` where the conditions name what few rows have in common."""
    seen = (condition if few else condition_on_many)(TABLES[kind].sight, for_=for_)
    sql = COUNT.format(rows=TABLES[kind].rows, where=_all(seen, wheres))
    return int(rows_of(sql, {**given_of(for_=for_), **given})[0]["count"])


def newest(kind: str) -> int:
    """The highest number of a type now: what is made later does not come into pages that follow."""
    return int(rows_of(NEWEST[TABLES[kind].sight], {})[0]["max"] or 0)


def _where(kind: str, wheres: Sequence[str], for_: Caller) -> str:
    return _all(condition(TABLES[kind].sight, for_=for_), wheres)


def _all(seen: str, wheres: Sequence[str]) -> str:
    return " AND ".join([seen, *(f"({one})" for one in wheres)]).replace("{r}", "r")


# --- by name


def by_names(names: Iterable[tuple[str, str]], *, for_: Caller) -> list[Row]:
    """Those of these types and ids that are there and may be seen."""
    found: list[Row] = []
    by_kind: dict[str, set[int]] = {}
    for kind, name in names:
        if is_own(kind, name):
            by_kind.setdefault(kind, set()).add(int(name[2:]))
    for kind, numbers in sorted(by_kind.items()):
        where, given = chosen(kind, numbers)
        found += page(kind, [where], given, most=len(numbers), for_=for_)
    return found


def versions(kind: str, name: str, *, for_: Caller) -> list[tuple[Row, bool]]:
    """All versions that the client may see, oldest first, each with whether it is withdrawn."""
    root = int(name[2:]) - (0 if kind in RECORD else ORDERS_FROM)
    if kind not in RECORD and (kind not in ALL_VERSIONS or root <= 0):
        return [(row, False) for row in by_names([(kind, name)], for_=for_)]
    rows, entry, which = (ENTRIES, "e.id", "record") if kind in RECORD else (ALL_VERSIONS[kind], "u.entry", "asked")
    sql = VERSIONS.format(rows=rows, entry=entry, sight=condition(which, for_=for_).replace("{r}", "r"))
    found = rows_of(sql, given_of(for_=for_) | {"entries": entries_of([root]), "type": kind})
    made = shown(found, for_=for_)
    return [(row, bool(raw["deleted"])) for row, raw in zip(made, found, strict=True)]


# --- a person


def of_person(
    person: int, *, after: int, most: int, kinds: Iterable[str] | None, since: datetime | None, for_: Caller
) -> list[Row]:  # fmt: skip
    """All of one person, of these types, in the order of their keys; what is not known to be older than `since`."""
    wanted = set(TABLES if kinds is None else kinds)
    given = {"o_person": person, "o_types": sorted(wanted & RECORD.keys()), "o_since": since}
    found: list[Row] = []
    for kind in ("Patient", "ServiceRequest", "Task"):
        if kind in wanted:
            more = ["{r}.stands"] if kind == "Patient" else []
            found += page(kind, [SAME_PERSON, NOT_OLDER, *more], given, after=after, most=most, for_=for_)
    if given["o_types"]:
        found += _entries_of(given, after=after, most=most, for_=for_)
    return sorted(found, key=lambda row: row.key)[:most]


def _entries_of(given: Mapping[str, Any], *, after: int, most: int, for_: Caller) -> list[Row]:
    seen = condition("record", for_=for_)
    where = f"{seen} AND {SAME_PERSON} AND {NOT_OLDER} AND {{r}}.type = ANY(%(o_types)s)".replace("{r}", "r")
    sql = PAGE.format(rows=CURRENT, where=where)
    asked = {**given_of(for_=for_), **given, "o_after": after, "o_until": END, "o_most": most}
    return shown(rows_of(sql, asked), for_=for_)


# --- as resources


def shown(found: Sequence[Raw], *, for_: Caller) -> list[Row]:
    """Rows as they are answered, bodies and all."""
    masters = [raw["master_id"] for raw in found if raw["type"] == "Patient" and raw["stands"]]
    beside = _beside(masters, for_) if masters else {}
    return [_row(raw, _said(raw, beside)) for raw in found]


def _beside(masters: list[int], for_: Caller) -> dict[int, list[Made]]:
    """The Patients that clients sent of the same people, as far as this client may see them."""
    sight, linked = sight_of(for_=for_), dict[int, list[Made]]()
    for one in rows_of(BESIDE.format(sight=sight.on("c")), sight.given | {"o_masters": masters}):
        linked.setdefault(one["master_id"], []).append(people.beside(one["id"]))
    return linked


def _said(raw: Raw, beside: Mapping[int, list[Made]]) -> Made:
    match raw["type"]:
        case "Patient":
            return people.patient(raw, beside.get(raw["person_id"], ()))
        case "Organization":
            return people.organization(raw)
        case "ServiceRequest":
            return orders.service_request(raw) if raw["entry"] else referrals.service_request(raw)
        case "Task":
            return orders.task(raw) if raw["entry"] else referrals.task(raw)
    return composing.entry(raw)


def _row(raw: Raw, said: Made) -> Row:
    meta = {"versionId": str(raw["version"])} | ({"lastUpdated": at(raw["at"], "milliseconds")} if raw["at"] else {})
    name = f"r-{raw['root']}"
    body = write({"resourceType": raw["type"], "id": name, "meta": meta, **said}).decode()
    return Row(raw["key"], raw["type"], name, raw["version"], raw["at"], raw["person_id"], None, body)
