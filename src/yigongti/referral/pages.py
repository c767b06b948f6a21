"""The referral pages that definitions do not derive: the board."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.registry import page
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.words import Workflow
from yigongti.referral import queries


@page("referral.board", "referral/board", title="转诊看板", menu=35, icon="chart")
def board(request: Request) -> HttpResponse:
    """Open referrals by kind and state, with how many are overdue; no person is shown."""
    columns: dict[str, list[tuple[str, int, int]]] = {}
    for workflow, state, count, overdue in queries.board(for_=request.actor):
        made = rooms.kept[workflow].page
        columns.setdefault(say(made.title), []).append((say(made.state(state).title), count, overdue))
    return render(request, "referral/board.html", {"columns": columns.items()})


@block(permission="referral.board", order=40)
def open_referrals(*, for_: Actor) -> Block | None:
    """How many referrals are open and how many of them have broken their clock."""
    counted = queries.board(for_=for_)
    if not counted:
        return None
    late = [(w, s, n) for w, s, _n, n in counted if n]
    lines = [(_late_line(rooms.kept[w].page, s, n), "/referral/board") for w, s, n in late]
    return Block(
        title=say("在办转诊"), count=sum(n for _w, _s, n, _late in counted), lines=lines, href="/referral/board",
        word=say("看转诊看板"),
    )  # fmt: skip


def _late_line(workflow: Workflow, state: str, late: int) -> str:
    title, where = say(workflow.title), say(workflow.state(state).title)
    return say("{title}·{state}：超时 {n} 单", title=title, state=where, n=late)
