"""What can be said of an indicator page without counting: every name resolves, every test fits its column, and whoever
reads the figure is told by which source, by whom and how sure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from yigongti.kernel.measures.arithmetic import place_of, selections
from yigongti.kernel.measures.completeness import needs_of
from yigongti.kernel.measures.periods import LENGTHS
from yigongti.kernel.measures.words import (
    AGE_BAND,
    LEVELS,
    Aged,
    Among,
    Awaited,
    Clause,
    CodeList,
    CodeRange,
    Column,
    Condition,
    Fact,
    Indicator,
    Judged,
    Known,
    NoneOf,
    Operand,
    Premature,
    Ratio,
    Selection,
    Test,
    Within,
)
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.parameters.words import Parameter, defaults


CONFIDENCES = ("S", "V", "V2", "M+", "M", "M-")
NUMBERS = ("whole", "money", "decimal")
GROUPING = ("code", "text", "yes")
VALUES = {"whole": int, "money": int, "decimal": (int, Decimal), "text": str, "code": str, "yes": bool}
RANGE = re.compile(r"[A-Z]\d\d(-[A-Z]\d\d)?")


def faults(catalogue: Mapping[str, Indicator], *, needs: Collection[str]) -> list[str]:
    """Everything wrong with the pages, each in one sentence; empty when they may be used."""
    found = [f"indicator {one.code}: {fault}" for one in catalogue.values() for fault in _faults(one, needs)]
    return found + [f"indicator {one.code}: {fault}" for one in catalogue.values() for fault in _kin(one, catalogue)]


def by_code(pages: Iterable[Indicator]) -> dict[str, Indicator]:
    """The pages by code; raises ValueError when two have one."""
    found: dict[str, Indicator] = {}
    for one in pages:
        if one.code in found:
            raise ValueError(f"two indicators have the code {one.code}")
        found[one.code] = one
    return found


def unsourced(catalogue: Mapping[str, Indicator], sourced: Mapping[str, Fact]) -> list[str]:
    """Facts that the pages count and that no chapter reads out of its tables, or reads as something else."""
    facts = {(one.code, selection.fact) for one in catalogue.values() for selection in _with_people(selections(one))}
    return sorted(f"indicator {code}: nobody reads the fact {fact.code} from its tables" for code, fact in facts
                  if sourced.get(fact.code) != fact)  # fmt: skip


def overdue(catalogue: Mapping[str, Indicator], today: date) -> list[Indicator]:
    """Pages whose review day has passed: a warning in the book, nothing that stops the boot."""
    return [one for one in catalogue.values() if one.review_before < today]


def _faults(one: Indicator, needs: Collection[str]) -> Iterator[str]:
    yield from _unsigned(one)
    yield from _unreachable(one)
    yield from (f"needs {need}, which nobody brings" for need in needs_of(one) if need not in needs)
    for selection in _with_people(selections(one)):
        yield from (f"{selection.fact.code}: {fault}" for fault in _selection(selection))
    yield from _places(one)
    yield from _dimensions(one)
    yield from _figure(one)


def _with_people(found: Iterable[Selection]) -> list[Selection]:
    return [one for selection in found for one in (selection, *_with_people(selection.of))]


# --- what its owner signs


def _unsigned(one: Indicator) -> Iterator[str]:
    for name in ("code", "title", "means", "basis", "unit", "owner", "checker", "family", "place"):
        if not getattr(one, name).strip():
            yield f"says no {name}"
    if one.owner == one.checker:
        yield "is checked by its owner"
    if one.confidence not in CONFIDENCES:
        yield f"has the confidence {one.confidence!r}, which is none"
    if one.digits < 0 or one.least < 0:
        yield "has digits or a least n under zero"


def _kin(one: Indicator, catalogue: Mapping[str, Indicator]) -> Iterator[str]:
    if not one.variant_of:
        return
    if one.variant_of not in catalogue:
        yield f"is a reading of {one.variant_of}, which does not exist"
    elif catalogue[one.variant_of].variant_of:
        yield f"is a reading of {one.variant_of}, which is one itself"
    if not one.reading:
        yield "does not say how it reads what it is a reading of"


def _unreachable(one: Indicator) -> Iterator[str]:
    yield from (f"is of the period {kind}, which there is not" for kind in one.periods if kind not in LENGTHS)
    yield from (f"is of the level {level}, which there is not" for level in one.levels if level not in LEVELS)
    if not one.periods or not one.levels:
        yield "has no period or no level"
    if one.window < 1 or (one.window > 1 and one.periods != ("year",)):
        yield "has a window of years but is not of years only"


# --- what it counts


def _places(one: Indicator) -> Iterator[str]:
    facts = [selection.fact for selection in selections(one)]
    yield from (f"{fact.code}: none of the places {one.place!r} is a place column" for fact in facts
                if not place_of(one, fact))  # fmt: skip
    used = {place_of(one, fact) for fact in facts}
    yield from (f"the place {name} is a column of no fact" for name in one.place.split() if facts and name not in used)


def _dimensions(one: Indicator) -> Iterator[str]:
    for fact in {selection.fact.code: selection.fact for selection in selections(one)}.values():
        for name in one.by:
            if name == AGE_BAND:
                if not fact.born:
                    yield f"{fact.code}: is split by age, but does not say when people were born"
            elif (column := _column(fact, name)) is None:
                yield f"{fact.code}: is split by {name}, which is no column"
            elif column.kind not in GROUPING:
                yield f"{fact.code}: is split by {name}, a {column.kind}"


def _figure(one: Indicator) -> Iterator[str]:
    match one.figure:
        case Ratio(per=per) if Fraction(per) <= 0:
            yield "is multiplied by nothing"
        case Premature() as premature:
            yield from _premature(premature, one)
        case Judged(questions=questions):
            codes = [question.code for question in questions]
            if not codes or len(set(codes)) < len(codes):
                yield "asks nothing, or two questions have one code"
        case Awaited(need=need) if not need.strip():
            yield "awaits nothing"
    if one.window > 1 and any(selection.counted == "quantile" for selection in selections(one)):
        yield "pools quantiles of several years"


def _premature(premature: Premature, one: Indicator) -> Iterator[str]:
    if premature.frm % 5 or premature.to % 5 or not 0 <= premature.frm < premature.to <= 85:
        yield "has ages that are no five-year bands"
    if not (premature.deaths.fact.born and premature.people.fact.born):
        yield "does not know the age of its deaths or of its people"
    if AGE_BAND in one.by:
        yield "is split by the ages that it chains"


# --- selections


def _selection(selection: Selection) -> Iterator[str]:
    fact = selection.fact
    for clause in (*selection.clauses, *selection.then):
        yield from _clause(fact, clause)
    if selection.counted in ("sum", "squares", "quantile"):
        column = _column(fact, selection.column)
        if column is None or column.kind not in NUMBERS:
            yield f"adds up {selection.column or 'nothing'}, which is no number"
    if selection.counted == "quantile" and not 0 < selection.share <= 1:
        yield f"has the quantile {selection.share}"
    if (selection.counted == "people" or selection.of) and not fact.person:
        yield "counts people, but has none"
    if selection.taken in ("on_last_day", "mid_period", "days") and not fact.until:
        yield f"is taken {selection.taken}, but is no span"
    yield from _others(selection)


def _others(selection: Selection) -> Iterator[str]:
    """People of other selections must be the same kind of people."""
    own = _column(selection.fact, selection.fact.person)
    for other in selection.of:
        theirs = _column(other.fact, other.fact.person)
        if theirs is None:
            yield f"asks for people of {other.fact.code}, which has none"
        elif own is not None and own.kind != theirs.kind:
            yield f"asks for people of {other.fact.code}, who are not of its kind"


def _clause(fact: Fact, clause: Clause) -> Iterator[str]:
    conditions = [clause] if isinstance(clause, Condition) else [one for way in clause.ways for one in way]
    for one in conditions:
        column = _column(fact, one.column)
        if column is None:
            yield f"asks {one.column}, which is no column"
        elif fault := _unfit(column, one.test):
            yield f"asks {one.column}, a {column.kind}, {fault}"


def _column(fact: Fact, name: str) -> Column | None:
    return next((one for one in fact.columns if one.name == name), None)


# --- tests


def _unfit(column: Column, test: Test) -> str:
    match test:
        case Known():
            return ""
        case Among(values) | NoneOf(values):
            return _unfit_values(column, values)
        case Within(least, under):
            if column.kind not in NUMBERS:
                return "for a number"
            return _unfit_numbers([one for one in (least, under) if one is not None])
        case Aged(years):
            return _unfit_numbers([one for one in (years.least, years.below) if one is not None]) if (
                column.kind == "day") else "for an age"  # fmt: skip
        case CodeRange(ranges):
            return _unfit_ranges(column, [f"{least}-{most}" for least, most in ranges])
        case CodeList(parameter):
            return _unshipped([parameter]) or _unfit_ranges(column, [str(one) for one in _settled(parameter)])


def _unfit_values(column: Column, values: Collection[Operand]) -> str:
    if column.kind not in VALUES:
        return "for values that it can't have"
    told = [value for one in values for value in (_settled(one) if isinstance(one, Parameter) else (one,))]
    if not values or any(not _fits(column.kind, value) for value in told):
        return f"for {', '.join(map(str, told)) or 'nothing'}"
    listed = code_lists.get(column.options)
    strange = [str(value) for value in told if listed and value not in {entry.code for entry in listed.entries}]
    return f"for {', '.join(strange)}, which its list does not have" if strange else _unshipped(values)


def _fits(kind: str, value: object) -> bool:
    """A yes is no number, though Python thinks so."""
    return isinstance(value, VALUES[kind]) and isinstance(value, bool) is (kind == "yes")  # type: ignore[arg-type]


def _unfit_numbers(operands: Collection[Operand]) -> str:
    told = [value for one in operands for value in (_settled(one) if isinstance(one, Parameter) else (one,))]
    if not operands or not all(_number(value) for value in told):
        return f"for {', '.join(map(str, told)) or 'nothing'}"
    return _unshipped(operands)


def _number(value: object) -> bool:
    """A parameter writes a decimal as text, so that 7.0 stays 7.0."""
    try:
        return not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _unfit_ranges(column: Column, ranges: Collection[str]) -> str:
    if column.kind not in ("code", "text"):
        return "for codes"
    wrong = [one for one in ranges if not RANGE.fullmatch(one) or one[:3] > one[-3:]]
    return f"for {', '.join(wrong) or 'nothing'}" if wrong or not ranges else ""


def _settled(of: Parameter) -> tuple[object, ...]:
    """Every value that ships for it; nothing for an unknown one, which is told by its name."""
    values = [dated.value for dated in defaults()[of.code].values] if of.code in defaults() else []
    return tuple(one for value in values for one in (value if isinstance(value, tuple) else (value,)))


def _unshipped(operands: Iterable[Operand]) -> str:
    lost = [one.code for one in operands if isinstance(one, Parameter) and one.code not in defaults()]
    return f"for the parameter {lost[0]}, which ships nowhere" if lost else ""
