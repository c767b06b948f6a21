"""The pages of every case: begin one, look at it, take a step, list what waits. Derived from the workflow pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.audit import trail
from yigongti.kernel.pages import drawn_cases, news, step_forms
from yigongti.kernel.pages.asking import LAST, Request, whole_number
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound, Refusal
from yigongti.kernel.workflow import casepage, engine, rooms, worklists
from yigongti.kernel.workflow.words import BIRTH, Step, Workflow


LISTS = {"mine": worklists.waiting, "others": worklists.elsewhere, "all": worklists.everything}


@page("cases.begin", "new/<str:workflow>", title="新办一单", permission="", writes=True)
def begin(request: Request, workflow: str) -> HttpResponse:
    """Begin a case: one form, its birth steps as buttons; what is already known is filled in from the address."""
    made = rooms.kept.get(workflow)
    steps = (
        [s for s in made.page.steps if BIRTH in s.frm and request.actor.may(made.page.permission(s))] if made else []
    )
    if made is None or not steps:
        raise NotFound
    if request.method == "POST":
        return _post(request, made.page, steps, None)
    main = _main(steps)
    given = {**(made.starts(for_=request.actor, given=request.GET) if made.starts else {}), **request.GET.dict()}
    return _form(request, made, main, steps, given, {})


def _main(steps: list[Step]) -> Step:
    return next((s for s in steps if s.weight == "primary"), steps[0])


def _post(request: Request, workflow: Workflow, steps: list[Step], view: casepage.CaseView | None) -> HttpResponse:
    step = next((s for s in steps if s.code == request.POST.get("step")), None)
    if step is None:
        raise NotFound
    number = view.case.number if view else None
    given = step_forms.given_of(workflow, step, request.POST)
    try:
        if number is None:
            receipt = engine.begin(by=request.actor, workflow=workflow.code, step=step.code, given=given,
                                   key=key_of(request))  # fmt: skip
        else:
            receipt = engine.take(by=request.actor, number=number, step=step.code, given=given, key=key_of(request),
                                  version=_version(request))  # fmt: skip
    except Refusal as refusal:
        return _form(request, rooms.kept[workflow.code], step, steps, given, errors_of(refusal), refusal, view)
    return done(request, receipt)


def _version(request: Request) -> int | None:
    return whole_number(request.POST.get("version", ""), most=LAST)


def _form(
    request: Request, made: rooms.Kept, step: Step, steps: list[Step], given: Mapping[str, Any],
    errors: Mapping[str, list[str]], refusal: Refusal | None = None, view: casepage.CaseView | None = None,
) -> HttpResponse:  # fmt: skip
    offers = made.offers(for_=request.actor, given=given) if made.offers else {}
    about = {"resident": str(view.case.person_id)} if view and view.case.person_id else {}
    shown = made.shown(for_=request.actor, given={**given, **about}) if made.shown else {}
    persons = [int(p) for p in shown.get("persons", ())]
    if view and view.case.person_id and view.case.person_id not in persons:
        persons.append(view.case.person_id)
    trail.saw(by=request.actor, page="cases.begin", sentence=f"填写{made.page.title}", persons=persons, basis="form")
    context = {
        "page": made.page, "step": step, "steps": steps, "number": view.case.number if view else None,
        "about": drawn_cases.about(view) if view else None, "version": request.POST.get("version", ""),
        "fields": step_forms.fields_of(made.page, step, for_=request.actor, given=given, errors=errors, offers=offers),
        "errors": [(f"f-{field}" if field else "", s) for field, several in errors.items() for s in several],
        "refusal": refusal, "shown": shown, "action": request.get_full_path(),
    }  # fmt: skip
    return render(request, "cases/form.html", context, status=refusal.status if refusal else 200)


@page("cases.see", "cases/<str:number>", title="办理单", permission="")
def see(request: Request, number: str) -> HttpResponse:
    """A case: its path, whose turn, the clocks, what may be done now, and the panels of the actor's side."""
    view = casepage.case_view(for_=request.actor, number=number)
    _saw(request, view, "cases.see")
    news.read_case(for_=request.actor, case=view.case)
    drawn = drawn_cases.case_page(view, for_=request.actor)
    return render(request, "cases/case.html", {"view": view, "drawn": drawn, "readers": news.readers_of(view.case)})


def _saw(request: Request, view: casepage.CaseView, where: str) -> None:
    if view.case.person_id:
        trail.saw(by=request.actor, page=where, sentence=f"查看{view.page.title} {view.case.number}",
                  persons=[view.case.person_id], basis="case", subject=f"workflow.Case:{view.case.pk}")  # fmt: skip


@page("cases.paper", "cases/<str:number>/paper", title="打印办理单", permission="", on_paper=True)
def paper(request: Request, number: str) -> HttpResponse:
    """The case on paper, with a code to check it by."""
    view = casepage.case_view(for_=request.actor, number=number)
    made = rooms.of(view.case)
    if not made.paper or not view.panels:
        raise NotFound
    _saw(request, view, "cases.paper")
    code = drawn_cases.check_code(request.build_absolute_uri(f"/cases/{number}"))
    return render(request, made.paper, {"view": view, "facts": view.facts, "code": code})


@page("cases.step", "cases/<str:number>/<str:step>", title="办理", permission="", writes=True)
def step(request: Request, number: str, step: str) -> HttpResponse:
    """Take a step: at once when nothing must be recorded, else by its form."""
    view = casepage.case_view(for_=request.actor, number=number)
    steps = [s for s in view.steps if s.code == step]
    if request.method == "POST":
        asked = view.page.steps if not steps else steps
        return _post(request, view.page, [s for s in asked if s.code == step], view)
    if not steps:
        raise NotFound
    _saw(request, view, "cases.step")
    given = {name: getattr(view.facts, f"{name}_id", None) or getattr(view.facts, name, "") or "" for name in
             (*steps[0].must_record, *steps[0].may_record)}  # fmt: skip
    return _form(request, rooms.of(view.case), steps[0], steps, {**given, "version": view.case.version}, {}, None, view)


@page("cases.list", "cases", title="办理单", permission="")
def listing(request: Request) -> HttpResponse:
    """A worklist: mine, others' or all; by kind and state; more by keyset."""
    which = request.GET.get("show", "mine")
    workflow, state = request.GET.get("workflow", ""), request.GET.get("state", "")
    lines = _page_of_lines(request, which, workflow, state)
    trail.saw(by=request.actor, page="cases.list", sentence="查看办理单列表",
              persons=[line.row.person_id for line in lines if line.row.person_id], basis="case")  # fmt: skip
    context = drawn_cases.listing(lines, for_=request.actor, which=which, workflow=workflow, state=state)
    template = "parts/case_more.html" if request.htmx and request.GET.get("after") else "cases/list.html"
    return render(request, template, context)


def _page_of_lines(request: Request, which: str, workflow: str, state: str) -> list[worklists.Line]:
    try:
        after = worklists.read_cursor(request.GET.get("after", ""))
    except ValueError:
        after = None
    return LISTS.get(which, worklists.waiting)(
        for_=request.actor, workflow=workflow, state=state, after=after, limit=drawn_cases.PAGE
    )
