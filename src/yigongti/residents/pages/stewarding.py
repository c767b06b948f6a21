"""Data staff: likely duplicates, two registrations side by side, merges and their undoing, wishes to take over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.parts import Cell, Column, Row, State
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import BadValue, Refusal
from yigongti.residents.actions.merging import call_different, merge, unmerge
from yigongti.residents.actions.moving import decide_transfer
from yigongti.residents.models import Resident, Suspicion, Sweep
from yigongti.residents.pages import drawn, matching
from yigongti.residents.queries import persons


STEWARD = "residents.duplicates"


def _swept(latest: Sweep | None) -> str:
    """How far the search by night is."""
    if latest is None:
        return say("排查还没有做过；每天夜里 1 至 5 点进行。")
    said = {"looked": latest.looked, "raised": latest.raised}
    if latest.ended_at:
        return say(
            "上次排查 {ended} 完成：核对 {looked} 份，新提出 {raised} 对。", ended=exact_date(latest.ended_at), **said
        )
    share = 100 * latest.reached // max(latest.last, 1)
    words = "夜间排查正在进行（{began} 开始）：已核对 {looked} 份，约 {share}%，新提出 {raised} 对。"
    return say(words, began=exact_date(latest.began_at), share=share, **said)


@page("residents.duplicates", "identity/duplicates", title="疑似重复", menu=25, icon="swap")
def duplicates(request: Request) -> HttpResponse:
    """Open pairs, strongest first."""
    actor = request.actor
    after = request.GET.get("after", "")
    rows, following = persons.suspicions(for_=actor, after=after)
    _note(actor, "residents.duplicates", "查看疑似重复", [pk for one in rows for pk in (one.one_id, one.other_id)])
    context = {
        "title": say("疑似重复"),
        "lines": [*matching.ran(persons.latest_match(for_=actor)), _swept(persons.latest_sweep(for_=actor))],
        "columns": [Column(label=say(label)) for label in ("一份登记", "另一份登记", "理由", "提出")]
        + [Column(label=say("分值"), numeric=True)],
        "rows": [
            Row(
                cells=[
                    Cell(text=_plain(one.one), href=f"/identity/duplicates/{one.pk}"),
                    _plain(one.other),
                    _why(one),
                    exact_date(one.raised_at),
                    str(one.score),
                ]
            )
            for one in rows
        ],
        "more_url": f"/identity/duplicates?after={following}" if following else "",
    }
    continues = request.headers.get("HX-Request") and after
    return render(request, "parts/table_more.html" if continues else "residents/duplicates.html", context)


def _plain(row: Resident) -> str:
    return f"{row.name} {row.birth_date} · {row.record_no}"


@page("residents.pair", "identity/duplicates/<int:pk>", title="两份登记对照", permission=STEWARD)
def one_pair(request: Request, pk: int) -> HttpResponse:
    """A suspected pair side by side."""
    actor = request.actor
    suspicion = persons.suspicion(for_=actor, pk=pk)
    two = (suspicion.one.master_id, suspicion.other.master_id)
    if two[0] == two[1]:
        two = (suspicion.one_id, suspicion.other_id)
    return _compare(request, *two, suspicion=suspicion, why=_why(suspicion))


def _why(suspicion: Suspicion) -> str:
    return say("；").join(say(reason) for reason in suspicion.why.split("；"))


@page("residents.compare", "identity/compare", title="两份登记对照", permission=STEWARD)
def compare(request: Request) -> HttpResponse:
    """Any two registrations side by side."""
    one, other = (_number(request.GET, name) for name in ("one", "other"))
    return _compare(request, one, other)


def _compare(request: Request, one: int, other: int, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = request.actor
    left, right = persons.pair(for_=actor, one=one, other=other)
    _note(actor, "residents.compare", "对照两份登记", [left.pk, right.pk])
    context = {
        "title": say("两份登记对照"),
        "left": left,
        "right": right,
        "lines": _lines(left, right),
        "merged": left.master_id == right.master_id,
        "errors": [],
        **more,
    }
    return render(request, "residents/compare.html", context, status=status)


def _lines(left: Resident, right: Resident) -> list[dict[str, Any]]:
    """Field by field; what differs is marked with a word."""
    registered = [(say("登记时间"), exact_date(row.registered_at)) for row in (left, right)]
    pairs = zip(
        [*drawn.facts(left, full=True), registered[0]], [*drawn.facts(right, full=True), registered[1]], strict=False
    )
    return [
        {
            "label": label,
            "left": a,
            "right": b,
            "state": State(word=say("一致"), kind="done") if a == b else State(word=say("不同"), kind="soon"),
        }
        for (label, a), (_, b) in pairs
    ]


@page("residents.merge", "identity/merge", title="合并登记", permission="residents.merge", writes=True)
def do_merge(request: Request) -> HttpResponse:
    """Merge two, with a reason; to look at, it leads to those that wait."""
    if request.method != "POST":
        return HttpResponseRedirect("/identity/duplicates")
    actor = request.actor
    left, right = (_number(request.POST, name) for name in ("left", "right"))
    kept, absorbed = (right, left) if request.POST.get("keep") == "right" else (left, right)
    reason = request.POST.get("reason", "")
    try:
        return done(request, merge(by=actor, key=key_of(request), kept=kept, absorbed=absorbed, reason=reason))
    except Refusal as refusal:
        errors = drawn.above(errors_of(refusal))
        return _compare(request, kept, absorbed, status=refusal.status, errors=errors, reason=reason)


def _number(said: Mapping[str, str], name: str) -> int:
    value = said.get(name, "")
    number = row_number(value)
    if not number:
        raise BadValue(field=name, label="居民", value=value[:40], problem="请从名单中选择")
    return number


@page(
    "residents.call_different",
    "identity/duplicates/<int:pk>/different",
    title="判定不是同一人",
    permission="residents.decide_suspicion",
    writes=True,
)
def different(request: Request, pk: int) -> HttpResponse:
    """Two humans after all, with a reason."""
    note = request.POST.get("note", "")
    suspicion = persons.suspicion(for_=request.actor, pk=pk)

    def again(refusal: Refusal) -> HttpResponse:
        errors = drawn.above(errors_of(refusal))
        return _compare(
            request, suspicion.one_id, suspicion.other_id, suspicion=suspicion, errors=errors, note=note,
            status=refusal.status,
        )  # fmt: skip

    return _tried(
        request,
        lambda key: call_different(by=request.actor, key=key, suspicion=pk, note=note),
        again,
    )


def _tried(request: Request, act: Callable[[Any], Receipt], again: Callable[[Refusal], HttpResponse]) -> HttpResponse:
    try:
        return done(request, act(key_of(request)))
    except Refusal as refusal:
        return again(refusal)


@page("residents.merges", "identity/merges", title="合并记录", permission=STEWARD)
def merges(request: Request) -> HttpResponse:
    """What was merged, latest first."""
    actor = request.actor
    before = request.GET.get("before", "")
    rows = persons.merges(for_=actor, before=row_number(before))
    _note(actor, "residents.merges", "查看合并记录", [pk for one in rows[:50] for pk in (one.kept_id, one.absorbed_id)])
    context = {
        "title": say("合并记录"),
        "columns": [Column(label=say(label)) for label in ("并入的登记", "保留的登记", "理由", "谁", "时间", "状态")],
        "rows": [
            Row(
                cells=[
                    Cell(text=_plain(one.absorbed), href=f"/identity/merges/{one.pk}"),
                    _plain(one.kept),
                    one.reason,
                    one.merged_by.account.person_name,
                    exact_date(one.merged_at),
                    Cell(text="", state=_standing(one.undone_at)),
                ]
            )
            for one in rows[:50]
        ],
        "more_url": f"/identity/merges?before={rows[49].pk}" if len(rows) > 50 else "",
    }
    continues = request.headers.get("HX-Request") and before
    return render(request, "parts/table_more.html" if continues else "residents/duplicates.html", context)


def _standing(undone_at: Any) -> State:
    return State(word=say("已撤销"), kind="closed") if undone_at else State(word=say("有效"), kind="done")


@page("residents.merge_row", "identity/merges/<int:pk>", title="一次合并", permission=STEWARD)
def one_merge(request: Request, pk: int) -> HttpResponse:
    """One merge, and the way back."""
    return _merge_page(request, pk)


def _merge_page(request: Request, pk: int, *, errors: Any = (), reason: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor
    row = persons.merge(for_=actor, pk=pk)
    _note(actor, "residents.merge_row", "查看一次合并", [row.kept_id, row.absorbed_id])
    context = {
        "title": say("合并 {number}", number=f"HB{row.pk:06d}"),
        "merge": row,
        "state": _standing(row.undone_at),
        "lines": _lines(row.kept, row.absorbed),
        "errors": errors,
        "reason": reason,
    }
    return render(request, "residents/merge.html", context, status=status)


@page(
    "residents.unmerge", "identity/merges/<int:pk>/undo", title="撤销合并", permission="residents.unmerge", writes=True
)
def undo(request: Request, pk: int) -> HttpResponse:
    """Both registrations as they were."""
    reason = request.POST.get("reason", "")
    return _tried(
        request,
        lambda key: unmerge(by=request.actor, key=key, merge=pk, reason=reason),
        lambda refusal: _merge_page(
            request, pk, errors=drawn.above(errors_of(refusal)), reason=reason, status=refusal.status
        ),
    )


@page("residents.transfers", "identity/transfers", title="转入申请", permission=STEWARD, menu=26, icon="arrow")
def transfers(request: Request) -> HttpResponse:
    """Wishes to take over somebody, oldest first."""
    return _transfers(request)


def _transfers(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = request.actor
    after = request.GET.get("after", "")
    rows = persons.transfers(for_=actor, after=row_number(after))
    _note(actor, "residents.transfers", "查看转入申请", [one.resident_id for one in rows[:50]])
    context = {
        "title": say("转入申请"),
        "transfers": rows[:50],
        "more_url": f"/identity/transfers?after={rows[49].pk}" if len(rows) > 50 else "",
        "errors": [],
        **more,
    }
    return render(request, "residents/transfers.html", context, status=status)


@page(
    "residents.decide_transfer",
    "identity/transfers/<int:pk>",
    title="办理转入申请",
    permission="residents.decide_suspicion",
    writes=True,
)
def decide(request: Request, pk: int) -> HttpResponse:
    """Moved or declined, with a word why."""
    move, note = request.POST.get("verdict") == "moved", request.POST.get("note", "")
    return _tried(
        request,
        lambda key: decide_transfer(by=request.actor, key=key, transfer=pk, move=move, note=note),
        lambda refusal: _transfers(
            request, errors=drawn.above(errors_of(refusal)), typed={pk: note}, status=refusal.status
        ),
    )


def _note(actor: Actor, code: str, sentence: str, ids: list[int]) -> None:
    trail.saw(by=actor, page=code, sentence=sentence, persons=ids, basis="registered")
