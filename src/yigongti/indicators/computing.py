"""Computes the catalogue: indicators × levels × periods, by one engine and one arithmetic, and stores every figure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from yigongti.indicators import catalogue, smallness
from yigongti.indicators.engine import Engine
from yigongti.indicators.models import Run, Value
from yigongti.kernel import clock
from yigongti.kernel.access.models import Unit
from yigongti.kernel.measures import sources
from yigongti.kernel.measures.arithmetic import Outcome, outcomes, selections, terms
from yigongti.kernel.measures.completeness import Arrived, Gap, Need, months_of, needs_of, status
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Key
from yigongti.kernel.measures.settling import settle
from yigongti.kernel.measures.words import Indicator


COLUMNS = ("indicator", "version", "level", "place_id", "period", "starts", "status", "numerator", "denominator",
           "value", "before", "low", "high", "n", "small", "why", "gaps", "snapshot", "cut")  # fmt: skip
ALWAYS = {"township": smallness.CENTRES, "group": ("group",), "county": ("county",)}
"""Who has a figure though nothing happened there: that no mother died is one too. Institutions are too many."""
ARRIVALS = "arrivals"
Progress = Callable[[int, int], None]


class Computing:
    """One computing of many figures from one state of the data."""

    def __init__(self, engine: Engine, *, needs: Mapping[str, Need]) -> None:
        self.engine = engine
        self.needs = needs
        self.cut = engine.cut.astimezone(clock.COUNTY_ZONE).date()
        self.arrived = list(arrivals(engine))
        self.begun = engine.begun()
        self.units = dict(Unit.objects.exclude(kind="department").values_list("pk", "path"))
        self.parents = smallness.parents()
        self._hidden: dict[tuple[str, str, Period], dict[int, Outcome]] = {}
        self._standings: dict[tuple[str, Period], tuple[tuple[str, str], tuple[str, str]]] = {}
        self.always = {level: list(Unit.objects.filter(kind__in=kinds).values_list("pk", flat=True))
                       for level, kinds in ALWAYS.items()}  # fmt: skip

    def compute(self, indicators: Sequence[Indicator], periods: Mapping[str, Sequence[Period]]) -> Iterator[list[Any]]:
        """The rows of every indicator at every level in its periods (by the indicator's code); a year at a time, whose
        periods share their scans: all years at once would be all numbers of a county in memory."""
        for group in _groups(indicators):
            for year in sorted({period.starts.year for one in group for period in periods[one.code]}):
                within = {one.code: [each for each in periods[one.code] if each.starts.year == year] for one in group}
                yield from self._computed(group, within)

    def _computed(self, group: Sequence[Indicator], periods: Mapping[str, Sequence[Period]]) -> Iterator[list[Any]]:
        asks = [
            (one, level, period, name, term)
            for one in group
            for level in one.levels
            for period in periods[one.code]
            for name, term in terms(one, period).items()
        ]
        found = self.engine.measure_all([(term.selection, term.asked(level)) for _, level, _, _, term in asks])
        measured: dict[tuple[str, str, Period], dict[str, Mapping[Key, Decimal]]] = defaultdict(dict)
        for (one, level, period, name, _term), numbers in zip(asks, found, strict=True):
            measured[one.code, level, period][name] = numbers
        for one in group:
            for level in one.levels:
                for period in periods[one.code]:
                    yield [one, level, period, self.rows(one, level, period, measured[one.code, level, period])]

    def rows(
        self, indicator: Indicator, level: str, period: Period, measured: Mapping[str, Mapping[Key, Decimal]]
    ) -> list[tuple[Any, ...]]:
        """The figures of one indicator, level and period, ready to be stored."""
        found = {
            key.place: outcome
            for key, outcome in outcomes(indicator, period, measured, places=self.always.get(level, ())).items()
            if key.place in self.units
        }
        small = self._small(indicator, level, period, found)
        known, unknown = self.standings(indicator, period)
        given = (indicator.code, catalogue.version_of(indicator), level)
        return [
            (*given, place, period.code, period.starts,
             *self._said(outcome, unknown if outcome.value is None else known, place in small))
            for place, outcome in found.items()
        ]  # fmt: skip

    def _small(self, indicator: Indicator, level: str, period: Period, found: Mapping[int, Outcome]) -> set[int]:
        """Of a year to date also where it would tell of a month that is hidden: by what is shown of the year before
        it, and by the months that are shown, the hidden ones since are known as a sum."""
        also = self._betraying(indicator, level, period) if period.to_date and catalogue.betrays(indicator) else set()
        hidden = smallness.small(indicator, found, parents=self.parents.get(level, {}), also=also)
        if period.to_date or period.kind == "month":
            nothing = Outcome()
            self._hidden[indicator.code, level, period] = {place: found.get(place, nothing) for place in hidden}
        return hidden

    def _betraying(self, indicator: Indicator, level: str, period: Period) -> set[int]:
        months = self._hidden_in(indicator, level, [Period.of("month", day) for day in period.firsts])
        before = [Period.of("to_date", day) for day in period.firsts[:-1]]
        told = self._hidden_in(indicator, level, before)
        found: set[int] = set()
        for place in {place for month in months for place in month}:
            shown = next((n for n in range(len(before), 0, -1) if place not in told[n - 1]), 0)
            if smallness.betrayed(indicator, [month[place] for month in months[shown:] if place in month]):
                found.add(place)
        return found

    def _hidden_in(self, indicator: Indicator, level: str, periods: Sequence[Period]) -> list[dict[int, Outcome]]:
        """By place what is hidden in each: of this computing, or as they were last computed."""
        keys = {one.code: (indicator.code, level, one) for one in periods}
        if lacking := [code for code, key in keys.items() if key not in self._hidden]:
            self._hidden |= {keys[code]: {} for code in lacking}
            told = Value.objects.filter(indicator=indicator.code, level=level, period__in=lacking, small=True)
            for code, place, above, below in told.values_list("period", "place_id", "numerator", "denominator"):
                self._hidden[keys[code]][place] = smallness.kept(above, below)
        return [self._hidden[key] for key in keys.values()]

    def _said(self, found: Outcome, standing: tuple[str, str], small: bool) -> tuple[Any, ...]:
        status_, gaps = standing
        shown = status_ != "not_computable"
        return (
            status_, found.numerator, found.denominator, found.value if shown else None, found.before,
            found.low if shown else None, found.high if shown else None, found.n, small, found.why, gaps,
            self.engine.snapshot, self.engine.cut,
        )  # fmt: skip

    def standings(self, indicator: Indicator, period: Period) -> tuple[tuple[str, str], tuple[str, str]]:
        """Whether figures of the period may be believed: of places with a value and of those without; it depends on
        what arrived, not on the place."""
        key = (indicator.code, period)
        if key not in self._standings:
            self._standings[key] = (self._standing(indicator, period, Decimal(1)), self._standing(indicator, period))
        return self._standings[key]

    def _standing(self, indicator: Indicator, period: Period, value: Decimal | None = None) -> tuple[str, str]:
        found = status(indicator, period, Outcome(value=value), self.arrived, cut=self.cut, needs=self.needs,
                       settle=settle, begun=self.begun)  # fmt: skip
        return found.code, json.dumps([said(gap) for gap in found.gaps])


def _groups(indicators: Iterable[Indicator]) -> Iterator[list[Indicator]]:
    """By the facts that they count: what is asked together can be scanned together."""
    found: dict[tuple[str, ...], list[Indicator]] = defaultdict(list)
    for one in indicators:
        found[tuple(sorted({selection.fact.code for selection in selections(one)}))].append(one)
    yield from found.values()


def said(gap: Gap) -> dict[str, Any]:
    """A gap as it is kept."""
    told = {
        "reason": gap.reason,
        "need": gap.need,
        "sender": gap.sender,
        "month": f"{gap.month:%Y-%m}" if gap.month else "",
        "expected": gap.expected,
        "received": gap.received,
    }
    return {name: one for name, one in told.items() if one not in ("", None)}


def arrivals(engine: Engine) -> Iterator[Arrived]:
    """What each sender delivered, as the chapter above reports it as a fact of its own."""
    source = sources.registered().get(ARRIVALS)
    for row in engine.all_rows(source.fact) if source else ():
        yield Arrived(
            need=row["fact"], sender=row["sender"], month=row["at"], expected=row["expected"], received=row["received"]
        )


# --- storing


def compute_these(
    engine: Engine, indicators: Sequence[Indicator], *, needs: Mapping[str, Need], first: Period,
    touched: Mapping[str, set[date]] | None = None, recent: date = date.max, progress: Progress | None = None,
) -> Run:  # fmt: skip
    """Compute these from the first month to now; with `touched`, only what those months of those facts can have
    changed, and what ended after `recent`. Every indicator, level and period stands whole at once."""
    last = Period.of("month", engine.cut.astimezone(clock.COUNTY_ZONE).date())
    periods = {one.code: _wanted(one, first, last, touched, recent) for one in indicators}
    chosen = [one for one in indicators if periods[one.code]]
    run = Run.objects.create(
        snapshot=engine.snapshot, cut=engine.cut, began_at=clock.now(),
        total=sum(len(periods[one.code]) * len(one.levels) for one in chosen),
    )  # fmt: skip
    waiting: list[list[Any]] = []
    for made in Computing(engine, needs=needs).compute(chosen, periods):
        waiting.append(made)
        if sum(len(one[3]) for one in waiting) > BATCH:
            waiting = _store(run, waiting, progress)
    _store(run, waiting, progress)
    run.ended_at = clock.now()
    run.versions = {one.code: catalogue.computed_as(one) for one in chosen}
    run.save()
    return run


BATCH = 5_000


def _wanted(
    one: Indicator, first: Period, last: Period, touched: Mapping[str, set[date]] | None, recent: date
) -> list[Period]:
    every = catalogue.periods_between(one, first, last)
    if touched is None:
        return every
    facts = {selection.fact for selection in selections(one)}
    facts |= {inner.fact for selection in selections(one) for inner in selection.of}
    codes = {fact.code for fact in facts} | ({ARRIVALS} if needs_of(one) else set())
    months = {month for code in codes for month in touched.get(code, ())}
    return [period for period in every if period.ends > recent or months & set(months_of(one, period))]


def _store(run: Run, waiting: list[list[Any]], progress: Progress | None) -> list[list[Any]]:
    """Replace the figures of each indicator, level and period by those computed now."""
    with transaction.atomic(), connection.cursor() as cursor:
        for one, level, period, _rows in waiting:
            Value.objects.filter(indicator=one.code, level=level, period=period.code).delete()
        with cursor.copy(f"COPY indicators_value ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for *_, rows in waiting:
                for row in rows:
                    copy.write_row(row)
    run.done += len(waiting)
    run.cells += sum(len(one[3]) for one in waiting)
    run.save()
    if progress:
        progress(run.done, run.total)
    return []
