"""What machines ask all day, in one statement: that the token holds, what is found, and the entry in the trail.

Whoever was recognised a moment ago is taken at their word until the statement itself has asked; where it finds nothing,
where anything is out of the usual or goes wrong, the caller goes the long way, which says why.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import lru_cache
from typing import Any

from django.db import Error, connection, transaction

from yigongti.exchange.fhir import answers
from yigongti.exchange.fhir.answers import Answer
from yigongti.exchange.fhir.asking import Asked, asked
from yigongti.exchange.fhir.calls import ID, Call, kind_of
from yigongti.exchange.fhir.clients import HOLDS, Caller, Claimed
from yigongti.exchange.fhir.own.naming import is_own
from yigongti.exchange.fhir.searching import PAGE, ROW, Page, Row, in_turn, names_few, turned, where_of
from yigongti.exchange.fhir.sight import sight_of
from yigongti.exchange.policy.fhir_client_role import READ
from yigongti.kernel import prepared
from yigongti.kernel.audit import trail
from yigongti.kernel.refusal import Refusal


BASIS = "institution"
"""The trail's word for it: the client's institution stands to the person by one of the bases of its role page."""
ONE = """
WITH token AS MATERIALIZED ({holds}),
found AS (SELECT {row} FROM exchange_resource r
 WHERE r.type = %(kind)s AND r.id = %(id)s AND NOT r.deleted AND EXISTS (SELECT FROM token) AND {sight}),
entry AS ({entry})
SELECT * FROM found
"""
# What only the client's own institution sent, it may see: that is told at once, and mostly all there is to tell.
OWN = """
WITH token AS MATERIALIZED ({holds}), page AS ({page}),
shown AS (SELECT * FROM page p WHERE (SELECT bool_and(own) FROM page) ORDER BY p.key LIMIT %(w_count)s::int),
entry AS ({entry})
SELECT p.* FROM (SELECT FROM token WHERE (SELECT coalesce(bool_and(own), true) FROM page)) t LEFT JOIN page p ON true
ORDER BY p.key
"""
SEVERAL = """
WITH token AS MATERIALIZED ({holds}), page AS ({page}),
shown AS (SELECT * FROM page p ORDER BY p.key LIMIT %(w_count)s::int),
entry AS ({entry})
SELECT p.* FROM (SELECT FROM token) t LEFT JOIN page p ON true ORDER BY p.key
"""
SEEN = """SELECT ARRAY(SELECT DISTINCT o.id FROM {shown} s CROSS JOIN unnest(s.person_id || s.also) o(id)
 WHERE o.id IS NOT NULL ORDER BY o.id) AS persons, (SELECT count(*) FROM {shown}) AS count"""
COUNT = "#"
COUNTED = f"replace(%(t_sentence)s::text, '{COUNT}', x.count::text)"


def answered(call: Call, claim: Claimed) -> Answer | None:
    """The answer to a read or a plain search; None where the long way must be gone."""
    if call.method != "GET" or not call.caller.actor.may(READ):
        return None
    try:
        match call.path:
            case (kind, name):
                return _one(call, claim, kind, name)
            case (kind,):
                return _several(call, claim, kind)
    except (Refusal, Error):  # said again on the long way, and there to whom it may be said
        return None
    return None


def _one(call: Call, claim: Claimed, kind: str, name: str) -> Answer | None:
    usual = not call.query and "If-None-Match" not in call.headers and ID.fullmatch(name) and not is_own(kind, name)
    if not usual or not call.caller.scopes.allow(kind_of(kind), "r"):
        return None
    sight = sight_of(for_=call.caller)
    address = f"{kind}/{name}"
    said = trail.said_beside(by=call.caller.actor, page="fhir.read", sentence=f"FHIR 读取{address}", basis=BASIS,
                             subject=address[:80])  # fmt: skip
    given = {**sight.given, **claim.given, **said, "kind": kind, "id": name}
    rows = _asked(_one_sql(sight.own.replace("{r}", "r")), given) if sight.own else []
    rows = rows or _asked(_one_sql(sight.on("r")), given)
    if not rows:
        return None
    row = Row(*rows[0])
    return Answer(text=row.body, headers=answers.versioned(row.version, row.at))


@lru_cache(maxsize=1000)
def _one_sql(sight: str) -> str:
    entry = trail.saw_beside(SEEN.format(shown="found"))
    return ONE.format(holds=HOLDS, row=ROW, sight=sight, entry=entry)


def _several(call: Call, claim: Claimed, kind: str) -> Answer | None:
    if not call.caller.scopes.allow(kind_of(kind), "s"):
        return None
    question = asked(kind, call.pairs, for_=call.caller)
    if not _is_plain(question):
        return None
    said = trail.said_beside(by=call.caller.actor, page="fhir.search", sentence=f"FHIR 查询{kind}，{COUNT} 条",
                             basis=BASIS)  # fmt: skip
    given = {**in_turn(question), **claim.given, **said, "w_count": question.count}
    few = names_few(question)
    rows = _asked(_own_sql(question), given) if few and question.sight.own else []
    rows = rows or _asked(_several_sql(question, call.caller), given, often=few)
    if not rows:
        return None
    page = Page()
    page.matches = turned(question, page, [row for row in rows if row[0] is not None])
    return Answer(text=answers.searchset(page, base=call.base, here=question.query(), path=kind,
                                         remark=question.remark, elements=question.elements))  # fmt: skip


def _is_plain(question: Asked) -> bool:
    """Whether one page of kept resources, in their order, is all that is asked."""
    more = question.counting or question.sort or question.includes or question.revincludes or question.total
    ours = question.ours is not None and question.ours.asked and not question.ours.nobody
    return not more and not ours and question.count > 0


def _own_sql(question: Asked) -> str:
    page = PAGE.format(row=ROW, where=f"EXISTS (SELECT FROM token) AND {question.wish}")
    own = f" AS newest, {question.sight.own.replace('{r}', 'r')} AS own"
    entry = trail.saw_beside(SEEN.format(shown="shown"), sentence=COUNTED)
    return OWN.format(holds=HOLDS, page=page.replace(" AS newest", own), entry=entry)


def _several_sql(question: Asked, for_: Caller) -> str:
    where = f"EXISTS (SELECT FROM token) AND {where_of(question, for_=for_)}"
    entry = trail.saw_beside(SEEN.format(shown="shown"), sentence=COUNTED)
    return SEVERAL.format(holds=HOLDS, page=PAGE.format(row=ROW, where=where), entry=entry)


def _asked(sql: str, given: dict[str, Any], *, often: bool = True) -> list[tuple[Any, ...]]:
    """Where a transaction is open, a failure must leave it whole for the long way."""
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        return prepared.fetched_first(sql, given, prepare=often)
