"""Writes about accounts and posts: who may sign in, as what, where, from when to when, and in whose stead."""

from __future__ import annotations

from datetime import date

from yigongti.kernel.access import accounts
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post, Unit
from yigongti.kernel.access.words import registry
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import Phrase, phrase
from yigongti.kernel.refusal import Missing, NotFound, raise_all
from yigongti.organisations.permissions import ACCOUNTS, COVER


def _receipt(account: Account, done: str, *, then: str = "", **facts: object) -> Receipt:
    return Receipt(
        number=f"ZH-{account.pk}",
        done=done,
        next=then,
        href=f"/accounts/{account.pk}",
        subject=f"access.Account:{account.pk}",
        facts=facts,
    )


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise Missing(field="reason", label="事由")
    return reason.strip()[:200]


def _unit_within(by: Actor, unit_id: int) -> Unit:
    unit = Unit.objects.filter(by.reach(), pk=unit_id).first()
    if unit is None:
        raise NotFound
    return unit


def _said(post: Post) -> Phrase:
    role = phrase(registry.roles[post.role].title)
    if post.ends:
        return phrase("{role}（{unit}，{begins} 至 {ends}）", role=role, unit=post.unit.name, begins=post.begins,
                      ends=post.ends)  # fmt: skip
    return phrase("{role}（{unit}，{begins} 起）", role=role, unit=post.unit.name, begins=post.begins)


@action("accounts.create", permission=ACCOUNTS)
def create_account(
    *,
    by: Actor,
    login: str,
    person_name: str,
    phone: str,
    password: str,
    unit_id: int,
    role: str,
    begins: date | None,
    ends: date | None = None,
) -> Receipt:
    """开通账号。"""
    unit = _unit_within(by, unit_id)
    raise_all(
        [
            *accounts.account_faults(
                login=accounts.tidy_login(login), person_name=person_name.strip(), phone=phone.strip()
            ),
            *accounts.post_faults(unit=unit, role=role, begins=begins, ends=ends),
        ]
    )
    account = accounts.make_account(login=login, person_name=person_name, phone=phone, password=password)
    post = accounts.give_post(by=by, account=account, unit=unit, role=role, begins=begins, ends=ends, reason="开通账号")
    return _receipt(
        account,
        phrase("已开通{name}的账号 {login}：{post}", name=account.person_name, login=account.login, post=_said(post)),
        then="把一次性口令当面交给本人，首次登录时必须修改",
        login=account.login,
        unit=unit.pk,
        role=role,
    )


@action("accounts.suspend", permission=ACCOUNTS)
def suspend_account(*, by: Actor, account_id: int, reason: str) -> Receipt:
    """停用账号。"""
    why = _require_reason(reason)
    account = accounts.administered(by=by, account_id=account_id)
    accounts.suspend(account)
    return _receipt(
        account,
        phrase("已停用{name}的账号", name=account.person_name),
        then="此人不能再登录；岗位和历史保留",
        reason=why,
    )


@action("accounts.resume", permission=ACCOUNTS)
def resume_account(*, by: Actor, account_id: int, reason: str) -> Receipt:
    """恢复账号。"""
    why = _require_reason(reason)
    account = accounts.administered(by=by, account_id=account_id)
    accounts.resume(account)
    return _receipt(account, phrase("已恢复{name}的账号", name=account.person_name), then="此人可以登录", reason=why)


@action("accounts.reset_password", permission=ACCOUNTS)
def reset_password(*, by: Actor, account_id: int, password: str) -> Receipt:
    """重设口令。"""
    account = accounts.administered(by=by, account_id=account_id)
    raise_all(accounts.password_faults(password, login=account.login))
    accounts.set_one_time_password(account, password)
    return _receipt(
        account, phrase("已重设{name}的口令", name=account.person_name), then="把一次性口令当面交给本人，登录时必须修改"
    )


@action("accounts.reset_second_factor", permission=ACCOUNTS)
def reset_second_factor(*, by: Actor, account_id: int, reason: str) -> Receipt:
    """重设第二道验证。"""
    why = _require_reason(reason)
    account = accounts.administered(by=by, account_id=account_id)
    accounts.forget_second_factor(account)
    return _receipt(
        account, phrase("已解除{name}的第二道验证", name=account.person_name), then="此人下次登录时重新绑定", reason=why
    )


@action("posts.give", permission=ACCOUNTS)
def give_post(
    *, by: Actor, account_id: int, unit_id: int, role: str, begins: date | None, ends: date | None, reason: str
) -> Receipt:
    """任命岗位。"""
    account = accounts.accounts_within(for_=by).filter(pk=account_id).first()
    if account is None:
        raise NotFound
    post = accounts.give_post(
        by=by,
        account=account,
        unit=_unit_within(by, unit_id),
        role=role,
        begins=begins,
        ends=ends,
        reason=reason,
    )
    return _receipt(
        account,
        phrase("已任命{name}：{post}", name=account.person_name, post=_said(post)),
        post=post.pk,
        role=role,
        unit=unit_id,
    )


@action("posts.end", permission=ACCOUNTS)
def end_post(*, by: Actor, post_id: int, on: date | None, reason: str) -> Receipt:
    """免去岗位。"""
    why = _require_reason(reason)
    if on is None:
        raise Missing(field="on", label="截止日期")
    post = accounts.end_post(by=by, post_id=post_id, on=on)
    return _receipt(
        post.account,
        phrase("已免去{name}：{post}", name=post.account.person_name, post=_said(post)),
        post=post.pk,
        on=on.isoformat(),
        reason=why,
    )


@action("posts.cover", permission=COVER)
def cover_post(
    *, by: Actor, post_id: int, account_id: int, role: str, begins: date | None, ends: date | None, reason: str
) -> Receipt:
    """安排代班。"""
    if not Post.objects.filter(by.reach("unit__"), pk=post_id).exists():
        raise NotFound
    deputy = accounts.accounts_within(for_=by).filter(pk=account_id).first()
    if deputy is None:
        raise Missing(field="account", label="代班人")
    post = accounts.cover_post(
        by=by, post_id=post_id, deputy=deputy, role=role, begins=begins, ends=ends, reason=reason
    )
    return _receipt(
        deputy,
        phrase("已安排{name}代班：{post}", name=deputy.person_name, post=_said(post)),
        covering=post_id,
        post=post.pk,
        reason=reason,
    )
