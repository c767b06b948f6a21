"""Orders for who carries them out: the list by state and age, one order with its acts, and the slip to work by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.drawn_cases import check_code
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Option, Row, State
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import masked_id, said_age
from yigongti.record.performing import CARRY_OUT, LONGEST, answer_order, receive_order, refuse_order
from yigongti.record.policy.kinds import ORDER_STATES
from yigongti.record.queries.to_carry_out import (
    OPEN,
    SEE,
    Mark,
    Todo,
    one_to_carry_out,
    sent_back,
    to_carry_out,
    waiting,
)
from yigongti.residents.queries.naming import SEX_WORDS


ROWS = 50
MOST = 100
LIST = "/orders"
STATES = {"placed": "待接收", "in_progress": "执行中", "resulted": "已完成", "cancelled": "已取消或退回"}
AGES = {"": "全部时间", "late": "已超时", "day": "24 小时内", "week": "7 天内"}
SINCE = {"day": timedelta(days=1), "week": timedelta(days=7)}
LABELS = ("申请项目", "居民", "缓急", "申请机构", "申请时间", "最迟出结果", "申请单号")


@page(SEE, "orders", title="待执行的申请", menu=23, icon="lab")
def listed(request: Request) -> HttpResponse:
    """Late first, then the newest, a page at a time."""
    state, age = request.GET.get("state", "placed"), request.GET.get("age", "")
    state, age = state if state in STATES else "placed", age if age in AGES else ""
    mark = _mark(request.GET.get("after", ""))
    since = mark.asof - SINCE[age] if age in SINCE else None
    found = to_carry_out(for_=request.actor, state=state, since=since, late=age == "late", mark=mark, limit=ROWS)
    shown = found[:ROWS]
    _saw(request, SEE, "查看待执行的申请", [one for one in shown if one.shown])
    context = {
        "title": say("待执行的申请"), "filters": _filters(state, age), "acts": [],
        "columns": [Column(label=say(label)) for label in LABELS], "rows": [_line(one) for one in shown],
        "more_url": _more(state, age, mark, shown[-1]) if len(found) > ROWS else "",
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and request.GET.get("after")
    return render(request, "parts/table_more.html" if continues else "record/to_carry_out.html", context)


def _mark(text: str) -> Mark:
    """Where the page before ended, as its address says it; by its moment, unless that is none of the past."""
    told, rank, last = (row_number(part) for part in (*text.split("-"), "", "", "")[:3])
    now = clock.now().replace(microsecond=0)
    asof = datetime.fromtimestamp(told, tz=clock.COUNTY_ZONE) if 0 < told <= now.timestamp() else now
    return Mark(asof=asof, rank=rank, id=last)


def _more(state: str, age: str, mark: Mark, last: Todo) -> str:
    after = f"{int(mark.asof.timestamp())}-{last.rank}-{last.id}"
    return f"{LIST}?{urlencode({'state': state, 'age': age, 'after': after})}"


def _filters(state: str, age: str) -> list[tuple[str, list[Option]]]:
    def chips(name: str, words: dict[str, str], chosen: str, other: dict[str, str]) -> list[Option]:
        return [Option(value=code, label=say(label), current=code == chosen,
                       href=f"{LIST}?{urlencode({**other, name: code})}") for code, label in words.items()]  # fmt: skip

    return [(say("进度"), chips("state", STATES, state, {"age": age})),
            (say("时间"), chips("age", AGES, age, {"state": state}))]  # fmt: skip


def _line(one: Todo) -> Row:
    due = Cell(text=f"{one.due:%m-%d %H:%M}", state=State(word=say("超时"), kind="harm") if one.late else None)
    told = [one.asker, f"{one.at:%m-%d %H:%M}", due if one.state in OPEN else "", one.number]
    if not one.shown:
        return Row(cells=[say("受特别保护的申请"), say("由有权查阅的岗位办理"), say(_priority(one)), *told])
    return Row(cells=[Cell(text=one.title, href=f"{LIST}/{one.id}"), _whom(one), say(_priority(one)), *told])


def _priority(one: Todo) -> str:
    return str(one.detail.get("priority") or "普通")


def _whom(one: Todo) -> str:
    return f"{one.name} {say(SEX_WORDS.get(one.sex, ''))} {said_age(one.born, today=one.died or clock.today())}"


# --- one order


@page("record.order_to_carry_out", "orders/<int:entry_id>", title="要执行的申请", permission=SEE)
def shown(request: Request, entry_id: int) -> HttpResponse:
    """What is asked, of whom, and what may be done now."""
    one = one_to_carry_out(for_=request.actor, entry_id=entry_id)
    _saw(request, "record.order_to_carry_out", "查看要执行的申请", [one])
    late = State(word=say("超时"), kind="harm") if one.late else None
    context = {"title": one.title, "line": _whom(one), "state": late, "acts": _acts(request.actor, one),
               "pairs": _facts(one), "text": one.text}  # fmt: skip
    return render(request, "record/carry_out.html", context)


def _facts(one: Todo) -> list[tuple[str, str]]:
    said = one.detail
    optional = {"执行单号": said.get("filler"), "接收": said.get("received_by"), "不能执行": said.get("unable")}
    return [
        (say("进度"), say(ORDER_STATES.get(one.state, one.state))), (say("缓急"), say(_priority(one))),
        (say("出生"), one.born.isoformat()), (say("证件号"), masked_id(one.card) if one.card else ""),
        (say("档案号"), one.record_no), (say("申请单号"), one.number), (say("申请机构"), f"{one.asker} {one.author}"),
        (say("申请时间"), f"{one.at:%Y-%m-%d %H:%M}"), (say("最迟出结果"), f"{one.due:%Y-%m-%d %H:%M}"),
        *((say(label), str(value)) for label, value in optional.items() if value),
    ]  # fmt: skip


def _acts(actor: Actor, one: Todo) -> list[Act]:
    base, may = f"{LIST}/{one.id}", actor.may(CARRY_OUT)
    found = []
    if may and one.state == "placed":
        found.append(Act(word=say("接收"), post=f"{base}/receive", kind="primary", icon="check"))
    if may and one.state in OPEN:
        found.append(Act(word=say("写结果"), href=f"{base}/answer", icon="document"))
        found.append(Act(word=say("不能执行"), href=f"{base}/refuse", kind="quiet", icon="undo"))
    return [*found, Act(word=say("打印执行单"), href=f"{base}/slip", kind="quiet", icon="print")]


@page("record.receive_order", "orders/<int:entry_id>/receive", title="接收申请", permission=CARRY_OUT, writes=True)
def receive(request: Request, entry_id: int) -> HttpResponse:
    """Take it on, by one tap."""
    if request.method != "POST":
        return shown(request, entry_id=entry_id)
    return done(request, receive_order(by=request.actor, key=key_of(request), entry_id=entry_id))


class RefuseForm(ActForm):
    reason = forms.CharField(label="不能执行的原因", max_length=LONGEST, widget=forms.Textarea,
                             help_text="例如：设备检修；标本溶血，请重采。会退给开申请的机构。")  # fmt: skip


class AnswerForm(ActForm):
    text = forms.CharField(label="结论", widget=forms.Textarea, help_text="写完即进入居民的健康档案，申请办结。")


@page("record.refuse_order", "orders/<int:entry_id>/refuse", title="不能执行", permission=CARRY_OUT, writes=True)
def refuse(request: Request, entry_id: int) -> HttpResponse:
    """Why it cannot be carried out."""
    return _form(request, entry_id, RefuseForm, "不能执行", "退给开申请的机构", refuse_order)


@page("record.answer_order", "orders/<int:entry_id>/answer", title="写结果", permission=CARRY_OUT, writes=True)
def answer(request: Request, entry_id: int) -> HttpResponse:
    """What came of it."""
    return _form(request, entry_id, AnswerForm, "写结果", "写入档案，办结申请", answer_order)


def _form(request: Request, entry_id: int, form: type[ActForm], title: str, word: str, act: Any) -> HttpResponse:
    one = one_to_carry_out(for_=request.actor, entry_id=entry_id)
    _saw(request, f"record.{form.__name__[:-4].lower()}_order", "打开办理申请的页面", [one])
    return act_by_form(
        request, form, act=lambda given, key: act(by=request.actor, key=key, entry_id=entry_id, **given),
        title=say(title), line=f"{one.title} · {_whom(one)}", back=f"{LIST}/{one.id}", word=say(word),
    )  # fmt: skip


@page("record.order_slip", "orders/<int:entry_id>/slip", title="打印执行单", permission=SEE, on_paper=True)
def slip(request: Request, entry_id: int) -> HttpResponse:
    """On paper for the bench: its number also as a code that a reader takes, and room for the result."""
    one = one_to_carry_out(for_=request.actor, entry_id=entry_id)
    _saw(request, "record.order_slip", "打印执行单", [one])
    context = {
        "one": one, "whom": _whom(one), "pairs": _facts(one), "code": check_code(one.number) if one.number else "",
        "printed_words": f"{clock.now():%Y-%m-%d %H:%M}", "printed_by": request.actor.title,
    }  # fmt: skip
    return render(request, "record/order_slip.html", context)


def _saw(request: Request, code: str, sentence: str, found: list[Todo]) -> None:
    subject = f"record.Entry:{found[0].id}" if len(found) == 1 else ""
    trail.saw(by=request.actor, page=code, sentence=sentence, persons={one.person for one in found}, basis="",
              subject=subject)  # fmt: skip


# --- on the start page


@block(permission=SEE, order=2)
def waiting_block(*, for_: Actor) -> Block | None:
    """Orders that wait to be received here."""
    count, late = waiting(for_=for_, most=MOST)
    if not count:
        return None
    many = say("{n} 份以上", n=MOST) if count == MOST else say("{n} 份", n=count)
    lines = [(say("待接收：{many}", many=many), LIST)]
    if late:
        lines.append((say("其中超时：{n} 份", n=late), f"{LIST}?age=late"))
    return Block(title=say("待执行的申请"), lines=lines, href=LIST, word=say("去办理"))


@block(permission=SEE, order=3)
def sent_back_block(*, for_: Actor) -> Block | None:
    """Orders of this institution that others could not carry out, for some days."""
    found = sent_back(for_=for_, limit=MOST)
    if not found:
        return None
    lines = [(f"{title}：{why}", f"/record/entries/{pk}") for pk, title, why, _ in found[:5]]
    more = [(say("还有更多"), f"/record/entries/{found[5][0]}")] if len(found) > 5 else []
    return Block(title=say("退回的申请"), count=len(found), lines=[*lines, *more],
                 persons=tuple({person for *_, person in found[:5]}))  # fmt: skip
