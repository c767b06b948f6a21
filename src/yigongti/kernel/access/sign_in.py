"""Signing in: password, lock after failures, second factor; and acting as one post at a time."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from yigongti.kernel import clock
from yigongti.kernel.access.accounts import tidy_login
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post, Unit
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
    lock, so that guessing in parallel gains nothing; only `admitted` forgives them, once the second factor is passed.
    """
    refusal: Refusal
    name = tidy_login(login).replace("\x00", " ")  # which no login holds, and no database takes
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(login=name).first()
        if account is None:
            make_password(password)  # an unknown name must take as long as a wrong password
            refusal = WrongLogin(field="login")
        elif account.locked_until and account.locked_until > clock.now():
            refusal = _locked(account)
        elif not check_password(password, account.password):
            refusal = _count_failure(account)
        elif account.status != "active":
            refusal = NotInUse()
        else:
            return account
    trail.session(by=None, action="session.refused", sentence=f"登录被拒：{type(refusal).__name__}",
                  account_id=account.pk if account else None)  # fmt: skip
    raise refusal


def admitted(*, account_id: int) -> None:
    """Whoever passed everything that is asked of the account starts with no failures again."""
    Account.objects.filter(pk=account_id).update(failures=0, locked_until=None)


def _count_failure(account: Account) -> Refusal:
    failures = account.failures + 1
    lock = failures >= values.number("access.failures_before_lock")
    until = clock.now() + timedelta(minutes=values.number("access.lock_minutes")) if lock else None
    Account.objects.filter(pk=account.pk).update(failures=0 if lock else failures, locked_until=until)
    account.locked_until = until
    return _locked(account) if until else WrongLogin(field="login")


def _locked(account: Account) -> Locked:
    return Locked(until=f"{account.locked_until.astimezone(clock.COUNTY_ZONE):%H:%M}" if account.locked_until else "")


POSTS = """
SELECT p.id, p.account_id, p.unit_id, p.role, p.begins, p.ends, p.covering_id,
       a.id, a.password, a.person_name, a.status, a.must_change_password,
       u.id, u.name, u.kind, u.path, u.closed_on,
       c.id, c.account_id, ca.id, ca.person_name
FROM access_post p JOIN access_account a ON a.id = p.account_id JOIN access_unit u ON u.id = p.unit_id
LEFT JOIN access_post c ON c.id = p.covering_id LEFT JOIN access_account ca ON ca.id = c.account_id
WHERE p.begins <= %(day)s
  AND p.account_id = COALESCE(%(account)s::bigint, (SELECT account_id FROM access_post WHERE id = %(beside)s))
ORDER BY p.covering_id NULLS FIRST, p.id
"""
POST = ("id", "account_id", "unit_id", "role", "begins", "ends", "covering_id")
ACCOUNT = ("id", "password", "person_name", "status", "must_change_password")
UNIT = ("id", "name", "kind", "path", "closed_on")


def posts_of(account_id: int, *, on: date | None = None) -> list[Post]:
    """The posts that an account holds on a day, at units that are open, own posts before cover."""
    return _held(on or clock.today(), account=account_id, beside=None)


def posts_beside(post_id: int, *, on: date | None = None) -> list[Post]:
    """The same of the account that has this post."""
    return _held(on or clock.today(), account=None, beside=post_id)


def _held(day: date, **whose: int | None) -> list[Post]:
    """Every request asks this, and the ORM would take longer to write the question than PostgreSQL to answer it."""
    with connection.cursor() as cursor:
        cursor.execute(POSTS, {"day": day, **whose})
        found = [_post(row) for row in cursor.fetchall()]
    return [p for p in found if may_act(p, on=day)]


def _post(row: tuple[Any, ...]) -> Post:
    """What was not asked for is deferred: these are rows of the database like any other."""
    db = connection.alias
    post = Post.from_db(db, POST, row[:7])
    post.account, post.unit = Account.from_db(db, ACCOUNT, row[7:12]), Unit.from_db(db, UNIT, row[12:17])
    if post.covering_id:
        post.covering = Post.from_db(db, ("id", "account_id"), row[17:19])
        post.covering.account = Account.from_db(db, ("id", "person_name"), row[19:])
    return post


def may_act(post: Post, *, on: date) -> bool:
    """Whether one may act as this post on a day: held, of a role that has a page, at a unit that is still open."""
    closed = post.unit.closed_on is not None and post.unit.closed_on < on
    return post.holds_on(on) and post.role in registry.roles and not closed


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


def unattended(post: Post) -> bool:
    """Whether nobody sits before it: the post of a device that shows one page."""
    return post.role in registry.roles and bool(registry.roles[post.role].alone_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A second factor about to be enrolled: what the phone must be told."""

    secret: str
    uri: str


def new_enrolment(account: Account, *, secret: str = "") -> Enrolment:
    """A secret (a fresh one unless told) and its address for an authenticator."""
    secret = secret or pyotp.random_base32()
    return Enrolment(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name="医共体"))


def enrol(*, account_id: int, secret: str, code: str) -> None:
    """Keep the secret once a code made with it has been shown. Raises WrongCode."""
    step = _step_of(secret, code) if secret else None
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
            Account.objects.filter(pk=account_id).update(second_factor_step=step)
        else:
            refusal = _locked(account) if locked else _count_failure(account)
    if not good:
        raise refusal if isinstance(refusal, Locked) else WrongCode(field="code")


def _step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is: now, or one before or after for a clock that is off."""
    typed = unicodedata.normalize("NFKC", code).strip().encode()
    now = int(clock.now().timestamp())
    for drift in (0, -1, 1):
        moment = now + drift * STEP_SECONDS
        if secrets.compare_digest(pyotp.TOTP(secret).at(moment).encode(), typed):
            return moment // STEP_SECONDS
    return None
