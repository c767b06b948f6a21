"""The funnel plot: values against what they rest on, with the limits between which chance alone may scatter them.

A place lies beyond a limit exactly when its own interval of that width (Wilson for shares, Byar for rates) leaves the
mean of all out: the plot and the intervals beside the figures cannot contradict each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from yigongti.indicators.drawing.scales import Scale, around, pct, sizes
from yigongti.kernel.pages.drawing import Tick


Kind = Literal["share", "rate"]
Zone = Literal["inside", "above", "below", "far-above", "far-below"]
Z95, Z998 = 1.959963984540054, 3.090232306167814
SAMPLES = 48
MOST_NAMED = 12
ZONES: dict[Zone, str] = {
    "inside": "在 95% 控制限内", "above": "高于 95% 控制限", "below": "低于 95% 控制限",
    "far-above": "高于 99.8% 控制限", "far-below": "低于 99.8% 控制限",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Point:
    """A place: `of` from `over`, its value in words; `small` where too little stands below it to be ranked."""

    label: str
    of: float
    over: float
    words: str
    href: str = ""
    small: bool = False


@dataclass(frozen=True)
class Drawn:
    """A point at its percentages; its name is written on `side`, nowhere where there is no room."""

    x: str
    y: str
    zone: Zone
    point: Point
    side: str = ""

    @property
    def said(self) -> str:
        """Where it lies, in words."""
        return ZONES[self.zone]


@dataclass(frozen=True)
class Funnel:
    """Points, the mean of all, and the four limits as paths in a box of 100 × 100."""

    points: Sequence[Drawn]
    centre: float
    centre_y: str
    inner: Sequence[str]
    outer: Sequence[str]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]

    @property
    def beyond(self) -> int:
        """How many lie outside the inner limits, though enough stands below them."""
        return sum(one.zone != "inside" and not one.point.small for one in self.points)


def funnel(points: Sequence[Point], *, kind: Kind, per: float) -> Funnel | None:
    """Laid out around the mean of all; None where fewer than three places have anything below the line."""
    known = [one for one in points if one.over > 0]
    if len(known) < 3:
        return None
    mean = sum(one.of for one in known) / sum(one.over for one in known)
    across, upright = sizes(one.over for one in known), _upright(known, kind, mean, per)
    drawn = [_drawn(one, kind, mean, per, across, upright) for one in known]
    every = [across.low + (across.high - across.low) * n / SAMPLES for n in range(SAMPLES + 1)] if across.step else [
        across.low * (across.high / across.low) ** (n / SAMPLES) for n in range(SAMPLES + 1)]  # fmt: skip

    def path(z: float, sign: int) -> str:
        found = [(across.at(n), upright.beyond(per * limit(kind, mean, n, sign * z))) for n in every if n > 0]
        return " ".join(f"{'ML'[i > 0]}{x:.2f} {100 - y:.2f}" for i, (x, y) in enumerate(found))

    return Funnel(
        points=_named(drawn), centre=mean * per, centre_y=pct(100 - upright.at(mean * per)),
        inner=(path(Z95, 1), path(Z95, -1)), outer=(path(Z998, 1), path(Z998, -1)),
        x_ticks=across.across(), y_ticks=upright.upright(),
    )  # fmt: skip


def limit(kind: Kind, mean: float, over: float, z: float) -> float:
    """What a place of that size would just have to show so that its interval ends at the mean; `z` with its sign."""
    if kind == "share":
        return min(max(mean + z * math.sqrt(mean * (1 - mean) / over), 0.0), 1.0)
    expected = mean * over
    if expected <= 0:
        return 0.0
    return (_more_than(expected, z) if z > 0 else _fewer_than(expected, -z)) / over


def _more_than(expected: float, z: float) -> float:
    """The count whose lower Byar limit is what was expected."""
    return _solved(lambda n: n * max(1 - 1 / (9 * n) - z / (3 * math.sqrt(n)), 0.0) ** 3 - expected, expected, z)


def _fewer_than(expected: float, z: float) -> float:
    """The count whose upper Byar limit is what was expected; none where even nothing would not be too few."""

    def above(n: float) -> float:
        return (n + 1) * (1 - 1 / (9 * (n + 1)) + z / (3 * math.sqrt(n + 1))) ** 3 - expected

    return 0.0 if above(0) >= 0 else _solved(above, expected, z)


def _solved(rising: object, expected: float, z: float) -> float:
    low, high = 1e-9, expected + (z + 2) * math.sqrt(expected) + 2 * (z + 2) ** 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)  # type: ignore[operator]
    return (low + high) / 2


def zone(kind: Kind, mean: float, point: Point) -> Zone:
    """Whether chance alone explains where it lies."""
    value = point.of / point.over
    if value > limit(kind, mean, point.over, Z95):
        return "far-above" if value > limit(kind, mean, point.over, Z998) else "above"
    if value < limit(kind, mean, point.over, -Z95):
        return "far-below" if value < limit(kind, mean, point.over, -Z998) else "below"
    return "inside"


def _upright(points: Sequence[Point], kind: Kind, mean: float, per: float) -> Scale:
    """All values, and the inner limits as a place of middle size has them."""
    middle = sorted(one.over for one in points)[len(points) // 2]
    seen = [per * one.of / one.over for one in points]
    seen += [per * limit(kind, mean, middle, z) for z in (Z95, -Z95)]
    return around(seen, least=0.0, most=per if kind == "share" else None)


def _drawn(one: Point, kind: Kind, mean: float, per: float, across: Scale, upright: Scale) -> Drawn:
    y = 100 - upright.at(per * one.of / one.over)
    return Drawn(pct(across.at(one.over)), pct(y), zone(kind, mean, one), one)


def _named(drawn: Sequence[Drawn]) -> list[Drawn]:
    """Names beside those that lie outside, the largest first, where no other name stands."""
    outside = sorted(
        (one for one in drawn if one.zone != "inside" and not one.point.small), key=lambda d: -d.point.over
    )
    named: dict[int, str] = {}
    taken: list[tuple[float, float]] = []
    for one in outside[:MOST_NAMED]:
        x, y = float(one.x[:-1]), float(one.y[:-1])
        if all(abs(x - a) > 18 or abs(y - b) > 6 for a, b in taken):
            named[id(one)] = "left" if x > 75 else "right"
            taken.append((x, y))
    return [Drawn(one.x, one.y, one.zone, one.point, named.get(id(one), "")) for one in drawn]
