"""Pages of briefs: the list, one to read, print and take away as Word, and the forms that write it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from yigongti.indicators import drawn
from yigongti.indicators.brief import actions, queries
from yigongti.indicators.brief.changes import changes
from yigongti.indicators.brief.judged import JUDGED, judged_of
from yigongti.indicators.brief.models import Brief
from yigongti.indicators.brief.queries import WRITE, Whole
from yigongti.indicators.brief.spoken import Figure, aspect
from yigongti.indicators.brief.word_file import MEDIA_TYPE, word_file
from yigongti.indicators.brief.words import faults
from yigongti.indicators.policy.briefs import OUTLINES
from yigongti.indicators.queries.cells import SEE
from yigongti.indicators.queries.places import places
from yigongti.kernel import clock
from yigongti.kernel.access.words import registry
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number, whole_number
from yigongti.kernel.pages.parts import Act, Cell, Column, Option, Row, State
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.pages.templating import day
from yigongti.kernel.refusal import NotFound


LIST = "/indicators/briefs"
ROWS = 50


@page("indicators.briefs", "indicators/briefs", title="简报", permission=SEE)
def listed(request: Request) -> HttpResponse:
    """Issued ones, and drafts for those who write or issue."""
    actor, kind, before = request.actor, request.GET.get("kind", ""), row_number(request.GET.get("before", ""))
    found = queries.briefs(for_=actor, kind=kind, before=before or None, limit=ROWS + 1)
    more = f"{LIST}?kind={kind}&before={found[ROWS - 1].pk}" if len(found) > ROWS else ""
    columns = [Column(label=say(word)) for word in ("简报", "种类", "地方", "时期", "期号", "状态", "时间")]
    acts = [Act(word=say("写简报"), href=f"{LIST}/new", icon="plus")] if actor.may(WRITE) else []
    context = {
        "title": say("简报"), "kinds": _kinds(kind), "columns": columns, "rows": [_line(one) for one in found[:ROWS]],
        "more_url": more, "acts": acts,
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and before
    return render(request, "parts/table_more.html" if continues else "indicators/briefs.html", context)


def _kinds(kind: str) -> list[Option]:
    every = {"": say("全部"), **{code: say(one.masthead) for code, one in OUTLINES.items()}}
    return [Option(value=code, label=label, current=code == kind, href=f"{LIST}?kind={code}" if code else LIST)
            for code, label in every.items()]  # fmt: skip


def _line(one: Brief) -> Row:
    at = one.issued_at or one.written_at
    return Row(cells=[
        Cell(text=one.title, href=f"{LIST}/{one.pk}"), say(OUTLINES[one.kind].masthead), one.place.name, one.period,
        number_words(one), Cell(text="", state=state_of(one)), exact_date(at),
    ])  # fmt: skip


def number_words(one: Brief) -> str:
    """第 3 期; nothing while it is a draft, or of a kind that is not counted."""
    return say("第 {n} 期", n=one.number) if one.number and OUTLINES[one.kind].numbered else ""


def state_of(one: Brief) -> State:
    """Draft, issued, or corrected by a later one."""
    if one.superseded_at:
        return State(word=say("已更正"), kind="closed")
    return State(word=say("已发出"), kind="done") if one.issued_at else State(word=say("草稿"), kind="active")


# --- one of them


@page("indicators.brief", "indicators/briefs/<int:pk>", title="简报", permission=SEE, on_paper=True)
def one_brief(request: Request, pk: int) -> HttpResponse:
    """As it reads, with where its numbers are from and what was changed."""
    whole = queries.whole(for_=request.actor, pk=pk)
    told = [(one, changes(one.before, one.after)) for one in queries.edits(for_=request.actor, brief=whole.brief)]
    context = {**shown(whole), "acts": _acts(request, whole.brief), "edits": told, "back": LIST,
               "state": state_of(whole.brief), "judged_columns": [Column(label=say(word)) for word in JUDGED],
               "judged": [Row(cells=one) for one in judged_of(for_=request.actor, brief=whole.brief)]}  # fmt: skip
    return render(request, "indicators/brief.html", context)


def shown(whole: Whole) -> dict[str, Any]:
    """What the paper shows."""
    brief = whole.brief
    return {
        "whole": whole, "brief": brief, "title": brief.title, "head_line": head_line(brief),
        "sources": [_source(one) for one in whole.used], "loose": _loose(whole),
        "source_columns": [Column(label=say("数字"), numeric=True), Column(label=say("指标")),
                           Column(label=say("分子/分母"), numeric=True), Column(label=say("发布编号")),
                           Column(label=say("数据截至")), Column(label=say("目标依据"))],
    }  # fmt: skip


def head_line(brief: Brief) -> str:
    """第 3 期 · 介休市卫生健康局 · 2026 年 11 月 22 日; a draft says that it is one."""
    at = (brief.issued_at or brief.written_at).astimezone(clock.COUNTY_ZONE)
    parts = [number_words(brief) or ("" if brief.issued_at else say("草稿")), _house(brief),
             say("{y} 年 {m} 月 {d} 日", y=at.year, m=at.month, d=at.day)]  # fmt: skip
    return " · ".join(part for part in parts if part)


def _house(brief: Brief) -> str:
    """Whose paper it is: the bureau's where it is written for the county, else that of the unit."""
    post = brief.issued_by or brief.written_by
    title = registry.roles[post.role].title if post.unit.kind == "county" and post.role in registry.roles else ""
    return f"{post.unit.name}{say(title)}"


