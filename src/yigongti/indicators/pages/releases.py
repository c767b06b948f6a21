"""Releases to look at, and appeals against them while the window is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.actions import answer_appeal, appeal
from yigongti.indicators.models import Appeal, FrozenCell, Release
from yigongti.indicators.queries import releases
from yigongti.indicators.queries.cells import SEE, SMALL, plain
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.parts import Act, Cell, Column, Field, Option, Row, State
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import NotFound


LIST = "/indicators/releases"
LINES = 3
STATES = {"computed": "待审核", "reviewed": "异议期", "frozen": "已冻结，待发布", "published": "已发布",
          "superseded": "已被更正", "withdrawn": "不发布"}  # fmt: skip


@page("indicators.releases", "indicators/releases", title="指标发布", permission=SEE)
def listed(request: Request) -> HttpResponse:
    """What is published, and what is on its way for those whom it concerns."""
    actor = request.actor
    acts = []
    if actor.may("indicators.release.compose"):
        acts.append(Act(word=say("提出发布"), href="/new/indicators.release", icon="plus"))
    labels = ("发布", "层级", "时期", "版本", "状态", "发布时间")
    context = {
        "title": say("指标发布"), "acts": acts, "columns": [Column(label=say(label)) for label in labels],
        "way": [_line(one) for one in releases.under_way(for_=actor)],
        "published": [_line(one) for one in releases.published(for_=actor)],
    }  # fmt: skip
    return render(request, "indicators/releases.html", context)


def _line(one: Release) -> Row:
    return Row(cells=[
        Cell(text=one.title, href=f"{LIST}/{one.case.number}"), say(drawn.LEVELS[one.level]), one.period,
        say("第 {n} 版", n=one.version), Cell(text="", state=_state(one)),
        exact_date(one.published_at) if one.published_at else "",
    ])  # fmt: skip


def _state(one: Release) -> State:
    kind: Any = {"published": "done", "superseded": "closed", "withdrawn": "closed"}.get(one.case.state, "active")
    return State(word=say(STATES[one.case.state]), kind=kind)


@page("indicators.release", "indicators/releases/<str:number>", title="指标发布", permission=SEE)
def one_release(request: Request, number: str) -> HttpResponse:
    """Its figures on the reader's ground, its appeals, and what may be done."""
    actor, found = request.actor, _found(request, number)
    told = releases.cells_of(for_=actor, release=found)
    said = releases.appeals(for_=actor, release=found)
    mine = [one for one in told if actor.reaches_path(one.place.path)] if _open(request, found) else []
    context = {
        "title": found.title, "state": _state(found), "acts": _acts(request, found), "pairs": _pairs(found),
        "columns": [Column(label=say(word), numeric=word in ("数值", "分子", "分母"))
                    for word in ("指标", "地方", "数值", "分子", "分母", "状态", "指纹")],
        "rows": [_cell(one, small=actor.may(SMALL)) for one in told],
        "appeal_columns": [Column(label=say(word)) for word in ("地方", "指标", "异议", "提出", "答复", "结论")],
        "appeals": [_appeal(one) for one in said], "answer_fields": _answer_fields,
        "answers": [(one.pk, one.said) for one in said
                    if one.answered_at is None and actor.may("indicators.answer_appeal")],
        "may_appeal": mine, "appeal_fields": _appeal_fields(mine),
    }  # fmt: skip
    return render(request, "indicators/release.html", context)


def _found(request: Request, number: str) -> Release:
    """A release that is published or open to appeals; any for those who follow its case."""
    found = Release.objects.select_related("case", "earlier__case").filter(case__number=number).first()
    states = ("reviewed", "published", "superseded")
    if found is None or not (found.case.state in states or request.actor.may("indicators.release.follow")):
        raise NotFound
    return found


def _open(request: Request, found: Release) -> bool:
    until = found.appeals_until
    open_ = found.case.state == "reviewed" and until is not None and clock.today() <= until
    return open_ and request.actor.may("indicators.appeal")


def _acts(request: Request, found: Release) -> list[Act]:
    acts = []
    if request.actor.may("indicators.release.follow"):
        acts.append(Act(word=say("办理"), href=f"/cases/{found.case.number}"))
    code = next((one.code for one in catalogue.of_what(found.what)), "")
    href = f"/figures/{code}/ranking?at={found.level}&period={found.period}"
    return [*acts, Act(word=say("看排名"), href=href, kind="quiet")] if code else acts


