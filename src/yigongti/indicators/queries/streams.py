"""Where people of each township are cared for, as their claims tell: in a village room, in a township's centre, in a
hospital of the county, or outside. Claims alone know all four, so claims are what is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yigongti.indicators.engine import engine
from yigongti.indicators.policy.populations import settled, settled_clinic, settled_stays
from yigongti.indicators.queries.cells import SEE, SMALL
from yigongti.indicators.queries.places import Place
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Key
from yigongti.kernel.measures.words import Selection
from yigongti.kernel.parameters import values
from yigongti.organisations.queries import open_institutions


CARE: Mapping[str, Selection] = {"all": settled, "beds": settled_stays, "clinic": settled_clinic}
GOALS = ("village", "township", "county", "unmatched", "outside")
"""`unmatched` were settled in the county, at an institution that the bureau names and nobody here knows."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """So many claims of the people of a place for care at a level; None where so few may not be said. Place 0 is those
    of all places whose own may not."""

    place: int
    goal: str
    count: int | None


def streams(*, for_: Actor, care: str, period: Period, places: Iterable[Place]) -> list[Stream] | None:
    """Of each of the townships to each level of care; None while nothing has been counted yet."""
    for_.require(SEE)
    counts = engine()
    if counts is None:
        return None
    asked = Asked(period, "managing", "township", ("in_county", "institution"))
    (found,) = counts.measure_all([(CARE[care], asked)])
    wanted = {one.id for one in places}
    return _hidden(for_, _summed(found, wanted))


def _summed(found: Mapping[Key, Decimal], wanted: set[int]) -> Counter[tuple[int, str]]:
    levels = {str(pk): level for pk, level in open_institutions().values_list("unit_id", "level")}
    summed: Counter[tuple[int, str]] = Counter()
    for key, number in found.items():
        if key.place in wanted:
            in_county, institution = key.by
            level = levels.get(institution, "unmatched")
            goal = level if in_county == "yes" and level in GOALS else "outside"
            summed[key.place or 0, goal] += int(number)
    return summed


def _hidden(actor: Actor, summed: Counter[tuple[int, str]]) -> list[Stream]:
    """Few are not said to who may not see cases, nor the next fewest of the same place, which would tell them; what
    several places hide at a level is said of them together."""
    least = 0 if actor.may(SMALL) else values.number("indicators.smallest_cell")
    found = []
    for place in sorted({place for place, _goal in summed}):
        own = {goal: summed[place, goal] for goal in GOALS if summed[place, goal]}
        few = {goal for goal, n in own.items() if n < least}
        if len(few) == 1 and len(own) > 1:
            few.add(min((n, goal) for goal, n in own.items() if goal not in few)[1])
        found += [Stream(place=place, goal=goal, count=None if goal in few else n) for goal, n in own.items()]
    return found + _together(found, summed, least)


def _together(found: list[Stream], summed: Counter[tuple[int, str]], least: int) -> list[Stream]:
    rest = []
    for goal in GOALS:
        hidden = [summed[one.place, goal] for one in found if one.goal == goal and one.count is None]
        if len(hidden) > 1 and sum(hidden) >= least:
            rest.append(Stream(place=0, goal=goal, count=sum(hidden)))
    return rest
