"""Searches run: pages that do not shift while data arrives, totals, what comes along, and whom all of it shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yigongti.exchange.fhir.asking import Asked
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.indexing import number_of, parameters
from yigongti.exchange.fhir.near import near
from yigongti.exchange.fhir.outcomes import BadParameter
from yigongti.exchange.fhir.own.ordering import union
from yigongti.exchange.fhir.own.sight import given_of
from yigongti.exchange.fhir.statements import fetched, fetched_often
from yigongti.kernel import clock
from yigongti.kernel.language import phrase


MOST_SORTED = 20_000
"""So many matches are put in an order and kept for the pages that follow."""
KEPT = timedelta(minutes=30)

ROW = "r.key, r.type, r.id, r.version, r.at, r.person_id, r.also, r.body"
PAGE = """SELECT {row}, (SELECT last_value FROM exchange_resource_key) AS newest FROM exchange_resource r
WHERE {where} AND r.key > %(after)s AND r.key <= %(until)s ORDER BY r.key LIMIT %(limit)s"""
# Who sees one row of a person, sees as many as there are like it: the question is put once for all of them.
COUNT = """SELECT coalesce(sum(r.count), 0) FROM (
 SELECT r.type, r.person_id, r.also, r.classes, r.sender_id, count(*) FROM exchange_resource r WHERE {where}
 GROUP BY 1, 2, 3, 4, 5) r WHERE {sight}"""
# More than can be sorted are not looked at.
ORDERED = """WITH chosen AS MATERIALIZED (
 SELECT r.key, r.id, r.at FROM exchange_resource r WHERE {where} LIMIT %(limit)s)
SELECT x.key FROM (SELECT r.key{columns} FROM chosen r{ours}) x ORDER BY {order}, x.key LIMIT %(limit)s"""
BY_KEYS = """SELECT {row} FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY k(key, place)
JOIN exchange_resource r ON r.key = k.key WHERE NOT r.deleted AND {sight} ORDER BY k.place"""
INCLUDED = """SELECT DISTINCT ON (r.key) {row} FROM exchange_resource_link l
JOIN exchange_resource r ON r.type = split_part(l.target, '/', 1) AND r.id = split_part(l.target, '/', 2)
WHERE l.key = ANY(%(keys)s) AND l.param = %(param)s AND (%(to)s = '' OR r.type = %(to)s)
 AND (%(kinds)s::text[] IS NULL OR r.type = ANY(%(kinds)s)) AND NOT r.deleted AND {sight}"""
END = (1 << 62) - 1
FEW = frozenset({"_id", "identifier", "patient", "subject", "patient.identifier", "subject.identifier", "encounter"})
"""Parameters that name one thing or somebody's things."""

