"""Where people go for care: from the townships they live in to village, township, county and outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators.drawing.flows import Flow, flow
from yigongti.indicators.drawing.flows import Stream as Drawn
from yigongti.indicators.pages.asked import Looked, looked
from yigongti.indicators.pages.cockpit import FIGURE, frame
from yigongti.indicators.queries.around import sites
from yigongti.indicators.queries.cells import SEE, latest_whole
from yigongti.indicators.queries.places import Place
from yigongti.indicators.queries.streams import CARE, GOALS, Stream, streams
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Cell, Column, Option, Row
from yigongti.kernel.pages.registry import page


ROUTE = "/indicators/flow"
WORDS = {"all": "全部就医", "clinic": "门急诊", "beds": "住院"}
FIGURES = {"all": "in_county_visit_share", "clinic": "in_county_visit_share", "beds": "in_county_stay_share"}
"""The figure that opens down to the rows of a stream."""
LEVELS = {"village": "村卫生室", "township": "乡镇卫生院", "county": "县级医院", "unmatched": "县内（机构没有对上）",
          "outside": "县外"}  # fmt: skip


@page("indicators.flow", "indicators/flow", title="患者流向", permission=SEE)
def flows(request: Request) -> HttpResponse:
    """The townships under the place that is looked at, each with its streams."""
    look, care = _looked(request), _care(request)
    towns = [one for one in look.places.at("township") if one.path.startswith(look.place.path)]
    if look.place.kind not in ("county", "group") and look.place.id not in {one.id for one in towns}:
        towns = [one for one in look.places.at("township") if look.place.path.startswith(one.path)]
    told = streams(for_=request.actor, care=care, period=look.period, places=towns)
    context = {
        **frame(look, ROUTE, care=care), "title": say("患者流向"), "cares": _cares(look, care),
        "flow": _drawn(look, care, towns, told or []), "counted": told is not None,
        "hidden": sum(one.count is None for one in told or []), "columns": _columns(),
        "line": "、".join(one.name for one in towns) if len(towns) == 1 else "",
        "rows": _rows(look, care, towns, told or []),
    }  # fmt: skip
    return render(request, "indicators/flow.html", context)


def _looked(request: Request) -> Looked:
    """Of a month a township has too few claims to be drawn: the last year that is over, unless told otherwise."""
    look = looked(request)
    year = latest_whole(for_=request.actor, kind="year")
    return look if request.GET.get("period") or year is None else replace(look, period=year)


def _care(request: Request) -> str:
    asked = request.GET.get("care", "")
    return asked if asked in CARE else "all"


def _cares(look: Looked, care: str) -> list[Option]:
    return [Option(value=one, label=say(words), current=one == care, href=look.address(ROUTE, care=one))
            for one, words in WORDS.items()]  # fmt: skip


def _drawn(look: Looked, care: str, towns: Sequence[Place], told: Sequence[Stream]) -> Flow | None:
    names = _names(look, towns)
    goals = [say(LEVELS[goal]) for goal in GOALS]
    made = [
        Drawn(source=names[one.place], target=say(LEVELS[one.goal]), count=one.count, kind=one.goal,
              words=say("{place} → {goal}：{n} 人次", place=names[one.place], goal=say(LEVELS[one.goal]),
                        n=f"{one.count:,}"), href=_href(look, care, one.place))
        for one in told if one.count
    ]  # fmt: skip
    return flow([list(names.values()), goals], made)


def _names(look: Looked, towns: Sequence[Place]) -> dict[int, str]:
    """The short names of the townships' centres; 0 is all those whose own numbers are too small to be said."""
    short = {one.id: one.name for one in sites(for_=look.actor)}
    return {**{one.id: short.get(one.id, one.name) for one in towns}, 0: say("其余各乡镇合计")}


def _href(look: Looked, care: str, place: int) -> str:
    """Where the figure of that township is opened down to its rows; of several together, that of the place."""
    if not place:
        return look.address(f"{FIGURE}/{FIGURES[care]}")
    return look.address(f"{FIGURE}/{FIGURES[care]}", place=str(place), level="township")


def _columns() -> list[Column]:
    numbers = [Column(label=say(LEVELS[goal]), numeric=True) for goal in GOALS]
    return [Column(label=say("居民所属乡镇")), *numbers, Column(label=say("县外占比"), numeric=True)]


def _rows(look: Looked, care: str, towns: Sequence[Place], told: Sequence[Stream]) -> list[Row]:
    counts = {(one.place, one.goal): one.count for one in told}
    rows = []
    for place, name in _names(look, towns).items():
        own = {goal: counts.get((place, goal), 0) for goal in GOALS}
        if any(n != 0 for n in own.values()):
            numbers = [say("不显示") if n is None else f"{n:,}" for n in own.values()]
            rows.append(Row(cells=[Cell(text=name, href=_href(look, care, place)), *numbers, _outside(own)]))
    return [*rows, _total(told)] if len(rows) > 1 else rows


def _outside(own: dict[str, int | None]) -> str:
    """In percent with one decimal; nothing where a part of it may not be said."""
    known = [n for n in own.values() if n is not None]
    if len(known) < len(own) or not sum(known):
        return "—"
    return f"{100 * (own['outside'] or 0) / sum(known):.1f}%"


def _total(told: Sequence[Stream]) -> Row:
    """All townships together; of a level of which just one township hides its part, the sum would tell it."""
    summed: Counter[str] = Counter()
    hides = {one.goal for one in told if one.count is None} - {one.goal for one in told if one.place == 0}
    for one in told:
        summed[one.goal] += one.count or 0
    own = {goal: None if goal in hides else summed[goal] for goal in GOALS}
    return Row(cells=[say("合计"), *("—" if n is None else f"{n:,}" for n in own.values()), _outside(own)])
