"""The forms of a brief: begin, edit, add a figure, issue, correct."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.brief import actions, queries
from yigongti.indicators.brief.pages import LIST, slots_of, version_of
from yigongti.indicators.brief.queries import ISSUE, WRITE
from yigongti.indicators.policy.briefs import OUTLINES
from yigongti.indicators.queries.cells import latest_whole
from yigongti.indicators.queries.frozen import on_ground
from yigongti.indicators.queries.places import Place, Places, places
from yigongti.kernel.language import say
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import BadValue, NotFound


MOST = 400
WRITTEN = "2026-10、2026-Q3、2025，或 2026-Y10（年初至 10 月）；只用已经发布的数字"
"""So many figures may be chosen from; what is older is told of by its own brief."""


def _ground(seen: Places) -> list[tuple[str, str]]:
    """The places that the writer's post reaches, each on each of its levels above the single institution."""
    return [
        (f"{one.id}|{level}", f"{one.name}（{say(drawn.LEVELS[level])}）")
        for one in sorted(seen.by_id.values(), key=lambda place: place.path)
        for level in one.levels
        if seen.reached(one) and (level != "institution" or one.kind not in ("village_room", "outside"))
    ]  # fmt: skip


@page("indicators.begin_brief", "indicators/briefs/new", title="写简报", permission=WRITE, writes=True)
def begin(request: Request) -> HttpResponse:
    """Which kind, of which place, of which period."""
    seen = places(for_=request.actor)
    ground = _ground(seen)
    last = latest_whole(for_=request.actor, kind="month")

    class Form(ActForm):
        """The first questions."""

        kind = forms.ChoiceField(label="种类", choices=[(code, one.masthead) for code, one in OUTLINES.items()])
        where = forms.ChoiceField(label="写哪里", choices=ground)
        period = forms.CharField(label="时期", max_length=8, help_text=WRITTEN)

    def act(given: Any, key: Any) -> Any:
        place, level = given["where"].split("|")
        period = read_period(given["period"])
        return actions.begin_brief(by=request.actor, key=key, kind=given["kind"], level=level, place=int(place),
                                   period=period)  # fmt: skip

    start = {"kind": "daily", "period": last.code if last else "", "where": ground[0][0] if ground else ""}
    return act_by_form(request, Form, title=say("写简报"), back=LIST, word=say("起草"), initial=start, act=act,
                       line=say("初稿按样子写好，数字取已发布的；之后文字可改，数字不能改。"))  # fmt: skip


def read_period(text: str) -> Period:
    """As it is written. Raises BadValue."""
    try:
        return Period.read(text.strip())
    except ValueError:
        problem = "写成 2026-10、2026-Q3、2025 或 2026-Y10"
        raise BadValue(field="period", label="时期", value=text, problem=problem) from None


class EditForm(ActForm):
    """The words, and why they change."""

    title = forms.CharField(label="标题", max_length=200)
    text = forms.CharField(
        label="正文", max_length=actions.LONGEST, widget=forms.Textarea(attrs={"rows": 18}),
        help_text="一行一段；数字用右边列出的方括号引用，改不了；单独一行的“一、……”是小标题",
    )  # fmt: skip
    reason = forms.CharField(label="为什么改", max_length=200)


@page("indicators.edit_brief", "indicators/briefs/<int:pk>/edit", title="改简报", permission=WRITE, writes=True)
def edit(request: Request, pk: int) -> HttpResponse:
    """The whole text, with what each slot says beside it."""
    whole = queries.whole(for_=request.actor, pk=pk)
    brief, here = whole.brief, f"{LIST}/{pk}"
    if not queries.may_write(brief, for_=request.actor, seen=places(for_=request.actor)):
        raise NotFound
    if request.method != "POST" and not version_of(request):
        return redirect(f"{here}/edit?version={brief.version}")
    return act_by_form(
        request, EditForm, title=say("改简报"), back=here, template="indicators/brief_edit.html",
        initial={"title": brief.title, "text": brief.text},
        act=lambda given, key: actions.edit_brief(by=request.actor, key=key, brief=pk, version=version_of(request),
                                                  **given),
        whole=whole, slots=slots_of(whole), preview=f"{here}/preview", faults=[],
    )  # fmt: skip


