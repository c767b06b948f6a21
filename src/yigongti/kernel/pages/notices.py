"""The page of notices: what happened to my cases, newest first; opening a case reads what was told about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock
from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages import news
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.news import Told
from yigongti.kernel.pages.parts import Option, State
from yigongti.kernel.pages.posting import done
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.rooms import CaseRow
from yigongti.kernel.workflow.sight import visible


PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A notice as it shows; `href` and `who` only where the actor may still open the case."""

    told: Told
    what: str
    state: State
    href: str
    who: str
    way: tuple[str, str]


@page("notices", "notices", title="通知", permission="")
def notices(request: Request) -> HttpResponse:
    """What others did with my cases, and of what the clock reminds me."""
    only_unread = request.GET.get("show") == "unread"
    after = news.read_place(request.GET.get("after", ""))
    told = news.listing(for_=request.actor, only_unread=only_unread, after=after, limit=PAGE + 1)
    show = "show=unread&" if only_unread else ""
    context = {
        "lines": _lines(request, told[:PAGE]),
        "more_url": f"/notices?{show}after={_quoted(news.write_place(told[PAGE - 1]))}" if len(told) > PAGE else "",
        "filters": [
            Option(value="", label=say("全部"), href="/notices", current=not only_unread),
            Option(value="unread", label=say("未读"), href="/notices?show=unread", current=only_unread),
        ],
    }
    return render(request, "notices/more.html" if request.htmx and after else "notices/list.html", context)


@page("notices.read", "notices/read", title="通知全部标为已读", permission="", writes=True)
def read_all(request: Request) -> HttpResponse:
    """Everything told so far is read; nothing of a case changes by it."""
    if request.method != "POST":
        raise NotFound
    news.read_all(for_=request.actor)
    return done(request, Receipt(number="", done="通知已全部标为已读", href="/notices", at=clock.now().isoformat()))


def _quoted(place: str) -> str:
    return place.replace("+", "%2B")


def _lines(request: Request, told: Sequence[Told]) -> list[Line]:
    cases = {one.case.pk: one.case for one in told}
    open_ones = set(visible(for_=request.actor).filter(pk__in=cases).values_list("pk", flat=True))
    rows: dict[int, CaseRow] = {}
    for code in {case.workflow for case in cases.values()}:
        rows.update(rooms.kept[code].rows([c.pk for c in cases.values() if c.workflow == code and c.pk in open_ones]))
    persons = sorted({row.person_id for row in rows.values() if row.person_id})
    trail.saw(by=request.actor, page="notices", sentence="查看通知", persons=persons, basis="case")
    return [_line(one, rows.get(one.case.pk)) for one in told]


def _line(told: Told, row: CaseRow | None) -> Line:
    page_ = rooms.of(told.case).page
    return Line(
        told=told,
        what=f"{say(page_.title)} · {_said(page_, told)}",
        state=State(word=say(page_.state(told.case.state).title), kind="closed" if told.case.ended_at else "active"),
        href=f"/cases/{told.case.number}" if row else "",
        who=row.name if row else "",
        way=(row.frm, row.to) if row else ("", ""),
    )


def _said(page_: Any, told: Told) -> str:
    """The step that was taken, by its title; or what the clock asks for."""
    if told.kind == "step":
        return say(page_.step(told.step).title)
    return say("升级到您：已超过时限") if told.kind == "escalate" else say("提醒：等您办理")
