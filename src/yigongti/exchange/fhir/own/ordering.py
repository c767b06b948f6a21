"""The order of a search over kept resources and the platform's own: one statement, by the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yigongti.exchange.fhir.own.sight import condition
from yigongti.exchange.fhir.own.tables import TABLES


if TYPE_CHECKING:
    from yigongti.exchange.fhir.asking import Asked
    from yigongti.exchange.fhir.clients import Caller

ONCE = """NOT EXISTS (SELECT FROM exchange_resource k WHERE k.type = 'Patient' AND NOT k.deleted
 AND k.sender_id = ANY(%(s_own)s) AND {where}
 AND k.person_id IN (SELECT z.id FROM residents_resident z WHERE z.master_id = {{r}}.master_id))"""
OURS = " UNION ALL SELECT r.key{columns} FROM (SELECT r.* FROM ({rows}) r WHERE {where} LIMIT %(limit)s) r"
VALUE = "(SELECT {most}(i.{column}) FROM ({source}) i)"
COLUMN = {"token": "code", "text": "value", "span": "low", "amount": "value", "link": "target"}


def wheres(asked: Asked) -> list[str]:
    """What is asked of ours. A person whose Patient the client's institution sent is found as that; as the register
    has them where a number is asked that only the register knows, or by its own id."""
    if asked.ours is None:
        return ["false"]
    if asked.kind != "Patient" or asked.ours.by_name:
        return asked.ours.conditions
    numbered = any(name.partition(":")[0] == "identifier" for name, _ in asked.pairs)
    return [*asked.ours.conditions, ONCE.format(where=asked.where_on("k") if numbered else "true")]


def union(asked: Asked, *, for_: Caller) -> str:
    """Ours beside the kept ones, each with the values it is sorted by; '' where ours are not asked."""
    if asked.ours is None or not asked.ours.asked:
        return ""
    table = TABLES[asked.kind]
    columns = "".join(f", {_by(asked.kind, code, falling)} AS s{n}" for n, (code, falling) in enumerate(asked.sort))
    where = " AND ".join([condition(table.sight, for_=for_), *(f"({one})" for one in wheres(asked))])
    return OURS.format(columns=columns, rows=table.rows, where=where).replace("{r}", "r")


def _by(kind: str, code: str, falling: bool) -> str:
    if code in ("_id", "_lastUpdated"):
        return "'r-' || r.root" if code == "_id" else "r.at"
    source = TABLES[kind].sources.get(code)
    if source is None:
        return "NULL"
    return VALUE.format(most="max" if falling else "min", column=COLUMN[source[0]], source=source[1])
