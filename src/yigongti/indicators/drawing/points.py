"""The map of a figure: places as points, as large as what stands below their figure, coloured by its value; townships
whose area is known as areas below them, by the same colours."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from yigongti.indicators.drawing.scales import pct
from yigongti.kernel.pages.drawing import Ground, Place, ground, named_sides


STEPS = 5
SMALLEST, LARGEST = 3.5, 15.0
"""Radii in pixels; between them the area is in proportion to the denominator."""
RATIO = 4 / 3


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place of the earth with its figure: value and denominator if known, and what is said of it."""

    label: str
    longitude: float
    latitude: float
    level: str
    words: str
    value: float | None = None
    weight: float | None = None
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A township's area with its figure; `pointed` where the same figure stands on the map as a point too."""

    label: str
    rings: Sequence[Sequence[tuple[float, float]]]
    words: str
    value: float | None = None
    href: str = ""
    pointed: bool = False


@dataclass(frozen=True)
class Field:
    """An area on the drawing, its step, and where its name stands when it is pointed at."""

    path: str
    step: int
    x: str
    y: str
    area: Area


@dataclass(frozen=True)
class Dot:
    """A spot on the drawing; `step` is 1 to 5, 0 where it has no value."""

    x: str
    y: str
    radius: str
    step: int
    spot: Spot
    side: str = ""


@dataclass(frozen=True)
class Circle:
    """So many kilometres around a point: true circles on the earth, so wide and so high on the drawing."""

    x: str
    y: str
    wide: str
    high: str


@dataclass(frozen=True)
class Step:
    """A colour of the key: its number, the values it stands for, how many places have it."""

    number: int
    words: str
    count: int


@dataclass(frozen=True)
class ValueMap:
    """The outline, the circles, the dots and fields (the largest first, so that none hides another) and the key."""

    path: str
    circles: Sequence[Circle]
    dots: Sequence[Dot]
    steps: Sequence[Step]
    without: int
    fields: Sequence[Field] = ()


def value_map(
    rings: Sequence[Sequence[tuple[float, float]]], spots: Sequence[Spot], *, said: Callable[[float], str],
    around: Sequence[tuple[float, float]] = (), km: float = 0, areas: Sequence[Area] = (),
) -> ValueMap:  # fmt: skip
    """Laid out on the county's outline. `said` writes a value of the key; `around` are the middles of circles."""
    ground_of = [*rings, *(ring for area in areas for ring in area.rings)]
    box = ground(ground_of, [*((one.longitude, one.latitude) for one in spots), *around], ratio=RATIO)
    told = [*(one.value for one in spots), *(area.value for area in areas if not area.pointed)]
    edges = breaks([value for value in told if value is not None])
    most = max((one.weight or 0 for one in spots), default=0)
    wide, high = (pct(one) for one in box.reach(km))
    dots = [
        Dot(pct(box.x(one.longitude)), pct(box.y(one.latitude)), f"{_radius(one, most):.1f}",
            _step(one.value, edges), one)
        for one in spots
    ]  # fmt: skip
    return ValueMap(
        box.path(rings), [Circle(pct(box.x(lon)), pct(box.y(lat)), wide, high) for lon, lat in around],
        sorted(_named(dots), key=lambda dot: -float(dot.radius)), _key(told, edges, said),
        sum(value is None for value in told),
        [_field(area, box, edges) for area in sorted(areas, key=lambda one: -_extent(one.rings))],
    )  # fmt: skip


def _field(area: Area, box: Ground, edges: Sequence[float]) -> Field:
    west, south, east, north = _bounds(area.rings)
    return Field(box.path(area.rings), _step(area.value, edges), pct(box.x((west + east) / 2)),
                 pct(box.y((south + north) / 2)), area)  # fmt: skip


Box = tuple[float, float, float, float]


def _bounds(rings: Sequence[Sequence[tuple[float, float]]]) -> Box:
    """Of the widest ring: the name stands on the township, not between it and an enclave, and not in a hole."""
    return max((_box(ring) for ring in rings), key=_wide)


def _box(ring: Sequence[tuple[float, float]]) -> Box:
    east, north = [point[0] for point in ring], [point[1] for point in ring]
    return min(east), min(north), max(east), max(north)


def _wide(box: Box) -> float:
    west, south, east, north = box
    return (east - west) * (north - south)


def _extent(rings: Sequence[Sequence[tuple[float, float]]]) -> float:
    return _wide(_bounds(rings))


def breaks(values: Sequence[float]) -> list[float]:
    """The upper ends of at most five steps that hold about as many places each; equal values share a step."""
    told = sorted(values)
    if not told:
        return []
    ends = [told[max(math.ceil(len(told) * n / STEPS) - 1, 0)] for n in range(1, STEPS + 1)]
    return sorted(set(ends))


def _step(value: float | None, edges: Sequence[float]) -> int:
    """Of fewer than five steps the outermost colours are kept: low stays pale, high stays dark."""
    if value is None or not edges:
        return 0
    place = bisect_left(edges, value)
    if len(edges) == 1:
        return (STEPS + 1) // 2
    return 1 + round(place * (STEPS - 1) / (len(edges) - 1))


def _radius(one: Spot, most: float) -> float:
    share = (one.weight or 0) / most if most else 0
    return SMALLEST + (LARGEST - SMALLEST) * math.sqrt(share)


def _key(told: Sequence[float | None], edges: Sequence[float], said: Callable[[float], str]) -> list[Step]:
    """Each colour with the least and the greatest value that really has it."""
    found = []
    for number in range(1, STEPS + 1):
        own = [value for value in told if value is not None and _step(value, edges) == number]
        if own:
            low, high = said(min(own)), said(max(own))
            found.append(Step(number, low if low == high else f"{low} – {high}", len(own)))
    return found


def _named(dots: Sequence[Dot]) -> list[Dot]:
    spots = [
        (float(dot.x[:-1]), float(dot.y[:-1]),
         Place(label=dot.spot.label, longitude=0, latitude=0, level=dot.spot.level))
        for dot in dots
    ]  # fmt: skip
    sides = named_sides(spots, ratio=RATIO)
    return [replace(dot, side=sides.get(n, "")) for n, dot in enumerate(dots)]
