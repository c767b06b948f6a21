"""Pages of management: who is enrolled here, who was seen and is not, one person's enrolments, and the acts on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.chronic.enrolled import SEE, Listed, Span, enrolled, spans, suspected
from yigongti.chronic.enrolling import ENROL, end_enrolment, enrol, take_back_enrolment
from yigongti.chronic.policy.codes import disease as diseases
from yigongti.chronic.policy.codes import end_reason as end_reasons
from yigongti.chronic.policy.diseases import ENROLLED, FOLLOW_UP_WITHIN, SOUGHT
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Option, Row, State
from yigongti.kernel.pages.picked import ActForm, coded
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import said_age
from yigongti.kernel.parameters import values
from yigongti.residents.queries import persons
from yigongti.residents.queries.naming import SEX_WORDS
from yigongti.residents.queries.persons import Seen


ROWS = 50
LIST, SUSPECTED = "/chronic/enrolled", "/chronic/suspected"
OFFERED = {code: diseases.label(code) for code in ENROLLED}


@page(SEE, "chronic/enrolled", title="慢病在管", menu=22, icon="followup")
def enrolled_list(request: Request) -> HttpResponse:
    """Who is under management in one's own places, and when they were last followed up."""
    code = request.GET.get("disease", "")
    code = code if code in OFFERED else ""
    key, _, last = request.GET.get("after", "").partition("-")
    found = enrolled(for_=request.actor, disease=code, after=(row_number(key), last), limit=ROWS)
    mark = f"{found[ROWS - 1].person}-{found[ROWS - 1].disease}" if len(found) > ROWS else ""
    return _list(
        request, "慢病在管", found[:ROWS], route=LIST, code=code, mark=mark, known={"": "全部", **OFFERED},
        labels=("居民", "性别", "年龄", "病种", "自何时在管", "管理机构", "上次随访"), line=_enrolled_line,
        other=Act(word=say("疑似未纳入"), href=SUSPECTED, icon="search"),
    )  # fmt: skip


@page("chronic.suspected", "chronic/suspected", title="疑似未纳入", permission=SEE)
def suspected_list(request: Request) -> HttpResponse:
    """Who was seen for a disease in the last year and is not under management for it."""
    code = request.GET.get("disease", "")
    code = code if code in SOUGHT else next(iter(SOUGHT))
    found = suspected(for_=request.actor, disease=code, after=row_number(request.GET.get("after", "")), limit=ROWS)
    mark = str(found[ROWS - 1].person) if len(found) > ROWS else ""
    return _list(
        request, "疑似未纳入", found[:ROWS], route=SUSPECTED, code=code, mark=mark,
        known={one: diseases.label(one) for one in SOUGHT}, line=_suspected_line,
        labels=("居民", "性别", "年龄", "最近一次因病就诊", "就诊机构", "就诊时间", "办理"),
        other=Act(word=say("慢病在管"), href=LIST, icon="followup"),
    )  # fmt: skip


