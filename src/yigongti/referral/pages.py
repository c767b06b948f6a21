"""The referral pages that definitions do not derive: the board."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yigongti.kernel.language import say
from yigongti.kernel.pages.registry import page
from yigongti.kernel.workflow import rooms
from yigongti.referral import queries


@page("referral.board", "referral/board", title="转诊看板", menu=35, icon="chart")
def board(request: HttpRequest) -> HttpResponse:
    """Open referrals by kind and state, with how many are overdue; no person is shown."""
    columns: dict[str, list[tuple[str, int, int]]] = {}
    for workflow, state, count, overdue in queries.board(for_=request.actor):
        made = rooms.kept[workflow].page
        columns.setdefault(say(made.title), []).append((say(made.state(state).title), count, overdue))
    return render(request, "referral/board.html", {"columns": columns.items()})