def _pairs(found: Release) -> list[tuple[str, str]]:
    return [
        (say("层级"), say(drawn.LEVELS[found.level])), (say("时期"), found.period),
        (say("版本"), say("第 {n} 版", n=found.version)), (say("说明"), found.note), (say("更正理由"), found.doubt),
        (say("更正的是"), found.earlier.case.number if found.earlier else say("第一次发布")),
        (say("审核意见"), found.verdict), (say("异议期到"), str(found.appeals_until or "")),
        (say("冻结"), exact_date(found.frozen_at) if found.frozen_at else ""),
        (say("发布时间"), exact_date(found.published_at) if found.published_at else ""),
        (say("全部数字的指纹"), found.fingerprint),
    ]  # fmt: skip


def _cell(one: FrozenCell, *, small: bool) -> Row:
    indicator = catalogue.named(one.indicator)
    title = say(indicator.title) if indicator else one.indicator
    hidden = one.small and not small
    word, kind = drawn.STATUS["suppressed" if hidden else one.status]
    numbers = [drawn.NONE] * 3 if hidden else [
        drawn.with_unit(plain(one.value), indicator) if indicator and one.value is not None else drawn.NONE,
        drawn.counted(plain(one.numerator)), drawn.counted(plain(one.denominator)),
    ]  # fmt: skip
    return Row(cells=[title, one.place.name, *numbers, Cell(text="", state=State(word=say(word), kind=kind)),
                      one.fingerprint[:12]])  # fmt: skip


# --- on the workbench


@block(permission="indicators.appeal", order=14)
def doubtable(*, for_: Actor) -> Block | None:
    """What the reader may still doubt, and until when."""
    found = releases.doubtable(for_=for_)
    if not found:
        return None
    lines = [(say("{title}：异议期到 {until} 为止", title=one.title, until=one.appeals_until),
              f"{LIST}/{one.case.number}") for one in found[:LINES]]  # fmt: skip
    return Block(title=say("指标在异议期"), count=len(found), lines=lines, href=LIST, word=say("看指标发布"))


@block(permission="indicators.answer_appeal", order=14)
def unanswered(*, for_: Actor) -> Block | None:
    """Doubts that wait for an answer: nothing is frozen before."""
    found = releases.unanswered(for_=for_)
    if not found:
        return None
    lines = [(f"{one.place.name} · {one.release.title}", f"{LIST}/{one.release.case.number}") for one in found[:LINES]]
    return Block(title=say("异议待答复"), count=len(found), lines=lines, href=LIST, word=say("看指标发布"))


# --- appeals


def _appeal(one: Appeal) -> Row:
    indicator = catalogue.named(one.indicator)
    verdict = "" if one.upheld is None else say("成立" if one.upheld else "不成立")
    return Row(cells=[one.place.name, say(indicator.title) if indicator else one.indicator, one.said,
                      f"{one.by.account} {exact_date(one.at)}", one.answer, verdict])  # fmt: skip


def _appeal_fields(mine: list[FrozenCell]) -> list[Field]:
    def label(one: FrozenCell) -> str:
        indicator = catalogue.named(one.indicator)
        return f"{one.place.name} · {say(indicator.title) if indicator else one.indicator}"

    return [
        Field(name="cell", label=say("哪个数字"), kind="select",
              options=[Option(value=str(one.pk), label=label(one)) for one in mine]),
        Field(name="said", label=say("异议"), kind="textarea", rows=3, help=say("写明您那里的数是多少、凭什么")),
    ]  # fmt: skip


def _answer_fields(appeal_id: int) -> list[Field]:
    verdicts = [Option(value="yes", label=say("异议成立")), Option(value="no", label=say("异议不成立"))]
    return [
        Field(name="answer", label=say("答复"), kind="textarea", rows=2),
        Field(name="upheld", label=say("结论"), kind="cards", options=verdicts),
    ]


@page("indicators.appeal", "indicators/appeals", title="对指标提出异议", permission="indicators.appeal", writes=True)
def raise_appeal(request: Request) -> HttpResponse:
    """Doubt a figure of one's own."""
    cell = row_number(request.POST.get("cell", ""))
    if request.method != "POST" or not cell:
        raise NotFound
    said = request.POST.get("said", "")
    return done(request, appeal(by=request.actor, key=key_of(request), cell=cell, said=said))


@page("indicators.answer_appeal", "indicators/appeals/<int:appeal_id>", title="答复异议",
      permission="indicators.answer_appeal", writes=True)  # fmt: skip
def answer(request: Request, appeal_id: int) -> HttpResponse:
    """Say whether a doubt is right."""
    upheld = request.POST.get("upheld", "")
    if request.method != "POST" or upheld not in ("yes", "no"):
        raise NotFound
    receipt = answer_appeal(by=request.actor, key=key_of(request), appeal=appeal_id,
                            answer=request.POST.get("answer", ""), upheld=upheld == "yes")  # fmt: skip
    return done(request, receipt)
