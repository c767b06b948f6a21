"""The first day: the one-time code, then county, groups, institutions, departments and posts, step by step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from yigongti.kernel.access import first_day
from yigongti.kernel.access.models import Post
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.form_pages import act_by_form, said
from yigongti.kernel.pages.parts import Act, State
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.posting import errors_of
from yigongti.kernel.pages.registry import Page, page, pages
from yigongti.kernel.refusal import BadValue, Refusal, raise_all
from yigongti.organisations import actions, bulk, queries, tables
from yigongti.organisations.models import Department, Group, Institution
from yigongti.organisations.permissions import MANAGE


REGISTERS = "/organisations/registers"


class FirstDayForm(ActForm):
    """The code that the service printed, and who becomes the first administrator."""

    code = forms.CharField(label="一次性口令", max_length=60, help_text="服务第一次启动时打印在终端里，一天内有效")
    name = forms.CharField(label="您的姓名", max_length=60)
    login = forms.CharField(label="登录名", max_length=60, help_text="小写字母或数字")
    password = forms.CharField(
        label="口令", max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label="再输一次口令", max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


def begin(request: Request) -> HttpResponse:
    """The only page that makes an account for nobody's asking; it is gone once there is one."""
    if not first_day.is_first_day():
        return HttpResponseRedirect("/sign-in")
    if request.method != "POST":
        return _begin_page(request, FirstDayForm(actor=None), {}, 200)  # type: ignore[arg-type]  # nobody is in yet
    typed = {name: str(value) for name, value in request.POST.items()}
    form = FirstDayForm(typed, actor=None)  # type: ignore[arg-type]  # nobody is in yet
    try:
        raise_all([*form.refusals(), *_different(typed)])
        given = form.cleaned_data
        post = first_day.use_code(given["code"], login=given["login"], name=given["name"], password=given["password"])
    except Refusal as refusal:
        trail.refused(by=None, action="first_day.begin", sentence=str(refusal))
        return _begin_page(request, form, errors_of(refusal), refusal.status)
    trail.session(by=None, action="first_day.begin", sentence="第一位管理员已开通。", account_id=post.account_id)
    return HttpResponseRedirect("/sign-in?next=/organisations/first-steps", status=303)


def _different(typed: dict[str, str]) -> list[Refusal]:
    if typed.get("password", "") == typed.get("again", ""):
        return []
    return [BadValue(field="again", label="再输一次口令", value="******", problem="两次不一样")]


def _begin_page(request: Request, form: Any, errors: dict[str, list[str]], status: int) -> HttpResponse:
    return render(request, "organisations/first_day.html", said(form, errors), status=status)


pages["organisations.first_day"] = Page(
    code="organisations.first_day", route="first-day", title="第一天", permission="", view=begin, writes=True
)


# --- the steps after it


@page("organisations.first_steps", "organisations/first-steps", title="建设步骤", permission=MANAGE)
def first_steps(request: Request) -> HttpResponse:
    """What stands already, what comes next."""
    steps = _steps()
    current = next((number for number, step in enumerate(steps) if not step["done"]), None)
    return render(request, "organisations/first_steps.html", {"steps": steps, "current": current})


def _steps() -> list[dict[str, Any]]:
    county = queries.the_county()
    groups, institutions = Group.objects.exists(), Institution.objects.exists()
    posts = Post.objects.values("account_id").distinct()[:2].count() > 1
    return [
        _step("登记本县", "县名和区划代码。", county is not None, [("登记本县", "/organisations/county")]),
        _step(
            "县域轮廓",
            "可选：导入 GeoJSON，地图上显示。",
            bool(county and county.outline),
            [("导入轮廓", "/organisations/outline")],
        ),
        _step("医共体（集团）", "一县一至三个。", groups, [("登记医共体", f"{REGISTERS}/groups/new")]),
        _step(
            "机构",
            "县级医院、乡镇卫生院、村卫生室；可以从表格整批粘贴。",
            institutions,
            [("整批粘贴", "/organisations/paste/institutions"), ("一家一家登记", f"{REGISTERS}/institutions/new")],
        ),
        _step(
            "科室",
            "哪些科室接收转诊、能收治什么。",
            Department.objects.exists(),
            [("整批粘贴", "/organisations/paste/departments"), ("一个一个登记", f"{REGISTERS}/departments/new")],
        ),
        _step("岗位", "给每个人开通账号并任命岗位。", posts, [("开通账号", "/accounts/new")]),
    ]


def _step(title: str, words: str, done: bool, links: list[tuple[str, str]]) -> dict[str, Any]:
    acts = [Act(word=say(word), href=href, kind="secondary") for word, href in links]
    state = State(word=say("已有"), kind="done") if done else State(word=say("还没有"), kind="waiting")
    return {"title": say(title), "words": say(words), "done": done, "state": state, "acts": acts}


class CountyForm(ActForm):
    """The county's name and code."""

    name = forms.CharField(label="县名", max_length=60, help_text="例如 介休市")
    division = forms.CharField(label="区划代码", max_length=6, help_text="GB/T 2260，6 位")


@page("organisations.county", "organisations/county", title="登记本县", permission=MANAGE, writes=True)
def county_page(request: Request) -> HttpResponse:
    """The county itself."""
    county = queries.the_county()
    return act_by_form(
        request,
        CountyForm,
        title=say("登记本县"),
        back="/organisations/first-steps",
        initial={"name": county.name, "division": county.division} if county else {},
        act=lambda given, key: actions.describe_county(
            by=request.actor,
            key=key,
            name=given["name"],
            division=given["division"],
        ),
    )


class RowsForm(ActForm):
    """A table pasted from a sheet, or the text of a CSV file."""

    rows = forms.CharField(
        label="表格", widget=forms.Textarea(attrs={"rows": 14}), help_text="第一行是表头；从电子表格复制后直接粘贴"
    )


def _paste(request: Request, *, title: str, columns: tuple[str, ...], act: Any) -> HttpResponse:
    return act_by_form(
        request,
        RowsForm,
        title=say(title),
        line=say("列名：{columns}", columns="、".join(columns)),
        back="/organisations/first-steps",
        word=say("登记"),
        initial={"rows": "\t".join(columns) + "\n"},
        act=lambda given, key: act(
            by=request.actor,
            key=key,
            rows=tables.table(given["rows"], columns=columns, field="rows"),
        ),
    )


@page(
    "organisations.paste_institutions",
    "organisations/paste/institutions",
    title="批量登记机构",
    permission=MANAGE,
    writes=True,
)
def paste_institutions(request: Request) -> HttpResponse:
    """Many institutions at once, all or none."""
    return _paste(request, title="批量登记机构", columns=tables.INSTITUTION_COLUMNS, act=bulk.open_institutions)


@page(
    "organisations.paste_departments",
    "organisations/paste/departments",
    title="批量登记科室",
    permission=MANAGE,
    writes=True,
)
def paste_departments(request: Request) -> HttpResponse:
    """Many departments at once, all or none."""
    return _paste(request, title="批量登记科室", columns=tables.DEPARTMENT_COLUMNS, act=bulk.open_departments)