def _source(one: Figure) -> Row:
    cell = one.cell
    value = drawn.with_unit(cell.value, cell.indicator) if cell.shown else drawn.value_of(cell)
    release = cell.release if one.in_force else say("{number}（已更正）", number=cell.release)
    return Row(cells=[value, Cell(text=one.named, href=one.href), drawn.n_of(cell),
                      Cell(text=release, href=f"/indicators/releases/{cell.release}"),
                      day(cell.cut), one.held.source if one.held else ""])  # fmt: skip


def _loose(whole: Whole) -> list[str]:
    """Figures that have been corrected or taken back since: a draft must renew them, an issued one says so."""
    return [one.named for one in whole.used if not one.in_force]


def _acts(request: Request, brief: Brief) -> list[Act]:
    actor, here = request.actor, f"{LIST}/{brief.pk}"
    seen = places(for_=actor)
    found = [Act(word="Word", href=f"{here}/brief.docx", kind="quiet", icon="download")]
    if queries.may_write(brief, for_=actor, seen=seen):
        found.insert(0, Act(word=say("改文字"), href=f"{here}/edit"))
        found.insert(1, Act(word=say("添一个数字"), href=f"{here}/figure"))
    report = queries.report_of(brief)
    if report is not None and actor.may("indicators.annual.follow"):
        found.insert(0, Act(word=say("办理"), href=f"/cases/{report.case.number}", kind="primary"))
    if queries.may_issue(brief, for_=actor, seen=seen):
        found.insert(0, Act(word=say("发出"), href=f"{here}/issue", kind="primary"))
    if brief.issued_at and not brief.superseded_at and actor.may(WRITE) and actor.reaches_path(brief.place.path):
        found.append(Act(word=say("出更正"), href=f"{here}/correct", kind="quiet"))
    return found


@page("indicators.brief_word", "indicators/briefs/<int:pk>/brief.docx", title="简报", permission=SEE)
def as_word(request: Request, pk: int) -> HttpResponse:
    """The same text as a Word file; its numbers lead back here."""
    whole = queries.whole(for_=request.actor, pk=pk)
    host = request.build_absolute_uri("/").rstrip("/")
    judged = judged_of(for_=request.actor, brief=whole.brief)
    made = word_file(whole, line=head_line(whole.brief), host=host, judged=judged)
    named = f'attachment; filename="brief-{whole.brief.period}-{pk}.docx"'
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": named})


@page("indicators.brief_data", "indicators/briefs/<int:pk>.json", title="简报", permission=SEE)
def as_data(request: Request, pk: int) -> HttpResponse:
    """The same text and figures for a program; numbers as text, so that none loses a digit."""
    whole = queries.whole(for_=request.actor, pk=pk)
    brief = whole.brief
    return JsonResponse(
        {
            "id": brief.pk, "kind": brief.kind, "title": brief.title, "period": brief.period, "version": brief.version,
            "issued_at": brief.issued_at, "number": brief.number,
            "paragraphs": [{"heading": one.heading, "text": one.text} for one in whole.paragraphs],
            "figures": [_datum(one) for one in whole.figures.values()],
        }
    )  # fmt: skip


def _datum(one: Figure) -> dict[str, Any]:
    cell = one.cell
    numbers = {name: getattr(cell, name) for name in ("numerator", "denominator", "value")}
    return {
        "slot": one.number, "indicator": cell.indicator.code, "level": cell.level, "place": cell.place.id,
        "period": cell.period.code, "status": cell.status, "release": cell.release, "in_force": one.in_force,
        **{name: None if number is None else str(number) for name, number in numbers.items()},
    }  # fmt: skip


# --- writing


@page("indicators.brief_preview", "indicators/briefs/<int:pk>/preview", title="简报", permission=WRITE, writes=True)
def preview(request: Request, pk: int) -> HttpResponse:
    """What is being typed, as it will read; nothing is kept."""
    if request.method != "POST":
        raise NotFound
    text = request.POST.get("text", "")[: actions.LONGEST]
    whole = queries.whole(for_=request.actor, pk=pk, text=text)
    titles = {n: one.cell.indicator.title for n, one in whole.figures.items()}
    return render(request, "indicators/brief_text.html", {"whole": whole, "faults": faults(text, titles)})


def slots_of(whole: Whole) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every figure with the slots that bring it and what each says, for whoever writes."""
    return [
        (one.named, [(f"【{n}{which}】", aspect(one, which)) for which in ("", "数", "比", "标")])
        for n, one in whole.figures.items()
    ]  # fmt: skip


def version_of(request: Request) -> int:
    """The version that the writer saw."""
    return whole_number(request.GET.get("version", ""), most=99_999) or 0
