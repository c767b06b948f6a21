"""Clauses as ibis expressions: what a test means for a whole column at once."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import ibis

from yigongti.kernel.measures.reference import Settle
from yigongti.kernel.measures.words import (
    LEVELS,
    Aged,
    Among,
    Clause,
    CodeList,
    CodeRange,
    Condition,
    Either,
    Fact,
    Known,
    NoneOf,
    Selection,
    Test,
    Within,
)
from yigongti.kernel.parameters.words import Parameter


Expr = Any
"""An ibis expression: its own classes are made while it runs."""

TYPES = {"whole": "int64", "money": "int64", "decimal": "decimal(18, 4)", "text": "string", "code": "string",
         "day": "date", "yes": "boolean", "place": "int64", "person": "int64"}  # fmt: skip
ROLLED = LEVELS[1:]


def columns_of(fact: Fact) -> dict[str, str]:
    """Columns of the lake and their types: the fact's own and, of an event, the places that each place belonged to."""
    found = {one.name: TYPES[one.kind] for one in fact.columns}
    found = found if fact.key in found else {fact.key: "int64", **found}
    if not fact.until:
        found |= {f"{place}_{level}": "int64" for place in fact.places for level in ROLLED}
    return found


# --- parameters become what they hold


def settled(selection: Selection, settle: Settle, day: date) -> Selection:
    """The selection with every parameter replaced by its value of that day; itself if it names none."""

    def one(operand: Any) -> Any:
        return settle(operand, day) if isinstance(operand, Parameter) else operand

    return replace(
        selection,
        clauses=tuple(_settled_clause(clause, one) for clause in selection.clauses),
        then=tuple(_settled_clause(clause, one) for clause in selection.then),
        of=tuple(settled(other, settle, day) for other in selection.of),
    )


def names_parameters(selection: Selection) -> bool:
    """Whether it can mean something else on another day."""
    tests = [test for clause in (*selection.clauses, *selection.then) for test in _tests(clause)]
    return any(_names(test) for test in tests) or any(names_parameters(other) for other in selection.of)


def _tests(clause: Clause) -> list[Test]:
    return [clause.test] if isinstance(clause, Condition) else [one.test for way in clause.ways for one in way]


def _names(test: Test) -> bool:
    match test:
        case CodeList():
            return True
        case Aged(years):
            return _names(years)
        case Within(least, under):
            return isinstance(least, Parameter) or isinstance(under, Parameter)
        case Among(values) | NoneOf(values):
            return any(isinstance(value, Parameter) for value in values)
    return False


def _settled_clause(clause: Clause, one: Any) -> Clause:
    if isinstance(clause, Either):
        return Either(tuple(tuple(Condition(c.column, _settled_test(c.test, one)) for c in way) for way in clause.ways))
    return Condition(clause.column, _settled_test(clause.test, one))


def _settled_test(test: Test, one: Any) -> Test:
    match test:
        case CodeList(parameter):
            told = one(parameter)
            return CodeRange(tuple((each.partition("-")[0], each.partition("-")[2] or each) for each in told))
        case Aged(years):
            return Aged(Within(one(years.least), one(years.below)))
        case Within(least, under):
            return Within(one(least), one(under))
        case Among(values):
            return Among(_flat(values, one))
        case NoneOf(values):
            return NoneOf(_flat(values, one))
    return test


def _flat(values: Iterable[Any], one: Any) -> tuple[Any, ...]:
    found = [one(value) for value in values]
    return tuple(each for value in found for each in (value if isinstance(value, (tuple, list)) else (value,)))


# --- what is asked of a row


def passes(clauses: Iterable[Clause], table: Expr, day: Expr) -> Expr:
    """True where all clauses hold; false or unknown elsewhere. `day` is the day that the row is asked of."""
    return every([_holds(clause, table, day) for clause in clauses])


def every(conditions: list[Expr]) -> Expr:
    """All of them; nothing asked is true."""
    return functools.reduce(operator.and_, conditions) if conditions else ibis.literal(True)


def _holds(clause: Clause, table: Expr, day: Expr) -> Expr:
    if isinstance(clause, Condition):
        return _test(clause.test, table[clause.column], day)
    return functools.reduce(operator.or_, [passes(way, table, day) for way in clause.ways])


def _there(value: Expr) -> Expr:
    return value.notnull() & (value != "") if value.type().is_string() else value.notnull()


def _test(test: Test, value: Expr, day: Expr) -> Expr:
    match test:
        case Known(known):
            return _there(value) if known else ~_there(value)
        case Aged(years):
            return value.notnull() & _within(age(value, day), years)
        case Among(values):
            return _there(value) & _among(value, values)
        case NoneOf(values):
            return _there(value) & ~_among(value, values)
        case CodeRange(ranges):
            begin = value.substr(0, 3)
            ways = [(begin >= least) & (begin <= most) for least, most in ranges]
            return _there(value) & functools.reduce(operator.or_, ways, ibis.literal(False))
        case Within():
            return _there(value) & _within(value, test)
    raise LookupError(f"a parameter that nobody settled: {test}")


def _within(value: Expr, test: Within) -> Expr:
    return every(
        [
            *([value >= test.least] if test.least is not None else []),
            *([value < test.below] if test.below is not None else []),
        ]
    )


def _among(value: Expr, values: tuple[Any, ...]) -> Expr:
    if value.type().is_boolean():
        return functools.reduce(operator.or_, [value == one for one in values], ibis.literal(False))
    return value.isin(list(values)) if values else ibis.literal(False)


def age(born: Expr, day: Expr) -> Expr:
    """Completed years, as `reference.age` counts them."""
    early = (day.month() * 100 + day.day()) < (born.month() * 100 + born.day())
    return day.year() - born.year() - early.cast("int32")


def age_band(born: Expr, day: Expr) -> Expr:
    """The first age of the five-year band, 85 for all above, null where the birth is unknown."""
    band = (age(born, day) / 5).floor().cast("int32") * 5
    return born.isnull().ifelse(ibis.null("int32"), ibis.greatest(ibis.least(band, 85), 0))


def as_text(value: Expr) -> Expr:
    """A dimension's value as it is written in a key."""
    if value.type().is_boolean():
        return value.isnull().ifelse("", value.ifelse("yes", "no"))
    return value.cast("string").fill_null("")
