"""After each refresh of the lake the figures follow: what its months can have changed, and what is defined anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from importlib import import_module
from typing import Any

import structlog

from yigongti.indicators import catalogue, computing
from yigongti.indicators.engine import Engine
from yigongti.indicators.models import Run, Value
from yigongti.indicators.policy.needs import NEEDS
from yigongti.kernel import clock
from yigongti.kernel.measures import reader
from yigongti.kernel.measures.periods import Period, after
from yigongti.kernel.measures.words import Indicator
from yigongti.kernel.parameters import values


log = structlog.get_logger()

ENGINES, READER = "yigongti.kernel.measures.engines", "yigongti.kernel.measures.reader"


def newest(cut: datetime | None = None) -> Engine | None:
    """The engine of the newest snapshot, or of the data as they stood at a cut: a web process asks the reader, others
    count themselves; who never asks never loads what it needs."""
    found: Engine | None = import_module(READER if reader.address() else ENGINES).of(cut)
    return found


def follow(refreshed: Any) -> None:
    """Compute what a published snapshot can have changed."""
    counts = newest()
    if counts is not None:
        compute(counts, refreshed.changed)
        import_module(ENGINES).forget()  # the next refresh counts another snapshot


def compute(counts: Engine, changed: Mapping[str, set[date]] | None) -> list[Run]:
    """All that these months can have changed, and wholly whatever has another definition than its figures."""
    first = first_month(counts)
    computed = _computed()
    known = [one for one in _chosen() if computed.get(one.code) == catalogue.computed_as(one)]
    anew = [one for one in _chosen() if computed.get(one.code) != catalogue.computed_as(one)]
    recent, runs = _recent(counts), []
    for indicators, touched in ((known, changed), (anew, None)):
        if indicators:
            runs.append(computing.compute_these(
                counts, indicators, needs=NEEDS, first=first, touched=touched, recent=recent
            ))  # fmt: skip
    for run in runs:
        log.info("indicators.computed", snapshot=run.snapshot, cells=run.cells, periods=run.total)
    _forget_gone(catalogue.first_to_date(first, Period.of("month", counts.cut.astimezone(clock.COUNTY_ZONE).date())))
    return runs


def _recent(counts: Engine) -> date:
    """Once a day what ended lately is computed although no row changed: what was running or lagging may be final."""
    last = Run.objects.filter(ended_at__isnull=False, cut__isnull=False).order_by("-cut").first()
    today = counts.cut.astimezone(clock.COUNTY_ZONE).date()
    if last is not None and last.cut is not None and last.cut.astimezone(clock.COUNTY_ZONE).date() == today:
        return date.max
    return after(today.replace(day=1), -values.number("indicators.claims_lag_months") - 1)


def _chosen() -> list[Indicator]:
    return [one for one in catalogue.known().values() if catalogue.counted(one)]


def _computed() -> dict[str, str]:
    """By which definition each indicator was last computed, whether or not it had any rows."""
    found: dict[str, str] = {}
    for versions in Run.objects.filter(ended_at__isnull=False).order_by("ended_at").values_list("versions", flat=True):
        found |= versions
    return found


def _forget_gone(first_to_date: date) -> None:
    """Figures of indicators that are no longer in the catalogue, and years to date that are not told any more: nobody
    would count them again."""
    Value.objects.exclude(indicator__in=list(catalogue.known())).delete()
    Value.objects.filter(period__contains="-Y", starts__lt=first_to_date.replace(month=1)).delete()


def first_month(counts: Engine) -> Period:
    """From which month figures are computed: so many years before the cut."""
    cut = counts.cut.astimezone(clock.COUNTY_ZONE).date().replace(day=1)
    return Period(after(cut, -12 * values.number("indicators.years_computed")), 1)
