"""Signing in: password, lock after failures, second factor; and acting as one post at a time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.access.words import registry
from yigongti.kernel.audit import trail
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


STEP_SECONDS = 30


class WrongLogin(Refusal):
    """登录名或口令不对。"""

    status = 401


class Locked(Refusal):
    """连续多次输错，已锁定到 {until}。急用请找管理员重置口令。"""

    status = 403


class NotInUse(Refusal):
    """此账号已停用，请找管理员。"""

    status = 403


class NoPost(Refusal):
    """此账号现在没有岗位，请找管理员。"""

    status = 403


class WrongCode(Refusal):
    """动态口令不对或已用过，请输入新的六位数字。"""

    status = 401


def check(*, login: str, password: str) -> Account:
    """The account behind a login and a password.

    Raises WrongLogin (also for an unknown name, in the same time), Locked, NotInUse. Failures are counted under a row
    lock, so that guessing in parallel gains nothing.
    """
    refusal: Refusal
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(login=login.strip().lower()).first()
        if account is None:
            make_password(password)  # an unknown name must take as long as a wrong password
            refusal = WrongLogin(field="login")
        elif account.locked_until and account.locked_until > clock.now():
            refusal = Locked(until=f"{account.locked_until.astimezone(clock.COUNTY_ZONE):%H:%M}")
        elif not check_password(password, account.password):
            refusal = _count_failure(account)
        elif account.status != "active":
            refusal = NotInUse()
        else:
            Account.objects.filter(pk=account.pk).update(failures=0, locked_until=None)
            return account
    trail.session(by=None, action="session.refused", sentence=f"登录被拒：{type(refusal).__name__}",
                  account_id=account.pk if account else None)  # fmt: skip
    raise refusal


def _count_failure(account: Account) -> Refusal:
    failures = account.failures + 1
    lock = failures >= values.number("access.failures_before_lock")
    until = clock.now() + timedelta(minutes=values.number("access.lock_minutes")) if lock else None
    Account.objects.filter(pk=account.pk).update(failures=0 if lock else failures, locked_until=until)
    if until:
        return Locked(until=f"{until.astimezone(clock.COUNTY_ZONE):%H:%M}")
    return WrongLogin(field="login")


def posts_of(account_id: int, *, on: date | None = None) -> list[Post]:
    """The posts that an account holds on a day, at units that are open, own posts before cover."""
    day = on or clock.today()
    held = Post.objects.filter(Q(ends__isnull=True) | Q(ends__gte=day), account_id=account_id, begins__lte=day)
    found = held.select_related("unit", "account", "covering__account").filter(unit__closed_on=None)
    return [p for p in found.order_by("covering_id", "pk") if p.role in registry.roles]


def actor_of(post: Post) -> Actor:
    """The actor that a post makes."""
    return Actor(
        account_id=post.account_id,
        person_name=post.account.person_name,
        post_id=post.pk,
        role=registry.roles[post.role],
        unit_id=post.unit_id,
        unit_name=post.unit.name,
        unit_path=post.unit.path,
        unit_kind=post.unit.kind,
        covering=post.covering.account.person_name if post.covering else "",
    )


def needs_second_factor(posts: list[Post]) -> bool:
    """Whether any of the posts is of a role whose page asks for it."""
    return any(registry.roles[p.role].second_factor for p in posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A second factor about to be enrolled: what the phone must be told."""

    secret: str
    uri: str


def new_enrolment(account: Account) -> Enrolment:
    """A fresh secret and its address for an authenticator."""
    secret = pyotp.random_base32()
    return Enrolment(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(account.login, issuer_name="医共体"))


def enrol(*, account_id: int, secret: str, code: str) -> None:
    """Keep the secret once a code made with it has been shown. Raises WrongCode."""
    step = _step_of(secret, code)
    if step is None:
        raise WrongCode(field="code")
    Account.objects.filter(pk=account_id).update(second_factor_secret=secret, second_factor_step=step)


def check_code(*, account_id: int, code: str) -> None:
    """Accept a code once: its time step must be newer than the last one used. Raises WrongCode.

    Wrong codes count towards the same lock as wrong passwords.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        locked = account.locked_until and account.locked_until > clock.now()
        step = None if locked else _step_of(account.second_factor_secret, code)
        good = step is not None and step > account.second_factor_step
        if good:
            Account.objects.filter(pk=account_id).update(second_factor_step=step, failures=0)
        else:
            refusal = Locked(until="") if locked else _count_failure(account)
    if not good:
        raise refusal if isinstance(refusal, Locked) else WrongCode(field="code")


def _step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is: now, or one before or after for a clock that is off."""
    now = int(clock.now().timestamp())
    for drift in (0, -1, 1):
        moment = now + drift * STEP_SECONDS
        if secrets.compare_digest(pyotp.TOTP(secret).at(moment), code.strip()):
            return moment // STEP_SECONDS
    return None
