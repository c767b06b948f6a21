"""After each refresh of the lake the figures follow: what its months can have changed, and what is defined anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import Any

import structlog

from yigongti.indicators import catalogue, computing
from yigongti.indicators.engine import Engine
from yigongti.indicators.models import Run, Value
from yigongti.indicators.policy.needs import NEEDS
from yigongti.kernel import clock
from yigongti.kernel.measures.periods import Period, after
from yigongti.kernel.measures.words import Indicator
from yigongti.kernel.parameters import values


log = structlog.get_logger()


def newest() -> Engine | None:
    """The engine of the newest snapshot; who never asks never loads what it needs."""
    found: Engine | None = import_module("yigongti.kernel.measures.engines").newest()
    return found


def follow(refreshed: Any) -> None:
    """Compute what a published snapshot can have changed."""
    counts = newest()
    if counts is not None:
        compute(counts, refreshed.changed)


def compute(counts: Engine, changed: Mapping[str, set[date]] | None) -> list[Run]:
    """All that these months can have changed, and wholly whatever has another definition than its figures."""
    first = first_month(counts)
    anew = [one for one in _chosen() if one.code in _unknown()]
    known = [one for one in _chosen() if one not in anew]
    runs = []
    for indicators, touched in ((known, changed), (anew, None)):
        if indicators:
            runs.append(computing.compute_these(counts, indicators, needs=NEEDS, first=first, touched=touched))
    for run in runs:
        log.info("indicators.computed", snapshot=run.snapshot, cells=run.cells, periods=run.total)
    _forget_gone()
    return runs


def _chosen() -> list[Indicator]:
    return [one for one in catalogue.known().values() if catalogue.counted(one)]


def _unknown() -> set[str]:
    """The codes that no figure of today's definition has."""
    stored = set(Value.objects.order_by().values_list("indicator", "version").distinct())
    return {one.code for one in _chosen() if (one.code, catalogue.version_of(one)) not in stored}


def _forget_gone() -> None:
    """Figures of indicators that are no longer in the catalogue."""
    Value.objects.exclude(indicator__in=list(catalogue.known())).delete()


def first_month(counts: Engine) -> Period:
    """From which month figures are computed: so many years before the cut."""
    cut = counts.cut.astimezone(clock.COUNTY_ZONE).date().replace(day=1)
    return Period(after(cut, -12 * values.number("indicators.years_computed")), 1)
