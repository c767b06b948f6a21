"""The words an indicator page is written in.

A fact describes rows: what they are called, when they happened, whom and which places they concern. A selection says
which rows count and how. An indicator sets selections against each other and says what that means, by which source,
who owns it and what must be known before the figure may be believed. Where a page would need an `if`, it names a
column that the fact's owner fills, or it is two indicators.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from yigongti.kernel.parameters.words import Parameter


LEVELS = ("institution", "township", "group", "county")
"""How far a place is rolled up, by the membership of the row's own day. A village room is an institution; a township
is its centre, which counts for itself and for its village rooms."""

AGE_BAND = "age_band"
"""The dimension of five-year ages, `0-4` … `85+`, of every fact that says when its people were born."""

Kind = Literal["whole", "money", "decimal", "text", "code", "day", "yes", "place", "person"]
Operand = int | Decimal | str | bool | Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, what people call it, its kind and unit, and whether it names or betrays a person.

    `money` is whole 分. `options` names the code list of a code. A place is the id of an institution.
    """

    name: str
    title: str
    kind: Kind = "text"
    unit: str = ""
    sensitive: bool = False
    options: str = ""


# --- tests on a column


@dataclass(frozen=True, slots=True)
class Among:
    """One of these values; a parameter that holds several values gives them all."""

    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Known, and none of these values."""

    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """Known, not under `least`, and under `below`; either may be open. A parameter tells decimals as text."""

    least: Operand | None = None
    below: Operand | None = None

    def __post_init__(self) -> None:
        for name in ("least", "below"):
            told = getattr(self, name)
            if isinstance(told, str) and re.fullmatch(r"-?\d+(\.\d+)?", told):
                object.__setattr__(self, name, Decimal(told))


@dataclass(frozen=True, slots=True)
class CodeRange:
    """A classification's code whose first three characters lie within one of the ranges, ends included."""

    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CodeList:
    """As `CodeRange`, with the ranges of a dated parameter: values like `I00-I99`."""

    ranges: Parameter


@dataclass(frozen=True, slots=True)
class Known:
    """Whether something stands there at all; an empty text is nothing."""

    known: bool = True


@dataclass(frozen=True, slots=True)
class Aged:
    """Completed years from this day of birth to the row's day pass the test (for a span: to the day it is asked of)."""

    years: Within


Test = Among | NoneOf | Within | CodeRange | CodeList | Known | Aged


def at_least(value: Operand) -> Within:
    """Not under the value."""
    return Within(least=value)


def below(value: Operand) -> Within:
    """Under the value."""
    return Within(below=value)


def between(least: Operand, under: Operand) -> Within:
    """Not under the first, under the second."""
    return Within(least, under)


def among(*values: Operand) -> Among:
    """One of the values."""
    return Among(values)


def none_of(*values: Operand) -> NoneOf:
    """Known and none of the values."""
    return NoneOf(values)


def codes(*ranges: str) -> CodeRange:
    """Codes by their first three characters: `codes("I00-I99", "E10-E14", "R54")`."""
    return CodeRange(tuple((one.partition("-")[0], one.partition("-")[2] or one) for one in ranges))


def codes_of(ranges: Parameter) -> CodeList:
    """Codes by the ranges of a parameter."""
    return CodeList(ranges)


def aged(years: Within) -> Aged:
    """People of these completed years."""
    return Aged(years)


