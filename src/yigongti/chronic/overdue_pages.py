"""Pages of what is overdue: by doctor and one by one, the same on paper, and a reminder on the start page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.chronic.overdue import FOLLOW, LADDER, Held, Late, Place, held, overdue
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.parts import Act, Cell, Column, Option, Row, State
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.turns import turns_of
from yigongti.kernel.parameters import values


LIST, PAPER = "/chronic/overdue", "/chronic/overdue/paper"
ROWS, ON_PAPER = 50, 500
SORTS = {"": "按随访医生", "oldest": "按逾期时间"}
BY_PLACE = ("随访机构", "随访医生", "逾期", "已报卫生院院长", "最早应随访日期")
ONE_BY_ONE = ("居民", "随访缘由", "随访机构", "应随访日期", "逾期天数", "上报")


@page("chronic.overdue", "chronic/overdue", title="逾期随访", permission=FOLLOW)
def overdue_list(request: Request) -> HttpResponse:
    """What is overdue in one's own places: how many with whom, and each of them."""
    asked = _asked(request)
    found = overdue(for_=request.actor, after=_place(request.GET.get("after", "")), limit=ROWS, **_which(asked))
    more = _address(LIST, {**asked, "after": _mark(found[ROWS - 1])}) if len(found) > ROWS else ""
    if request.headers.get("HX-Request") and request.GET.get("after"):
        context = {"columns": _columns(ONE_BY_ONE), "rows": _lines(request, found[:ROWS]), "more_url": more}
        return render(request, "parts/table_more.html", context)
    acts = [Act(word=say("打印"), href=_address(PAPER, asked), icon="print")] if found else []
    return render(request, "chronic/overdue.html", {
        **_both(request, asked, found[:ROWS]), "more_url": more, "acts": acts, "paper": False,
    })  # fmt: skip


@page("chronic.overdue_paper", "chronic/overdue/paper", title="逾期随访（打印）", permission=FOLLOW, on_paper=True)
def overdue_paper(request: Request) -> HttpResponse:
    """The same for paper; of very many it says that there are more."""
    asked = _asked(request)
    found = overdue(for_=request.actor, limit=ON_PAPER, **_which(asked))
    return render(request, "chronic/overdue.html", {
        **_both(request, asked, found[:ON_PAPER]), "more_url": "", "acts": [], "paper": True,
        "back": _address(LIST, asked), "pdf": _address(PAPER, {**asked, "as": "pdf"}),
        "cut": say("只印了前 {n} 件，还有更多：请选一家随访机构再印。", n=ON_PAPER) if len(found) > ON_PAPER else "",
        "printed": f"{clock.now():%Y-%m-%d %H:%M} {request.actor.title}",
    })  # fmt: skip


def _asked(request: Request) -> dict[str, str]:
    unit, sort = row_number(request.GET.get("unit", "")), request.GET.get("sort", "")
    return {"unit": str(unit or ""), "sort": sort if sort in SORTS else ""}


def _which(asked: dict[str, str]) -> dict[str, Any]:
    return {"unit": int(asked["unit"] or 0), "oldest_first": asked["sort"] == "oldest"}


def _both(request: Request, asked: dict[str, str], found: list[Late]) -> dict[str, Any]:
    places = held(for_=request.actor)
    total = sum(one.count for one in places)
    return {
        "title": say("逾期随访"), "line": say("共 {n} 件；{rule}", n=total, rule=_rule()),
        "places": _columns(BY_PLACE), "place_rows": _place_lines(places, asked) if len(places) > 1 else [],
        "filters": _filters(asked, places), "columns": _columns(ONE_BY_ONE), "rows": _lines(request, found),
    }  # fmt: skip


def _rule() -> str:
    """When the top is told, by the parameter of today."""
    return say("逾期满 {n} 天报卫生院院长", n=values.number(LADDER.every)) if LADDER.every else ""


def _columns(labels: tuple[str, ...]) -> list[Column]:
    numeric = ("逾期", "已报卫生院院长", "逾期天数")
    return [Column(label=say(label), numeric=label in numeric) for label in labels]


def _place_lines(places: list[Held], asked: dict[str, str]) -> list[Row]:
    turns = turns_of([one.case for one in places])
    return [
        Row(cells=[
            Cell(text=one.name, href=_address(LIST, {**asked, "unit": str(one.unit)})),
            turns[one.case.pk].names or turns[one.case.pk].part, str(one.count), str(one.escalated),
            one.oldest.isoformat(),
        ])
        for one in places
    ]  # fmt: skip


def _filters(asked: dict[str, str], places: list[Held]) -> list[tuple[str, list[Option]]]:
    sorts = [
        Option(value=code, label=say(word), current=code == asked["sort"], href=_address(LIST, {**asked, "sort": code}))
        for code, word in SORTS.items()
    ]
    chosen = next((one.name for one in places if str(one.unit) == asked["unit"]), "")
    whole = Option(value="", label=say("全部"), href=_address(LIST, {**asked, "unit": ""}))
    one = Option(value=asked["unit"], label=chosen, current=True, href=_address(LIST, asked))
    where = [(say("随访机构"), [whole, one])] if chosen else []
    return [*where, *([(say("排序"), sorts)] if len(places) > 1 and not chosen else [])]


def _lines(request: Request, found: list[Late]) -> list[Row]:
    """Everybody shown is noted."""
    trail.saw(by=request.actor, page="chronic.overdue", sentence="查看逾期随访", basis="case",
              persons=[one.person for one in found if one.person])  # fmt: skip
    return [_line(one) for one in found]


def _line(one: Late) -> Row:
    told = Cell(text="", state=State(word=say("已报卫生院院长"), kind="overdue")) if one.escalated else ""
    return Row(cells=[
        Cell(text=one.name, href=f"/cases/{one.case.number}"), one.what, one.where, one.due.isoformat(), str(one.days),
        told,
    ])  # fmt: skip


def _address(route: str, asked: dict[str, str]) -> str:
    given = {name: value for name, value in asked.items() if value}
    return f"{route}?{urlencode(given)}" if given else route


def _mark(one: Late) -> str:
    return f"{one.path}~{one.case.due_at.isoformat()}~{one.case.pk}" if one.case.due_at else ""


def _place(text: str) -> Place | None:
    """The place a list goes on from; None for the beginning, and for what no page of ours has written."""
    path, _, rest = text.partition("~")
    due, _, last = rest.partition("~")
    try:
        place = path, datetime.fromisoformat(due), row_number(last)
    except ValueError:
        return None
    return place if place[1].tzinfo else None


@block(permission=FOLLOW, order=1)
def reminder(*, for_: Actor) -> Block | None:
    """How many are overdue, and the oldest."""
    places = held(for_=for_)
    if not places:
        return None
    (oldest, *_rest) = overdue(for_=for_, oldest_first=True, limit=1)
    words = say("最早的：{name}，应在 {day} 随访，已逾期 {n} 天", name=oldest.name, day=oldest.due, n=oldest.days)
    lines = [(words, f"/cases/{oldest.case.number}")]
    return Block(
        title=say("逾期随访"), count=sum(one.count for one in places), lines=lines, href=LIST, word=say("看逾期名单"),
        persons=(oldest.person,) if oldest.person else (), above=True,
    )  # fmt: skip
