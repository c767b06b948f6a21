"""Figures as the reader may see them: published ones as they were frozen, all others as last computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from yigongti.indicators import catalogue
from yigongti.indicators.models import Figure, FrozenCell, Run, Value
from yigongti.indicators.queries.places import Place, Places, places
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.measures import arithmetic
from yigongti.kernel.measures.periods import KINDS, Period
from yigongti.kernel.measures.words import Awaited, Growth, Indicator, Judged
from yigongti.kernel.refusal import NotFound


SEE = registry.add_permission("indicators.see", title="看指标、驾驶舱、排名与简报", writes=False)
SMALL = registry.add_permission("indicators.small_cells", title="看少于五例的数字", writes=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure of one place and period as its reader sees it.

    `status`: final, provisional, not_computable, suppressed; `release` is the number under which it was published,
    `moved` the value that the data give now where it has changed since.
    """

    indicator: Indicator
    level: str
    place: Place
    period: Period
    status: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    before: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n: Decimal | None = None
    why: str = ""
    gaps: Sequence[dict[str, Any]] = field(default_factory=tuple)
    version: str = ""
    snapshot: str = ""
    cut: datetime | None = None
    release: str = ""
    release_version: int = 0
    moved: Decimal | None = None

    @property
    def parts(self) -> dict[str, Decimal | None]:
        """The number of each side that can be opened; of a growth both values are kept instead."""
        if isinstance(self.indicator.figure, Growth):
            return {}
        return {"of": self.numerator, "over": self.denominator}

    @property
    def shown(self) -> bool:
        """Whether it has a value that may be shown."""
        return self.value is not None


Key = tuple[str, int, str]


def cells(
    *, for_: Actor, indicators: Sequence[str], level: str, places_: Iterable[Place], periods: Sequence[Period]
) -> dict[Key, Cell]:
    """By indicator, place and period; every one that was asked for is there."""
    for_.require(SEE)
    asked = {one.id: one for one in places_}
    codes = [period.code for period in periods]
    given = {"indicator__in": list(indicators), "level": level, "place_id__in": list(asked), "period__in": codes}
    live = {(one.indicator, one.place_id, one.period): one for one in Value.objects.filter(**given)}
    published = {(one.indicator, one.place_id, one.period): one for one in _published(given)}
    found: dict[Key, Cell] = {}
    for code in indicators:
        for pk, place in asked.items():
            for period in periods:
                key = (code, pk, period.code)
                found[key] = as_seen(for_, _indicator(code), level, place, period, live.get(key), published.get(key))
    return found


def _published(given: dict[str, Any]) -> QuerySet[FrozenCell]:
    in_force = {"release__published_at__isnull": False, "release__superseded_at__isnull": True}
    return (
        FrozenCell.objects.filter(**given, **in_force).select_related("release__case").order_by("release__published_at")
    )


def cell(*, for_: Actor, indicator: str, level: str, place: Place, period: Period) -> Cell:
    """The figure of one place and period."""
    found = cells(for_=for_, indicators=[indicator], level=level, places_=[place], periods=[period])
    return found[indicator, place.id, period.code]


def _indicator(code: str) -> Indicator:
    found = catalogue.named(code)
    if found is None:
        raise NotFound
    return found


def as_seen(
    actor: Actor, indicator: Indicator, level: str, place: Place, period: Period, live: Value | None,
    published: FrozenCell | None,
) -> Cell:  # fmt: skip
    """Suppressed where few residents stand behind it and the reader may not see cases, else as it is."""
    told: Figure | None = published or live
    bare: dict[str, Any] = {"indicator": indicator, "level": level, "place": place, "period": period}
    if told is None:
        return Cell(**bare, status="not_computable", why=_why_none(indicator))
    known: dict[str, Any] = {"version": told.version, "snapshot": told.snapshot, "cut": told.cut}
    known["gaps"] = tuple(told.gaps)
    if published is not None:
        known |= {"release": published.release.case.number, "release_version": published.release.version}
    if told.small and not actor.may(SMALL):
        return Cell(**bare, **known, status="suppressed")
    figures: dict[str, Any] = {name: plain(getattr(told, name)) for name in FIGURES}
    moved = plain(live.value) if published is not None and live is not None and live.value != told.value else None
    return Cell(**bare, **known, **figures, status=told.status, why=told.why, moved=moved)


FIGURES = ("numerator", "denominator", "value", "before", "low", "high", "n")


def plain(number: Decimal | None) -> Decimal | None:
    """Without the zeros that its column adds."""
    if number is None:
        return None
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _why_none(indicator: Indicator) -> str:
    if isinstance(indicator.figure, Judged):
        return "judged"
    return "awaited" if isinstance(indicator.figure, Awaited) else "nothing_known"


# --- which period


def newest_run(*, for_: Actor) -> Run | None:
    """The last computing that came to its end."""
    for_.require(SEE)
    return Run.objects.filter(ended_at__isnull=False).order_by("-ended_at").first()


def kinds_of(indicator: Indicator) -> tuple[str, ...]:
    """Months, quarters, years, the year to date: those the indicator is made for."""
    own = arithmetic.kinds_of(indicator)
    return tuple(kind for kind in KINDS if kind in own)


def latest_whole(*, for_: Actor, kind: str) -> Period | None:
    """The last period of its kind that had ended when the figures were cut."""
    run = newest_run(for_=for_)
    if run is None:
        return None
    day = (run.cut or run.began_at).astimezone(clock.COUNTY_ZONE).date()
    return Period.of(kind, day).earlier  # type: ignore[arg-type]


def back_from(last: Period, *, most: int) -> list[Period]:
    """The period and those before it, oldest first; to date those of its own year, each with the one before in it."""
    found = [last]
    while len(found) < (min(last.months, most) if last.to_date else most):
        found.append(found[-1].earlier)
    return found[::-1]


def trend(*, for_: Actor, indicator: str, level: str, place: Place, last: Period, most: int = 13) -> list[Cell]:
    """The same figure of the periods before, oldest first."""
    every = back_from(last, most=most)
    found = cells(for_=for_, indicators=[indicator], level=level, places_=[place], periods=every)
    return [found[indicator, place.id, period.code] for period in every]


def siblings(*, for_: Actor, indicator: str, level: str, place: Place, period: Period) -> list[Cell]:
    """The figure of the places beside it, best first, those without one last."""
    seen = places(for_=for_)
    return in_order(_many(for_, indicator, level, seen.beside(place, level), period))


def below(*, for_: Actor, indicator: str, level: str, place: Place, period: Period, seen: Places) -> list[Cell]:
    """The figure of the places that it is made of."""
    levels = _indicator(indicator).levels
    lower, under = seen.below(place, level)
    return in_order(_many(for_, indicator, lower, under, period)) if lower in levels else []


def _many(actor: Actor, indicator: str, level: str, of: Sequence[Place], period: Period) -> list[Cell]:
    found = cells(for_=actor, indicators=[indicator], level=level, places_=of, periods=[period])
    return [found[indicator, one.id, period.code] for one in of]


def in_order(found: Sequence[Cell]) -> list[Cell]:
    """Best first, those without a value last."""

    def place_in_line(one: Cell) -> tuple[bool, Decimal]:
        sign = -1 if one.indicator.better != "lower" else 1
        return (one.value is None, sign * (one.value or Decimal(0)))

    return sorted(found, key=place_in_line)
