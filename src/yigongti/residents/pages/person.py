"""One person: what is registered, papers, household, and who has looked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Row, State
from yigongti.kernel.pages.picked import ActForm, Picked, coded
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.residents import labels
from yigongti.residents.actions.moving import add_identifier, end_identifier, join_household, move
from yigongti.residents.models import Identifier
from yigongti.residents.pages import drawn
from yigongti.residents.queries import persons
from yigongti.residents.queries.persons import Seen


KINDS = {"read": "查看", "write": "办理", "refusal": "被拒绝", "session": "登录"}
PAPERS = {code: word for code, word in labels.PAPER.items() if code not in ("id_card", "temporary")}


@page("residents.see", "residents/<int:resident_id>", title="居民登记")
def see(request: Request, resident_id: int) -> HttpResponse:
    """The registration: facts, papers, household, and what may be done."""
    actor = request.actor
    seen = persons.person(for_=actor, resident=resident_id)
    note(actor, seen, page="residents.see", sentence="查看居民登记")
    papers = persons.identifiers(for_=actor, seen=seen)
    context = {
        **head(actor, seen),
        "pairs": drawn.facts(seen.person, full=actor.may("residents.merge")),
        "columns": [Column(label=say(label)) for label in ("证件种类", "号码", "状态")],
        "rows": [_paper(one) for one in papers],
        "aliases": len(seen.rows) - 1,
        "ends": [one for one in papers if seen.may_amend and not one.ended_on and one.system != "temporary"],
    }
    return render(request, "residents/person.html", context)


def note(actor: Actor, seen: Seen, *, page: str, sentence: str) -> None:
    """Note that this person was shown, on which basis."""
    title, subject = seen.basis.title, f"residents.Resident:{seen.person.pk}"
    trail.saw(
        by=actor,
        page=page,
        sentence=f"{sentence}（{title}）",
        persons=[seen.person.pk],
        basis=seen.basis.code,
        subject=subject,
    )


def head(actor: Actor, seen: Seen) -> dict[str, Any]:
    """What `residents/person_head.html` asks for."""
    person = seen.person
    return {
        "resident": person,
        "sex_word": say(labels.SEX[person.sex]),
        "age_words": drawn.age(person),
        "phone_owner": say(labels.PHONE_OWNER[person.phone_owner]),
        "flags": drawn.flags(person),
        "basis_title": say(seen.basis.title),
        "acts": _acts(actor, seen),
    }


def _acts(actor: Actor, seen: Seen) -> list[Act]:
    base = f"/residents/{seen.person.pk}"
    may_bear = seen.person.sex == "2" and not seen.person.died_on and actor.may("residents.newborn")
    offered = (
        (actor.may("record.read"), Act(word=say("看健康档案"), href=f"{base}/record", kind="primary", icon="document")),
        (seen.may_amend, Act(word=say("更正登记"), href=f"{base}/amend")),
        (seen.may_amend, Act(word=say("登记证件"), href=f"{base}/papers")),
        (seen.may_amend, Act(word=say("登记家庭户"), href=f"{base}/household")),
        (seen.may_amend, Act(word=say("变更管理机构"), href=f"{base}/move")),
        (may_bear, Act(word=say("登记新生儿"), href=f"{base}/newborn", icon="plus")),
        (True, Act(word=say("谁看过"), href=f"{base}/seen", kind="quiet", icon="eye")),
    )
    return [act for may, act in offered if may]


def _paper(one: Identifier) -> Row:
    ended = State(word=say("已注销"), kind="closed") if one.ended_on else State(word=say("在用"), kind="active")
    return Row(cells=[say(labels.PAPER[one.system]), one.value, Cell(text="", state=ended)])


@page("residents.seen", "residents/<int:resident_id>/seen", title="谁看过这份档案", permission="residents.see")
def seen_by(request: Request, resident_id: int) -> HttpResponse:
    """The trail by person: when, who, what, on which basis."""
    actor = request.actor
    seen = persons.person(for_=actor, resident=resident_id)
    before = request.GET.get("before", "")
    rows = persons.lookers(for_=actor, seen=seen, before=row_number(before))
    note(actor, seen, page="residents.seen", sentence="查看谁看过档案")
    more = f"/residents/{seen.person.pk}/seen?before={rows[49].pk}" if len(rows) > 50 else ""
    context = {
        **head(actor, seen),
        "acts": [],
        "columns": [Column(label=say(label)) for label in ("时间", "谁", "做了什么", "种类")],
        "rows": [
            Row(cells=[exact_date(one.at), one.actor or say("系统"), one.sentence, say(KINDS[one.kind])])
            for one in rows[:50]
        ],
        "more_url": more,
    }
    template = "parts/table_more.html" if request.headers.get("HX-Request") and before else "residents/seen.html"
    return render(request, template, context)


@page("residents.household", "households/<str:number>", title="家庭户", permission="residents.see")
def household(request: Request, number: str) -> HttpResponse:
    """A household and its members whom one may see."""
    actor = request.actor
    home, members = persons.household(for_=actor, number=number)
    ids = [one.pk for one in members]
    trail.saw(by=actor, page="residents.household", sentence="查看家庭户", persons=ids, basis="household")
    context = {
        "title": say("家庭户 {number}", number=home.number),
        "home": home,
        "columns": [Column(label=say("与户主关系")), *drawn.columns()],
        "rows": [
            Row(
                cells=[
                    say(labels.HOUSEHOLD_ROLE.get(one.household_role, "")),
                    *drawn.list_row(one, href=f"/residents/{one.pk}").cells,
                ]
            )
            for one in members
        ],
    }
    return render(request, "residents/household.html", context)


class PaperForm(ActForm):
    system = coded(PAPERS, label="证件种类")
    value = forms.CharField(label="号码", max_length=60)


class HouseholdForm(ActForm):
    number = forms.CharField(label="户号", required=False, help_text="不填就新立一户", max_length=24)
    role = coded(labels.HOUSEHOLD_ROLE, label="与户主关系")


class MoveForm(ActForm):
    managing = Picked("own_institution", label="新的管理机构")
    reason = forms.CharField(label="变更理由", max_length=400)


class EndForm(ActForm):
    reason = forms.CharField(label="注销理由", max_length=400)


@page(
    "residents.papers",
    "residents/<int:resident_id>/papers",
    title="登记证件",
    permission="residents.amend",
    writes=True,
)
def papers(request: Request, resident_id: int) -> HttpResponse:
    """One more paper or card of this person."""

    actor = request.actor

    def act(typed: Mapping[str, Any], key: Any) -> Any:
        return add_identifier(by=actor, key=key, resident=resident_id, system=typed["system"], value=typed["value"])

    return _short_form(request, resident_id, PaperForm, act, "登记证件")


@page(
    "residents.join_household",
    "residents/<int:resident_id>/household",
    title="登记家庭户",
    permission="residents.amend",
    writes=True,
)
def into_household(request: Request, resident_id: int) -> HttpResponse:
    """Which household, as whom."""

    actor = request.actor

    def act(typed: Mapping[str, Any], key: Any) -> Any:
        return join_household(by=actor, key=key, resident=resident_id, role=typed["role"], number=typed["number"])

    return _short_form(request, resident_id, HouseholdForm, act, "登记家庭户")


@page(
    "residents.move",
    "residents/<int:resident_id>/move",
    title="变更管理机构",
    permission="residents.amend",
    writes=True,
)
def to_another(request: Request, resident_id: int) -> HttpResponse:
    """Another of one's own institutions manages this person from now on."""
    version = request.POST.get("seen", "")

    def act(typed: Mapping[str, Any], key: Any) -> Any:
        return move(
            by=request.actor,
            key=key,
            resident=resident_id,
            version=row_number(version),
            managing=typed["managing"].pk,
            reason=typed["reason"],
        )

    return _short_form(request, resident_id, MoveForm, act, "变更管理机构")


@page(
    "residents.end_paper",
    "residents/<int:resident_id>/papers/<int:identifier>/end",
    title="注销证件",
    permission="residents.amend",
    writes=True,
)
def end_paper(request: Request, resident_id: int, identifier: int) -> HttpResponse:
    """A lost or replaced card stops naming this person."""

    def act(typed: Mapping[str, Any], key: Any) -> Any:
        return end_identifier(by=request.actor, key=key, identifier=identifier, reason=typed["reason"])

    return _short_form(request, resident_id, EndForm, act, "注销证件")


def _short_form(request: Request, resident_id: int, form: type[ActForm], act: Any, title: str) -> HttpResponse:
    seen = persons.person(for_=request.actor, resident=resident_id)
    return act_by_form(
        request,
        form,
        act=act,
        title=say(title),
        line=seen.person.name,
        back=f"/residents/{resident_id}",
        word=say("提交"),
        seen=seen.person.version,
    )
