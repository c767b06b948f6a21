"""What speaks against a birth: such a certificate is kept, matched to nobody, and says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.publichealth.models import Birth
from yigongti.publichealth.told import EARLIEST_YEAR, ToldBirth
from yigongti.residents.actions.registration import MOTHER_AGES
from yigongti.residents.queries.agreeing import same_birth, same_name, same_sex
from yigongti.residents.queries.registered import Registered, registered_as


Held = dict[int, dict[str, date]]
"""By mother, the days on which she gave birth, by certificate."""


def doubts(*, for_: Actor, births: Sequence[ToldBirth]) -> list[str]:
    """In the order told, all that the registrations of mother and child say against each birth; '' where nothing."""
    told = [one if one.born_at.year >= EARLIEST_YEAR else None for one in births]  # others are refused anyway
    known = registered_as(for_=for_, ids={key for one in births for key in (one.mother_id, one.newborn_id) if key})
    held = _held([one for one in told if one], known)
    return ["；".join(map(str, _against(one, known, held))) if one else "" for one in told]


def against_child(sex: str, born_at: datetime, child: Registered) -> Iterator[str]:
    """Whose paper it is was born on that day, and of that sex; newborns are often named later."""
    if not same_birth(_day(born_at), child.born, estimated=child.born_estimated):
        yield phrase("新生儿证件的主人不是当天出生")
    if not same_sex(sex, child.sex):
        yield phrase("新生儿证件的主人与证明上的性别不同")


def _against(one: ToldBirth, known: Mapping[int, Registered], held: Held) -> list[str]:
    mother, child = (known.get(key or 0) for key in (one.mother_id, one.newborn_id))
    found = [
        *(_against_mother(one, mother) if mother else ()),
        *(against_child(one.sex, one.born_at, child) if child else ()),
    ]
    if mother and one.outcome == "live" and not one.cancelled:
        found += _too_soon(one, held.setdefault(mother.master, {}))
        if not found:
            held[mother.master][one.number] = _day(one.born_at)
    return found


def _against_mother(one: ToldBirth, mother: Registered) -> Iterator[str]:
    day = _day(one.born_at)
    age = day.year - mother.born.year - ((day.month, day.day) < (mother.born.month, mother.born.day))
    if not same_name(one.mother_name, mother.name):
        yield phrase("母亲的姓名与登记的不同")
    if mother.sex != "2":
        yield phrase("母亲的登记性别不是女")
    if not MOTHER_AGES[0] <= age <= MOTHER_AGES[1]:
        yield phrase("登记的母亲当时不在 {least} 至 {most} 周岁", least=MOTHER_AGES[0], most=MOTHER_AGES[1])
    if mother.died_on and mother.died_on < day:
        yield phrase("登记的母亲在孩子出生前已去世")


def _too_soon(one: ToldBirth, days: Mapping[str, date]) -> list[str]:
    """Live births of one woman lie months apart; children of one birth come together, at midnight on two days."""
    weeks, day = values.number("publichealth.weeks_between_births"), _day(one.born_at)
    near = [other for number, other in days.items() if number != one.number and abs(other - day).days < 7 * weeks]
    if all(other == day for other in near) or len(near) < one.plurality:
        return []
    return [phrase("同一位母亲不到 {weeks} 周内另有活产", weeks=weeks)]


def _held(told: Sequence[ToldBirth], known: Mapping[int, Registered]) -> Held:
    """The births that stand near the told ones: within one span, so that the newest are found by their index."""
    moments = [one.born_at for one in told if one.mother_id in known]
    if not moments:
        return {}
    spare = timedelta(weeks=values.number("publichealth.weeks_between_births"))
    mothers = {known[one.mother_id].master for one in told if one.mother_id is not None and one.mother_id in known}
    rows = Birth.objects.filter(
        stands=True, cancelled=False, outcome="live", mother__master__in=mothers,
        born_at__range=(min(moments) - spare, max(moments) + spare),
    )  # fmt: skip
    held: Held = {}
    for master, number, born_at in rows.values_list("mother__master_id", "number", "born_at"):
        held.setdefault(master, {})[number] = _day(born_at)
    return held


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.COUNTY_ZONE).date()
