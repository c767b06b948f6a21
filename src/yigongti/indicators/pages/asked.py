"""Where and when a page looks: a place, its level and a period, as its address says or as suits the reader's post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from yigongti.indicators import drawn
from yigongti.indicators.queries.cells import Cell, back_from, cells, kinds_of, latest_whole
from yigongti.indicators.queries.places import Place, Places, places
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.measures.periods import KINDS, LENGTHS, Period, after
from yigongti.kernel.measures.words import Indicator
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.parts import Option
from yigongti.kernel.refusal import NotFound


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A reader looks at a place on a level in a period."""

    actor: Actor
    places: Places
    place: Place
    level: str
    period: Period

    def address(self, route: str, **changes: str) -> str:
        """The same look at another page, or another look."""
        held = {"place": str(self.place.id), "level": self.level, "period": self.period.code, **changes}
        return f"{route}?{urlencode({name: value for name, value in held.items() if value})}"

    def at(self, indicator: Indicator) -> Looked:
        """The same look in the indicator's own kind of period, on a level that it has."""
        level = self.level if self.level in indicator.levels else ""
        level = level or next((one for one in reversed(self.place.levels) if one in indicator.levels), self.level)
        return replace(self, period=fitting(indicator, self.period), level=level)


def looked(request: Request) -> Looked:
    """As the address says; where it says nothing, the reader's own place and the last month that is over. Raises
    NotFound for a place that the reader does not see."""
    seen = places(for_=request.actor)
    given = request.GET.get("place", "")
    place = seen.by_id.get(row_number(given)) if given else seen.home
    if place is None:
        raise NotFound
    level = request.GET.get("level", "") or place.level
    if level not in place.levels:
        raise NotFound
    return Looked(actor=request.actor, places=seen, place=place, level=level, period=_period(request))


def _period(request: Request) -> Period:
    text = request.GET.get("period", "")
    try:
        found = Period.read(text) if text else None
    except ValueError:
        raise NotFound from None
    return found or latest_whole(for_=request.actor, kind="month") or Period.of("month", clock.today()).earlier


def fitting(indicator: Indicator, period: Period) -> Period:
    """The period itself, or the last whole one of the indicator's kinds that is over by its end. What has no year to
    date is told of its shortest kind: a part of a year is not taken for the year before."""
    own = kinds_of(indicator)
    if period.kind in own:
        return period
    whole = [kind for kind in LENGTHS if kind in own]
    kinds = [kind for kind in whole if period.to_date or LENGTHS[kind] >= period.months] or whole
    return _over(Period.of(kinds[0], period.last_day), period)


def _over(found: Period, period: Period) -> Period:
    """It, or the one before where it is not over by the end of the period."""
    return found if found.ends <= period.ends else found.earlier


def cells_at(look: Looked, indicators: Sequence[Indicator], *, back: int = 1) -> dict[str, list[Cell]]:
    """For each indicator its course up to the period looked at: few questions, however many indicators."""
    groups: dict[tuple[str, Period], list[Indicator]] = {}
    for one in indicators:
        own = look.at(one)
        groups.setdefault((own.level, own.period), []).append(one)
    found: dict[str, list[Cell]] = {}
    for (level, last), group in groups.items():
        every = back_from(last, most=back)
        asked = cells(for_=look.actor, indicators=[one.code for one in group], level=level, places_=[look.place],
                      periods=every)  # fmt: skip
        for one in group:
            found[one.code] = [asked[one.code, look.place.id, period.code] for period in every]
    return found


# --- what to choose from


def period_options(look: Looked, route: str, indicator: Indicator | None = None, **held: str) -> list[Option]:
    """The kinds of periods as tabs: the one that holds the day looked at."""
    kinds = kinds_of(indicator) if indicator else KINDS
    return [
        Option(value=kind, label=say(drawn.PERIODS[kind]), current=kind == look.period.kind,
               href=look.address(route, period=_turned(look.period, kind).code, **held))
        for kind in kinds
    ]  # fmt: skip


def _turned(period: Period, kind: Any) -> Period:
    """The last period of that kind that is over by the end of this one."""
    return _over(Period.of(kind, period.last_day), period)


def moves(look: Looked, route: str, **held: str) -> list[Option]:
    """One period back, and on where there is one."""
    earlier, later = look.period.earlier, look.period.later
    found = [Option(value="before", label=f"← {drawn.said_period(earlier)}",
                    href=look.address(route, period=earlier.code, **held))]  # fmt: skip
    begins = after(later.ends, -1) if later.to_date else later.starts
    if begins <= clock.today():
        found.append(Option(value="after", label=f"{drawn.said_period(later)} →",
                            href=look.address(route, period=later.code, **held)))  # fmt: skip
    return found


def place_options(look: Looked, route: str, **held: str) -> list[Option]:
    """The way up from the place, and itself."""
    way = [one for one in look.places.by_id.values() if look.place.path.startswith(one.path)]
    found = []
    for one in sorted(way, key=lambda place: len(place.path)):
        for level in reversed(one.levels):
            label = one.name if level == one.level else say("{name}（本部）", name=one.name)
            if one.id != look.place.id and level != one.level:
                continue
            found.append(Option(
                value=str(one.id), label=label, current=(one.id, level) == (look.place.id, look.level),
                href=look.address(route, place=str(one.id), level=level, **held),
            ))  # fmt: skip
    return found
