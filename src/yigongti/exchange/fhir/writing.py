"""Writes: one wish or a whole transaction, planned, told to the record, stored, and entered in the trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from yigongti.exchange.fhir import indexing, storing
from yigongti.exchange.fhir.clients import Caller, voice_of
from yigongti.exchange.fhir.compartments import patients_of
from yigongti.exchange.fhir.indexing import Rows, number_of, parameters
from yigongti.exchange.fhir.planning import Plan, planned
from yigongti.exchange.fhir.sight import sight_of
from yigongti.exchange.fhir.telling import tell
from yigongti.exchange.fhir.wishes import Done, Wish
from yigongti.exchange.fhir_r4.definitions import resource_kinds
from yigongti.exchange.policy.fhir_client_role import WRITE
from yigongti.kernel import clock, prepared
from yigongti.kernel.audit import trail
from yigongti.record.actions import stretches


OF_AN_ENCOUNTER = ("encounter", "context")
"""The parameters by which a resource says to which encounter it belongs."""


@dataclass(slots=True, kw_only=True)
class Written:
    """What became of each wish, in order; whom it concerned, and what was done in the record, in words."""

    done: list[Done]
    persons: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)


def carried_out(wishes: Sequence[Wish], *, by: Caller, base: str, checked: bool = False) -> Written:
    """Carry all of them out, inside the caller's transaction, or raise all that hinders them.

    `checked`: the bundle around them has been checked as a whole.
    """
    by.actor.require(WRITE)
    moment = clock.now()
    at, sight = moment.replace(microsecond=moment.microsecond // 1000 * 1000), sight_of(for_=by)
    found = planned(wishes, by=by, sight=sight, at=at, checked=checked)
    plans = [one for one in found if isinstance(one, Plan)]
    made = Written(done=[])
    if plans:
        with prepared.posting():
            _write(plans, by, base, made)
    made.done = [one.done() if isinstance(one, Plan) else one for one in found]
    return made


def _write(plans: Sequence[Plan], by: Caller, base: str, made: Written) -> None:
    rows, sight = _indexed(plans, base), sight_of(for_=by)
    taken, entries = tell(plans, voice=voice_of(by), sight=sight)
    new, changed = [one.fresh() for one in plans if not one.stored], [one.fresh() for one in plans if one.stored]
    made.persons, made.said = taken.persons, taken.done
    facts = {"resources": [f"{one.wish.address}/_history/{one.version}" for one in plans]}
    storing.write(new=new, changed=changed, rows=rows.numbered([one.key for one in plans]), sender=by.sender,
                  at=plans[0].at)  # fmt: skip
    _protect(plans)
    trail.wrote(by=by.actor, action="fhir.write", sentence=f"FHIR 写入：{_said(plans)}", persons=taken.persons,
                subject="/".join(plans[0].place)[:80] if len(plans) == 1 else "",
                posted=True, facts=facts | ({"entries": stretches(entries)} if entries else {}))  # fmt: skip


def _indexed(plans: Sequence[Plan], base: str) -> Rows:
    """Rows of the index, each with the number of its plan, and what each plan refers to."""
    rows = Rows()
    for number, plan in enumerate(plans):
        if plan.resource is not None:
            links = indexing.add(rows, key=number, resource=plan.resource, base=base)
            plan.patients = patients_of(links, base)
            plan.targets = {(str(link.kind), str(link.id)) for _, link in links
                            if indexing.target_of(link, base) == f"{link.kind}/{link.id}"} - {plan.place}  # fmt: skip
    return rows


def _said(plans: Sequence[Plan]) -> str:
    counted = Counter((one.wish.method, one.wish.kind) for one in plans)
    return "，".join(f"{method} {kind} {count}" for (method, kind), count in sorted(counted.items()))


# --- special classes reach what is already stored


def _protect(plans: Sequence[Plan]) -> None:
    there = {one.place for one in plans if not one.stored}
    for plan in plans:
        if plan.classes and plan.resource is not None:
            visits = [one for one in (plan.place, *plan.targets) if one[0] == "Encounter"]
            if visits and (plan.stored or not there.issuperset(visits)):
                storing.spread(places=visits, classes=plan.classes, params=_belonging())


@cache
def _belonging() -> tuple[int, ...]:
    return tuple(number_of(kind, code) for kind in sorted(resource_kinds()) for code in OF_AN_ENCOUNTER
                 if parameters(kind).get(code) == "reference")  # fmt: skip
