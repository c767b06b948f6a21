"""Deaths: set by certificates that contradict nothing, decided by data staff where they do, and always to be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, NotFound, Refusal
from yigongti.residents.actions.stating import stated
from yigongti.residents.bases import managing_ids
from yigongti.residents.models import Resident
from yigongti.residents.queries.agreeing import same_birth, same_name, same_sex


died = event.declare("residents.died", "居民已登记去世")
undone = event.declare("residents.death_undone", "去世登记已撤销")

DECIDE = "residents.deaths"
SET = """
UPDATE residents_resident r SET died_on = told.day, version = r.version + 1
FROM unnest(%s::bigint[], %s::date[]) AS told(id, day) WHERE r.id = told.id
"""


class NotRegisteredDead(Refusal):
    """{name}没有登记去世，无需撤销。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathDay:
    """On which day somebody died, as a certificate says; and of whom it says so, where it does."""

    resident_id: int
    died_on: date
    name: str = ""
    sex: str = "0"
    born_on: date | None = None


@action("residents.record_deaths")
def record_deaths(*, by: Actor, deaths: Sequence[DeathDay]) -> Receipt:
    """按死亡证明登记居民去世。

    `data["deaths"]` says of each `applied`, `same`, or `contradicts` and why; what contradicts changes nothing.
    """
    masters = _masters([one.resident_id for one in deaths])
    said: list[dict[str, str]] = []
    new: dict[int, date] = {}
    for one in deaths:
        person = masters[one.resident_id]
        known = new.get(person.pk, person.died_on)
        why = _contradiction(person, known, one)
        said.append({"what": "contradicts" if why else "same" if known else "applied", "why": why})
        if not why and not known:
            new[person.pk] = one.died_on
    _set(by, new)
    return Receipt(
        number=str(len(new)), done=phrase("{n} 人", n=len(new)), persons=tuple(new), data={"deaths": said},
        facts={"applied": len(new), "contradict": sum(1 for one in said if one["why"])},
    )  # fmt: skip


def _contradiction(person: Resident, known: date | None, told: DeathDay) -> str:
    """All that speaks against it, or ''. A card lent or mistyped names a living person: the rest tells who is meant."""
    born = person.birth_date
    against = {
        str(phrase("证明上的姓名与登记的不同")): not same_name(told.name, person.name),
        str(phrase("证明上的性别与登记的不同")): not same_sex(told.sex, person.sex),
        str(phrase("证明上的出生日期与登记的 {born} 不同", born=born)): not same_birth(
            told.born_on, born, estimated=person.birth_estimated
        ),
        str(phrase("死亡日期早于登记的出生日期 {born}", born=born)): told.died_on < born,
        str(phrase("已登记于 {day} 去世", day=known or "")): bool(known and known != told.died_on),
    }
    return "；".join(words for words, holds in against.items() if holds)


@action("residents.take_back_deaths", permission="residents.record_deaths")
def take_back_deaths(*, by: Actor, deaths: Sequence[DeathDay]) -> Receipt:
    """撤回随死亡证明登记的去世。

    Only where the day still is the one that the certificate had set.
    """
    masters = _masters([one.resident_id for one in deaths])
    back = [masters[one.resident_id].pk for one in deaths if masters[one.resident_id].died_on == one.died_on]
    _unset(by, back)
    return Receipt(number=str(len(back)), done=phrase("{n} 人", n=len(back)), persons=tuple(back))


@action("residents.set_death_day", permission=DECIDE)
def set_death_day(*, by: Actor, resident: int, died_on: date, why: str) -> Receipt:
    """核对后登记居民去世日期。"""
    why = stated(why, label="核对的依据", field="why")
    person = _within(by, resident)
    if not person.birth_date <= died_on <= clock.today():
        problem = "早于出生日期或在今天之后"
        raise BadValue(field="died_on", label="死亡日期", value=died_on, problem=problem)
    before = person.died_on
    _set(by, {person.pk: died_on})
    return _receipt(
        person, phrase("{name}，{day}。", name=person.name, day=died_on), before=before, day=died_on, why=why
    )


@action("residents.undo_death", permission=DECIDE)
def undo_death(*, by: Actor, resident: int, why: str) -> Receipt:
    """撤销登记错的去世。"""
    why = stated(why, label="撤销的依据", field="why")
    person = _within(by, resident)
    if person.died_on is None:
        raise NotRegisteredDead(name=person.name)
    _unset(by, [person.pk])
    return _receipt(person, phrase("{name}。", name=person.name), before=person.died_on, day=None, why=why)


def _receipt(person: Resident, done: str, *, before: date | None, day: date | None, why: str) -> Receipt:
    return Receipt(
        number=person.record_no, done=done, href=f"/residents/{person.pk}", persons=(person.pk,),
        subject=f"residents.Resident:{person.pk}",
        facts={"changed": {"died_on": [str(before or ""), str(day or "")]}, "why": why},
    )  # fmt: skip


def _masters(ids: Iterable[int]) -> dict[int, Resident]:
    """The rows that stand for these people, locked in the order of their ids, by the key that was asked for."""
    asked = dict(Resident.objects.filter(pk__in=set(ids)).values_list("pk", "master_id"))
    rows = Resident.objects.select_for_update(of=("self",)).filter(pk__in=set(asked.values())).order_by("pk")
    found = {row.pk: row for row in rows}
    return {pk: found[master] for pk, master in asked.items()}


def _within(by: Actor, resident: int) -> Resident:
    found = _masters([resident]).get(resident)
    if found is None or found.managing_id not in managing_ids(by):
        raise NotFound
    return found


def _set(by: Actor, days: dict[int, date]) -> None:
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute(SET, [list(days), list(days.values())])
    event.announce(died, by=by, facts={"residents": list(days)})


def _unset(by: Actor, ids: Sequence[int]) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(SET, [list(ids), [None] * len(ids)])
    event.announce(undone, by=by, facts={"residents": list(ids)})
