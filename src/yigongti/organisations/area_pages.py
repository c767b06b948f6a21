"""Bringing the areas of townships: a dry look at the file, then kept; and taken away again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.form_pages import act_by_form, said
from yigongti.kernel.pages.parts import Cell, Column, Row, State
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound, Refusal, raise_all
from yigongti.organisations.area_actions import import_areas, look_at_areas, remove_areas
from yigongti.organisations.areas import Look
from yigongti.organisations.map_files import DatumField, file_field, text_of
from yigongti.organisations.permissions import MANAGE


MAP = "/organisations/map"


class AreasForm(ActForm):
    """A GeoJSON text whose features are townships, and where it comes from."""

    file = file_field()
    areas = forms.CharField(
        label="GeoJSON",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="FeatureCollection，每个乡镇一个面，可以有洞；按 9 位或 12 位区划代码或乡镇名称对应",
    )
    datum = DatumField()
    source = forms.CharField(label="来源", max_length=200, help_text="会写在地图下面")


class RemoveForm(ActForm):
    """Nothing to say: it is only asked once more."""


@page("organisations.look_at_areas", "organisations/areas", title="导入乡镇辖区", permission=MANAGE, writes=True)
def look_page(request: Request) -> HttpResponse:
    """The file is looked at, and nothing is kept."""
    shown = {"title": say("导入乡镇辖区"), "back": MAP, "word": say("先看看"), "multipart": True,
             "line": say("先看对应得对不对，再决定是否导入。只作示意，不是官方地图。")}  # fmt: skip
    if request.method != "POST":
        asked = AreasForm(actor=request.actor)
        return render(request, "register/form.html", {**shown, "fields": asked.drawn({}), "errors": []})
    asked = AreasForm({name: str(value) for name, value in request.POST.items()}, actor=request.actor)
    try:
        raise_all(asked.refusals())
        text = text_of(request, pasted=asked.cleaned_data["areas"], field="areas")
        look = look_at_areas(for_=request.actor, areas=text, datum=asked.cleaned_data["datum"])
    except NotFound:
        raise
    except Refusal as refusal:
        return render(request, "register/form.html", {**shown, **said(asked, errors_of(refusal))},
                      status=refusal.status)  # fmt: skip
    return render(request, "organisations/areas.html", _looked(look, asked.cleaned_data["source"]))


def _looked(look: Look, source: str) -> dict[str, Any]:
    fits = State(word=say("导入"), kind="done")
    rows = [
        Row(cells=[one.name, one.township.name, say(one.by), Cell(text="", state=fits)]) for one in look.areas
    ]  # fmt: skip
    return {
        "title": say("导入乡镇辖区"), "source": source, "kept": look.kept(), "n": len(look.areas), "rows": rows,
        "columns": [Column(label=say(word)) for word in ("文件里的名称", "机构", "凭什么对应", "状态")],
        "lacking": [one.name for one in look.lacking],
        "strangers": [(say(name), say(why)) for name, why in look.strangers],
    }  # fmt: skip


@page("organisations.import_areas", "organisations/areas/import", title="导入乡镇辖区", permission=MANAGE, writes=True)
def import_page(request: Request) -> HttpResponse:
    """What was looked at is kept."""
    if request.method != "POST":
        raise NotFound
    areas, source = request.POST.get("areas", ""), request.POST.get("source", "")
    return done(request, import_areas(by=request.actor, key=key_of(request), areas=areas, source=source))


@page("organisations.remove_areas", "organisations/areas/remove", title="撤下乡镇辖区", permission=MANAGE, writes=True)
def remove_page(request: Request) -> HttpResponse:
    """The map goes back to points."""
    return act_by_form(
        request, RemoveForm, title=say("撤下乡镇辖区"), back=MAP, word=say("撤下"),
        line=say("指标地图从今天起只画点；撤下的辖区留有记录，可以重新导入。"),
        act=lambda given, key: remove_areas(by=request.actor, key=key),
    )  # fmt: skip
