"""The ground: streets and villages of the county, how many people live in each, and made-up points on the map."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random
from typing import Any


# A neighbourhood of the town holds as many people as so many villages (the census gives no figures this fine).
TOWN_WEIGHT = 8.0


@dataclass(frozen=True, slots=True)
class Place:
    """A village or a neighbourhood: twelve-digit code, short name, street, share of the people, point."""

    code: str
    name: str
    street: str
    rural: bool
    weight: float
    longitude: float
    latitude: float


def page(name: str) -> dict[str, Any]:
    """One of the simulator's own TOML pages."""
    return tomllib.loads(_read(f"{name}.toml"))


def _read(name: str) -> str:
    return resources.files("yigongti.simulator").joinpath("data", name).read_text(encoding="utf-8")


@cache
def outline() -> dict[str, Any]:
    """The county's outline as a GeoJSON feature."""
    return dict(json.loads(_read("outline.geojson")))


def streets() -> dict[str, str]:
    """Streets and townships: code to name."""
    return {row["code"]: row["name"] for row in csv.DictReader(_read("streets.csv").splitlines())}


def names() -> list[tuple[str, str]]:
    """Every street, township, village and neighbourhood by its code and whole name."""
    rows = (csv.DictReader(_read(page).splitlines()) for page in ("streets.csv", "villages.csv"))
    return [(row["code"], row["name"]) for page in rows for row in page]


def places(chance: Random) -> list[Place]:
    """Every village and neighbourhood, in the order of the codes."""
    county = page("county")
    centres = {street: town_point(county, street) for street in streets()}
    rows = csv.DictReader(_read("villages.csv").splitlines())
    return [_place(row["code"], row["name"], centres, chance) for row in rows]


def town_point(county: dict[str, Any], street: str) -> tuple[float, float]:
    """Where the centre of a street or township is drawn."""
    dx, dy = county["offsets"][street]
    return _pulled_inside(county["seat"]["longitude"], county["seat"]["latitude"], dx, dy)


def _place(code: str, full: str, centres: dict[str, tuple[float, float]], chance: Random) -> Place:
    street = code[:9]
    rural = street >= "140781100"
    weight = TOWN_WEIGHT * chance.uniform(0.7, 1.3) if not rural else chance.lognormvariate(0, 0.45)
    spread = 0.018 if rural else 0.005
    x, y = centres[street]
    point = _pulled_inside(x, y, chance.gauss(0, spread), chance.gauss(0, spread))
    return Place(code, _short(full), street, rural, weight, *point)


def _short(full: str) -> str:
    name = full.removesuffix("居民委员会").removesuffix("村民委员会").removesuffix("村民委会")
    return name if name.endswith("社区") or not full.endswith(("村民委员会", "村民委会")) else _village(name)


def _village(name: str) -> str:
    return name if name.endswith("村") else f"{name}村"


def _pulled_inside(x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
    """The point at an offset, drawn back towards its centre until the outline holds it."""
    ring = outline()["geometry"]["coordinates"][0]
    for share in (1.0, 0.8, 0.6, 0.4, 0.2):
        point = (round(x + dx * share, 5), round(y + dy * share, 5))
        if inside(point, ring):
            return point
    return (x, y)


def inside(point: tuple[float, float], ring: Sequence[Sequence[float]]) -> bool:
    """Whether a ring holds a point: crossings to the right are odd."""
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            crossings += 1
    return crossings % 2 == 1


def shared_out(total: int, weights: Iterable[float]) -> list[int]:
    """Whole numbers in proportion to the weights whose sum is the total (largest remainders)."""
    weights = list(weights)
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
