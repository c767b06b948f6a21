"""Where images are kept: in the platform's own store, and as copies in the county's archive where it has one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.exchange.imaging.archive import actions, queries
from yigongti.exchange.imaging.archive.queries import Standing, Waiting
from yigongti.exchange.imaging.models import StudyInstance
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.parts import Act, Cell, Column, Row, State
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import NotFound


ROWS = 50
SEE, WORK = "exchange.inbox", "exchange.inbox_work"
TROUBLES = {
    "unreachable": "连不上", "silent": "没有应答", "broken": "中途断开", "unreadable": "应答读不懂",
    "untrusted": "证书不可信", "full": "对方没有空间", "HTTP 401": "用户名或密码不对", "HTTP 403": "不许存入",
    "HTTP 404": "地址不对", "damaged": "文件库里的原件损坏", "felled": "收到这一幅后就没有应答了",
}  # fmt: skip
ACTS = {"declined": actions.give_declined, "elsewhere": actions.give_all}


def said_trouble(code: str) -> str:
    """What was wrong, in words; a code of DICOM's as it is."""
    return say(TROUBLES[code]) if code in TROUBLES else code


@page("exchange.images", "inbox/images", title="影像存放", permission=SEE)
def images(request: Request) -> HttpResponse:
    """Which archive holds how many, what waits, and what was declined."""
    actor, after = request.actor, request.GET.get("after", "")
    found = queries.troubled(for_=actor, after=row_number(after), limit=ROWS)
    context: dict[str, Any] = {
        "title": say("影像存放"),
        "columns": [Column(label=say(word)) for word in ("影像", "来源方", "原因", "下次再送")],
        "rows": [_troubled(one) for one in found],
        "more_url": f"/inbox/images?{urlencode({'after': found[-1].pk})}" if len(found) == ROWS else "",
    }
    if request.headers.get("HX-Request") and after:
        return render(request, "parts/table_more.html", context)
    standings, waiting = queries.standings(for_=actor), queries.waiting(for_=actor)
    context |= {
        "line": _line(standings, waiting),
        "archive_columns": [Column(label=say("影像服务器")), Column(label=say("影像"), numeric=True),
                            Column(label=say("最近一次应答"))],
        "archives": [_archive(one) for one in standings],
        "again": _again(standings, waiting) if actor.may(WORK) else [],
    }  # fmt: skip
    return render(request, "exchange/images.html", context)


def _line(standings: list[Standing], waiting: Waiting) -> str:
    if not any(one.current for one in standings):
        return say("没有设置影像服务器：影像只存放在平台自己的文件库里，共 {n} 幅。",
                   n=waiting.queued + waiting.declined + sum(one.held for one in standings))  # fmt: skip
    if waiting.queued:
        return say("原件都在平台自己的文件库里；影像服务器还有 {n} 幅没有收到，最早的来自 {since}。",
                   n=waiting.queued, since=exact_date(waiting.since) if waiting.since else "—")  # fmt: skip
    return say("原件都在平台自己的文件库里；影像服务器也收齐了。")


def _archive(one: Standing) -> Row:
    return Row(cells=[
        Cell(text=one.address, state=_state(one)), str(one.held),
        exact_date(one.answered_at) if one.answered_at else "—",
    ])  # fmt: skip


def _state(one: Standing) -> State | None:
    if not one.current:
        return State(word=say("不再使用"), kind="closed")
    if one.trouble:
        word = say("{trouble}，试过 {n} 次", trouble=said_trouble(one.trouble), n=one.tries)
        return State(word=word, kind="overdue")
    return None


def _again(standings: list[Standing], waiting: Waiting) -> list[tuple[str, str]]:
    """What can be given once more: address, and the word for it."""
    troubled = waiting.declined + waiting.put_off
    former = sum(one.held for one in standings if not one.current)
    current = any(one.current for one in standings)
    return [
        *([("declined", say("没送成的全部重送（{n}）", n=troubled))] if troubled else []),
        *([("elsewhere", say("原服务器上的也送来（{n}）", n=former))] if former and current else []),
    ]


def _troubled(one: StudyInstance) -> Row:
    return Row(cells=[
        Cell(text=one.uid, href=f"/inbox/images/{one.pk}", state=_stands(one)), one.study.sender.title,
        said_trouble(one.words), exact_date(one.due_at) if one.due_at else "—",
    ])  # fmt: skip


def _stands(one: StudyInstance) -> State:
    if one.copy == "declined":
        return State(word=say("等数据员"), kind="overdue")
    return State(word=say("送过 {n} 次，还会再送", n=one.tries), kind="soon")


@page("exchange.image", "inbox/images/<int:pk>", title="没送成的影像", permission=SEE)
def image(request: Request, pk: int) -> HttpResponse:
    """One image that the archive did not take: why, how often, when again."""
    one = queries.one_troubled(for_=request.actor, pk=pk)
    size = f"{one.file.size / 1024**2:.1f} MB"
    pairs = [
        (say("检查"), one.study.uid), (say("影像"), one.uid), (say("来源方"), one.study.sender.title),
        (say("大小"), size), (say("原因"), said_trouble(one.words)), (say("送过"), say("{n} 次", n=one.tries)),
        *([(say("下次再送"), exact_date(one.due_at))] if one.due_at else []),
    ]  # fmt: skip
    again = Act(word=say("马上重送"), post=f"/inbox/images/{pk}/again", kind="primary")
    context = {
        "title": say("没送成的影像"), "state": _stands(one), "pairs": pairs, "entry": one.study.entry_id,
        "acts": [again] if request.actor.may(WORK) else [],
    }  # fmt: skip
    return render(request, "exchange/image.html", context)


@page("exchange.give_image", "inbox/images/<int:pk>/again", title="重送影像", permission=WORK, writes=True)
def give_one(request: Request, pk: int) -> HttpResponse:
    """This one once more, now."""
    if request.method != "POST":
        raise NotFound
    return done(request, actions.give_one(by=request.actor, key=key_of(request), image=pk))


@page("exchange.give_images", "inbox/images/<slug:which>", title="重送影像", permission=WORK, writes=True)
def give(request: Request, which: str) -> HttpResponse:
    """Once more: what was not taken, or what a former archive holds."""
    if request.method != "POST" or which not in ACTS:
        raise NotFound
    return done(request, ACTS[which](by=request.actor, key=key_of(request)))


@block(permission=WORK, order=10)
def not_given(*, for_: Actor) -> Block | None:
    """An archive that does not answer, and images that it declined."""
    current = next((one for one in queries.standings(for_=for_) if one.current), None)
    waiting = queries.waiting(for_=for_)
    count = waiting.declined
    if current is None or not (current.trouble or count or waiting.put_off):
        return None
    lines = []
    if current.trouble:
        line = say("影像服务器{trouble}，自 {since}", trouble=said_trouble(current.trouble),
                   since=exact_date(current.silent_since) if current.silent_since else "—")  # fmt: skip
        lines.append((line, "/inbox/images"))
    if count:
        lines.append((say("影像服务器不收 {n} 幅", n=count), "/inbox/images"))
    if waiting.put_off:
        lines.append((say("{n} 幅没送成，还会再送", n=waiting.put_off), "/inbox/images"))
    return Block(title=say("影像服务器"), lines=lines, href="/inbox/images", word=say("去看看"))
