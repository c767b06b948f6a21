"""How far people have it to care: a straight line at a dated speed, from the point of the room that manages them.

There is no network of roads in the house, so the circle is what it says: so many kilometres as the crow flies.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yigongti.indicators.engine import engine
from yigongti.indicators.policy.populations import residents_at_end
from yigongti.indicators.queries.cells import SEE
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked
from yigongti.kernel.pages.drawing import KM_OF_DEGREE
from yigongti.kernel.parameters import values
from yigongti.organisations.queries import open_institutions


AIMS = {"township": ("township", "county"), "county": ("county",), "village": ("village", "township", "county")}
"""What one wants to reach: a township's centre or more, a hospital of the county, or any room at all."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """An institution with its point, if it has one."""

    id: int
    name: str
    level: str
    path: str
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, kw_only=True)
class Circle:
    """How many residents have a goal within the circle; `unknown` are those whose room has no point."""

    minutes: int
    speed: int
    km: float
    inside: int
    people: int
    unknown: int

    @property
    def share(self) -> Decimal | None:
        """Of those who can be placed, in percent with one decimal."""
        if not self.people:
            return None
        return (Decimal(100) * self.inside / self.people).quantize(Decimal("0.1"))


def sites(*, for_: Actor) -> list[Site]:
    """Every open institution of the county. Where an institution stands is no secret."""
    for_.require(SEE)
    rows = open_institutions().exclude(level="outside").select_related("unit")
    return [
        Site(id=one.unit_id, name=one.short_name or one.name, level=one.level, path=one.unit.path,
             longitude=one.longitude, latitude=one.latitude)
        for one in rows.order_by("pk")
    ]  # fmt: skip


def _distance(one: Site, other: Site) -> float:
    """In kilometres as the crow flies; near enough on the ground of a county."""
    east = ((one.longitude or 0) - (other.longitude or 0)) * math.cos(math.radians(one.latitude or 0))
    north = (one.latitude or 0) - (other.latitude or 0)
    return math.hypot(east, north) * KM_OF_DEGREE


def reach(*, for_: Actor) -> tuple[int, int, float]:
    """Minutes, kilometres an hour, and how far one comes."""
    for_.require(SEE)
    minutes, speed = values.number("indicators.circle_minutes"), values.number("indicators.circle_speed")
    return minutes, speed, minutes * speed / 60


def circle(*, for_: Actor, known: Sequence[Site], aim: str, path: str, period: Period) -> Circle | None:
    """Of the residents under a place, on the period's last day; None while nothing has been counted yet."""
    for_.require(SEE)
    counts = engine()
    if counts is None:
        return None
    (found,) = counts.measure_all([(residents_at_end, Asked(period, "managing", "institution"))])
    living = {key.place: int(Fraction(number)) for key, number in found.items()}
    own = {one.id: one for one in known if one.path.startswith(path)}
    minutes, speed, km = reach(for_=for_)
    goals = [one for one in _placed(known) if one.level in AIMS[aim]]
    near = {one.id for one in _placed(own.values()) if any(_distance(one, goal) <= km for goal in goals)}
    placed = {one.id for one in _placed(own.values())}
    people = {pk: n for pk, n in living.items() if pk in own}
    return Circle(
        minutes=minutes, speed=speed, km=km, inside=sum(n for pk, n in people.items() if pk in near),
        people=sum(n for pk, n in people.items() if pk in placed),
        unknown=sum(n for pk, n in people.items() if pk not in placed),
    )  # fmt: skip


def _placed(known: Iterable[Site]) -> list[Site]:
    return [one for one in known if one.longitude is not None and one.latitude is not None]
