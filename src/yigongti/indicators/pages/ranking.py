"""Rankings: places in line with the ranks that chance leaves open, and the funnel beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators import drawn
from yigongti.indicators.drawing.funnel import Funnel, Point, funnel
from yigongti.indicators.pages.asked import Looked, looked
from yigongti.indicators.pages.cockpit import FIGURE, frame
from yigongti.indicators.pages.figure import found_indicator
from yigongti.indicators.queries.cells import SEE
from yigongti.indicators.queries.rankings import Ranked, ranking
from yigongti.indicators.targets import Targets
from yigongti.kernel.language import say
from yigongti.kernel.measures.arithmetic import is_share
from yigongti.kernel.measures.words import Indicator, Ratio
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Cell as TableCell
from yigongti.kernel.pages.parts import Column, Option, Row, State
from yigongti.kernel.pages.registry import page


@page("indicators.ranking", "figures/<str:code>/ranking", title="排名", permission=SEE)
def rank(request: Request, code: str) -> HttpResponse:
    """The places of a level by one figure."""
    one = found_indicator(code)
    look = looked(request).at(one)
    route, level = f"{FIGURE}/{code}/ranking", _level(request, one, look)
    found = ranking(for_=request.actor, indicator=code, level=level, period=look.period)
    targets = Targets([code])
    context = {
        **frame(look, route, one, at=level), "title": say("{title}：排名", title=say(one.title)),
        "levels": _levels(look, one, route, level), "columns": _columns(level),
        "rows": [_row(look, each, targets) for each in found], "funnel": _funnel(look, one, found),
        "said": _said(one, found), "release": _release(found), "back": look.address(f"{FIGURE}/{code}"),
    }  # fmt: skip
    return render(request, "indicators/ranking.html", context)


def _level(request: Request, one: Indicator, look: Looked) -> str:
    asked = request.GET.get("at", "")
    if asked in one.levels:
        return asked
    several = [level for level in one.levels if len(look.places.at(level)) > 1]
    return "township" if "township" in several else (several or list(one.levels))[-1]


def _levels(look: Looked, one: Indicator, route: str, level: str) -> list[Option]:
    return [
        Option(value=each, label=say(drawn.LEVELS[each]), current=each == level, href=look.address(route, at=each))
        for each in one.levels
    ]


def _columns(level: str) -> list[Column]:
    return [
        Column(label=say("名次"), numeric=True), Column(label=say(drawn.LEVELS[level])),
        Column(label=say("数值"), numeric=True), Column(label=say("95% 区间"), numeric=True),
        Column(label=say("分子/分母"), numeric=True), Column(label=say("状态")),
    ]  # fmt: skip


def _row(look: Looked, each: Ranked, targets: Targets) -> Row:
    cell, one = each.cell, each.cell.indicator
    word, kind = drawn.STATUS[cell.status]
    state = State(word=say("例数不足，不排名"), kind="closed") if each.few else drawn.state_of(cell, targets.of(cell))
    href = look.address(f"{FIGURE}/{one.code}", place=str(cell.place.id), level=cell.level)
    return Row(cells=[
        rank_words(each), TableCell(text=cell.place.name, href=href),
        drawn.with_unit(cell.value, one) if cell.shown else drawn.NONE,
        drawn.interval_words(cell.low, cell.high, one), drawn.n_of(cell),
        TableCell(text="", state=state or State(word=say(word), kind=kind)),
    ])  # fmt: skip


def rank_words(each: Ranked) -> str:
    """3, or 3（2–9） where chance alone could have put it elsewhere."""
    if not each.rank:
        return drawn.NONE
    if each.best == each.worst:
        return str(each.rank)
    return say("{rank}（{best}–{worst}）", rank=each.rank, best=each.best, worst=each.worst)


def _said(one: Indicator, found: Sequence[Ranked]) -> list[str]:
    ranked = sum(bool(each.rank) for each in found)
    said = [say("排了 {n} 个，另有 {rest} 个没有排。", n=ranked, rest=len(found) - ranked)]
    if one.least:
        said.append(say("分母不到 {n} 的不排名。", n=one.least))
    if any(each.best != each.worst for each in found if each.rank):
        said.append(say("括号里是只凭偶然也可能排到的名次：区间重叠的，先后说明不了什么。"))
    return said


def _release(found: Sequence[Ranked]) -> str:
    number = next((each.cell.release for each in found if each.cell.release), "")
    return say("已发布：{number}", number=number) if number else say("没有发布：这是现在算出的数，还会变。")


def _funnel(look: Looked, one: Indicator, found: Sequence[Ranked]) -> Funnel | None:
    figure = one.figure
    if not isinstance(figure, Ratio) or any(s.counted not in ("rows", "people") for s in (figure.of, figure.over)):
        return None
    points = [_point(look, each) for each in found if each.cell.shown and each.cell.numerator is not None]
    kind: Any = "share" if is_share(figure) else "rate"
    return funnel(points, kind=kind, per=float(figure.per)) if len(points) > 2 else None


def _point(look: Looked, each: Ranked) -> Point:
    cell = each.cell
    return Point(
        label=cell.place.name, of=float(cell.numerator or 0), over=float(cell.denominator or 0),
        words=f"{cell.place.name} {drawn.with_unit(cell.value, cell.indicator)}（{drawn.n_of(cell)}）",
        href=look.address(f"{FIGURE}/{cell.indicator.code}", place=str(cell.place.id), level=cell.level),
        small=each.few,
    )  # fmt: skip