@page("indicators.add_figure", "indicators/briefs/<int:pk>/figure", title="添一个数字", permission=WRITE, writes=True)
def figure(request: Request, pk: int) -> HttpResponse:
    """One more published figure of the place, or of a place under it."""
    whole = queries.whole(for_=request.actor, pk=pk)
    place = places(for_=request.actor).by_id.get(whole.brief.place_id)
    if place is None or not queries.may_write(whole.brief, for_=request.actor, seen=places(for_=request.actor)):
        raise NotFound
    if request.method != "POST" and not version_of(request):
        return redirect(f"{LIST}/{pk}/figure?version={whole.brief.version}")

    choices = _choices(request, place, Period.read(whole.brief.period))

    class Form(ActForm):
        """Which."""

        which = forms.ChoiceField(label="哪个数字", choices=choices)

    def act(given: Any, key: Any) -> Any:
        indicator, level, where, period = given["which"].split("|")
        return actions.add_figure(
            by=request.actor, key=key, brief=pk, version=version_of(request), indicator=indicator, level=level,
            place=int(where), period=Period.read(period),
        )  # fmt: skip

    return act_by_form(request, Form, title=say("添一个数字"), back=f"{LIST}/{pk}", word=say("添上"), act=act,
                       line=say("只列已发布、您看得到的；添在文末，再挪到该说的地方。"))  # fmt: skip


def _choices(request: Request, place: Place, period: Period) -> list[tuple[str, str]]:
    """Published figures of the place and of those under it, of the brief's period."""
    found = []
    for level, where, code in on_ground(for_=request.actor, path=place.path, period=period, most=MOST):
        known = catalogue.named(code)
        if known:
            label = f"{say(known.title)} · {where.name}（{say(drawn.LEVELS[level])}）"
            found.append((f"{code}|{level}|{where.id}|{period.code}", label))
    return found


class IssueForm(ActForm):
    """One last look."""

    read = forms.BooleanField(label="我读过一遍，文字和数字对得上")


@page("indicators.issue_brief", "indicators/briefs/<int:pk>/issue", title="发出简报", permission=ISSUE, writes=True)
def issue(request: Request, pk: int) -> HttpResponse:
    """From then on nobody changes it."""
    whole = queries.whole(for_=request.actor, pk=pk)
    if request.method != "POST" and not version_of(request):
        return redirect(f"{LIST}/{pk}/issue?version={whole.brief.version}")
    return act_by_form(
        request, IssueForm, title=say("发出《{title}》", title=whole.brief.title), back=f"{LIST}/{pk}",
        word=say("发出"),
        line=say("发出后谁也不能再改；要改，另出一份更正。"),
        act=lambda given, key: actions.issue_brief(by=request.actor, key=key, brief=pk, version=version_of(request)),
    )  # fmt: skip


class CorrectForm(ActForm):
    """Why."""

    reason = forms.CharField(label="为什么更正", max_length=200)


@page("indicators.correct_brief", "indicators/briefs/<int:pk>/correct", title="出更正", permission=WRITE, writes=True)
def correct(request: Request, pk: int) -> HttpResponse:
    """A new draft that will stand in place of the issued one."""
    whole = queries.whole(for_=request.actor, pk=pk)
    return act_by_form(
        request, CorrectForm, title=say("更正《{title}》", title=whole.brief.title), back=f"{LIST}/{pk}",
        word=say("起草更正"),
        act=lambda given, key: actions.correct_brief(by=request.actor, key=key, brief=pk, reason=given["reason"]),
    )  # fmt: skip
