"""Pages of replays: asking for one, its progress, those of the past."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.exchange.replays import actions, queries
from yigongti.exchange.replays.models import Replay
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.parts import Act, Cell, Column, Row, State, StateKind
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import BadValue, NotFound


SEE, WORK = "exchange.inbox", "exchange.inbox_work"
ROWS = 50
STATES: dict[str, tuple[str, StateKind]] = {
    "running": ("正在处理", "active"), "cancelled": ("已停下", "soon"), "done": ("处理完了", "done"),
}  # fmt: skip


@page("exchange.replay", "inbox/replay", title="重新处理一批", permission=WORK, writes=True)
def ask(request: Request) -> HttpResponse:
    """Try again what was chosen, what waits by one rule, or what came on one day."""
    if request.method != "POST":
        raise NotFound
    by, key, asked = request.actor, key_of(request), request.POST
    if asked.get("rule"):
        return done(request, actions.replay_rule(by=by, key=key, rule=asked["rule"][:120]))
    if asked.get("day"):
        return done(request, actions.replay_day(by=by, key=key, day=_day(asked["day"])))
    chosen = [number for one in asked.getlist("messages") if (number := row_number(one))]
    return done(request, actions.replay_selection(by=by, key=key, messages=chosen))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(field="day", label="哪一天", value=text[:20], problem="没有这一天") from None


@page("exchange.replays", "inbox/replays", title="重新处理过的", permission=SEE)
def all_replays(request: Request) -> HttpResponse:
    """What was tried again, by whom, with what outcome."""
    before = request.GET.get("before", "")
    found = queries.replays(for_=request.actor, before=row_number(before), limit=ROWS)
    context = {
        "title": say("重新处理过的"),
        "columns": [*(Column(label=say(word)) for word in ("编号", "哪些", "谁", "时间")),
                    *(Column(label=say(word), numeric=True) for word in ("处理", "收进")), Column(label=say("状态"))],
        "rows": [_row(one) for one in found],
        "more_url": f"/inbox/replays?before={found[-1].pk}" if len(found) == ROWS else "",
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and before
    return render(request, "parts/table_more.html" if continues else "exchange/replays.html", context)


def _row(one: Replay) -> Row:
    return Row(cells=[
        Cell(text=f"R{one.pk}", href=f"/inbox/replays/{one.pk}"), one.told,
        one.asked_by.account.person_name if one.asked_by else say("系统"), exact_date(one.asked_at),
        f"{one.tried} / {one.total}", str(one.applied), Cell(text="", state=_state(one)),
    ])  # fmt: skip


def _state(one: Replay) -> State:
    word, kind = STATES[one.state]
    return State(word=say(word), kind=kind)


@page("exchange.one_replay", "inbox/replays/<int:pk>", title="一次重新处理", permission=SEE)
def one_replay(request: Request, pk: int) -> HttpResponse:
    """How far it is and what came of it."""
    found = queries.replay(for_=request.actor, pk=pk)
    busy = found.state == "running"
    context: dict[str, Any] = {
        "title": f"R{pk} {found.told}", "state": _state(found), "replay": found, "busy": True,
        "share": found.tried * 100 // found.total if found.total else 100,
    }  # fmt: skip
    if request.headers.get("HX-Request") and request.GET.get("progress"):
        answer = render(request, "exchange/replay_progress.html", context)
        if not busy:
            answer["HX-Refresh"] = "true"
        return answer
    by = found.asked_by.account.person_name if found.asked_by else say("系统")
    stop = [Act(word=say("停下"), post=f"/inbox/replays/{pk}/cancel", kind="danger")]
    context |= {
        "busy": busy,
        "acts": stop if busy and request.actor.may(WORK) else [],
        "pairs": [(say("谁"), by), (say("时间"), exact_date(found.asked_at)), (say("一共"), str(found.total)),
                  (say("处理"), str(found.tried)), (say("收进"), str(found.applied)),
                  (say("仍在等待"), str(found.tried - found.applied))],
    }  # fmt: skip
    return render(request, "exchange/replay.html", context)


@page("exchange.cancel_replay", "inbox/replays/<int:pk>/cancel", title="停下", permission=WORK, writes=True)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Stop it where it is; what was taken in stays."""
    if request.method != "POST":
        raise NotFound
    return done(request, actions.cancel_replay(by=request.actor, key=key_of(request), replay_id=pk))
