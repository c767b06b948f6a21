"""From which side a search is walked that names nobody: a client that sees few of many begins at what it may see.

The condition of `sight` says what is seen; here stands only that nothing else can be: what the client's institution
sent, and what is about people to whom it stands in a relation. It changes the way, never what is found.
"""

from __future__ import annotations

import time

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.sight import Sight, sight_of
from yigongti.exchange.fhir.statements import fetched
from yigongti.exchange.policy.fhir_systems import REGISTERS


FEW = 20_000
"""People, or resources sent, up to which they are read whole; over more, walking all in order meets a page sooner."""
FRESH_SECONDS = 60.0
HOW_MANY = """SELECT (SELECT count(*) FROM (SELECT FROM ({people}) p LIMIT %(n_most)s) x),
 (SELECT count(*) FROM (SELECT FROM exchange_resource r WHERE r.sender_id = ANY(%(s_own)s) LIMIT %(n_most)s) x)"""
NEAR = """{{r}}.key = ANY(ARRAY(
 SELECT k.key FROM exchange_resource k WHERE k.sender_id = ANY(%(s_own)s) AND k.type = %(kind)s AND NOT k.deleted
 UNION SELECT k.key FROM ({people}) p JOIN residents_resident a ON a.master_id = p.id
  JOIN exchange_resource k ON k.person_id = a.id WHERE k.type = %(kind)s AND NOT k.deleted))"""

_few: dict[tuple[int, int], tuple[float, bool]] = {}


def near(kind: str, *, for_: Caller) -> str:
    """The condition on `{r}` that begins at what the client may see; '' where it sees many, or the type is open."""
    if kind in REGISTERS or not _sees_few(for_):
        return ""
    return NEAR.format(people=sight_of(for_=for_).people)


def _sees_few(for_: Caller) -> bool:
    place = (for_.client, for_.sender)
    kept = _few.get(place)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        if len(_few) > 1000:
            _few.clear()
        kept = _few[place] = (time.monotonic(), _counted(sight_of(for_=for_)))
    return kept[1]


def _counted(sight: Sight) -> bool:
    ((people, sent),) = fetched(HOW_MANY.format(people=sight.people), sight.given | {"n_most": FEW + 1})
    return max(people, sent) <= FEW
