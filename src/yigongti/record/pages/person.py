"""The resident's record: who they are, warnings, plots, results, medicines, and one timeline of a whole life."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages import drawn_cases
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.parts import Act, Option, State
from yigongti.kernel.pages.registry import page, pages
from yigongti.kernel.refusal import NotFound
from yigongti.record import queries, shown
from yigongti.record.policy.kinds import KINDS
from yigongti.record.policy.series import SERIES
from yigongti.record.policy.special_classes import CLASS_OF_MANAGED
from yigongti.record.queries import Opened, Row
from yigongti.record.seeing import open_classes


ROWS = 25
SHORT = 8
PLOTTED = ("blood_pressure", "fasting_glucose")
PLOTTED_TIMES = 30
KIND_CHIPS = {
    ",".join(code for code in KINDS if code != "observation"): "除测量外",
    **{code: kind.title for code, kind in KINDS.items()},
}
SEEN, CHRONIC_CARE = "residents.seen", "chronic.of_person"
LANES = {"village": "村", "township": "乡镇", "county": "县", "outside": "县外"}


@page("record.read", "residents/<int:resident_id>/record", title="健康档案")
def record(request: Request, resident_id: int) -> HttpResponse:
    """Everything about a person that the next minute may need."""
    opened = queries.open_record(for_=request.actor, resident_id=resident_id)
    summary = queries.summary(for_=request.actor, opened=opened)
    context = {
        **about(opened),
        **_lived(request, opened),
        **_now(summary),
        "warnings": warnings(request.actor, opened, summary),
        "charts": _charts(request, opened),
        "acts": [*acts(request, opened), *_looks(request.actor, opened)],
        "begins": begins(request, opened),
        "cases": drawn_cases.cases_of_person(for_=request.actor, person_ids=list(opened.rows)),
    }
    saw(request, opened, page="record.read", sentence="查阅健康档案")
    return render(request, "record/record.html", context)


def begins(request: Request, opened: queries.Opened) -> list[Act]:
    """What may be begun for the person; for the dead nothing is."""
    if opened.resident.died_on:
        return []
    return drawn_cases.acts_for_person(for_=request.actor, person_id=opened.resident.pk)


@page(
    "record.timeline", "residents/<int:resident_id>/record/timeline", title="健康档案时间线", permission="record.read"
)
def more_of_timeline(request: Request, resident_id: int) -> HttpResponse:
    """Older entries for the timeline; without scripts, a page of its own."""
    opened = queries.open_record(for_=request.actor, resident_id=resident_id)
    context = about(opened) | _lived(request, opened)
    saw(request, opened, page="record.timeline", sentence="查阅健康档案时间线")
    return render(request, "parts/lanes_more.html" if request.htmx else "record/timeline.html", context)


@page(
    "record.series", "residents/<int:resident_id>/record/series/<slug:code>", title="测量曲线", permission="record.read"
)
def course(request: Request, resident_id: int, code: str) -> HttpResponse:
    """One series from the first measurement to the last."""
    if code not in SERIES:
        raise NotFound
    opened = queries.open_record(for_=request.actor, resident_id=resident_id)
    points = queries.series(for_=request.actor, opened=opened, code=code)
    context = {
        **about(opened),
        "series": SERIES[code],
        "courses": shown.courses(SERIES[code], points, opened),
    }
    saw(request, opened, page="record.series", sentence=f"查阅{SERIES[code].title}曲线")
    return render(request, "record/series.html", context)


@page("record.summary", "residents/<int:resident_id>/record/summary", title="档案摘要", permission="record.read",
      on_paper=True)  # fmt: skip
def summary_on_paper(request: Request, resident_id: int) -> HttpResponse:
    """The summary for the next doctor, made for paper."""
    opened = queries.open_record(for_=request.actor, resident_id=resident_id)
    summary = queries.summary(for_=request.actor, opened=opened)
    encounters = queries.last_encounters(for_=request.actor, opened=opened)
    context = {
        **about(opened),
        **_now(summary, most=None),
        "warnings": warnings(request.actor, opened, summary),
        "allergies": [shown_allergy(row) for row in summary.allergies],
        "encounters": [(row, shown.title_of(row), shown.place_of(row)) for row in encounters],
        "printed_words": f"{clock.now():%Y-%m-%d %H:%M}",
        "printed_by": request.actor.title,
    }
    saw(request, opened, page="record.summary", sentence="查阅档案摘要")
    return render(request, "record/summary.html", context)


def saw(request: Request, opened: Opened, *, page: str, sentence: str, subject: str = "") -> None:
    """Note that this person was shown, on which basis."""
    trail.saw(
        by=request.actor,
        page=page,
        sentence=f"{sentence}（{opened.basis.title}）",
        persons=[opened.resident.pk],
        basis=opened.basis.code,
        subject=subject or f"residents.Resident:{opened.resident.pk}",
    )


def warnings(actor: Actor, opened: Opened, summary: queries.Summary) -> list[State]:
    """What must not be overlooked: allergies, pregnancy, death, managed conditions (those of a class, by its gate)."""
    person = opened.resident
    found = [State(word=say("过敏：{what}", what=shown_allergy(row)), kind="harm") for row in summary.allergies]
    if summary.pregnant:
        found.append(State(word=say("妊娠：{what}", what=summary.pregnant.title), kind="soon"))
    if person.died_on:
        found.append(State(word=say("已于 {day} 去世", day=person.died_on.isoformat()), kind="closed"))
    seen = open_classes(actor, opened.basis.code)
    managed = [code for code in person.chronic if CLASS_OF_MANAGED.get(code, "") in seen]
    return found + [State(word=say(CHRONIC.get(code, code)), kind="active") for code in managed]


CHRONIC = {
    "hypertension": "高血压", "diabetes": "糖尿病", "copd": "慢阻肺", "stroke": "脑卒中", "chd": "冠心病",
    "coronary": "冠心病", "cancer": "肿瘤", "tuberculosis": "肺结核", "mental": "严重精神障碍",
}  # fmt: skip


def shown_allergy(row: Row) -> str:
    """The substance and what it did."""
    reaction = row.detail.get("reaction", "")
    return f"{row.title}（{reaction}）" if reaction else row.title


def acts(request: Request, opened: Opened) -> list[Act]:
    """What this actor may write here."""
    base = _base(opened)
    if not request.actor.may("record.add") or opened.resident.died_on:
        return []
    return [
        Act(word=say("记测量"), href=f"{base}/observe", kind="primary", icon="chart"),
        Act(word=say("记就诊"), href=f"{base}/encounter", icon="visit"),
        Act(word=say("加一条"), href=f"{base}/add", icon="plus"),
        Act(word=say("开申请"), href=f"{base}/order", icon="lab"),
        Act(word=say("附文书"), href=f"{base}/attach", icon="document"),
    ]


def _looks(actor: Actor, opened: Opened) -> list[Act]:
    """The same record on paper, the management of chronic diseases, and who has opened it."""
    found = [Act(word=say("给下一位医生的摘要"), href=f"{_base(opened)}/summary", kind="quiet", icon="print")]
    if CHRONIC_CARE in pages and actor.may(pages[CHRONIC_CARE].permission):
        managed = reverse(CHRONIC_CARE, kwargs={"resident_id": opened.resident.pk})
        found.append(Act(word=say("慢病管理"), href=managed, kind="quiet", icon="followup"))
    if SEEN in pages:
        seen = reverse(SEEN, kwargs={"resident_id": opened.resident.pk})
        found.append(Act(word=say("谁看过"), href=seen, kind="quiet", icon="eye"))
    return found


def _now(summary: queries.Summary, *, most: int | None = SHORT) -> dict[str, Any]:
    """What holds now, for the side of the page (shortened, with how many there are) or for paper (whole)."""
    conditions, medicines = summary.conditions, summary.medicines
    return {
        "conditions": [(row, shown.place_of(row)) for row in conditions[:most]],
        "more_conditions": len(conditions) if most and len(conditions) > most else 0,
        "medicines": [(row, shown.detail_of(row)) for row in medicines[:most]],
        "more_medicines": len(medicines) if most and len(medicines) > most else 0,
        "results": [(one, shown.result_state(one)) for one in summary.results],
        "reports": [(row, shown.place_of(row)) for row in summary.reports],
    }


def _base(opened: Opened) -> str:
    return f"/residents/{opened.resident.pk}/record"


def about(opened: Opened) -> dict[str, Any]:
    return {
        "opened": opened,
        "resident": opened.resident,
        "base": _base(opened),
        "basis_title": say(opened.basis.title),
        "kinds_label": say("按种类"),
        "lanes_label": say("按机构层级"),
    }


def _charts(request: Request, opened: Opened) -> list[tuple[str, list[Any]]]:
    points = queries.last_measured(for_=request.actor, opened=opened, codes=PLOTTED, limit=PLOTTED_TIMES)
    found = []
    for code in PLOTTED:
        own = [point for point in reversed(points) if point.series == code]
        if own:
            found.append((code, shown.courses(SERIES[code], own, opened)))
    return found


def _lived(request: Request, opened: Opened) -> dict[str, Any]:
    """A stretch of the timeline: what the address asks for, and the address of what comes after."""
    kinds = [kind for kind in request.GET.getlist("kind") if kind in KINDS]
    lane = request.GET.get("lane", "") if request.GET.get("lane") in LANES else ""
    before = _place(request.GET.get("before", ""))
    rows = queries.timeline(for_=request.actor, opened=opened, kinds=kinds, lane=lane, before=before, limit=ROWS + 1)
    more = ""
    if len(rows) > ROWS:
        last = rows[ROWS - 1]
        asked = {"kind": kinds, "lane": lane, "before": f"{last.at.isoformat()}~{last.id}"}
        more = f"{_base(opened)}/timeline?{urlencode(asked, doseq=True)}"
    return {
        "entries": [shown.on_timeline(row) for row in rows[:ROWS]],
        "more_url": more,
        "kind_filters": _filters(opened, "kind", KIND_CHIPS, kinds, lane),
        "lane_filters": _filters(opened, "lane", LANES, kinds, lane),
    }


def _place(text: str) -> tuple[datetime, int] | None:
    """The place of the last row shown, as its address carries it; NotFound for what no page of ours has written."""
    if not text:
        return None
    at, _, id_ = text.partition("~")
    try:
        place = datetime.fromisoformat(at), row_number(id_)
    except ValueError:
        raise NotFound from None
    if place[0].tzinfo is None or not place[1]:
        raise NotFound
    return place


def _filters(opened: Opened, name: str, choices: dict[str, str], kinds: list[str], lane: str) -> list[Option]:
    """Chips for one question, each keeping what the other one asks; a value may stand for several kinds."""
    now = {"kind": ",".join(kinds), "lane": lane}
    return [
        Option(
            value=code,
            label=say(title),
            href=f"{_base(opened)}?{_asked({**now, name: code})}#timeline",
            current=now[name] == code,
        )
        for code, title in {"": "全部", **choices}.items()
    ]


def _asked(now: dict[str, str]) -> str:
    return urlencode({"kind": [kind for kind in now["kind"].split(",") if kind], "lane": now["lane"]}, doseq=True)
