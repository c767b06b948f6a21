"""Figures for programs: the same cells as the pages show, under the same sign-in and the same rights."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import JsonResponse

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.pages.asked import cells_at, looked
from yigongti.indicators.pages.figure import found_indicator
from yigongti.indicators.queries.cells import SEE, Cell
from yigongti.indicators.targets import Targets, standing
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.registry import page


COURSE = 13


@page("indicators.told", "indicators.json", title="指标（JSON）", permission=SEE)
def every(request: Request) -> JsonResponse:
    """Every indicator's figure of a place and period."""
    look = looked(request)
    found = cells_at(look, list(catalogue.known().values()))
    targets = Targets(found)
    return JsonResponse({
        "place": look.place.id, "level": look.level, "period": look.period.code,
        "figures": [said(cells[-1], targets) for cells in found.values()],
    })  # fmt: skip


@page("indicators.told_figure", "figures/<str:code>/json", title="指标（JSON）", permission=SEE)
def figure(request: Request, code: str) -> JsonResponse:
    """One indicator: its definition and its course up to the period."""
    one = found_indicator(code)
    look = looked(request).at(one)
    cells, targets = cells_at(look, [one], back=COURSE)[code], Targets([code])
    return JsonResponse({
        "indicator": code, "title": one.title, "means": one.means, "basis": one.basis, "unit": one.unit,
        "better": one.better, "population": one.population, "version": catalogue.version_of(one),
        "figures": [said(cell, targets) for cell in cells],
    })  # fmt: skip


def said(cell: Cell, targets: Targets) -> dict[str, Any]:
    """A figure as data: numbers as exact texts, nothing of what is suppressed."""
    held = targets.of(cell)
    numbers = ("numerator", "denominator", "value", "before", "low", "high", "n")
    return {
        "indicator": cell.indicator.code, "level": cell.level, "place": cell.place.id, "period": cell.period.code,
        "status": cell.status, **{name: _exact(getattr(cell, name)) for name in numbers},
        "target": _exact(held.value) if held else None, "target_source": held.source if held else None,
        "standing": standing(cell, held) or None, "why": drawn.why_of(cell, catalogue.need_titles()),
        "release": cell.release or None, "snapshot": cell.snapshot or None,
        "cut": cell.cut.isoformat() if cell.cut else None, "version": cell.version or None,
    }  # fmt: skip


def _exact(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
