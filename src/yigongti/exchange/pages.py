"""Pages of data staff: what waits in the inbox, one message, the senders with their traffic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.exchange import actions, identity_lines, known_entries, queries
from yigongti.exchange.closed_words import done_words, reason_words
from yigongti.exchange.documents import attaching as documents
from yigongti.exchange.imaging import identity
from yigongti.exchange.imaging import pages as imaging_pages
from yigongti.exchange.labels import CHANNELS, STATES, rule_words
from yigongti.exchange.models import Message
from yigongti.exchange.sending import pages as outgoing
from yigongti.exchange.sending import queries as sending
from yigongti.exchange.watching import queries as watching
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Option, Row, State
from yigongti.kernel.pages.picked import ActForm, Picked
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date, said_span
from yigongti.kernel.refusal import NotFound


ROWS = 50
INBOX, WORK = "exchange.inbox", "exchange.inbox_work"


@page("exchange.inbox", "inbox", title="收件箱", menu=27, icon="download")
def inbox(request: Request) -> HttpResponse:
    """What could not be taken in, by reason, oldest first."""
    actor, rule = request.actor, request.GET.get("rule", "")[:120]
    after = request.GET.get("after", "")
    found = queries.waiting(for_=actor, rule=rule, after=row_number(after), limit=ROWS)
    more = f"/inbox?{urlencode({'rule': rule, 'after': found[-1].pk})}" if len(found) == ROWS else ""
    context = {
        "title": say("收件箱"),
        "columns": [Column(label=say(words)) for words in ("编号", "来的是什么", "为什么等", "收到")],
        "rows": [(one.pk, _row(one)) for one in found],
        "more_url": more,
        "day": clock.today().isoformat(),
        "reasons": [
            Option(
                value=code,
                label=f"{rule_words(code)} {n}",
                href=f"/inbox?{urlencode({'rule': code})}",
                current=code == rule,
            )
            for code, n in queries.reasons(for_=actor)
        ],
        "rule": rule,
        "works": actor.may(WORK),
    }
    continues = request.headers.get("HX-Request") and after
    return render(request, "exchange/inbox_rows.html" if continues else "exchange/inbox.html", context)


def _row(one: Message) -> Row:
    return Row(
        cells=[
            Cell(text=f"#{one.pk}", href=f"/inbox/{one.pk}"),
            f"{CHANNELS[one.channel]} {one.kind}",
            reason_words(one.reason),
            exact_date(one.received_at),
        ]
    )


@page("exchange.message", "inbox/<int:pk>", title="收到的消息", permission=INBOX)
def one_message(request: Request, pk: int) -> HttpResponse:
    """One message: what it is, what became of it; the lines about who and from whom, to be mended."""
    found = queries.message(for_=request.actor, pk=pk)
    body = bytes(found.mended or found.body)
    trail.saw(
        by=request.actor, page="exchange.message", sentence="查看收到的消息", persons=found.persons, basis="registered",
        subject=f"exchange.Message:{pk}",
    )  # fmt: skip
    word, kind = STATES[found.state]
    context = {
        "title": f"#{pk} {CHANNELS[found.channel]} {found.kind}",
        "state": State(word=say(word), kind=kind),
        "message": found,
        "pairs": _about(request.actor, found) + identity.pairs(found) + documents.pairs(found),
        "lines": identity_lines.readable(body) if found.channel == "hl7v2" else "",
        "closed": identity_lines.closed_count(body) if found.channel == "hl7v2" else 0,
        "acts": _acts(found) if request.actor.may(WORK) else [],
    }
    return render(request, "exchange/message.html", context)


def _about(actor: Actor, found: Message) -> list[tuple[str, str]]:
    sender = queries.sender(for_=actor, pk=found.sender_id)
    pairs = [
        (say("来源方"), _named(sender.title, sender.institution.name)),
        (say("来源方编号"), found.control_id),
        (say("收到"), exact_date(found.received_at)),
        (say("处理过"), say("{n} 次", n=found.tries)),
    ]
    if found.reason:
        pairs.append((say("原因"), reason_words(found.reason)))
    if found.field:
        pairs.append((say("哪里"), found.field))
    return pairs + ([(say("收进了"), "；".join(done_words(found.done)))] if found.done else [])


def _named(title: str, institution: str) -> str:
    return title if title == institution else f"{title}（{institution}）"


def _acts(found: Message) -> list[Act]:
    if found.state != "waiting":
        return imaging_pages.undo(found)
    mends = [Act(word=say("改正"), href=f"/inbox/{found.pk}/mend")] if found.channel == "hl7v2" else []
    first = [*imaging_pages.acts(found), *_step_acts(found)]
    return [
        *first,
        Act(word=say("重新处理"), post=f"/inbox/{found.pk}/retry", kind="secondary" if first else "primary"),
        *mends,
        Act(word=say("不收"), href=f"/inbox/{found.pk}/refuse", kind="danger"),
    ]


def _step_acts(found: Message) -> list[Act]:
    """What can be said of a number that is somebody else's already, or of another name."""
    if found.rule == known_entries.RULE:
        return [Act(word=say("编号另用"), href=f"/inbox/{found.pk}/anew", kind="primary")]
    if actions.waits_for_a_name(found):
        return [Act(word=say("是同一个人"), href=f"/inbox/{found.pk}/same", kind="primary")]
    return []