known, unknown = Known(), Known(known=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on one column."""

    column: str
    test: Test


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the ways, each all of its conditions."""

    ways: tuple[tuple[Condition, ...], ...]


Clause = Condition | Either
Given = Test | Operand


def _conditions(given: Mapping[str, Given]) -> tuple[Condition, ...]:
    return tuple(
        Condition(name, Among((value,)) if isinstance(value, (int, str, bool, Decimal, Parameter)) else value)
        for name, value in given.items()
    )


def either(*ways: Mapping[str, Given]) -> Either:
    """`either({"age": below(65), "systolic": below(140)}, {"age": at_least(65), "systolic": below(150)})`."""
    return Either(tuple(_conditions(way) for way in ways))


# --- facts and selections


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A kind of row. `at` is the day it happened; with `until` it is a span that stands from `at` through the day
    before `until` (empty: it still stands). `key` finds the row again in its chapter; `needs` are the arrivals
    without which rows may be missing.
    """

    code: str
    title: str
    means: str
    at: str
    columns: tuple[Column, ...]
    key: str = "id"
    until: str = ""
    person: str = ""
    born: str = ""
    needs: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """By name; raises KeyError."""
        for one in self.columns:
            if one.name == name:
                return one
        raise KeyError(f"{self.code} has no column {name}")

    @property
    def places(self) -> tuple[str, ...]:
        """The columns that are places: where it happened, who manages the person."""
        return tuple(one.name for one in self.columns if one.kind == "place")

    def where(self, *clauses: Either, **given: Given) -> Selection:
        """The rows that pass all of this."""
        return Selection(fact=self).where(*clauses, **given)

    def rows(self) -> Selection:
        """Every row."""
        return Selection(fact=self)


Taken = Literal["in_period", "on_last_day", "mid_period", "days", "latest"]
Counted = Literal["rows", "people", "sum", "squares", "quantile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows of a fact count, and how.

    `taken` says when: events in the period; spans standing on its last day, on its first and last day halved
    (`mid_period`), or their days within it; or each person's latest event in it, on which `then` is asked. `of` keeps
    rows of people who are in each of those selections, over the same period and whatever place. `times` keeps
    people with at least so many rows.
    """

    fact: Fact
    clauses: tuple[Clause, ...] = ()
    taken: Taken = "in_period"
    counted: Counted = "rows"
    column: str = ""
    share: Decimal = Decimal("0.5")
    then: tuple[Clause, ...] = ()
    of: tuple[Selection, ...] = ()
    times: int = 1

    def where(self, *clauses: Either, **given: Given) -> Selection:
        """Also asked; of the latest rows when `latest` has been said before."""
        more: tuple[Clause, ...] = (*clauses, *_conditions(given))
        if self.taken == "latest":
            return replace(self, then=(*self.then, *more))
        return replace(self, clauses=(*self.clauses, *more))

    def people(self, *, times: int = 1) -> Selection:
        """Distinct people instead of rows."""
        return replace(self, counted="people", times=times)

    def sum(self, column: str) -> Selection:
        """The sum of a column; rows where it is unknown add nothing."""
        return replace(self, counted="sum", column=column)

    def squares(self, column: str) -> Selection:
        """The sum of its squares, for the width of a mean."""
        return replace(self, counted="squares", column=column)

    def quantile(self, column: str, share: Decimal) -> Selection:
        """The smallest known value that at least this share of the rows do not exceed."""
        return replace(self, counted="quantile", column=column, share=share)

    def latest(self) -> Selection:
        """Each person's latest row of the period (of one day the one with the greatest key); counts people."""
        return replace(self, taken="latest", counted="people")

    def on_last_day(self) -> Selection:
        """Spans that stand on the period's last day."""
        return replace(self, taken="on_last_day")

    def mid_period(self) -> Selection:
        """The mean of those standing on the day before the period and on its last day: 年平均人口."""
        return replace(self, taken="mid_period")

    def days(self) -> Selection:
        """Days of the spans within the period; of a column, the days times it: 床日."""
        return replace(self, taken="days")

    def among_those(self, people: Selection) -> Selection:
        """Only rows of people who are in that selection too."""
        return replace(self, of=(*self.of, people))


# --- figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of rows, people, days or fen, times `per`: fen become yuan by a hundredth."""

    of: Selection
    per: int | Fraction = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One against another, times `per`: shares, rates, means. `spread` is the selection of squares behind a mean."""

    of: Selection
    over: Selection
    per: int | Fraction = 100
    spread: Selection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The change against the same period of the year before, in percent; both values are kept."""

    of: Count | Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Premature:
    """The probability of dying of these causes from age `frm` to under `to`, by five-year bands (40q30), in percent."""

    deaths: Selection
    people: Selection
    frm: int = 30
    to: int = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to be judged: yes, partly, no, with evidence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Not counted but judged, with evidence attached."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Declared, and supplied by a chapter that does not stand yet: always not computable, with this need."""

    need: str


Figure = Count | Ratio | Growth | Premature | Judged | Awaited
PeriodKind = Literal["month", "quarter", "year", "to_date"]
"""`to_date`: from New Year to the end of a month, 年初至今."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed in a definition, when and why."""

    on: date
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One figure as its owner would sign it.

    `place` is the column by which rows belong to an institution (and through it to township, group, county).
    `needs` names arrivals beyond those of the facts. `window` years end with the period (rolling means). `least` is
    the denominator under which nobody is ranked. `variant_of` names the indicator that this is another reading of.
    """

    code: str
    title: str
    means: str
    basis: str
    figure: Figure
    unit: str
    better: Literal["higher", "lower", "neither"]
    population: Literal["resident", "insured", "registered", "none"]
    place: str
    owner: str
    checker: str
    review_before: date
    family: str
    periods: tuple[PeriodKind, ...] = ("month", "quarter", "year")
    levels: tuple[str, ...] = LEVELS
    by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    window: int = 1
    least: int = 0
    digits: int = 2
    variant_of: str = ""
    reading: str = ""
    confidence: str = ""
    changes: tuple[Change, ...] = field(default=())