def _list(
    request: Request, title: str, found: list[Listed], *, route: str, code: str, mark: str, known: dict[str, str],
    labels: tuple[str, ...], line: Any, other: Act,
) -> HttpResponse:  # fmt: skip
    """Everybody shown is noted; the next page continues the table."""
    shown = {one.person for one in found}
    trail.saw(by=request.actor, page=f"chronic.{route.rsplit('/', 1)[1]}", sentence=f"查看{title}名单", persons=shown,
              basis="managed")  # fmt: skip
    options = [
        Option(value=one, label=say(label), current=one == code, href=f"{route}?{urlencode({'disease': one})}")
        for one, label in known.items()
    ]
    context = {
        "title": say(title), "filters": [(say("病种"), options)], "acts": [other],
        "columns": [Column(label=say(label)) for label in labels], "rows": [line(one) for one in found],
        "more_url": f"{route}?{urlencode({'disease': code, 'after': mark})}" if mark else "",
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and request.GET.get("after")
    return render(request, "parts/table_more.html" if continues else "chronic/enrolled.html", context)


def _who(one: Listed) -> list[str | Cell]:
    age = said_age(one.born, today=clock.today())
    return [Cell(text=one.name, href=f"/residents/{one.person}/chronic"), say(SEX_WORDS.get(one.sex, "")), age]


def _enrolled_line(one: Listed) -> Row:
    late = one.at is None or one.at.date() < clock.today() - timedelta(days=values.number(FOLLOW_UP_WITHIN))
    last = one.at.date().isoformat() if one.at else say("还没有随访")
    state = State(word=say("该随访了"), kind="soon") if late else None
    since = one.begins.isoformat() if one.begins else ""
    return Row(cells=[*_who(one), say(diseases.label(one.disease)), since, one.where, Cell(text=last, state=state)])


def _suspected_line(one: Listed) -> Row:
    at = one.at.date().isoformat() if one.at else ""
    take = Cell(text=say("纳入管理"), href=f"/residents/{one.person}/chronic/enrol?disease={one.disease}")
    return Row(cells=[*_who(one), one.what, one.where, at, take])


# --- one person


@page("chronic.of_person", "residents/<int:resident_id>/chronic", title="慢病管理", permission=SEE)
def of_person(request: Request, resident_id: int) -> HttpResponse:
    """Every enrolment of a person, what stands and what has ended, and what may be done."""
    actor, seen = request.actor, persons.person(for_=request.actor, resident=resident_id)
    found = spans(for_=actor, person=seen.person.pk)
    trail.saw(
        by=actor, page="chronic.of_person", sentence=f"查看慢病管理（{seen.basis.title}）", persons=[seen.person.pk],
        basis=seen.basis.code, subject=f"residents.Resident:{seen.person.pk}",
    )  # fmt: skip
    may = _may(actor, seen)
    context = {
        "title": seen.person.name, "filters": [], "acts": _acts(actor, seen),
        "columns": [Column(label=say(label)) for label in ("病种", "自何时在管", "到何时", "管理机构", "状态", "办理")],
        "rows": [_span_line(one, seen, may=may) for one in found], "more_url": "",
    }  # fmt: skip
    return render(request, "chronic/enrolled.html", context)


def _may(actor: Actor, seen: Seen) -> bool:
    return actor.may(ENROL) and seen.may_amend and not seen.person.died_on


def _acts(actor: Actor, seen: Seen) -> list[Act]:
    base = f"/residents/{seen.person.pk}"
    take = Act(word=say("纳入管理"), href=f"{base}/chronic/enrol", kind="primary", icon="plus")
    return [*([take] if _may(actor, seen) else []), Act(word=say("看健康档案"), href=f"{base}/record", icon="document")]


def _span_line(one: Span, seen: Seen, *, may: bool) -> Row:
    ended = say(end_reasons.label(one.end_reason)) if one.end_reason else say("已结束")
    state = State(word=say("在管"), kind="active") if one.stands else State(word=ended, kind="closed")
    end = Cell(text=say("结束管理"), href=f"/residents/{seen.person.pk}/chronic/{one.disease}/end")
    return Row(cells=[
        say(diseases.label(one.disease)), one.begins.isoformat(), one.ends.isoformat() if one.ends else "",
        one.managing, Cell(text="", state=state), end if may and one.ends is None else "",
    ])  # fmt: skip


def _chosen(labels: dict[str, str], *, label: str) -> forms.TypedChoiceField:
    """A choice that must be made: nothing is chosen before."""
    field = coded(labels, label=label)
    field.choices = [("", "请选择一项"), *labels.items()]
    return field


class EnrolForm(ActForm):
    disease = _chosen(OFFERED, label="病种")
    begins = forms.DateField(label="纳入管理日期")


class EndForm(ActForm):
    last_day = forms.DateField(label="管理的最后一天")
    reason = _chosen({one.code: one.label for one in end_reasons.entries}, label="结束管理原因")


class TakeBackForm(ActForm):
    """Asks nothing more."""


@page("chronic.enrol", "residents/<int:resident_id>/chronic/enrol", title="纳入慢病管理", permission=ENROL, writes=True)
def enrol_page(request: Request, resident_id: int) -> HttpResponse:
    """For which disease, from which day."""
    asked = request.GET.get("disease", "")
    return _form(
        request, resident_id, EnrolForm, "纳入慢病管理",
        lambda given, key: enrol(by=request.actor, key=key, resident=resident_id, **given),
        {"disease": asked if asked in OFFERED else "", "begins": clock.today()},
    )  # fmt: skip


@page("chronic.end_enrolment", "residents/<int:resident_id>/chronic/<slug:disease>/end", title="结束慢病管理",
      permission=ENROL, writes=True)  # fmt: skip
def end_page(request: Request, resident_id: int, disease: str) -> HttpResponse:
    """Until which day, and why."""
    return _form(
        request, resident_id, EndForm, "结束慢病管理",
        lambda given, key: end_enrolment(by=request.actor, key=key, resident=resident_id, disease=disease, **given),
        {"last_day": clock.today()}, said=say(diseases.label(disease)),
    )  # fmt: skip


@page("chronic.take_back_enrolment", "residents/<int:resident_id>/chronic/undo", title="撤回慢病管理的办理",
      permission=ENROL, writes=True)  # fmt: skip
def take_back_page(request: Request, resident_id: int) -> HttpResponse:
    """What one's own post did last today is taken back."""
    return _form(
        request, resident_id, TakeBackForm, "撤回慢病管理的办理",
        lambda _given, key: take_back_enrolment(by=request.actor, key=key, resident=resident_id),
    )  # fmt: skip


def _form(
    request: Request, resident_id: int, form: type[ActForm], title: str, act: Any,
    initial: dict[str, Any] | None = None, said: str = "",
) -> HttpResponse:  # fmt: skip
    seen = persons.person(for_=request.actor, resident=resident_id)
    line = " · ".join(filter(None, (seen.person.name, said)))
    return act_by_form(
        request, form, act=act, title=say(title), line=line, back=f"/residents/{resident_id}/chronic", word=say("提交"),
        initial=initial,
    )  # fmt: skip
