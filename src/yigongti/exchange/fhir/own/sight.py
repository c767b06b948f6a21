"""Which of the platform's own rows a client sees: the record and people as `fhir/sight` says, referrals by their sides.

An order is seen as the record is, and by the institution that it names to carry it out, where its class is open.

A referral is seen by the institution that stands on one of its sides, in the states and panels that its page names; one
of a special class by who sent it and by who has the gate.
"""

from __future__ import annotations

import time
from typing import Any

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.sight import FRESH_SECONDS, Sight, sight_of
from yigongti.exchange.fhir.statements import fetched
from yigongti.kernel.workflow import rooms
from yigongti.organisations import queries as organisations


SIDES = (
    """({sees}) AND (coalesce({r}.classes, '{{}}') <@ %(s_open)s::text[] OR {r}.sender_id = ANY(%(s_home)s)){grown}"""
)
SIDE = """EXISTS (SELECT FROM workflow_caseside s WHERE s.case_id = {{r}}.case_id AND s.unit_id = ANY(%(o_units)s)
 AND {{r}}.workflow = '{workflow}' AND {{r}}.state = ANY(ARRAY{states}) AND s.side = '{side}')"""
PERFORMS = """{r}.does = ANY(%(s_home)s) AND coalesce({r}.classes, '{{}}') <@ %(s_open)s::text[]{grown}"""
GROWN = " AND EXISTS (SELECT FROM residents_resident g WHERE g.id = {r}.master_id AND g.birth_date <= %(s_grown)s)"
UNITS = """SELECT u.id FROM access_unit u LEFT JOIN organisations_department d ON d.unit_id = u.id
 WHERE u.id = %(own)s OR d.institution_id = %(own)s"""
PANEL, CHAPTER = "request", "referral."

_units: dict[str, tuple[float, list[int]]] = {}


def given_of(*, for_: Caller) -> dict[str, Any]:
    """What the conditions ask."""
    return sight_of(for_=for_).given | {"o_units": _own_units(for_)}


def condition(which: str, *, for_: Caller) -> str:
    """The condition on a row `{r}`: record, person, asked or all."""
    return _condition(which, sight_of(for_=for_))


def condition_on_many(which: str, *, for_: Caller) -> str:
    """The same for who reads rows of everybody: those who may be seen are looked for once, not for each row."""
    sight = sight_of(for_=for_)
    grown = GROWN if "s_grown" in sight.given else ""
    return _condition(which, sight).replace(sight.person, f"{{r}}.master_id IN ({sight.people}){grown}")


def _condition(which: str, sight: Sight) -> str:
    if which == "all":
        return "true"
    if which == "asked":
        grown = GROWN if "s_grown" in sight.given else ""
        sides = SIDES.format(r="{r}", sees=" OR ".join(_sees()) or "false", grown=grown)
        performs = PERFORMS.format(r="{r}", grown=grown)
        return f"({{r}}.entry IS NULL AND {sides} OR {{r}}.entry IS NOT NULL AND ({sight.record} OR {performs}))"
    return sight.record if which == "record" else sight.person


def _sees() -> list[str]:
    pages = (made.page for code, made in rooms.kept.items() if code.startswith(CHAPTER))
    return [SIDE.format(workflow=page.code, states=list(one.states), side=one.side)
            for page in pages for one in page.sees if PANEL in one.panels]  # fmt: skip


def _own_units(for_: Caller) -> list[int]:
    """The client's institution and its departments: kept for a few seconds."""
    path = for_.actor.unit_path
    known = _units.get(path)
    if known is None or time.monotonic() - known[0] > FRESH_SECONDS:
        own = organisations.institution_of(for_=for_.actor)
        units = fetched(UNITS, {"own": own.pk}) if own else []
        known = _units[path] = (time.monotonic(), [pk for (pk,) in units])
    return known[1]


def forget() -> None:
    """Ask again at the next request: between tests."""
    _units.clear()
