"""Places in line by one figure, each with the ranks that chance alone leaves open; who has too few is not ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yigongti.indicators import catalogue
from yigongti.indicators.queries.cells import Cell, cells, in_order
from yigongti.indicators.queries.places import places
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.refusal import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A place in line. `best` and `worst` are the ranks between which its interval leaves it; 0: not ranked."""

    cell: Cell
    rank: int = 0
    best: int = 0
    worst: int = 0
    few: bool = False


def ranking(*, for_: Actor, indicator: str, level: str, period: Period) -> list[Ranked]:
    """The visible places of a level, best first; those with too few behind them, and those without, at the end."""
    one = catalogue.named(indicator)
    if one is None or level not in one.levels:
        raise NotFound
    at = places(for_=for_).at(level)
    found = cells(for_=for_, indicators=[indicator], level=level, places_=at, periods=[period])
    every = in_order([found[indicator, place.id, period.code] for place in at])
    enough = [cell for cell in every if _enough(cell)]
    ranked = [_ranked(cell, enough) for cell in enough]
    return ranked + [Ranked(cell=cell, few=cell.shown) for cell in every if not _enough(cell)]


def _enough(cell: Cell) -> bool:
    below = cell.n if cell.n is not None else cell.denominator
    return cell.value is not None and (below if below is not None else 0) >= cell.indicator.least


def _ranked(cell: Cell, among: Sequence[Cell]) -> Ranked:
    """Ties share a rank. Surely better is whose whole interval is."""
    better = sum(_value(other) > _value(cell) for other in among)
    surely_better = sum(_worst(other) > _best(cell) for other in among)
    surely_worse = sum(_best(other) < _worst(cell) for other in among)
    return Ranked(cell=cell, rank=better + 1, best=surely_better + 1, worst=len(among) - surely_worse)


def _sign(cell: Cell) -> int:
    return -1 if cell.indicator.better == "lower" else 1


def _value(cell: Cell) -> Decimal:
    return _sign(cell) * cell.value if cell.value is not None else Decimal(0)


def _best(cell: Cell) -> Decimal:
    edge = cell.low if cell.indicator.better == "lower" else cell.high
    return _sign(cell) * (edge if edge is not None else cell.value or Decimal(0))


def _worst(cell: Cell) -> Decimal:
    edge = cell.high if cell.indicator.better == "lower" else cell.low
    return _sign(cell) * (edge if edge is not None else cell.value or Decimal(0))
