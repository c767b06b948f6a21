"""A selection in words: what is counted, of which rows, with which conditions."""

from __future__ import annotations

from collections.abc import Sequence

from yigongti.kernel.language import say
from yigongti.kernel.measures.words import (
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
    Operand,
    Selection,
    Test,
    Within,
)
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.parameters.words import Parameter, defaults


TAKEN = {
    "in_period": "", "on_last_day": "期末在册", "mid_period": "期初期末平均", "days": "期内天数",
    "latest": "每人最近一次",
}  # fmt: skip
COUNTED = {"rows": "条数", "people": "人数（去重）", "sum": "{column}合计", "squares": "{column}平方和",
           "quantile": "{column}的分位数"}  # fmt: skip


def spelled(selection: Selection) -> str:
    """One line: 就诊 · 人数（去重）· 本县 = 是 · 就诊类别 = 住院."""
    fact = selection.fact
    column = fact.column(selection.column).title if selection.column else ""
    parts = [say(fact.title), say(COUNTED[selection.counted], column=say(column)), say(TAKEN[selection.taken])]
    if selection.times > 1:
        parts.append(say("每人至少 {n} 次", n=selection.times))
    parts += clauses(fact, selection.clauses)
    if selection.then:
        parts.append(say("那一次：{what}", what="、".join(clauses(fact, selection.then))))
    parts += [say("并且同时在：{what}", what=spelled(other)) for other in selection.of]
    return " · ".join(part for part in parts if part)


def clauses(fact: Fact, given: Sequence[Clause]) -> list[str]:
    """Each condition."""
    return [_clause(fact, one) for one in given]


def _clause(fact: Fact, one: Clause) -> str:
    if isinstance(one, Either):
        ways = ["、".join(clauses(fact, way)) for way in one.ways]
        return say("（{ways}）之一", ways=say("；或 ").join(ways))
    return _condition(fact, one)


def _condition(fact: Fact, one: Condition) -> str:
    column = fact.column(one.column)
    return f"{say(column.title)} {_test(one.test, column.options)}".strip()


def _test(test: Test, options: str) -> str:
    match test:
        case Among(values):
            return f"= {'/'.join(_operand(value, options) for value in values)}"
        case NoneOf(values):
            return f"≠ {'/'.join(_operand(value, options) for value in values)}"
        case Within(least, under):
            edges = [f"≥ {_operand(least, options)}" if least is not None else "",
                     f"< {_operand(under, options)}" if under is not None else ""]  # fmt: skip
            return " ".join(edge for edge in edges if edge)
        case CodeRange(ranges):
            return "、".join(first if first == last else f"{first}–{last}" for first, last in ranges)
        case CodeList(ranges=named):
            return _operand(named, "")
        case Known(known=known):
            return say("有记录") if known else say("没有记录")
        case Aged(years=years):
            return say("满{range} 岁", range=_test(years, ""))


def _operand(value: Operand, options: str) -> str:
    if isinstance(value, Parameter):
        known = defaults().get(value.code)
        return say(known.title) if known else value.code
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if options in code_lists:
        return say(code_lists[options].label(str(value)))
    return str(value)
