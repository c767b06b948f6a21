"""Accounts and posts to look at and to change: who works as what, where, and until when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock
from yigongti.kernel.access.accounts import accounts_within, one_time_password
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.access.words import registry
from yigongti.kernel.action.gate import Gated, Receipt
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Row, State
from yigongti.kernel.pages.picked import ActForm, Picked
from yigongti.kernel.pages.posting import key_of
from yigongti.kernel.pages.register_pages import HISTORY_ROWS, history
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.organisations import account_actions
from yigongti.organisations.choices import role_title
from yigongti.organisations.labels import UNIT_KINDS, label
from yigongti.organisations.permissions import ACCOUNTS, COVER
from yigongti.organisations.spelling import typed
from yigongti.organisations.tabs import tabs


PAGE_ROWS = 50
PLACE = "/accounts"


class NewAccountForm(ActForm):
    """Who, and as what to begin with."""

    person_name = forms.CharField(label="姓名", max_length=60)
    login = forms.CharField(label="登录名", max_length=60, help_text="小写字母、数字；例如姓名全拼加工号")
    phone = forms.CharField(label="电话", max_length=20, required=False)
    unit = Picked("unit", label="单位")
    role = Picked("role", label="岗位")
    begins = forms.DateField(label="起始日期")
    ends = forms.DateField(label="截止日期", required=False)


class PostForm(ActForm):
    """One more post for an account."""

    unit = Picked("unit", label="单位")
    role = Picked("role", label="岗位")
    begins = forms.DateField(label="起始日期")
    ends = forms.DateField(label="截止日期", required=False)
    reason = forms.CharField(label="事由", max_length=200)


class EndPostForm(ActForm):
    """The last day of a post."""

    on = forms.DateField(label="截止日期")
    reason = forms.CharField(label="事由", max_length=200)


class CoverForm(ActForm):
    """Who stands in, as what, and until when."""

    account = Picked("account", label="代班人")
    role = Picked("role", label="代班岗位", help_text="权限不能高于被代的岗位")
    begins = forms.DateField(label="起始日期")
    ends = forms.DateField(label="截止日期")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如年休假、产假、培训")


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="事由", max_length=200)


class SureForm(ActForm):
    """Nothing to fill in: the button says it."""


# --- list and detail


@page("accounts.list", "accounts", title="账号", permission=COVER, menu=85, icon="people")
def accounts(request: Request) -> HttpResponse:
    """The accounts with a post within reach, by name; fifty at a time."""
    actor = request.actor
    text, status = request.GET.get("q", "").strip()[:60], request.GET.get("status", "")
    rows = _found(actor, text, status)
    after = request.GET.get("after", "")
    if after:
        rows = rows.filter(_beyond(after))
    found = list(rows[: PAGE_ROWS + 1])
    more = f"{request.path}?q={text}&status={status}&after={found[PAGE_ROWS - 1].pk}" if len(found) > PAGE_ROWS else ""
    context = {
        "title": say("账号"),
        "text": text,
        "status": status,
        "tabs": tabs(actor, "accounts"),
        "columns": [Column(label=say(words)) for words in ("姓名", "登录名", "岗位", "状态")],
        "rows": [_row(account) for account in found[:PAGE_ROWS]],
        "more_url": more,
        "acts": [Act(word=say("开通账号"), href=f"{PLACE}/new", kind="primary", icon="plus")]
        if actor.may(ACCOUNTS)
        else [],
    }
    continues = after and request.headers.get("HX-Request")
    return render(request, "parts/table_more.html" if continues else "organisations/accounts.html", context)


def _found(actor: Actor, text: str, status: str) -> Any:
    living = Post.objects.filter(Q(ends__isnull=True) | Q(ends__gte=clock.today())).select_related("unit")
    rows = accounts_within(for_=actor).prefetch_related(Prefetch("posts", living, to_attr="living"))
    if text:
        rows = rows.filter(Q(person_name__contains=text) | Q(login__startswith=typed(text)) | Q(phone__startswith=text))
    if status in ("active", "suspended"):
        rows = rows.filter(status=status)
    return rows.order_by("login")


def _beyond(after: str) -> Q:
    last = Account.objects.filter(pk=row_number(after)).values_list("login", flat=True).first()
    if last is None:
        raise NotFound
    return Q(login__gt=last)


def _row(account: Any) -> Row:
    posts = "；".join(f"{say(role_title(post.role))}（{post.unit.name}）" for post in account.living)
    return Row(
        cells=[
            Cell(text=account.person_name, href=f"{PLACE}/{account.pk}"),
            account.login,
            posts or say("现在没有岗位"),
            Cell(text="", state=_state(account)),
        ]
    )


def _state(account: Account) -> State:
    if account.status == "suspended":
        return State(word=say("已停用"), kind="closed")
    if account.locked_until is not None and account.locked_until > clock.now():
        return State(word=say("输错被锁"), kind="soon")
    return (
        State(word=say("首次登录前"), kind="waiting")
        if account.must_change_password
        else State(word=say("在用"), kind="done")
    )


def _account(request: Request, pk: int) -> Account:
    found = accounts_within(for_=request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@page("accounts.one", "accounts/<int:pk>", title="账号", permission=COVER)
def one_account(request: Request, pk: int) -> HttpResponse:
    """One account: its state, its posts through time, what was done to it."""
    actor = request.actor
    account = _account(request, pk)
    posts = account.posts.select_related("unit", "covering__account", "given_by__account").order_by("-begins", "-pk")
    context = {
        "title": account.person_name,
        "line": account.login,
        "state": _state(account),
        "pairs": [
            (say("登录名"), account.login),
            (say("电话"), account.phone),
            (say("第二道验证"), say("已绑定") if account.second_factor_secret else say("未绑定")),
            (say("开通时间"), f"{account.made_at.astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M}"),
        ],
        "acts": _account_acts(actor, account),
        "posts": [_post(actor, post) for post in posts],
        "history": [(entry, []) for entry in history(f"access.Account:{pk}")[:HISTORY_ROWS]],
    }
    return render(request, "organisations/account.html", context)


def _account_acts(actor: Actor, account: Account) -> list[Act]:
    if not actor.may(ACCOUNTS) or account.pk == actor.account_id:
        return []
    where = f"{PLACE}/{account.pk}"
    acts = [Act(word=say("任命岗位"), href=f"{where}/posts/new"), Act(word=say("重设口令"), href=f"{where}/password")]
    if account.second_factor_secret:
        acts.append(Act(word=say("重设第二道验证"), href=f"{where}/second-factor"))
    if account.status == "active":
        return [*acts, Act(word=say("停用"), href=f"{where}/suspend", kind="danger")]
    return [*acts, Act(word=say("恢复"), href=f"{where}/resume")]


def _post(actor: Actor, post: Post) -> dict[str, Any]:
    living = post.ends is None or post.ends >= clock.today()
    within = living and actor.reaches_path(post.unit.path) and post.account_id != actor.account_id
    acts = []
    if within and post.covering_id is None:
        acts.append(Act(word=say("安排代班"), href=f"/posts/{post.pk}/cover"))
    if within and actor.may(ACCOUNTS):
        acts.append(Act(word=say("免去"), href=f"/posts/{post.pk}/end", kind="quiet"))
    return {
        "title": say(role_title(post.role)),
        "unit": post.unit.name,
        "kind": say(label(UNIT_KINDS, post.unit.kind)),
        "post": post,
        "living": living,
        "covers": post.covering.account.person_name if post.covering else "",
        "giver": post.given_by.account.person_name if post.given_by else "",
        "acts": acts,
    }


# --- making and changing


@page("accounts.new", "accounts/new", title="开通账号", permission=ACCOUNTS, writes=True)
def new_account(request: Request) -> HttpResponse:
    """An account with its first post; its one-time password is shown on the next page, once."""
    return act_by_form(
        request,
        NewAccountForm,
        title=say("开通账号"),
        back=PLACE,
        word=say("开通"),
        initial={"begins": clock.today(), "unit": request.GET.get("unit", "")},
        act=lambda given, key: account_actions.create_account(
            by=request.actor,
            key=key,
            login=given["login"],
            person_name=given["person_name"],
            phone=given["phone"],
            password=one_time_password(key),
            unit_id=given["unit"].pk,
            role=given["role"].code,
            begins=given["begins"],
            ends=given["ends"],
        ),
        after=lambda receipt: _password_page(request, receipt),
    )


def _password_page(request: Request, receipt: Receipt) -> HttpResponse:
    """The one-time password, only in the answer to the submission that made it: no address leads here."""
    context = {"receipt": receipt, "password": one_time_password(key_of(request)), "title": say("一次性口令")}
    return render(request, "organisations/one_time_password.html", context)


@page("accounts.password", "accounts/<int:pk>/password", title="重设口令", permission=ACCOUNTS, writes=True)
def reset_password(request: Request, pk: int) -> HttpResponse:
    """A new one-time password."""
    account = _account(request, pk)
    return act_by_form(
        request,
        SureForm,
        title=say("重设{name}的口令", name=account.person_name),
        line=say("旧口令立即失效，正在用它的登录随之结束。"),
        back=f"{PLACE}/{pk}",
        word=say("重设口令"),
        act=lambda given, key: account_actions.reset_password(
            by=request.actor,
            key=key,
            account_id=pk,
            password=one_time_password(key),
        ),
        after=lambda receipt: _password_page(request, receipt),
    )


def _by_reason(request: Request, pk: int, act: Gated[Any], *, title: str, word: str) -> HttpResponse:
    account = _account(request, pk)
    return act_by_form(
        request,
        ReasonForm,
        title=say(title, name=account.person_name),
        back=f"{PLACE}/{pk}",
        word=say(word),
        act=lambda given, key: act(by=request.actor, key=key, account_id=pk, reason=given["reason"]),
    )


@page("accounts.suspend", "accounts/<int:pk>/suspend", title="停用账号", permission=ACCOUNTS, writes=True)
def suspend(request: Request, pk: int) -> HttpResponse:
    """Nobody signs in with it any more."""
    return _by_reason(request, pk, account_actions.suspend_account, title="停用{name}的账号", word="停用")


@page("accounts.resume", "accounts/<int:pk>/resume", title="恢复账号", permission=ACCOUNTS, writes=True)
def resume(request: Request, pk: int) -> HttpResponse:
    """It may sign in again."""
    return _by_reason(request, pk, account_actions.resume_account, title="恢复{name}的账号", word="恢复")


@page(
    "accounts.second_factor",
    "accounts/<int:pk>/second-factor",
    title="重设第二道验证",
    permission=ACCOUNTS,
    writes=True,
)
def second_factor(request: Request, pk: int) -> HttpResponse:
    """It is enrolled anew at the next sign-in."""
    act = account_actions.reset_second_factor
    return _by_reason(request, pk, act, title="重设{name}的第二道验证", word="重设")


# --- posts


@page("posts.new", "accounts/<int:pk>/posts/new", title="任命岗位", permission=ACCOUNTS, writes=True)
def new_post(request: Request, pk: int) -> HttpResponse:
    """One more post."""
    account = _account(request, pk)
    return act_by_form(
        request,
        PostForm,
        title=say("给{name}任命岗位", name=account.person_name),
        back=f"{PLACE}/{pk}",
        word=say("任命"),
        initial={"begins": clock.today()},
        act=lambda given, key: account_actions.give_post(
            by=request.actor,
            key=key,
            account_id=pk,
            unit_id=given["unit"].pk,
            role=given["role"].code,
            begins=given["begins"],
            ends=given["ends"],
            reason=given["reason"],
        ),
    )


def _post_within(request: Request, pk: int) -> Post:
    actor = request.actor
    found = Post.objects.select_related("account", "unit").filter(actor.reach("unit__"), pk=pk).first()
    if found is None:
        raise NotFound
    return found


@page("posts.end", "posts/<int:pk>/end", title="免去岗位", permission=ACCOUNTS, writes=True)
def end_post(request: Request, pk: int) -> HttpResponse:
    """The last day of a post."""
    post = _post_within(request, pk)
    return act_by_form(
        request,
        EndPostForm,
        title=say("免去{name}的岗位：{role}", name=post.account.person_name, role=say(role_title(post.role))),
        line=post.unit.name,
        back=f"{PLACE}/{post.account_id}",
        word=say("免去"),
        initial={"on": clock.today()},
        act=lambda given, key: account_actions.end_post(
            by=request.actor,
            key=key,
            post_id=pk,
            on=given["on"],
            reason=given["reason"],
        ),
    )


@page("posts.cover", "posts/<int:pk>/cover", title="安排代班", permission=COVER, writes=True)
def cover_post(request: Request, pk: int) -> HttpResponse:
    """Somebody stands in, for a bounded time."""
    post = _post_within(request, pk)

    def act(given: Any, key: UUID) -> Receipt:
        return account_actions.cover_post(
            by=request.actor,
            key=key,
            post_id=pk,
            account_id=given["account"].pk,
            role=given["role"].code,
            begins=given["begins"],
            ends=given["ends"],
            reason=given["reason"],
        )

    return act_by_form(
        request,
        CoverForm,
        title=say("请人代{name}的班：{role}", name=post.account.person_name, role=say(role_title(post.role))),
        line=post.unit.name,
        back=f"{PLACE}/{post.account_id}",
        word=say("安排代班"),
        initial={"begins": clock.today(), "role": post.role if post.role in registry.roles else ""},
        act=act,
    )
