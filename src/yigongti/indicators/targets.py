"""What a figure is held against: targets that ship with their source, and those a county has set over them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

from yigongti.indicators.models import Target
from yigongti.indicators.queries.cells import Cell
from yigongti.kernel.measures.words import Indicator


Standing = Literal["", "met", "near", "missed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A target that applies: its value, from when, and who says so."""

    indicator: str
    value: Decimal
    begins: date
    source: str
    scope: str = ""
    level: str = ""
    place: int = 0
    own: bool = False


@cache
def shipped() -> Mapping[str, tuple[Held, ...]]:
    """Targets of the house's page by indicator, in the order of the page."""
    page = resources.files("yigongti.indicators").joinpath("policy", "targets.toml")
    found: dict[str, list[Held]] = defaultdict(list)
    for row in tomllib.loads(page.read_text(encoding="utf-8")).get("target", []) if page.is_file() else []:
        found[row["indicator"]].append(_held(row))
    return {code: tuple(rows) for code, rows in found.items()}


def _held(row: Mapping[str, Any]) -> Held:
    return Held(
        indicator=row["indicator"], value=Decimal(str(row["value"])), begins=row["from"], source=row["source"],
        scope=row.get("scope", ""),
    )  # fmt: skip


class Targets:
    """The targets of some indicators, read once: the county's own before those that ship."""

    def __init__(self, indicators: Iterable[str]) -> None:
        rows = Target.objects.filter(indicator__in=list(indicators)).order_by("-begins", "-id")
        self.own: dict[str, list[Held]] = defaultdict(list)
        for row in rows:
            self.own[row.indicator].append(
                Held(indicator=row.indicator, value=row.value, begins=row.begins, source=row.source, level=row.level,
                     place=row.place_id or 0, own=True)
            )  # fmt: skip

    def of(self, cell: Cell) -> Held | None:
        """The one the screen says it is held against: the place's own, the level's, else what ships."""
        day = cell.period.last_day
        own = [one for one in self.own[cell.indicator.code] if one.begins <= day and one.level == cell.level]
        for place in (cell.place.id, 0):
            for one in own:
                if one.place == place:
                    return one
        return next(iter(self.known(cell.indicator, day)), None)

    def known(self, indicator: Indicator, day: date) -> Sequence[Held]:
        """Every shipped target of the day, in the order of the page: what others hold themselves to."""
        return [one for one in shipped().get(indicator.code, ()) if one.begins <= day]


def standing(cell: Cell, held: Held | None) -> Standing:
    """Met; missed; or near where the interval does not tell."""
    if held is None or cell.value is None or cell.indicator.better == "neither":
        return ""
    higher = cell.indicator.better == "higher"
    if cell.value >= held.value if higher else cell.value <= held.value:
        return "met"
    edge = cell.high if higher else cell.low
    if edge is not None and (edge >= held.value if higher else edge <= held.value):
        return "near"
    return "missed"


def distance(cell: Cell, held: Held) -> Decimal:
    """How far from the target, as a share of it: what is worst stands first."""
    if cell.value is None:
        return Decimal(0)
    gap = held.value - cell.value if cell.indicator.better == "higher" else cell.value - held.value
    return gap / (abs(held.value) or Decimal(1))
