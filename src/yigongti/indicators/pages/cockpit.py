"""The cockpit: exceptions first, then the few figures that matter to the role, then everything else by search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.pages.asked import Looked, cells_at, looked, moves, period_options, place_options
from yigongti.indicators.policy.cockpits import matters_to
from yigongti.indicators.queries.cells import SEE, Cell, newest_run
from yigongti.indicators.targets import Targets, distance, shipped, standing
from yigongti.kernel.language import say
from yigongti.kernel.measures.words import Indicator
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Act, Column, Option, Row, State
from yigongti.kernel.pages.parts import Cell as TableCell
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date


ROUTE, ALL, FIGURE = "/indicators", "/indicators/all", "/figures"
TREND = 13
MOST_EXCEPTIONS = 6


@page(SEE, "indicators", title="指标", menu=35, icon="chart")
def cockpit(request: Request) -> HttpResponse:
    """The few that matter to the role at the reader's own place, those off their target before all others."""
    look = looked(request)
    few = [one for code in matters_to(request.actor.role.code) if (one := catalogue.named(code))]
    wanted = with_targets(few)
    held = [one for one in catalogue.known().values() if one.code in wanted]
    found = cells_at(look, held, back=TREND)
    targets = Targets(found)
    context = {
        **frame(look, ROUTE), "title": say("指标"), "line": _cut(request),
        "exceptions": [_exception(look, one) for one in exceptions(found, targets)[:MOST_EXCEPTIONS]],
        "figures": [
            drawn.figure(found[one.code][-1], targets, href=look.at(one).address(f"{FIGURE}/{one.code}"),
                         trend=found[one.code])
            for one in few
        ],
        "acts": acts(look, ROUTE), "search": look.address(ALL),
    }  # fmt: skip
    return render(request, "indicators/cockpit.html", context)


def with_targets(few: Sequence[Indicator]) -> set[str]:
    """The few, and whatever anybody has set a target for."""
    own = Targets(catalogue.known()).own
    return {one.code for one in few} | set(shipped()) | set(own)


def _cut(request: Request) -> str:
    run = newest_run(for_=request.actor)
    return say("数据截至 {at}", at=exact_date(run.cut or run.began_at)) if run else say("还没有算过")


def frame(look: Looked, route: str, indicator: Indicator | None = None, **held: str) -> dict[str, Any]:
    """What every page of figures has at its head: place, kind of period, one back and one on."""
    return {
        "look": look, "places": place_options(look, route, **held),
        "kinds": period_options(look, route, indicator, **held), "moves": moves(look, route, **held),
        "period": drawn.said_period(look.period),
    }  # fmt: skip


def acts(look: Looked, route: str) -> list[Act]:
    """Where else one may go from here."""
    found = [
        Act(word=say("全部指标"), href=look.address(ALL)),
        Act(word=say("地图"), href=look.address("/indicators/map"), kind="quiet"),
        Act(word=say("流向"), href=look.address("/indicators/flow"), kind="quiet"),
        Act(word=say("简报"), href="/indicators/briefs", kind="quiet"),
    ]
    if look.actor.may("indicators.screen"):
        found.append(Act(word=say("大屏"), href=look.address("/screen"), kind="quiet"))
    if look.actor.may("indicators.release.follow") or look.actor.may("indicators.appeal"):
        found.append(Act(word=say("发布"), href="/indicators/releases", kind="quiet"))
    return found


# --- what is off its target


@dataclass(frozen=True, kw_only=True)
class Exception_:
    """A figure off its target, since which of its periods, and against what."""

    cell: Cell
    since: Cell
    target: str
    state: State


def exceptions(found: Mapping[str, Sequence[Cell]], targets: Targets) -> list[Exception_]:
    """Those off their target, worst first."""
    off = []
    for course in found.values():
        held = targets.of(course[-1])
        if held is not None and standing(course[-1], held) == "missed":
            word, kind = drawn.STANDING["missed"]
            off.append((distance(course[-1], held), Exception_(
                cell=course[-1], since=_since(course, targets), target=drawn.target_words(held, course[-1].indicator),
                state=State(word=say(word), kind=kind),
            )))  # fmt: skip
    return [one for _far, one in sorted(off, key=lambda pair: -pair[0])]


def _since(course: Sequence[Cell], targets: Targets) -> Cell:
    """The first of the periods without a break in which it was off."""
    first = course[-1]
    for one in reversed(course):
        if standing(one, targets.of(one)) != "missed":
            break
        first = one
    return first


def _exception(look: Looked, one: Exception_) -> dict[str, Any]:
    indicator = one.cell.indicator
    return {
        "href": look.at(indicator).address(f"{FIGURE}/{indicator.code}"), "title": say(indicator.title),
        "value": drawn.with_unit(one.cell.value, indicator), "target": one.target, "state": one.state,
        "since": drawn.said_period(one.since.period), "owner": say(indicator.owner),
        "period": drawn.said_period(one.cell.period), "provisional": one.cell.status != "final",
    }  # fmt: skip


# --- all of them


@page("indicators.all", "indicators/all", title="全部指标", permission=SEE)
def every(request: Request) -> HttpResponse:
    """Every indicator with its figure of this place and period; the words typed narrow them as one types."""
    look, text = looked(request), request.GET.get("q", "").strip()[:100]
    family = request.GET.get("family", "")
    among = [one for one in catalogue.known().values() if not family or one.family == family]
    hits = catalogue.search(text, among)
    found = cells_at(look, hits)
    targets = Targets(found)
    context = {
        **frame(look, ALL, q=text, family=family), "title": say("全部指标"), "text": text, "family": family,
        "families": _families(look, text, family), "columns": _columns(),
        "groups": _grouped(look, hits, found, targets), "route": ALL,
    }  # fmt: skip
    typed = request.headers.get("HX-Target") == "indicator-list"
    return render(request, "indicators/list.html" if typed else "indicators/all.html", context)


def _families(look: Looked, text: str, family: str) -> list[Option]:
    chosen = [Option(value="", label=say("全部"), current=not family, href=look.address(ALL, q=text))]
    return chosen + [
        Option(value=one, label=say(one), current=family == one, href=look.address(ALL, q=text, family=one))
        for one in catalogue.families()
    ]


def _columns() -> list[Column]:
    return [Column(label=say("指标")), Column(label=say("数值"), numeric=True), Column(label=say("目标")),
            Column(label=say("时期")), Column(label=say("分子/分母"), numeric=True),
            Column(label=say("状态"))]  # fmt: skip


def _grouped(
    look: Looked, hits: Sequence[Indicator], found: Mapping[str, Sequence[Cell]], targets: Targets
) -> list[tuple[str, list[Row]]]:
    families: dict[str, list[Row]] = {}
    for one in hits:
        families.setdefault(one.family, []).append(_row(look, found[one.code][-1], targets))
    return [(say(family), rows) for family, rows in families.items()]


def _row(look: Looked, cell: Cell, targets: Targets) -> Row:
    one, held = cell.indicator, targets.of(cell)
    word, kind = drawn.STATUS[cell.status]
    return Row(cells=[
        TableCell(text=say(one.title), href=look.at(one).address(f"{FIGURE}/{one.code}")),
        drawn.with_unit(cell.value, one) if cell.shown else drawn.NONE, drawn.target_words(held, one),
        drawn.said_period(cell.period), drawn.n_of(cell),
        TableCell(text="", state=drawn.state_of(cell, held) or State(word=say(word), kind=kind)),
    ])  # fmt: skip
