"""Pages of those who keep the house: parameters, the audit trail and its seals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock, jobs
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import seals, trail
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.parts import Field, Option
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.parameters import setting
from yigongti.kernel.parameters.words import defaults
from yigongti.kernel.refusal import NotFound, Refusal
from yigongti.residents.queries.misses import missed_on
from yigongti.site.audit_words import shown as said_entries


PAGE = 50


@page("parameters", "parameters", title="参数", permission="", menu=0)
def parameters(request: Request) -> HttpResponse:
    """Every dated parameter with its present value, source and confidence; who may set one, can."""
    manages = request.actor.may("parameters.manage")
    return render(request, "site/parameters.html", {"shown": setting.shown(), "manages": manages})


@page(
    "parameters.manage",
    "parameters/<str:code>",
    title="设定本县参数",
    permission="parameters.manage",
    menu=0,
    writes=True,
)
def parameter(request: Request, code: str) -> HttpResponse:
    """Set the county's own value from a day on."""
    shipped = defaults().get(code)
    if shipped is None:
        raise NotFound
    typed = {name: request.POST.get(name, "") for name in ("value", "begins", "source")}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            return done(request, setting.set_value(by=request.actor, key=key_of(request), code=code, **typed))
        except Refusal as refusal:
            errors = errors_of(refusal)
    fields = [
        Field(name="value", label=say(shipped.title), value=typed["value"], unit=say(shipped.unit),
              error=" ".join(errors.get("value", ()))),
        Field(name="begins", label=say("起用日期"), kind="date", value=typed["begins"] or str(clock.today()),
              error=" ".join(errors.get("begins", ()))),
        Field(name="source", label=say("依据"), value=typed["source"], help=say("文件名称、文号或会议纪要"),
              error=" ".join(errors.get("source", ()))),
    ]  # fmt: skip
    context = {
        "shipped": shipped,
        "fields": fields,
        "errors": [(f"f-{k}", s) for k, several in errors.items() for s in several],
    }
    return render(request, "site/parameter.html", context, status=422 if errors else 200)


@page("audit.see", "audit", title="审计记录", menu=80, icon="eye")
def audit(request: Request) -> HttpResponse:
    """The trail by day, kind and person who acted; persons shown are numbers here, never names or contents."""
    asked = {name: request.GET.get(name, "").strip() for name in ("day", "kind", "actor", "after")}
    entries = list(_entries(asked)[: PAGE + 1])
    waiting, since = seals.lag()
    head, sealed_at = seals.head()
    more = entries[PAGE - 1].pk if len(entries) > PAGE else None
    shown = _day(asked["day"]) or clock.today()
    missed, posts = missed_on(shown, for_=request.actor)
    context = {
        "missed": missed, "missing_posts": posts, "shown_day": shown,
        "entries": said_entries(entries[:PAGE], for_=request.actor), "more": more, "asked": asked,
        "waiting": waiting, "since": since, "head": head,
        "sealed_at": sealed_at, "journal": trail.journal_waits(),
        "kinds": _kinds(asked),
    }  # fmt: skip
    template = "site/audit_rows.html" if request.htmx and asked["after"] else "site/audit.html"
    return render(request, template, context)


KINDS = {"": "全部", "write": "办理", "read": "查阅", "refusal": "拒绝", "session": "登录"}


def _kinds(asked: dict[str, str]) -> list[Option]:
    """Chips that keep the day and the person asked for."""
    kept = {name: asked[name] for name in ("day", "actor") if asked[name]}
    return [
        Option(value=code, label=say(label), current=asked["kind"] == code,
               href=f"/audit?{urlencode({**kept, 'kind': code} if code else kept)}".rstrip("?"))
        for code, label in KINDS.items()
    ]  # fmt: skip


def _entries(asked: dict[str, str]) -> Any:
    found = Entry.objects.order_by("-id")
    day = _day(asked["day"])
    if day:
        begins = datetime.combine(day, time.min, tzinfo=clock.COUNTY_ZONE)
        found = found.filter(at__gte=begins, at__lt=begins + timedelta(days=1))
    if asked["kind"]:
        found = found.filter(kind=asked["kind"])
    if asked["actor"]:
        found = found.filter(actor__startswith=asked["actor"])
    after = row_number(asked["after"])
    return found.filter(id__lt=after) if after else found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@page("audit.verify", "audit/verify", title="核验审计链")
def verify(request: Request) -> HttpResponse:
    """Recompute the whole chain: every column of every sealed entry."""
    faults = list(seals.faults())
    head, sealed_at = seals.head()
    return render(request, "site/audit_verified.html", {"faults": faults, "head": head, "sealed_at": sealed_at})


@block(permission="audit.see", order=30)
def trail_alarm(*, for_: Actor) -> Block | None:
    """The trail's own state: what waits to be sealed, and an alarm while reads lie in the local journal."""
    waiting, since = seals.lag()
    journal = trail.journal_waits()
    lines = [(say("有查阅记录还在本地日志里，等待写入"), "/audit")] if journal else []
    lag = say("待封存 {n} 条", n=waiting) if since else say("审计记录已全部封存")
    return Block(title=say("审计记录"), lines=[*lines, (lag, "/audit")])


@block(permission="audit.see", order=31)
def failed_jobs(*, for_: Actor) -> Block | None:
    """Background work that failed, for whoever keeps the house: each kind, how often, when last."""
    found = jobs.failures()
    lines = [
        (say("{task}：{n} 次，最近 {at}", task=one.task, n=one.count,
             at=f"{one.last.astimezone(clock.COUNTY_ZONE):%m-%d %H:%M}"), "/audit")
        for one in found
    ]  # fmt: skip
    return Block(title=say("后台任务失败"), lines=lines) if found else None
