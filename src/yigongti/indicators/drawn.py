"""Figures in words and as the parts draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yigongti.indicators.catalogue import sides
from yigongti.indicators.queries.cells import Cell
from yigongti.indicators.queries.places import Place
from yigongti.indicators.spelled import spelled
from yigongti.indicators.targets import Held, Standing, Targets, standing
from yigongti.kernel.language import say
from yigongti.kernel.measures.arithmetic import WHY
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.words import Awaited, Count, Growth, Indicator, Judged, Premature, Ratio
from yigongti.kernel.pages.parts import Figure, State, StateKind


NONE = "—"
LEVELS = {"institution": "机构", "township": "乡镇", "group": "医共体", "county": "县"}
PERIODS = {"month": "月", "quarter": "季", "year": "年", "to_date": "年初至今"}
POPULATIONS = {"resident": "常住居民", "insured": "参保人", "registered": "户籍人口", "none": "不以人口为分母"}
BETTER = {"higher": "越高越好", "lower": "越低越好", "neither": "不分高低"}
STATUS: Mapping[str, tuple[str, StateKind]] = {
    "final": ("已定", "done"), "provisional": ("暂定", "soon"), "not_computable": ("不能算", "closed"),
    "suppressed": ("人太少，不显示", "closed"),
}  # fmt: skip
STANDING: Mapping[Standing, tuple[str, StateKind]] = {
    "met": ("达到", "done"), "near": ("差距在误差内", "soon"), "missed": ("未达到", "overdue"),
}  # fmt: skip
GAPS = {
    "value": "没有可以算的数", "awaited": "等“{need}”建成", "nothing_arrived": "没有收到“{need}”数据",
    "running": "{month} 还没有结束", "lagging": "“{need}”数据滞后，{month} 起还会变",
    "month_missing": "缺 {month} 的“{need}”数据",
    "sender_missing": "{sender} 的 {month} “{need}”只来了 {received}/{expected}",
    "not_begun": "“{need}”从 {month} 起才有记录",
}  # fmt: skip
WHY_NONE = {**WHY, "nothing_known": "没有可用的数值", "judged": "须由人评定并附证据"}


def number(value: Decimal | None, digits: int = 0) -> str:
    """With its decimals and thousands apart."""
    if value is None:
        return NONE
    return f"{value:,.{digits}f}"


def counted(value: Decimal | None) -> str:
    """A number of rows, people or fen: decimals only where there are some."""
    if value is None:
        return NONE
    return f"{value:,f}" if value == value.to_integral_value() else f"{value.normalize():,f}"


def value_of(cell: Cell) -> str:
    """The figure, or a dash: the state beside it says why there is none."""
    return number(cell.value, cell.indicator.digits)


def unit_of(indicator: Indicator) -> str:
    """What it is counted in."""
    return say(indicator.unit) if indicator.unit else ""


def with_unit(value: Decimal | None, indicator: Indicator) -> str:
    """The figure with its unit: 82.31%, 78.2 岁."""
    unit = unit_of(indicator)
    return f"{number(value, indicator.digits)}{'' if unit in ('%', '‰') else ' '}{unit}".strip()


def interval_words(low: Decimal | None, high: Decimal | None, one: Indicator) -> str:
    """From–to, or nothing."""
    return f"{number(low, one.digits)}–{number(high, one.digits)}" if low is not None else ""


def said_period(period: Period) -> str:
    """2026-03, 2026 年第 1 季度, 2026 年, 2026 年初至 3 月."""
    if period.to_date:
        return say("{y} 年初至 {m} 月", y=period.starts.year, m=period.months)
    if period.months == 12:
        return say("{y} 年", y=period.starts.year)
    if period.months == 3:
        return say("{y} 年第 {q} 季度", y=period.starts.year, q=period.starts.month // 3 + 1)
    return f"{period.starts:%Y-%m}"


def why_of(cell: Cell, needs: Mapping[str, str]) -> list[str]:
    """Why it is not final, each in a sentence."""
    if isinstance(cell.indicator.figure, Awaited):
        return [say(GAPS["awaited"], need=say(cell.indicator.figure.need))]
    said = [_gap(gap, needs) for gap in cell.gaps if gap["reason"] != "value"]
    if cell.status == "not_computable" and cell.why:
        said.insert(0, say(WHY_NONE.get(cell.why, cell.why)))
    return list(dict.fromkeys(said))


def _gap(gap: Mapping[str, Any], needs: Mapping[str, str]) -> str:
    told = {
        "need": say(needs.get(gap.get("need", ""), gap.get("need", ""))),
        "month": gap.get("month", ""),
        "sender": gap.get("sender", ""),
        "received": gap.get("received", 0),
        "expected": gap.get("expected", ""),
    }
    return say(GAPS[gap["reason"]], **told)


def n_of(cell: Cell) -> str:
    """What the figure rests on: above and below the line, or how many."""
    if cell.status == "suppressed" or cell.numerator is None:
        return ""
    money = side_is_money(cell.indicator, "of")
    if cell.denominator is None:
        return ""
    above = yuan(cell.numerator) if money else counted(cell.numerator)
    below = yuan(cell.denominator) if side_is_money(cell.indicator, "over") else counted(cell.denominator)
    return f"{above}/{below}"


def side_is_money(indicator: Indicator, side: str) -> bool:
    """Whether that side adds up a column of fen."""
    one = sides(indicator).get(side)
    return bool(one and one.counted == "sum" and one.fact.column(one.column).kind == "money")


def yuan(fen: Decimal) -> str:
    """Fen as yuan."""
    return f"{fen / 100:,.2f}"


def state_of(cell: Cell, held: Held | None) -> State | None:
    """Against its target; else what keeps it from being final."""
    met = standing(cell, held)
    if met:
        word, kind = STANDING[met]
        return State(word=say(word), kind=kind)
    if cell.value is None:
        word, kind = STATUS[cell.status]
        return State(word=say(word), kind=kind)
    return None


def target_words(held: Held | None, indicator: Indicator) -> str:
    """The target with its side: ≥ 90%（省）."""
    if held is None:
        return ""
    sign = {"higher": "≥ ", "lower": "≤ ", "neither": ""}[indicator.better]
    scope = f"（{say(held.scope)}）" if held.scope else ""
    return f"{sign}{with_unit(held.value, indicator)}{scope}"


def figure(cell: Cell, targets: Targets, *, href: str, trend: Sequence[Cell] = ()) -> Figure:
    """A card."""
    held = targets.of(cell)
    return Figure(
        label=say(cell.indicator.title), value=value_of(cell), unit=unit_of(cell.indicator) if cell.shown else "",
        n=n_of(cell), period=said_period(cell.period), target=target_words(held, cell.indicator),
        state=state_of(cell, held), final=cell.status == "final", href=href,
        trend=[float(one.value) for one in trend if one.value is not None],
    )  # fmt: skip


def place_name(place: Place) -> str:
    """A place by its name."""
    return place.name


# --- the formula


def formula(indicator: Indicator) -> list[tuple[str, str, str]]:
    """The figure in words: which side, its name, and what stands there."""
    figure_ = indicator.figure
    if isinstance(figure_, Growth):
        return [("", say("增长率"), say("本期与上年同期相比的变化，占上年同期的百分比")), *_plain(figure_.of)]
    if isinstance(figure_, Premature):
        ages = say("{a} 至 {b} 岁，每 5 岁一组连乘", a=figure_.frm, b=figure_.to - 1)
        return [("of", say("死亡"), spelled(figure_.deaths)), ("over", say("人口"), spelled(figure_.people)),
                ("", say("算法"), ages)]  # fmt: skip
    if isinstance(figure_, Judged):
        return [("", say("评定"), one.text) for one in figure_.questions]
    if isinstance(figure_, Awaited):
        return [("", say("等待"), say(figure_.need))]
    return _plain(figure_)


def _plain(figure_: Count | Ratio) -> list[tuple[str, str, str]]:
    if isinstance(figure_, Count):
        return [("of", say("数的是"), spelled(figure_.of))]
    found = [("of", say("分子"), spelled(figure_.of)), ("over", say("分母"), spelled(figure_.over))]
    return [*found, ("", say("乘以"), _per(figure_.per))] if figure_.per != 1 else found


def _per(per: int | Fraction) -> str:
    return f"{per:,}" if isinstance(per, int) else f"{per.numerator}/{per.denominator}"