@page("exchange.retry", "inbox/<int:pk>/retry", title="重新处理", permission=WORK, writes=True)
def retry(request: Request, pk: int) -> HttpResponse:
    """Try once more."""
    if request.method != "POST":
        raise NotFound
    return done(request, actions.retry(by=request.actor, key=key_of(request), message_id=pk))


class MendForm(ActForm):
    """The lines that say who."""

    text = forms.CharField(label="改正后的内容", widget=forms.Textarea(attrs={"rows": 8}),
                           help_text="只改身份和消息头，每行开头的段名不能改；临床内容不在这里")  # fmt: skip
    why = forms.CharField(label="改正的理由", max_length=200, help_text="例如与来源方核对过证件")


class RefuseForm(ActForm):
    """Why not."""

    why = forms.CharField(label="不收的理由", max_length=200, help_text="例如测试消息、发错了县")


class AnewForm(ActForm):
    """How it is known."""

    why = forms.CharField(label="核对依据", max_length=200, help_text="例如与来源方核对过，编号按年重新开始")


class SameForm(ActForm):
    """How it is known."""

    why = forms.CharField(
        label="核对依据", max_length=200,
        help_text="例如核对过证件，改过名。来源方以后这样叫这位，不再等；是另一个人的，选“不收”，请来源方改号码",
    )  # fmt: skip


class SenderForm(ActForm):
    """Who it is, and how it counts."""

    title = forms.CharField(label="来源方名称", max_length=120)
    institution = Picked("institution", label="所属机构", help_text="它代表哪家机构送数据")
    restarts = forms.ChoiceField(
        label="报告号、就诊号", required=False,
        choices=[("", "不重复使用"), ("day", "每天重新开始"), ("year", "每年重新开始")],
        help_text="重新开始的，连同标本或就诊的日期（年份）一起认；不重复使用的，同一个号来了另一个人就等您核对",
    )  # fmt: skip


@page("exchange.mend", "inbox/<int:pk>/mend", title="改正消息", permission=WORK, writes=True)
def mend(request: Request, pk: int) -> HttpResponse:
    """Put right what the sender got wrong about who it is; what was received stays."""
    found = queries.message(for_=request.actor, pk=pk)
    seen = request.POST.get("seen") or actions.print_of(found)
    return act_by_form(
        request, MendForm, title=say("改正第 {n} 号", n=pk), line=reason_words(found.reason), back=f"/inbox/{pk}",
        word=say("改正并重新处理"), seen=seen,
        initial={"text": identity_lines.readable(bytes(found.mended or found.body))},
        act=lambda given, key: actions.mend(
            by=request.actor, key=key, message_id=pk, text=given["text"], why=given["why"], seen=seen
        ),
    )  # fmt: skip


@page("exchange.refuse", "inbox/<int:pk>/refuse", title="不收", permission=WORK, writes=True)
def refuse(request: Request, pk: int) -> HttpResponse:
    """Leave it out of the record, for a reason; it stays in the inbox."""
    return _decide(request, pk, RefuseForm, say("不收第 {n} 号", n=pk), say("不收"), actions.refuse)


