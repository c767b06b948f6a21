"""Pages of the outbox: who takes messages, how it goes, what was refused; the register of destinations."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.exchange import identity_lines
from yigongti.exchange.models import Destination, Outgoing
from yigongti.exchange.sending import actions, queries
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Option, Row, State, StateKind
from yigongti.kernel.pages.picked import ActForm, Picked, RegisterForm, coded
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.register import register
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date, said_span
from yigongti.kernel.refusal import NotFound


ROWS = 50
SEE, WORK = "exchange.inbox", "exchange.inbox_work"
CHARSETS = {"utf-8": "UTF-8", "gb18030": "GB 18030"}
YES_NO = {True: "是", False: "否"}
KINDS = {"order": "检查检验申请", "result": "检查检验报告"}
STATES: dict[str, tuple[str, StateKind]] = {
    "queued": ("排队待发", "waiting"), "sent": ("已发出", "done"), "dead": ("对方退回", "overdue"),
    "given_up": ("不再发送", "closed"),
}  # fmt: skip
TROUBLES = {
    "unreachable": "连不上对方", "silent": "对方没有应答", "broken": "对方中途断开", "unreadable": "对方的应答读不懂",
}  # fmt: skip


class DestinationForm(RegisterForm):
    """Where to, for whom, what."""

    institution = Picked("institution", label="代表的机构", help_text="它的系统收消息；报告只发有依据的")
    charset = coded(CHARSETS, label="字符集", initial="utf-8")
    port = forms.IntegerField(label="端口", min_value=1, max_value=65535)
    orders = forms.BooleanField(label="收申请", required=False, help_text="消息头里写明给它的检查检验申请")
    results = forms.BooleanField(
        label="收报告", required=False, help_text="它所申请的检查检验的报告，和正转诊到它的人的报告"
    )
    active = forms.BooleanField(
        label="正在发送", required=False, initial=True, help_text="停下时先排队，恢复后按次序补发"
    )

    class Meta:
        model = Destination
        fields: ClassVar = ["title", "institution", "application", "facility", "host", "port", "charset", "orders",
                            "results", "active"]  # fmt: skip
        labels: ClassVar = {"title": "名称", "application": "对方应用（MSH-5）", "facility": "对方单位（MSH-6）",
                            "host": "地址"}  # fmt: skip
        help_texts: ClassVar = {"application": "对方系统怎样称呼自己，如 LIS", "host": "主机名或 IP"}


register(
    code="exchange.destinations", route="inbox/destinations", title="对外接口", model=Destination,
    form=DestinationForm, reads=SEE, writes=WORK,
    columns={"title": "名称", "institution__name": "代表的机构", "host": "地址", "port": "端口", "orders": "收申请",
             "results": "收报告", "active": "正在发送"},
    words={"charset": CHARSETS}, search=("title__contains",), order=("title",), related=("institution",),
    scope=lambda actor: Q(), mine=lambda actor: Q(), tabs=lambda actor, current: tabs(),
)  # fmt: skip


def tabs() -> list[Option]:
    """Back to the outbox."""
    return [
        Option(value="outgoing", label=say("发出的"), href="/inbox/outgoing"),
        Option(value="destinations", label=say("对外接口"), href="/inbox/destinations", current=True),
    ]


@page("exchange.outgoing", "inbox/outgoing", title="发出的", permission=SEE)
def outgoing(request: Request) -> HttpResponse:
    """Every destination with its traffic; below, what was refused."""
    actor, after = request.actor, request.GET.get("after", "")
    chosen = row_number(request.GET.get("to", ""))
    found = queries.dead(for_=actor, destination=chosen, after=row_number(after), limit=ROWS)
    query = {"to": chosen, "after": found[-1].pk} if chosen and found else {"after": found[-1].pk} if found else {}
    context: dict[str, Any] = {
        "title": say("发出的"),
        "columns": [Column(label=say(word)) for word in ("编号", "发给", "是什么", "对方的话", "时间")],
        "rows": [_dead(one) for one in found],
        "more_url": f"/inbox/outgoing?{urlencode(query)}" if len(found) == ROWS else "",
    }
    if request.headers.get("HX-Request") and after:
        return render(request, "parts/table_more.html", context)
    lines = queries.traffic(for_=actor)
    context |= {
        "traffic_columns": traffic_columns(), "traffic": [traffic_row(one) for one in lines],
        "refused": [(one.destination_id, one.title, one.dead) for one in lines if one.dead],
        "works": actor.may(WORK),
    }  # fmt: skip
    return render(request, "exchange/outgoing.html", context)


def traffic_columns() -> list[Column]:
    """The heads of the table of destinations."""
    return [
        *(Column(label=say(word)) for word in ("发给", "机构", "收什么", "最近一次发出")),
        *(Column(label=say(word), numeric=True) for word in ("发出", "排队", "被退回", "耗时")),
    ]


def traffic_row(one: queries.Traffic) -> Row:
    """A destination with its last thirty days."""
    wants = [say(word) for wanted, word in ((one.orders, KINDS["order"]), (one.results, KINDS["result"])) if wanted]
    return Row(cells=[
        Cell(text=one.title, href=f"/inbox/destinations/{one.destination_id}", state=_standing(one)),
        one.institution, "、".join(wants) or "—", exact_date(one.last_sent) if one.last_sent else "—",
        str(one.sent), str(one.queued), str(one.dead), said_span(one.lag) if one.lag is not None else "—",
    ])  # fmt: skip


def _standing(one: queries.Traffic) -> State | None:
    if not one.active:
        return State(word=say("停下了"), kind="closed")
    if one.trouble:
        return State(
            word=say("{trouble}，试过 {n} 次", trouble=say(TROUBLES[one.trouble]), n=one.tries), kind="overdue"
        )
    return None


def _dead(one: Outgoing) -> Row:
    number = Cell(text=one.control_id, href=f"/inbox/outgoing/{one.pk}")
    when = exact_date(one.settled_at or one.made_at)
    return Row(cells=[number, one.destination.title, say(KINDS[one.kind]), one.words or one.answer, when])


@page("exchange.one_outgoing", "inbox/outgoing/<int:pk>", title="发出的消息", permission=SEE)
def one_outgoing(request: Request, pk: int) -> HttpResponse:
    """One message: to whom, what became of it; the lines about who, nothing clinical."""
    found = queries.outgoing(for_=request.actor, pk=pk)
    body = bytes(found.body)
    trail.saw(
        by=request.actor, page="exchange.one_outgoing", sentence="查看发出的消息", persons=[found.resident_id],
        basis="registered", subject=f"exchange.Outgoing:{pk}",
    )  # fmt: skip
    word, kind = STATES[found.state]
    context = {
        "title": f"{found.control_id} {say(KINDS[found.kind])}",
        "state": State(word=say(word), kind=kind),
        "pairs": _about(found),
        "lines": identity_lines.readable(body),
        "closed": identity_lines.closed_count(body),
        "person": found.resident_id,
        "acts": _acts(found) if request.actor.may(WORK) else [],
    }
    return render(request, "exchange/outgoing_message.html", context)


def _about(found: Outgoing) -> list[tuple[str, str]]:
    pairs = [
        (say("发给"), f"{found.destination.title}（{found.destination.institution.name}）"),
        (say("写成"), exact_date(found.made_at)),
        (say("发过"), say("{n} 次", n=found.tries)),
    ]
    if found.trouble:
        pairs.append((say("原因"), say(TROUBLES[found.trouble])))
    if found.due_at and found.state == "queued":
        pairs.append((say("下次再发"), exact_date(found.due_at)))
    if found.answer:
        pairs.append((say("对方的话"), f"{found.answer} {found.words}".rstrip()))
    if found.reason:
        who = found.decided_by.account.person_name if found.decided_by else say("系统")
        pairs.append((say("不再发送的理由"), f"{found.reason}（{who}）"))
    return pairs


def _acts(found: Outgoing) -> list[Act]:
    leave = Act(word=say("不再发送"), href=f"/inbox/outgoing/{found.pk}/give-up", kind="danger")
    again = Act(word=say("重发"), post=f"/inbox/outgoing/{found.pk}/resend", kind="primary")
    return {"dead": [again, leave], "queued": [leave]}.get(found.state, [])


@page("exchange.resend", "inbox/outgoing/<int:pk>/resend", title="重发", permission=WORK, writes=True)
def resend(request: Request, pk: int) -> HttpResponse:
    """Once more, under the same number."""
    if request.method != "POST":
        raise NotFound
    return done(request, actions.resend(by=request.actor, key=key_of(request), outgoing_id=pk))


@page("exchange.resend_all", "inbox/outgoing/resend", title="全部重发", permission=WORK, writes=True)
def resend_all(request: Request) -> HttpResponse:
    """Everything that one receiver refused."""
    if request.method != "POST":
        raise NotFound
    to = row_number(request.POST.get("to", ""))
    return done(request, actions.resend_all(by=request.actor, key=key_of(request), destination_id=to))


class GiveUpForm(ActForm):
    """Why not."""

    why = forms.CharField(label="不再发送的理由", max_length=200, help_text="例如已用纸质报告送达")


@page("exchange.give_up", "inbox/outgoing/<int:pk>/give-up", title="不再发送", permission=WORK, writes=True)
def give_up(request: Request, pk: int) -> HttpResponse:
    """Leave it unsent, for a reason."""
    found = queries.outgoing(for_=request.actor, pk=pk)
    return act_by_form(
        request, GiveUpForm, title=say("不再发送 {number}", number=found.control_id), word=say("不再发送"),
        line=found.words, back=f"/inbox/outgoing/{pk}",
        act=lambda given, key: actions.give_up(by=request.actor, key=key, outgoing_id=pk, why=given["why"]),
    )  # fmt: skip


@block(permission=WORK, order=10)
def refused(*, for_: Actor) -> Block | None:
    """Destinations that refuse messages, or that nobody answers at."""
    found = [one for one in queries.traffic(for_=for_) if one.dead or (one.trouble and one.active)]
    if not found:
        return None
    lines = [(_said(one), f"/inbox/outgoing?{urlencode({'to': one.destination_id})}") for one in found[:5]]
    return Block(title=say("没有发出去的"), lines=lines, href="/inbox/outgoing", word=say("去办理"))


def _said(one: queries.Traffic) -> str:
    if one.dead:
        return say("{title}：退回 {n} 条", title=one.title, n=one.dead)
    return say(
        "{title}：{trouble}，排队 {n} 条", title=one.title, trouble=say(TROUBLES[one.trouble or ""]), n=one.queued
    )
