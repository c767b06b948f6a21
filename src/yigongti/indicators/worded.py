"""Rows of facts in words: which columns are shown, and what their values are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from yigongti.indicators import catalogue
from yigongti.kernel.language import say
from yigongti.kernel.measures.words import AGE_BAND, Clause, Column, Condition, Fact, Indicator, Selection
from yigongti.kernel.parameters.codes import code_lists


MOST_LISTED = 9
"""So many columns of a row stand on the screen."""
SEX = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}


def listed_columns(selection: Selection) -> list[Column]:
    """What stands on the screen: day, person, place, what is counted and asked, diagnosis; a download has all."""
    asked = {selection.column, *_asked(selection.clauses), *_asked(selection.then)}
    told = [one for one in columns_of(selection.fact) if one.kind in ("day", "person", "place") or one.sensitive]
    more = [one for one in columns_of(selection.fact) if one.name in asked and one not in told]
    order = columns_of(selection.fact)
    return sorted([*told, *more], key=order.index)[:MOST_LISTED]


def _asked(clauses: Iterable[Clause]) -> Iterator[str]:
    for clause in clauses:
        if isinstance(clause, Condition):
            yield clause.column
        else:
            for way in clause.ways:
                yield from _asked(way)


def columns_of(fact: Fact) -> list[Column]:
    """What a row shows: the day first, then the person, then the rest; keys of tables say nothing to people."""
    days = [one for one in fact.columns if one.name in (fact.at, fact.until)]
    people = [one for one in fact.columns if one.kind == "person"]
    dull = {*days, *people, *(one for one in fact.columns if one.name in (fact.key, fact.born, "sex"))}
    return [*days, *people, *(one for one in fact.columns if one not in dull)]


def dimension_title(indicator: Indicator, name: str) -> str:
    """What a dimension is called."""
    if name == AGE_BAND:
        return "年龄组"
    for selection in catalogue.sides(indicator).values():
        for column in selection.fact.columns:
            if column.name == name:
                return column.title
    return name


def said_value(indicator: Indicator, name: str, value: str) -> str:
    """A dimension's value in words: the label of its code, yes or no, the age group."""
    if not value:
        return say("没有记录")
    if name == AGE_BAND:
        return say("{ages} 岁", ages=value)
    for selection in catalogue.sides(indicator).values():
        for column in selection.fact.columns:
            if column.name == name:
                return said_cell(column, {"yes": True, "no": False}.get(value, value))
    return value


def said_cell(column: Column, value: Any) -> str:
    """A value of a column as people read it; places and residents are said by whoever knows them."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if column.kind == "money":
        return f"{Decimal(value) / 100:,.2f}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # a pressure of 149 is not 149.0000
    if column.options in code_lists:
        return say(code_lists[column.options].label(str(value)))
    return say(SEX.get(str(value), str(value))) if column.name == "sex" else str(value)