SORTED_BY = {
    "token": "(SELECT {most}(i.code) FROM exchange_resource_token i WHERE i.key = r.key AND i.param = {param})",
    "uri": "(SELECT {most}(i.code) FROM exchange_resource_token i WHERE i.key = r.key AND i.param = {param})",
    "string": "(SELECT {most}(i.value) FROM exchange_resource_text i WHERE i.key = r.key AND i.param = {param})",
    "date": "(SELECT {most}(i.low) FROM exchange_resource_span i WHERE i.key = r.key AND i.param = {param})",
    "number": "(SELECT {most}(i.value) FROM exchange_resource_amount i WHERE i.key = r.key AND i.param = {param})",
    "quantity": "(SELECT {most}(i.value) FROM exchange_resource_amount i WHERE i.key = r.key AND i.param = {param})",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as it stands in the store."""

    key: int
    type: str
    id: str
    version: int
    at: datetime
    person: int | None
    also: list[int] | None
    body: str

    @property
    def address(self) -> str:
        """Type and id."""
        return f"{self.type}/{self.id}"


@dataclass(slots=True, kw_only=True)
class Page:
    """One page of a search: matches, what came along, the total where it is known, and what leads to the next."""

    matches: list[Row] = field(default_factory=list)
    keys: Sequence[int] = ()
    """Of the matches of a sorted search, in its order: the platform's own among them."""
    included: list[Row] = field(default_factory=list)
    total: int | None = None
    next: str = ""


def persons_in(rows: Iterable[Row]) -> set[int]:
    """Whom rows show."""
    shown: set[int] = set()
    for row in rows:
        shown.update(one for one in (row.person, *(row.also or ())) if one is not None)
    return shown


def found(asked: Asked, *, for_: Caller) -> Page:
    """Run a search, or go on with it."""
    page = Page()
    if asked.counting or asked.count == 0:
        page.total = _count(asked, for_)
        return page
    rows = _sorted(asked, page, for_) if asked.sort else _in_turn(asked, page, for_)
    page.matches = rows
    page.included = _included(asked, rows, for_) if rows and asked.includes else []
    if page.total is None and asked.total:
        page.total = _count(asked, for_)
    return page


def matching(asked: Asked, *, most: int) -> list[Row]:
    """The first matches: what a condition on a write means."""
    asked.count = most - 1
    rows = fetched(PAGE.format(row=ROW, where=asked.where), asked.values | {"after": 0, "until": END, "limit": most})
    return [Row(*one[:8]) for one in rows]


def _count(asked: Asked, for_: Caller) -> int:
    sql = COUNT.format(where=f"{asked.wish} AND {_way(asked, for_)}", sight=asked.sight.on("r"))
    return int(fetched(sql, asked.values)[0][0])


def where_of(asked: Asked, *, for_: Caller) -> str:
    """What is asked, and the way to it."""
    return f"{asked.where} AND {_way(asked, for_)}"


def _way(asked: Asked, for_: Caller) -> str:
    way = "" if names_few(asked) else near(asked.kind, for_=for_)
    return way.replace("{r}", "r") or "true"


def names_few(asked: Asked) -> bool:
    """Whether it names what few resources have in common, so that its plan needs not know which."""
    return any(name in FEW and not value.endswith("|") for name, value in asked.pairs)


def _in_turn(asked: Asked, page: Page, for_: Caller) -> list[Row]:
    """In the order in which resources were made; none that was made after the first page was asked."""
    ask = fetched_often if names_few(asked) else fetched
    return turned(asked, page, ask(PAGE.format(row=ROW, where=where_of(asked, for_=for_)), in_turn(asked)))


def in_turn(asked: Asked) -> dict[str, Any]:
    """The values of a page in that order."""
    after, until = int(asked.page.get("_after", 0)), int(asked.page.get("_until", END))
    return asked.values | {"after": after, "until": until, "limit": asked.count + 1}


def turned(asked: Asked, page: Page, rows: Sequence[tuple[Any, ...]]) -> list[Row]:
    """The rows of a page, of which one more than it holds was asked for; the page gets what leads to the next."""
    if len(rows) > asked.count:
        last = rows[asked.count - 1]
        page.next = asked.query(_after=last[0], _until=min(int(asked.page.get("_until", END)), last[8]))
    elif not int(asked.page.get("_after", 0)):
        page.total = len(rows)
    return [Row(*one[:8]) for one in rows[: asked.count]]


# --- in another order


def _sorted(asked: Asked, page: Page, for_: Caller) -> list[Row]:
    """The order is found once and kept for the pages that follow; each page asks again what may be seen."""
    place = int(asked.page.get("_place", 0))
    keys = _kept(asked, for_) if "_found" in asked.page else _order(asked, for_)
    if place == 0 and "_found" not in asked.page:
        page.total = len(keys)
    name = asked.page.get("_found", "")
    if len(keys) > place + asked.count:
        name = name or _keep(keys, asked, for_)
        page.next = asked.query(_found=name, _place=place + asked.count)
    page.keys = shown = keys[place : place + asked.count]
    given = asked.sight.given | {"keys": shown}
    return [Row(*one) for one in fetched(BY_KEYS.format(row=ROW, sight=asked.sight.on("r")), given)]


def _order(asked: Asked, for_: Caller) -> list[int]:
    given = asked.values | given_of(for_=for_)
    columns, order = "", []
    for number, (code, falling) in enumerate(asked.sort):
        given[f"sort{number}"] = number_of(asked.kind, code)
        columns += f", {_by(asked.kind, code, falling, f'%(sort{number})s')} AS s{number}"
        order.append(f"x.s{number} {'DESC' if falling else 'ASC'} NULLS LAST")
    where, ours = where_of(asked, for_=for_), union(asked, for_=for_)
    sql = ORDERED.format(columns=columns, where=where, order=", ".join(order), ours=ours)
    keys = [key for (key,) in fetched(sql, given | {"limit": MOST_SORTED + 1})]
    if len(keys) > MOST_SORTED:
        words = phrase("符合的超过 {most} 条，排不了序：请加条件，或不排序。", most=MOST_SORTED)
        raise BadParameter(rule="fhir.too_costly", parameter="_sort", problem=words)
    return keys


def _by(kind: str, code: str, falling: bool, param: str) -> str:
    if code in ("_id", "_lastUpdated"):
        return "r.id" if code == "_id" else "r.at"
    return SORTED_BY[parameters(kind)[code]].format(most="max" if falling else "min", param=param)


def _keep(keys: Sequence[int], asked: Asked, for_: Caller) -> str:
    name, now = uuid.uuid4(), clock.now()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exchange_resource_found WHERE until < %s", [now])
        cursor.execute(
            "INSERT INTO exchange_resource_found (id, client_id, asked, keys, until) VALUES (%s, %s, %s, %s, %s)",
            [name, for_.client, _said(asked), list(keys), now + KEPT],
        )
    return str(name)


def _said(asked: Asked) -> str:
    return f"{asked.kind}?{asked.query()}"


def _kept(asked: Asked, for_: Caller) -> list[int]:
    try:
        name = uuid.UUID(asked.page["_found"])
    except ValueError:
        raise _over() from None
    sql = """SELECT keys FROM exchange_resource_found
        WHERE id = %(id)s AND client_id = %(client)s AND asked = %(asked)s AND until > %(now)s"""
    rows = fetched(sql, {"id": name, "client": for_.client, "asked": _said(asked), "now": clock.now()})
    if not rows:
        raise _over()
    return list(rows[0][0])


def _over() -> BadParameter:
    words = phrase("这次查询的后续页已过期，请重新查询。")
    return BadParameter(rule="fhir.page_over", parameter="_found", problem=words)


# --- what comes along


def _included(asked: Asked, matches: Sequence[Row], for_: Caller) -> list[Row]:
    there = {row.key for row in matches}
    kinds = for_.scopes.kinds("r")
    included: dict[int, Row] = {}
    for one in asked.includes:
        given = asked.sight.given | {
            "keys": list(there), "param": number_of(one.kind, one.code), "to": one.to,
            "kinds": sorted(kinds) if kinds is not None else None,
        }  # fmt: skip
        sql = INCLUDED.format(row=ROW, sight=asked.sight.on("r"))
        included |= {row.key: row for row in (Row(*found_) for found_ in fetched(sql, given)) if row.key not in there}
    return list(included.values())
