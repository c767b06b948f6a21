"""From the numbers of terms to a figure: value, interval and n, once for both engines; exact, rounded at the end.

A term is a selection over a period. What is asked of an engine stands in `terms`; what it found becomes figures in
`outcomes`, each with why where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

from yigongti.kernel.measures.intervals import Interval, byar, chained, mean, nothing, wilson
from yigongti.kernel.measures.periods import LENGTHS, TO_DATE, Period, after
from yigongti.kernel.measures.reference import Asked, Key
from yigongti.kernel.measures.words import (
    AGE_BAND,
    Count,
    Fact,
    Growth,
    Indicator,
    PeriodKind,
    Premature,
    Ratio,
    Selection,
)


WHY = {
    "no_denominator": "分母为零", "nothing_known": "没有可用的数值", "no_base": "上年同期为零或没有数据",
    "no_people": "有的年龄组没有人口", "judged": "须由人评定并附证据", "awaited": "所需的业务尚未接入",
}  # fmt: skip
"""Why a figure has no value, by code."""

DIGITS = 60
"""Decimal places that no count and no sum of fen of a province reaches: exact until the last rounding."""

SIX = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Term:
    """One number to ask an engine for: a selection, when, by which place column, and split by what."""

    selection: Selection
    period: Period
    place: str
    by: tuple[str, ...] = ()

    def asked(self, level: str, by: tuple[str, ...] = ()) -> Asked:
        """As an engine is asked, further split by the dimensions that somebody looks at."""
        return Asked(self.period, self.place, level, (*by, *self.by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A figure, unrounded only in its parts. `before` is the value a growth starts from, `n` what it rests on."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    before: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n: Decimal | None = None
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    why: str = ""


# --- what to ask


def terms(indicator: Indicator, period: Period) -> dict[str, Term]:
    """The numbers that an indicator needs, by name; of a window each of its years by itself: `of@0`, `of@1`…"""
    found: dict[str, Term] = {}
    for name, selection, earlier, by in _selections(indicator):
        place = place_of(indicator, selection.fact)
        for n, one in enumerate(_years(indicator, period)):
            told = f"{name}@{n}" if indicator.window > 1 else name
            found[told] = Term(selection, one.year_before if earlier else one, place, by)
    return found


def selections(indicator: Indicator) -> list[Selection]:
    """Every selection that the figure is made of, once."""
    found: list[Selection] = []
    for _name, selection, _earlier, _by in _selections(indicator):
        found += [selection] if selection not in found else []
    return found


def kinds_of(indicator: Indicator) -> tuple[PeriodKind, ...]:
    """The kinds of periods that it is made for. A definition for months, quarters and years alike speaks of any stretch
    of them, so of the year to date too, unless something that it counts stands on a day: a stock is that of its day,
    and what happened in a part of the year over a stock is no rate of the year. One for years alone does not say how a
    part of one is to be read."""
    own, found = indicator.periods, selections(indicator)
    if not found or not set(LENGTHS) <= set(own) or {one.taken for one in found} & {"on_last_day", "mid_period"}:
        return own
    return (*own, TO_DATE)


def place_of(indicator: Indicator, fact: Fact) -> str:
    """The first column of those that the indicator names which is a place of the fact; '' when none is."""
    return next((name for name in indicator.place.split() if name in fact.places), "")


def _years(indicator: Indicator, period: Period) -> list[Period]:
    if indicator.window == 1:
        return [period]
    return [Period(after(period.starts, -12 * n), period.months) for n in range(indicator.window)]


Asking = tuple[str, Selection, bool, tuple[str, ...]]


def _selections(indicator: Indicator) -> list[Asking]:
    match indicator.figure:
        case Growth(of=of):
            now = _of(of)
            return [*now, *((f"{name}_before", selection, True, by) for name, selection, _no, by in now)]
        case Count() | Ratio() as plain:
            return _of(plain)
        case Premature(deaths=deaths, people=people):
            return [("deaths", deaths, False, (AGE_BAND,)), ("people", people, False, (AGE_BAND,))]
        case _:
            return []


def _of(figure: Count | Ratio) -> list[Asking]:
    found: list[Asking] = [("of", figure.of, False, ())]
    if isinstance(figure, Ratio):
        found.append(("over", figure.over, False, ()))
        found += [("spread", figure.spread, False, ())] if figure.spread else []
    return found


# --- what was found

Numbers = Mapping[str, Mapping[tuple[str, ...], Decimal]]
"""A term's number by the values of its own dimensions; `()` for a term without."""


def outcomes(
    indicator: Indicator, period: Period, measured: Mapping[str, Mapping[Key, Decimal]], *, places: Iterable[int] = ()
) -> dict[Key, Outcome]:
    """A figure for each place and group that any term has a number for, and for each of the places that must have one:
    nobody died there is a figure too. `measured` has the names of `terms`."""
    split = {name: len(term.by) for name, term in terms(indicator, period).items()}
    found: dict[Key, dict[str, dict[tuple[str, ...], Decimal]]] = {Key(place): {} for place in places}
    for name, own in split.items():
        for key, number in measured.get(name, {}).items():
            outer = Key(key.place, key.by[: len(key.by) - own])
            found.setdefault(outer, {}).setdefault(name, {})[key.by[len(outer.by) :]] = number
    return {key: outcome(indicator, numbers) for key, numbers in found.items()}


