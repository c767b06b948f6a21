"""The matrix of senders and months, with its gaps; and who has fallen silent, on the workbench until they speak."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.exchange import queries as inbox
from yigongti.exchange.labels import CHANNELS
from yigongti.exchange.policy.coverage_facts import FACTS
from yigongti.exchange.watching import actions, queries
from yigongti.exchange.watching.counting import months_before
from yigongti.exchange.watching.models import Coverage
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Cell, Column, Row, State
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date, said_span
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotFound


WORK = "exchange.inbox_work"


@page("exchange.coverage", "inbox/coverage", title="每月来数", permission="exchange.inbox")
def coverage(request: Request) -> HttpResponse:
    """What came from each sender in each month against what was expected; six months, earlier ones behind a link."""
    until = _month(request.GET.get("until", ""))
    months = queries.shown_months(until=until)
    this = clock.today().replace(day=1)
    found = queries.lines(for_=request.actor, until=until)
    newer = months_before(months[-1], -queries.MONTHS)
    context = {
        "title": say("每月来数"),
        "columns": [Column(label=say("来源方")), Column(label=say("事实")),
                    *(Column(label=f"{month:%Y-%m}", numeric=True) for month in months), Column(label=say("最近一次"))],
        "rows": [_row(one, this) for one in found],
        "earlier": f"/inbox/coverage?until={months_before(months[0], 1):%Y-%m}",
        "later": f"/inbox/coverage?until={min(newer, this):%Y-%m}" if months[-1] < this else "",
    }  # fmt: skip
    return render(request, "exchange/coverage.html", context)


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        raise NotFound from None
    return found if found and found.year > 2000 and found <= clock.today() else None


def _row(line: queries.Line, this: date) -> Row:
    arrivals = [one.last_arrival for one in line.months if one and one.last_arrival]
    return Row(cells=[
        Cell(text=f"{line.sender.title} · {CHANNELS[line.sender.channel]}",
             href=f"/inbox/coverage/{line.sender.pk}/{line.fact}"),
        say(FACTS[line.fact]), *(_cell(one, this) for one in line.months),
        exact_date(max(arrivals)) if arrivals else "—",
    ])  # fmt: skip


def _cell(one: Coverage | None, this: date) -> str | Cell:
    """Received of expected; a month without anything that should have come is a gap, and seen as one."""
    if one is None:
        return "—"
    if one.expected is None:
        return say("{n} / 还算不出", n=one.received)
    text = f"{one.received} / {one.expected}"
    if one.month == this:
        return Cell(text=text, state=State(word=say("本月未完"), kind="waiting"))
    if one.expected and not one.received:
        return Cell(text=text, state=State(word=say("没有来"), kind="overdue"))
    low = one.received * 100 < one.expected * values.number("exchange.coverage_low_percent", on=one.month)
    return Cell(text=text, state=State(word=say("偏少"), kind="soon")) if low else text


class ExpectForm(ActForm):
    """How many, since when, why."""

    expected = forms.IntegerField(label="每月应来多少条", required=False, min_value=0,
                                  help_text="不填就按它自己的节律：前三个整月的中位数")  # fmt: skip
    begins = forms.DateField(label="从哪个月起", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label="理由", max_length=200, help_text="例如这家医院 5 月起停用旧系统")


@page("exchange.expect", "inbox/coverage/<int:pk>/<slug:fact>", title="每月应来多少", permission=WORK, writes=True)
def expect(request: Request, pk: int, fact: str) -> HttpResponse:
    """Say how much is expected of a sender's fact from a month on."""
    sender = inbox.sender(for_=request.actor, pk=pk)
    if fact not in FACTS:
        raise NotFound
    earlier = queries.decisions(for_=request.actor, sender=sender, fact=fact)
    said = [f"{one.begins:%Y-%m}：{_said(one.expected)}（{one.reason}）" for one in earlier]
    return act_by_form(
        request, ExpectForm, title=say("每月应来多少：{fact}", fact=say(FACTS[fact])), back="/inbox/coverage",
        line="；".join([sender.title, *said]), word=say("确定"),
        initial={"begins": clock.today().replace(day=1)},
        act=lambda given, key: actions.expect(
            by=request.actor, key=key, sender_id=pk, fact=fact, begins=given["begins"], expected=given["expected"],
            reason=given["reason"],
        ),
    )  # fmt: skip


def _said(expected: int | None) -> str:
    return say("按它自己的节律") if expected is None else say("每月 {n} 条", n=expected)


@block(permission=WORK, order=10)
def fallen_silent(*, for_: Actor) -> Block | None:
    """Interfaces that are silent for longer than usual; gone when they speak again."""
    found: list[Any] = queries.silent(for_=for_)
    if not found:
        return None
    lines = [(_silence(one), f"/inbox/senders/{one.sender.pk}") for one in found[:5]]
    return Block(
        title=say("很久没有来数的接口"), count=len(found), lines=lines, href="/inbox/senders", word=say("去看看")
    )


def _silence(one: queries.Silent) -> str:
    return say("{who}：最近一次 {when}，平常隔 {gap}", who=one.sender.title, when=exact_date(one.since),
               gap=said_span(one.usual))  # fmt: skip
