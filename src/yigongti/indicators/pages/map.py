"""A figure on the county's map: its places as points, townships as areas where the county brought them, and the circle
that people can reach in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.drawing.points import Area, Spot, value_map
from yigongti.indicators.pages.asked import Looked, looked
from yigongti.indicators.pages.cockpit import FIGURE, frame
from yigongti.indicators.policy.cockpits import matters_to
from yigongti.indicators.queries import around
from yigongti.indicators.queries.around import Circle, Site
from yigongti.indicators.queries.cells import SEE, Cell, cells, in_order
from yigongti.indicators.targets import Targets
from yigongti.kernel.language import say
from yigongti.kernel.measures.words import Indicator
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Cell as TableCell
from yigongti.kernel.pages.parts import Column, Option, Row, State
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.organisations.queries import Served, outline, township_areas


ROUTE = "/indicators/map"
FINE = {"township", "institution"}
"""What has points of its own: a group and a county are areas."""
AIMS = {"": "不画圈", "township": "乡镇卫生院、社区中心或县级医院", "county": "县级医院"}


@page("indicators.map", "indicators/map", title="指标地图", permission=SEE)
def on_map(request: Request) -> HttpResponse:
    """One figure of the places under the one that is looked at."""
    one = _indicator(request)
    look = looked(request).at(one)
    level, aim = _level(request, one), _aim(request)
    held = {"of": one.code, "at": level, "aim": aim}
    known = around.sites(for_=request.actor)
    found = _cells(look, one, level)
    areas = {each.institution: each for each in township_areas(for_=request.actor)} if level == "township" else {}
    given = {"known": known, "aim": aim, "path": look.place.path, "period": look.period}
    circle = around.circle(for_=request.actor, **given) if aim else None  # type: ignore[arg-type]
    context = {
        **frame(look, ROUTE, one, **held), "title": say("指标地图"), "line": say(one.title),
        "indicators": _families(), "chosen": one.code, "levels": _levels(look, one, level, held),
        "aims": _aims(look, aim, held), "map": _drawn(look, one, found, known, aim, areas), "aim": aim,
        "circle": _circle(circle), "columns": _columns(),
        "rows": _rows(look, [cell for cell in found if cell.shown], _names(known, areas)), "held": held,
        "without": [cell for cell in found if not cell.shown], "status": drawn.STATUS,
    }  # fmt: skip
    return render(request, "indicators/map.html", context)


def _indicator(request: Request) -> Indicator:
    """The one asked for, or the first that matters to the role and can be counted."""
    code = request.GET.get("of", "")
    if code:
        found = catalogue.named(code)
        if found is None or not FINE & set(found.levels):
            raise NotFound
        return found
    few = [catalogue.named(code) for code in matters_to(request.actor.role.code)]
    every = [one for one in [*few, *catalogue.known().values()] if one and catalogue.counted(one)]
    wide = [one for one in every if "township" in one.levels]
    if not wide:
        raise NotFound
    return wide[0]


def _level(request: Request, one: Indicator) -> str:
    asked = request.GET.get("at", "")
    fine = [level for level in ("township", "institution") if level in one.levels]
    return asked if asked in fine else fine[0]


def _aim(request: Request) -> str:
    asked = request.GET.get("aim", "")
    return asked if asked in AIMS else ""


def _cells(look: Looked, one: Indicator, level: str) -> list[Cell]:
    under = [place for place in look.places.at(level) if place.path.startswith(look.place.path)]
    found = cells(for_=look.actor, indicators=[one.code], level=level, places_=under, periods=[look.period])
    return in_order([found[one.code, place.id, look.period.code] for place in under])


def _families() -> list[tuple[str, list[Indicator]]]:
    told: dict[str, list[Indicator]] = {}
    for one in catalogue.known().values():
        if catalogue.counted(one) and FINE & set(one.levels):
            told.setdefault(one.family, []).append(one)
    return list(told.items())


def _levels(look: Looked, one: Indicator, level: str, held: dict[str, str]) -> list[Option]:
    return [
        Option(value=each, label=say(drawn.LEVELS[each]), current=each == level,
               href=look.address(ROUTE, **{**held, "at": each}))
        for each in ("township", "institution") if each in one.levels
    ]  # fmt: skip


def _aims(look: Looked, aim: str, held: dict[str, str]) -> list[Option]:
    return [
        Option(value=each, label=say(words), current=each == aim, href=look.address(ROUTE, **{**held, "aim": each}))
        for each, words in AIMS.items()
    ]


# --- what is drawn


def _drawn(
    look: Looked, one: Indicator, found: Sequence[Cell], known: Sequence[Site], aim: str,
    areas: Mapping[int, Served],
) -> dict[str, Any]:  # fmt: skip
    """The map with its key, the circles of the goals, and how many places are nowhere on it."""
    where = {site.id: site for site in known}
    spots = {
        cell.place.id: spot for cell in found
        if (site := where.get(cell.place.id)) and (spot := _spot(look, cell, site)) is not None
    }  # fmt: skip
    fields = [
        _area(look, cell, area, pointed=cell.place.id in spots) for cell in found if (area := areas.get(cell.place.id))
    ]
    goals = [
        (site.longitude, site.latitude) for site in known
        if aim and site.level in around.AIMS[aim] and site.longitude is not None and site.latitude is not None
    ]  # fmt: skip
    (rings, source), km = outline(), around.reach(for_=look.actor)[2]
    if not spots and not rings and not fields:
        return {}
    made = value_map(rings, [*spots.values()], said=lambda value: _said(one, value), around=goals, km=km, areas=fields)
    nowhere = sum(cell.place.id not in spots and cell.place.id not in areas for cell in found)
    return {"made": made, "source": source, "nowhere": nowhere, "areas_source": _areas_source(areas)}


def _areas_source(areas: Mapping[int, Served]) -> str:
    return "；".join(sorted({area.source for area in areas.values()}))


def _area(look: Looked, cell: Cell, area: Served, *, pointed: bool) -> Area:
    return Area(
        label=area.name, rings=area.rings, words=_words(cell) if cell.shown else say(drawn.STATUS[cell.status][0]),
        value=float(cell.value) if cell.value is not None else None, pointed=pointed,
        href=look.address(f"{FIGURE}/{cell.indicator.code}", place=str(cell.place.id), level=cell.level),
    )  # fmt: skip


def _names(known: Sequence[Site], areas: Mapping[int, Served]) -> dict[int, str]:
    """What the table calls a place: with the name of its area where its own does not say it."""
    names = {site.id: site.name for site in known}
    for pk, area in areas.items():
        if area.name not in names.get(pk, area.name):
            names[pk] = f"{names[pk]}（{area.name}）"
    return names


def _said(one: Indicator, value: float) -> str:
    return drawn.with_unit(Decimal(str(value)), one)


def _spot(look: Looked, cell: Cell, site: Site) -> Spot | None:
    if site.longitude is None or site.latitude is None:
        return None
    weight = cell.denominator if cell.denominator is not None else cell.n
    return Spot(
        label=site.name, longitude=site.longitude, latitude=site.latitude, level=site.level, words=_words(cell),
        value=float(cell.value) if cell.value is not None else None, weight=float(weight or 0),
        href=look.address(f"{FIGURE}/{cell.indicator.code}", place=str(cell.place.id), level=cell.level),
    )  # fmt: skip


def _words(cell: Cell) -> str:
    if not cell.shown:
        return drawn.value_of(cell)
    n = drawn.n_of(cell)
    return f"{drawn.with_unit(cell.value, cell.indicator)}{f'（{n}）' if n else ''}"


def _circle(found: Circle | None) -> list[str]:
    """What the circle is, and the share of people within, in sentences."""
    if found is None:
        return []
    said = [
        say("圈是以 {speed} 公里/小时走 {minutes} 分钟的直线距离，即 {km} 公里：没有路网，不是行车时间。",
            speed=found.speed, minutes=found.minutes, km=f"{found.km:g}"),
        say("居民按管理他的卫生室或卫生院所在的点计。"),
    ]  # fmt: skip
    if found.share is not None:
        n = f"{found.inside:,}/{found.people:,}"
        said.insert(0, say("圈内居民占 {share}%（{n} 人）。", share=found.share, n=n))
    if found.unknown:
        said.append(say("{n} 人的管理机构没有登记经纬度，不计在内。", n=f"{found.unknown:,}"))
    return said


# --- the same as a table


def _columns() -> list[Column]:
    return [Column(label=say("地方")), Column(label=say("数值"), numeric=True),
            Column(label=say("分子/分母"), numeric=True), Column(label=say("状态"))]  # fmt: skip


def _rows(look: Looked, found: Sequence[Cell], names: Mapping[int, str]) -> list[Row]:
    targets = Targets([cell.indicator.code for cell in found[:1]])
    return [_row(look, cell, targets, names.get(cell.place.id, cell.place.name)) for cell in found]


def _row(look: Looked, cell: Cell, targets: Targets, name: str) -> Row:
    word, kind = drawn.STATUS[cell.status]
    href = look.address(f"{FIGURE}/{cell.indicator.code}", place=str(cell.place.id), level=cell.level)
    return Row(cells=[
        TableCell(text=name, href=href),
        drawn.with_unit(cell.value, cell.indicator) if cell.shown else drawn.NONE, drawn.n_of(cell),
        TableCell(text="", state=drawn.state_of(cell, targets.of(cell)) or State(word=say(word), kind=kind)),
    ])  # fmt: skip
