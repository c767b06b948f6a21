"""The sweep: at night everybody registered is compared with everybody, a block at a time, by the rules of registration.

It goes on where it stopped, whatever stopped it, and raises a pair once: what data staff have decided stays decided.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from yigongti.kernel import clock
from yigongti.kernel.jobs import beat
from yigongti.kernel.parameters import values
from yigongti.residents import codes
from yigongti.residents.matching import running
from yigongti.residents.models import Identifier, Resident, Suspicion, Sweep
from yigongti.residents.policy.likeness import Reason
from yigongti.residents.queries.likeness import reasons_between


BLOCK = 200
PATIENCE = 200.0
"""Seconds after which a run leaves the rest to the next, minutes later."""
COLUMNS = ("pk", "master_id", "name", "pinyin", "sex", "birth_date", "id_card", "phone")


@beat("residents.sweep", cron="*/5 1-5 * * * 0")
def sweep() -> None:
    """Look for duplicates for a few minutes of the night, if a sweep is due or under way."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE and step():
        pass


@beat("residents.match", cron="40 0 * * 0 0")
def match() -> None:
    """Once a week the whole index is weighed at once, which takes seconds, before the sweep goes by the rules."""
    running.run()


def step(*, block: int = BLOCK) -> bool:
    """Compare the next block of people and keep how far the sweep is, both or neither; False when nothing is due."""
    with transaction.atomic():
        under_way = _under_way()
        if under_way is None:
            return False
        people = Resident.objects.filter(stands=True, pk__gt=under_way.reached, pk__lte=under_way.last)
        looked_at = list(people.only(*COLUMNS).order_by("pk")[:block])
        under_way.raised += _raise(looked_at) if looked_at else 0
        under_way.looked += len(looked_at)
        under_way.reached = looked_at[-1].pk if looked_at else under_way.last
        if len(looked_at) < block:
            under_way.ended_at = clock.now()
        under_way.save()
        return under_way.ended_at is None


def _under_way() -> Sweep | None:
    """The sweep that has not ended, held; a new one when the last is long enough ago."""
    latest = Sweep.objects.select_for_update().order_by("-pk").first()
    if latest and latest.ended_at is None:
        return latest
    rest = timedelta(days=values.number("residents.sweep_every_days"))
    if latest and clock.now() - latest.began_at < rest:
        return None
    last = Resident.objects.filter(stands=True).aggregate(last=Max("pk"))["last"]
    return Sweep.objects.create(began_at=clock.now(), last=last) if last else None


def _raise(people: Sequence[Resident]) -> int:
    """Put every likely pair before data staff; how many are new. A pair that is known, open or decided, stays."""
    least = values.number("residents.likely_score")
    found: dict[tuple[int, int], Sequence[Reason]] = {}
    for one, other, same_paper in _pairs(people):
        reasons = reasons_between(one, other, same_paper)
        pair = (min(one.pk, other.master_id), max(one.pk, other.master_id))
        if reasons and reasons[0].score >= least and _stronger(reasons, found.get(pair)):
            found[pair] = reasons
    known = Suspicion.objects.filter(one__in=[one for one, _ in found], other__in=[other for _, other in found])
    new = {pair: found[pair] for pair in found.keys() - set(known.values_list("one_id", "other_id"))}
    Suspicion.objects.bulk_create((_suspicion(pair, reasons) for pair, reasons in new.items()), ignore_conflicts=True)
    return len(new)


def _stronger(reasons: Sequence[Reason], before: Sequence[Reason] | None) -> bool:
    return before is None or reasons[0].score > before[0].score


def _suspicion(pair: tuple[int, int], reasons: Sequence[Reason]) -> Suspicion:
    why = "；".join(reason.says for reason in reasons)[:200]
    return Suspicion(one_id=pair[0], other_id=pair[1], why=why, score=reasons[0].score, raised_at=clock.now())


def _pairs(people: Sequence[Resident]) -> Iterable[tuple[Resident, Resident, bool]]:
    """Each of these people with whoever shares a birth date, a phone, a paper, or a number but for a slip."""
    papers, slips = _papers(people), {one.pk: {one.id_card, *codes.one_slip_from(one.id_card)} for one in people}
    either = Q(birth_date__in={one.birth_date for one in people}) | Q(
        pk__in={pk for many in papers.values() for pk in many}
    )
    either |= Q(phone__in={one.phone for one in people} - {""}) | Q(id_card__in=set().union(*slips.values()) - {""})
    by: Mapping[str, dict[Any, list[Resident]]] = {
        c: defaultdict(list) for c in ("birth_date", "phone", "id_card", "pk")
    }
    for row in Resident.objects.filter(either).only(*COLUMNS):
        for column, alike in by.items():
            alike[getattr(row, column)].append(row)
    for one in people:
        met = {row.pk: row for row in by["birth_date"][one.birth_date]}
        met |= {row.pk: row for row in (by["phone"][one.phone] if one.phone else ())}
        met |= {row.pk: row for card in slips[one.pk] if card for row in by["id_card"].get(card, ())}
        met |= {row.pk: row for pk in papers[one.pk] for row in by["pk"][pk]}
        yield from ((one, row, row.pk in papers[one.pk]) for row in met.values() if row.master_id != one.pk)


def _papers(people: Sequence[Resident]) -> dict[int, set[int]]:
    """For each of these people, the registrations that hold one of their papers; what a temporary number is, none."""
    held = Identifier.objects.filter(resident__in=people, ended_on=None).exclude(system="temporary")
    of = list(held.values_list("resident_id", "system", "value"))
    same: dict[tuple[str, str], set[int]] = defaultdict(set)
    alike = Identifier.objects.filter(value__in={value for _, _, value in of}, ended_on=None)
    for resident, system, value in alike.values_list("resident_id", "system", "value"):
        same[system, value].add(resident)
    found: dict[int, set[int]] = {one.pk: set() for one in people}
    for resident, system, value in of:
        found[resident] |= same[system, value] - {resident}
    return found
