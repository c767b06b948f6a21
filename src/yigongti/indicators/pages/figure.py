"""One figure: what it says, how sure, by which formula, over time, by place, by dimension, and how it is defined."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators import catalogue, drawn, worded
from yigongti.indicators.drawing.courses import Bars, Beside, Course, Moment, bars, course
from yigongti.indicators.pages.asked import Looked, cells_at, looked
from yigongti.indicators.pages.cockpit import FIGURE, TREND, frame
from yigongti.indicators.pages.judging import JUDGED, SHEET
from yigongti.indicators.pages.judging import row_of as judged_row
from yigongti.indicators.queries import behind
from yigongti.indicators.queries.behind import ROWS, Part
from yigongti.indicators.queries.cells import SEE, Cell, below, siblings
from yigongti.indicators.queries.judgements import JUDGE, judgements, waiting
from yigongti.indicators.targets import Held, Targets
from yigongti.kernel.language import say
from yigongti.kernel.measures.arithmetic import place_of
from yigongti.kernel.measures.words import Indicator, Judged
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Act, Column, Option, Row, State
from yigongti.kernel.pages.parts import Cell as TableCell
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import NotFound


MOST_BESIDE = 60
"""So many places stand below each other; the ranking has all."""


def found_indicator(code: str) -> Indicator:
    """The indicator of the address. Raises NotFound."""
    one = catalogue.named(code)
    if one is None:
        raise NotFound
    return one


@page("indicators.figure", "figures/<str:code>", title="指标", permission=SEE)
def figure(request: Request, code: str) -> HttpResponse:
    """The figure of a place and period, whole."""
    one = found_indicator(code)
    look = looked(request).at(one)
    route = f"{FIGURE}/{code}"
    told = cells_at(look, [one], back=TREND)[code]
    cell, targets = told[-1], Targets([code])
    by = request.GET.get("by", "")
    context = {
        **frame(look, route, one), "title": say(one.title),
        "judged_columns": [Column(label=say(word)) for word in JUDGED],
        "line": say(one.family), "acts": _acts(look, cell),
        "card": drawn.figure(cell, targets, href=""), "means": say(one.means),
        "why": drawn.why_of(cell, catalogue.need_titles()), "interval": _interval(cell), "moved": _moved(cell),
        "formula": _formula(look, cell), "pairs": _pairs(cell), "course": _course(look, told, targets),
        "dimensions": _dimensions(look, one, by), "split": _split(look, one, by) if by else None,
        "variants": _variants(look, one), "judged": _judged(look, one), **_places(look, one, targets),
    }  # fmt: skip
    return render(request, "indicators/figure.html", context)


def _acts(look: Looked, cell: Cell) -> list[Act]:
    route = f"{FIGURE}/{cell.indicator.code}"
    found = [Act(word=say("排名"), href=look.address(f"{route}/ranking"))]
    if catalogue.counted(cell.indicator) and look.actor.may("indicators.release.compose"):
        address = f"/new/indicators.release?what={cell.indicator.code}&level={look.level}&period={look.period.code}"
        found.append(Act(word=say("提出发布"), href=address, kind="quiet"))
    if isinstance(cell.indicator.figure, Judged):
        found[:] = [Act(word=say("评定表"), href=look.address(SHEET))]
        if look.actor.may(JUDGE):
            found.append(Act(word=say("评定"), href=look.address(f"{route}/judge"), kind="quiet"))
    if look.actor.may("indicators.set_target") and cell.indicator.better != "neither":
        found.append(Act(word=say("设定目标"), href=f"{route}/target", kind="quiet"))
    return found


def _judged(look: Looked, one: Indicator) -> list[Row]:
    """Each question with its answer, its evidence and who says so, and what still waits to be confirmed."""
    if not isinstance(one.figure, Judged):
        return []
    given: dict[str, Any] = {"for_": look.actor, "indicator": one.code, "place": look.place, "period": look.period}
    told, new = judgements(**given), waiting(**given)
    rows = [judged_row(question, told.get(question.code)) for question in one.figure.questions]
    shown = {made.pk for made in told.values()}
    asked = {question.code: question for question in one.figure.questions}
    return rows + [judged_row(asked[made.question], made) for made in new if made.pk not in shown]


def _interval(cell: Cell) -> str:
    if cell.low is None or cell.high is None:
        return ""
    one = cell.indicator
    return say("95% 区间 {low} 至 {high}", low=drawn.number(cell.low, one.digits), high=drawn.with_unit(cell.high, one))


def _moved(cell: Cell) -> str:
    if not cell.release:
        return ""
    said = say("已发布：{number} 第 {n} 版。", number=cell.release, n=cell.release_version)
    if cell.moved is None:
        return said
    now = drawn.with_unit(cell.moved, cell.indicator)
    return said + say("数据后来有变化，现在算是 {now}；要改须更正发布。", now=now)


def _formula(look: Looked, cell: Cell) -> list[tuple[str, str, str, str]]:
    """Each side in words, with its number and the way to its rows."""
    one, may = cell.indicator, look.actor.may(ROWS) and look.places.reached(look.place)
    found = []
    for side, name, said in drawn.formula(one):
        number = _number(cell, side) if side else ""
        href = look.address(f"{FIGURE}/{one.code}/rows", side=side) if number and may else ""
        found.append((name, said, number, href))
    return found


def _number(cell: Cell, side: str) -> str:
    number = cell.parts.get(side)
    if cell.status == "suppressed" or number is None:
        return ""
    return drawn.yuan(number) if drawn.side_is_money(cell.indicator, side) else drawn.counted(number)


def _pairs(cell: Cell) -> list[tuple[str, str]]:
    one = cell.indicator
    changes = "；".join(f"{change.on} {change.what}" for change in one.changes)
    pairs = [
        (say("依据"), one.basis), (say("可信度"), one.confidence),
        (say("人群"), say(drawn.POPULATIONS[one.population])),
        (say("方向"), say(drawn.BETTER[one.better])), (say("归属"), "、".join(_place_titles(one))),
        (say("口径"), say(one.reading)),
        (say("签发"), say(one.owner)), (say("核对"), say(one.checker)),
        (say("复核期限"), one.review_before.isoformat()),
        (say("排名最少例数"), str(one.least) if one.least else ""), (say("定义版本"), catalogue.version_of(one)),
        (say("数据截至"), exact_date(cell.cut) if cell.cut else ""), (say("数据快照"), cell.snapshot),
        (say("变更"), changes or say("没有变更")), (say("代码"), one.code),
    ]  # fmt: skip
    return [(name, told) for name, told in pairs if told]


def _place_titles(one: Indicator) -> list[str]:
    """The columns by which rows belong to a place, by their names."""
    names = [(place_of(one, side.fact), side.fact) for side in catalogue.sides(one).values()]
    return list(dict.fromkeys(say(fact.column(name).title) for name, fact in names if name))


def _course(look: Looked, told: Sequence[Cell], targets: Targets) -> Course | None:
    """Closed periods, provisional ones, and what was wanted in each."""
    first = next((n for n, one in enumerate(told) if one.status != "not_computable"), len(told))
    return course([_moment(look, one, targets.of(one)) for one in told[first:]])


def _moment(look: Looked, cell: Cell, held: Held | None) -> Moment:
    standing: Any = cell.status
    return Moment(
        label=drawn.said_period(cell.period), value=_float(cell.value),
        words=drawn.with_unit(cell.value, cell.indicator),
        standing=standing, low=_float(cell.low), high=_float(cell.high), target=float(held.value) if held else None,
        href=look.address(f"{FIGURE}/{cell.indicator.code}", period=cell.period.code),
    )  # fmt: skip


def _float(number: Decimal | None) -> float | None:
    """For a drawing only: what is written beside it is exact."""
    return None if number is None else float(number)


# --- by dimension


def _dimensions(look: Looked, one: Indicator, by: str) -> list[Option]:
    may = behind.may_split(for_=look.actor, indicator=one, period=look.period)
    return [
        Option(value=name, label=say(worded.dimension_title(one, name)), current=name == by,
               href=look.address(f"{FIGURE}/{one.code}", by=name))
        for name in (one.by if may else ())
    ]  # fmt: skip


def _split(look: Looked, one: Indicator, by: str) -> dict[str, Any]:
    found = behind.split(for_=look.actor, indicator=one, level=look.level, place=look.place, period=look.period, by=by)
    return {
        "title": say("按{what}", what=say(worded.dimension_title(one, by))),
        "columns": [Column(label=say(worded.dimension_title(one, by))), *_figure_columns()],
        "rows": [_part(look, one, by, part) for part in found],
    }


def _figure_columns() -> list[Column]:
    return [Column(label=say(word), numeric=True) for word in ("数值", "95% 区间", "分子/分母")]


def _part(look: Looked, one: Indicator, by: str, part: Part) -> Row:
    label = worded.said_value(one, by, part.value)
    if part.suppressed:
        return Row(cells=[label, say(drawn.STATUS["suppressed"][0]), "", ""])
    may = look.actor.may(ROWS) and look.places.reached(look.place)
    href = look.address(f"{FIGURE}/{one.code}/rows", side="of", by=by, value=part.value) if may else ""
    both = drawn.counted(part.numerator)
    if part.denominator is not None:
        both = f"{both}/{drawn.counted(part.denominator)}"
    return Row(cells=[
        TableCell(text=label, href=href), drawn.with_unit(part.figure, one) if part.figure is not None else drawn.NONE,
        drawn.interval_words(part.low, part.high, one), both,
    ])  # fmt: skip


# --- by place


def _places(look: Looked, one: Indicator, targets: Targets) -> dict[str, Any]:
    """Those it is made of, and those beside it."""
    given: dict[str, Any] = {"for_": look.actor, "indicator": one.code, "level": look.level, "place": look.place,
                             "period": look.period}  # fmt: skip
    under = below(**given, seen=look.places) if catalogue.counted(one) else []
    beside = siblings(**given) if catalogue.counted(one) else []
    return {
        "below": _table(look, under, targets, say("下一级")) if under else None,
        "siblings": _table(look, beside, targets, say("同级")) if len(beside) > 1 else None,
    }


def _table(look: Looked, found: Sequence[Cell], targets: Targets, title: str) -> dict[str, Any]:
    level = say(drawn.LEVELS[found[0].level])
    return {
        "title": f"{title}：{level}",
        "columns": [Column(label=level), *_figure_columns(), Column(label=say("状态"))],
        "rows": [row_of(look, cell, targets) for cell in found[:MOST_BESIDE]],
        "bars": _bars(look, found, targets),
    }


def _bars(look: Looked, found: Sequence[Cell], targets: Targets) -> Bars | None:
    held = targets.of(found[0])
    return bars([_beside(look, one) for one in found[:MOST_BESIDE]], target=float(held.value) if held else None)


def _beside(look: Looked, cell: Cell) -> Beside:
    standing: Any = cell.status
    below_line = cell.n if cell.n is not None else cell.denominator
    return Beside(
        label=cell.place.name, value=_float(cell.value), words=drawn.value_of(cell) if not cell.shown
        else drawn.with_unit(cell.value, cell.indicator), low=_float(cell.low), high=_float(cell.high),
        standing=standing, small=below_line is not None and below_line < cell.indicator.least,
        own=cell.place.id == look.place.id,
        href=look.address(f"{FIGURE}/{cell.indicator.code}", place=str(cell.place.id), level=cell.level),
    )  # fmt: skip


def row_of(look: Looked, cell: Cell, targets: Targets) -> Row:
    """A place in a list of places."""
    word, kind = drawn.STATUS[cell.status]
    href = look.address(f"{FIGURE}/{cell.indicator.code}", place=str(cell.place.id), level=cell.level)
    return Row(cells=[
        TableCell(text=cell.place.name, href=href),
        drawn.with_unit(cell.value, cell.indicator) if cell.shown else drawn.NONE,
        drawn.interval_words(cell.low, cell.high, cell.indicator), drawn.n_of(cell),
        TableCell(text="", state=drawn.state_of(cell, targets.of(cell)) or State(word=say(word), kind=kind)),
    ])  # fmt: skip


def _variants(look: Looked, one: Indicator) -> list[tuple[str, str, str]]:
    """Other readings of the same figure."""
    root = one.variant_of or one.code
    kin = [other for other in catalogue.known().values() if root in (other.code, other.variant_of) and other != one]
    return [(say(k.title), say(k.reading), look.at(k).address(f"{FIGURE}/{k.code}")) for k in kin]