def outcome(indicator: Indicator, numbers: Numbers) -> Outcome:
    """The figure of one place and group."""
    with localcontext() as exact:
        exact.prec = DIGITS
        match indicator.figure:
            case Count() | Ratio() as plain:
                found = _plain(plain, _pooled(indicator, numbers), "")
            case Growth(of=of):
                found = _growth(of, _pooled(indicator, numbers))
            case Premature() as premature:
                found = _premature(premature, _banded(numbers, "deaths"), _banded(numbers, "people"))
            case other:
                found = Outcome(why=type(other).__name__.lower())
        return _rounded(found, indicator.digits)


def _pooled(indicator: Indicator, numbers: Numbers) -> dict[str, Decimal]:
    """The numbers of a window's years added up. Nothing counted is zero; a sum of nothing known stays unknown."""
    found: dict[str, Decimal] = {}
    for name, selection, _earlier, _by in _selections(indicator):
        years = [numbers[told][()] for told in numbers if told.partition("@")[0] == name and () in numbers[told]]
        if years or selection.counted in ("rows", "people"):
            found[name] = sum(years, Decimal(0))
    return found


def _plain(figure: Count | Ratio, found: Mapping[str, Decimal], suffix: str) -> Outcome:
    of = found.get(f"of{suffix}")
    if isinstance(figure, Count):
        return Outcome(
            numerator=of, value=_times(of, figure.per), n=of, parts=found, why="" if of is not None else "nothing_known"
        )
    over = found.get(f"over{suffix}")
    if not over:
        return Outcome(numerator=of, denominator=over, n=over, parts=found, why="no_denominator")
    if of is None and _alike(figure):
        of = Decimal(0)
    if of is None:
        return Outcome(denominator=over, n=over, parts=found, why="nothing_known")
    low, high = _interval(figure, of, over, found.get(f"spread{suffix}"))
    times = Fraction(figure.per)
    return Outcome(
        numerator=of, denominator=over, value=_times(of / over, times), n=over if _counts(figure.over) else None,
        low=_times(low, times), high=_times(high, times), parts=found,
    )  # fmt: skip


def _growth(figure: Count | Ratio, found: Mapping[str, Decimal]) -> Outcome:
    now, before = _plain(figure, found, ""), _plain(figure, found, "_before")
    kept = Outcome(
        numerator=_shown(now.value), denominator=_shown(before.value), before=before.value, n=now.n, parts=found
    )
    if now.value is None:
        return replace(kept, why=now.why)
    if not before.value:
        return replace(kept, why="no_base")
    return replace(kept, value=(now.value - before.value) * 100 / before.value)


def _shown(number: Decimal | None) -> Decimal | None:
    """Of a growth of ratios both are ratios, which may never end."""
    return None if number is None else number.quantize(SIX, ROUND_HALF_EVEN).normalize()


def _premature(figure: Premature, deaths: Mapping[str, Decimal], people: Mapping[str, Decimal]) -> Outcome:
    bands = [f"{age}-{age + 4}" for age in range(figure.frm, figure.to, 5)]
    died = [deaths.get(band, Decimal(0)) for band in bands]
    lived = [people.get(band, Decimal(0)) for band in bands]
    parts = {f"deaths {b}": d for b, d in zip(bands, died, strict=True)}
    parts |= {f"people {b}": p for b, p in zip(bands, lived, strict=True)}
    years = sum(lived, Decimal(0))
    kept = Outcome(numerator=sum(died, Decimal(0)), denominator=years, n=years, parts=parts)
    if not all(lived):
        return replace(kept, why="no_people")
    value, low, high = chained(died, lived)
    return replace(kept, value=value * 100, low=low * 100, high=high * 100)


def _banded(numbers: Numbers, name: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for told, split in numbers.items():
        for (band,), number in split.items() if told.partition("@")[0] == name else ():
            found[band] = found.get(band, Decimal(0)) + number
    return found


# --- how sure


def _interval(figure: Ratio, of: Decimal, over: Decimal, squares: Decimal | None) -> Interval:
    """Shares of rows or people by Wilson, rates by Byar, means by their squares; of money none."""
    if figure.spread is not None:
        return mean(of, over, squares)
    if not (_counts(figure.of) and _counts(figure.over)):
        return nothing
    return wilson(of, over) if is_share(figure) and of <= over else byar(of, over)


def is_share(figure: Ratio) -> bool:
    """Whether what is above is part of what is below: the same fact counted alike, or people of people."""
    same = figure.of.fact == figure.over.fact and figure.of.counted == figure.over.counted
    return same or (figure.of.counted == figure.over.counted == "people")


def _counts(selection: Selection) -> bool:
    """Rows or people; days in bed are neither."""
    return selection.counted == "people" or (selection.counted == "rows" and selection.taken != "days")


def _alike(figure: Ratio) -> bool:
    """Of a column that is known below, no rows above are nothing: 基金没有付给县外一分钱."""
    return figure.of.fact == figure.over.fact and figure.of.column == figure.over.column


# --- rounding


def _times(number: Decimal | None, per: Fraction | int) -> Decimal | None:
    times = Fraction(per)
    return None if number is None else number * times.numerator / times.denominator


def _rounded(found: Outcome, digits: int) -> Outcome:
    step = Decimal(1).scaleb(-digits)
    value, before, low, high = (None if one is None else one.quantize(step, ROUND_HALF_EVEN)
                                for one in (found.value, found.before, found.low, found.high))  # fmt: skip
    return replace(found, value=value, before=before, low=low, high=high)


def least_met(indicator: Indicator, found: Outcome) -> bool:
    """Whether enough stands below the figure that places may be ranked by it."""
    return found.value is not None and (found.n if found.n is not None else found.denominator or 0) >= indicator.least