@page("exchange.number_anew", "inbox/<int:pk>/anew", title="编号另用", permission=WORK, writes=True)
def number_anew(request: Request, pk: int) -> HttpResponse:
    """Say that the sender gave a number anew: what it stood for stays where it is, and this is kept beside it."""
    return _decide(
        request, pk, AnewForm, say("第 {n} 号的编号另用", n=pk), say("编号另用，收进档案"), actions.number_anew
    )


@page("exchange.same_person", "inbox/<int:pk>/same", title="是同一个人", permission=WORK, writes=True)
def same_person(request: Request, pk: int) -> HttpResponse:
    """Say that the name that differs is the registered person's; the register keeps its own."""
    return _decide(
        request, pk, SameForm, say("第 {n} 号是同一个人", n=pk), say("是同一个人，收进档案"), actions.same_person
    )


def _decide(
    request: Request, pk: int, form: type[ActForm], title: str, word: str, act: Callable[..., Receipt]
) -> HttpResponse:
    """A decision on a message that waits, for a reason; why it waits stands above."""
    found = queries.message(for_=request.actor, pk=pk)
    return act_by_form(
        request, form, title=title, line=reason_words(found.reason), back=f"/inbox/{pk}", word=word,
        act=lambda given, key: act(by=request.actor, key=key, message_id=pk, why=given["why"]),
    )  # fmt: skip


@page("exchange.senders", "inbox/senders", title="来源方", permission=INBOX)
def senders(request: Request) -> HttpResponse:
    """Every sender with its last thirty days: arrived, taken in, waiting, how long it took, when it was last heard."""
    silent = {one.sender.pk for one in watching.silent(for_=request.actor)}
    context = {
        "title": say("来源方"),
        "columns": [
            *(Column(label=say(words)) for words in ("来源方", "机构", "最近一次")),
            *(Column(label=say(words), numeric=True) for words in ("到达", "收进", "等待", "未处理", "不收", "耗时")),
        ],
        "rows": [_traffic(one, silent) for one in queries.traffic(for_=request.actor)],
        "out_columns": outgoing.traffic_columns(),
        "out_rows": [outgoing.traffic_row(one) for one in sending.traffic(for_=request.actor)],
    }
    return render(request, "exchange/senders.html", context)


def _traffic(one: queries.Traffic, silent: set[int]) -> Row:
    state = State(word=say("已确认"), kind="done") if one.confirmed else State(word=say("待确认"), kind="soon")
    return Row(
        cells=[
            Cell(text=f"{one.title} · {CHANNELS[one.channel]}", href=f"/inbox/senders/{one.sender_id}", state=state),
            "" if one.institution == one.title else one.institution,
            Cell(text=exact_date(one.last_seen), state=_silent() if one.sender_id in silent else None),
            *(str(n) for n in (one.arrived, one.applied, one.waiting, one.untouched, one.refused)),
            said_span(one.lag) if one.lag is not None else "—",
        ]
    )


def _silent() -> State:
    return State(word=say("比平常沉默得久"), kind="overdue")


@page("exchange.confirm_sender", "inbox/senders/<int:pk>", title="确认来源方", permission=WORK, writes=True)
def confirm_sender(request: Request, pk: int) -> HttpResponse:
    """Say who a sender is."""
    sender = queries.sender(for_=request.actor, pk=pk)
    return act_by_form(
        request, SenderForm, title=say("确认来源方"), line=f"{CHANNELS[sender.channel]} {sender.code}",
        back="/inbox/senders", word=say("确认"),
        initial={"title": sender.title, "institution": str(sender.institution_id),
                 "restarts": sender.numbers_restart},
        act=lambda given, key: actions.confirm_sender(
            by=request.actor, key=key, sender_id=pk, title=given["title"], institution_id=given["institution"].pk,
            restarts=given["restarts"],
        ),
    )  # fmt: skip


@block(permission=WORK, order=9)
def waits(*, for_: Actor) -> Block | None:
    """What waits in the inbox, by reason."""
    found: list[Any] = queries.reasons(for_=for_)
    if not found:
        return None
    lines = [(f"{rule_words(rule)} {n}", f"/inbox?{urlencode({'rule': rule})}") for rule, n in found[:5]]
    return Block(title=say("收件箱里等待的"), lines=lines, href="/inbox", word=say("去办理"))
