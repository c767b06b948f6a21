"""The pages of codes: what senders call their measurements, and what each means here."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.exchange.coding import actions, queries
from yigongti.exchange.coding.models import CodeMeaning, LocalCode
from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Cell, Column, Row
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.record.queries.vocabulary import SERIES


ROWS = 50


@page("exchange.codes", "inbox/codes", title="检验代码", permission="exchange.inbox")
def codes(request: Request) -> HttpResponse:
    """Codes that belong to no series yet, most frequent first; below, what was decided."""
    count, _, number = request.GET.get("after", "").partition("-")
    after = (row_number(count), row_number(number)) if row_number(number) else None
    found = queries.unnamed(for_=request.actor, after=after, limit=ROWS)
    last = found[-1] if len(found) == ROWS else None
    context = {
        "title": say("检验代码"),
        "columns": [*(Column(label=say(word)) for word in ("代码", "名称", "单位", "来源方")),
                    Column(label=say("来过"), numeric=True), Column(label=say("最近一次"))],
        "rows": [_row(one) for one in found],
        "more_url": f"/inbox/codes?{urlencode({'after': f'{last.count}-{last.pk}'})}" if last else "",
    }  # fmt: skip
    if request.headers.get("HX-Request") and after:
        return render(request, "parts/table_more.html", context)
    context |= {
        "decided_columns": [Column(label=say(word)) for word in ("代码", "来源方", "归入", "从哪天起", "理由", "谁")],
        "decided": [_decided(one) for one in queries.decided(for_=request.actor)],
    }
    return render(request, "exchange/codes.html", context)


def _row(one: LocalCode) -> Row:
    return Row(cells=[Cell(text=one.code or one.name, href=f"/inbox/codes/{one.pk}"), one.name, one.unit or "—",
                      one.sender.title, str(one.count), exact_date(one.last_at)])  # fmt: skip


def _decided(one: CodeMeaning) -> Row:
    series = say(SERIES[one.series].title) if one.series else say("不归入任何趋势")
    times = f" × {one.factor.normalize():f}" if one.factor != 1 else ""
    who = one.decided_by.account.person_name if one.decided_by else ""
    return Row(cells=[f"{one.code} {one.unit}".strip(), one.sender.title, f"{series}{times}", exact_date(one.begins),
                      one.reason, who])  # fmt: skip


class CodeForm(ActForm):
    """Which series, how its unit is reached, since when, why."""

    series = forms.ChoiceField(
        label="归入",
        choices=[*((one.code, f"{one.title}（{one.unit}）") for one in SERIES.values() if not one.paired),
                 (actions.NONE_OF_OURS, "不归入任何趋势")],
    )  # fmt: skip
    factor = forms.CharField(label="乘以", max_length=20, initial="1",
                             help_text="来源方的数乘以几，等于趋势单位的数；单位相同填 1")  # fmt: skip
    begins = forms.DateField(label="从哪天起", help_text="这一天起做的检验按此归入",
                             widget=forms.DateInput(attrs={"type": "date"}))  # fmt: skip
    reason = forms.CharField(label="理由", max_length=200, help_text="例如与检验科核对过项目字典")


@page("exchange.name_code", "inbox/codes/<int:pk>", title="代码归入趋势", permission="exchange.inbox_work", writes=True)
def name_code(request: Request, pk: int) -> HttpResponse:
    """Say what it means; what has come under it is read again."""
    found = queries.code(for_=request.actor, pk=pk)
    return act_by_form(
        request, CodeForm, title=say("代码归入趋势"), back="/inbox/codes", word=say("归入并重读已收进的"),
        line=f"{found.sender.title}：{found.code} {found.name} {found.unit}".strip(),
        initial={"begins": _year_of(found), "factor": "1"},
        act=lambda given, key: actions.name_code(
            by=request.actor, key=key, code_id=pk, series=given["series"], factor=given["factor"],
            begins=given["begins"], reason=given["reason"],
        ),
    )  # fmt: skip


def _year_of(found: LocalCode) -> date:
    """The first day of the year in which it first came: tests are older than their arrival."""
    return found.first_at.astimezone(clock.COUNTY_ZONE).date().replace(month=1, day=1)
