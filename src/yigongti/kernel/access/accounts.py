"""Accounts and their posts: made, suspended, given, ended and covered, with the rules that hold for each.

The gated actions stand in the chapter that administers posts; here is what each may do and must refuse.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
import uuid
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post, Unit
from yigongti.kernel.access.words import Reach, Role, registry
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Missing, NotFound, Refusal, raise_all


LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")
_READABLE = str.maketrans("0189+/OIlo", "wxyzvtqrsk")


class NotOnSelf(Refusal):
    """不能对自己的账号办这件事，请由另一位管理员办理。"""

    status = 403


class BeyondReach(Refusal):
    """{name}在您管辖之外还有岗位（{unit}），请由管辖范围更大的管理员办理。"""

    status = 403


class PostTaken(Refusal):
    """{name}在这段日期里已有这个岗位，无需再给。"""


class NotHead(Refusal):
    """代班由管理员或被代者的上级安排。"""

    status = 403


class AboveCovered(Refusal):
    """代班的权限不能高于被代的岗位（{role}）。"""

    status = 422


# --- passwords and names


def one_time_password(key: uuid.UUID) -> str:
    """The first password that belongs to a submission: the same if it is retried, and kept nowhere."""
    made = hmac.digest(settings.SECRET_KEY.encode(), b"one-time password " + key.bytes, hashlib.sha256)
    letters = base64.b64encode(made).decode().translate(_READABLE)[:12].lower()
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def password_faults(password: str, *, login: str, field: str = "password") -> list[Refusal]:
    """Why a password can't be taken. What was typed is never repeated in the sentence."""
    least = values.number("access.password_length")
    if not password:
        return [Missing(field=field, label="口令")]
    problem = ""
    if len(password) < least:
        problem = phrase("至少 {least} 个字符", least=least)
    elif len(set(password)) < 5 or password.isdigit():
        problem = "不能全是数字，也不能只用几个字符"
    elif login and login in password.lower():
        problem = "不能含有登录名"
    return [BadValue(field=field, label="口令", value="******", problem=problem)] if problem else []


def tidy_login(login: str) -> str:
    """Full-width and capital letters, as people type them, made one form."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def account_faults(*, login: str, person_name: str, phone: str) -> list[Refusal]:
    """Everything wrong with what a new account is given."""
    faults: list[Refusal] = []
    if not login:
        faults.append(Missing(field="login", label="登录名"))
    elif not LOGIN.fullmatch(login):
        faults.append(
            BadValue(
                field="login",
                label="登录名",
                value=login[:40],
                problem="用 3 至 60 个小写字母、数字或 . _ - @，以字母或数字开头",
            )
        )
    if not person_name:
        faults.append(Missing(field="person_name", label="姓名"))
    elif len(person_name) > 60:
        faults.append(BadValue(field="person_name", label="姓名", value=f"{person_name[:20]}…", problem="最长 60 个字"))
    if len(phone) > 20:
        faults.append(BadValue(field="phone", label="电话", value=f"{phone[:20]}…", problem="最长 20 位"))
    return faults


def make_account(
    *, login: str, person_name: str, phone: str = "", password: str, must_change_password: bool = True
) -> Account:
    """A new account. Raises every fault at once; a taken login name is one of them, also when two race for it."""
    login, person_name = tidy_login(login), unicodedata.normalize("NFC", person_name).strip()
    faults = account_faults(login=login, person_name=person_name, phone=phone.strip())
    raise_all([*faults, *password_faults(password, login=login)])
    account = Account(
        login=login,
        person_name=person_name,
        phone=phone.strip(),
        must_change_password=must_change_password,
        made_at=clock.now(),
    )
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise BadValue(field="login", label="登录名", value=login, problem="已有人用了，请换一个") from None
    return account


# --- who administers whom


def accounts_within(*, for_: Actor) -> QuerySet[Account]:
    """The accounts that hold, held or will hold a post within the actor's reach."""
    return Account.objects.filter(Exists(Post.objects.filter(for_.reach("unit__"), account_id=OuterRef("pk"))))


def administered(*, by: Actor, account_id: int) -> Account:
    """The account, locked, if all its present posts lie within reach.

    Raises NotFound, NotOnSelf, or BeyondReach when part of the person's work lies elsewhere (R18).
    """
    account = accounts_within(for_=by).select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise NotFound
    if account.pk == by.account_id:
        raise NotOnSelf
    elsewhere = living_posts(account).exclude(by.reach("unit__")).select_related("unit").first()
    if elsewhere is not None:
        raise BeyondReach(name=account.person_name, unit=elsewhere.unit.name)
    return account


def living_posts(account: Account) -> QuerySet[Post]:
    """The posts that an account holds today or will hold."""
    return account.posts.filter(Q(ends__isnull=True) | Q(ends__gte=clock.today()))


def suspend(account: Account) -> None:
    """Nobody signs in with a suspended account; its posts and its history stay."""
    account.status = "suspended"
    account.save(update_fields=["status"])


def resume(account: Account) -> None:
    """Let the account sign in again, unlocked."""
    account.status, account.failures, account.locked_until = "active", 0, None
    account.save(update_fields=["status", "failures", "locked_until"])


def set_one_time_password(account: Account, password: str) -> None:
    """A password that must be changed at the next sign-in; sessions of the old one end with it."""
    account.set_password(password)
    account.must_change_password, account.failures, account.locked_until = True, 0, None
    account.save(update_fields=["password", "must_change_password", "failures", "locked_until"])


def forget_second_factor(account: Account) -> None:
    """The second factor is enrolled anew at the next sign-in."""
    account.second_factor_secret, account.second_factor_step = "", 0
    account.save(update_fields=["second_factor_secret", "second_factor_step"])


# --- posts


def roles_for_unit(unit: Unit) -> list[Role]:
    """The roles whose page says that they work at such a unit."""
    return [role for role in registry.roles.values() if unit.kind in role.works_at]


def post_faults(*, unit: Unit, role: str, begins: date | None, ends: date | None) -> list[Refusal]:
    """Everything wrong with a post that is about to be given."""
    faults: list[Refusal] = []
    known = registry.roles.get(role)
    if known is None:
        faults.append(BadValue(field="role", label="岗位", value=role[:40], problem="没有这个岗位"))
    elif unit.kind not in known.works_at:
        faults.append(
            BadValue(
                field="role", label="岗位", value=known.title, problem=phrase("{unit}不设这个岗位", unit=unit.name)
            )
        )
    if begins is None:
        faults.append(Missing(field="begins", label="起始日期"))
    elif ends is not None and ends < begins:
        faults.append(BadValue(field="ends", label="截止日期", value=ends.isoformat(), problem="早于起始日期"))
    if unit.closed_on is not None and (begins is None or begins > unit.closed_on):
        faults.append(
            BadValue(field="unit", label="单位", value=unit.name, problem=phrase("已于 {day} 停办", day=unit.closed_on))
        )
    return faults


def give_post(
    *,
    by: Actor | None,
    account: Account,
    unit: Unit,
    role: str,
    begins: date | None,
    ends: date | None = None,
    covering: Post | None = None,
    reason: str = "",
) -> Post:
    """A dated post; the same post twice in the same days is refused, also when two give it at once."""
    if by is not None and account.pk == by.account_id:
        raise NotOnSelf
    raise_all(post_faults(unit=unit, role=role, begins=begins, ends=ends))
    if begins is None:
        raise Missing(field="begins", label="起始日期")
    try:
        with transaction.atomic():
            return Post.objects.create(
                account=account,
                unit=unit,
                role=role,
                begins=begins,
                ends=ends,
                covering=covering,
                given_by_id=by.post_id if by else None,
                reason=reason.strip()[:200],
            )
    except IntegrityError:
        raise PostTaken(name=account.person_name) from None


def end_post(*, by: Actor, post_id: int, on: date) -> Post:
    """The post's last day; those who cover it end with it. The past is not rewritten."""
    post = Post.objects.select_for_update(of=("self",)).select_related("account", "unit")
    found = post.filter(by.reach("unit__"), pk=post_id).first()
    if found is None:
        raise NotFound
    if found.account_id == by.account_id:
        raise NotOnSelf
    earliest = max(found.begins, clock.today())
    if on < earliest or (found.ends is not None and on > found.ends):
        between = "应在 {earliest} 至 {latest} 之间" if found.ends else "应不早于 {earliest}"
        problem = phrase(between, earliest=earliest, latest=found.ends)
        raise BadValue(field="on", label="截止日期", value=on.isoformat(), problem=problem)
    found.ends = on
    found.save(update_fields=["ends"])
    Post.objects.filter(covering=found, begins__lte=on, ends__gt=on).update(ends=on)
    Post.objects.filter(covering=found, begins__gt=on).delete()
    return found


def cover_post(
    *, by: Actor, post_id: int, deputy: Account, role: str, begins: date | None, ends: date | None, reason: str
) -> Post:
    """A deputy for a post, for a bounded time, with no more rights than the post itself."""
    covered = Post.objects.select_for_update(of=("self",)).select_related("account", "unit").filter(pk=post_id).first()
    if covered is None or not by.reaches_path(covered.unit.path):
        raise NotFound
    raise_all(_cover_faults(by, covered, deputy, role, begins, ends, reason))
    return give_post(
        by=by,
        account=deputy,
        unit=covered.unit,
        role=role,
        begins=begins,
        ends=ends,
        covering=covered,
        reason=reason,
    )


def _cover_faults(
    by: Actor, covered: Post, deputy: Account, role: str, begins: date | None, ends: date | None, reason: str
) -> list[Refusal]:
    faults: list[Refusal] = []
    if covered.account_id == by.account_id or by.role.reach is not Reach.BELOW:
        faults.append(NotHead())
    if deputy.pk == covered.account_id or not deputy.is_active:
        faults.append(BadValue(field="account", label="代班人", value=deputy.person_name, problem="不能代这个岗位"))
    if covered.covering_id is not None:
        faults.append(BadValue(field="post", label="岗位", value=covered.role, problem="代班的岗位不能再请人代"))
    if not not_above(role, covered.role):
        faults.append(AboveCovered(field="role", role=registry.roles[covered.role].title))
    if not reason.strip():
        faults.append(Missing(field="reason", label="事由"))
    return faults + _cover_date_faults(covered, begins, ends)


def _cover_date_faults(covered: Post, begins: date | None, ends: date | None) -> list[Refusal]:
    if ends is None:
        return [Missing(field="ends", label="截止日期")]
    faults: list[Refusal] = []
    longest = values.number("access.cover_days")
    if begins is not None and (ends - begins).days >= longest:
        faults.append(
            BadValue(
                field="ends", label="截止日期", value=ends.isoformat(), problem=phrase("代班最长 {n} 天", n=longest)
            )
        )
    if ends < clock.today():
        faults.append(BadValue(field="ends", label="截止日期", value=ends.isoformat(), problem="已经过去"))
    if (covered.ends is not None and ends > covered.ends) or (begins is not None and begins < covered.begins):
        faults.append(BadValue(field="ends", label="截止日期", value=ends.isoformat(), problem="超出了被代岗位的任期"))
    return faults


def rights_of(role: str) -> frozenset[str]:
    """All that a role may, by its own page or by a workflow's parts."""
    page = registry.roles.get(role)
    granted = (code for code, roles in registry.grants.items() if role in roles)
    return frozenset((*page.may, *page.bases, *page.gates, *granted)) if page else frozenset()


def not_above(role: str, covered: str) -> bool:
    """Whether a role has nothing that the covered one has not: no right, no basis, no wider reach."""
    mine, theirs = registry.roles.get(role), registry.roles.get(covered)
    if mine is None or theirs is None:
        return False
    wider = mine.reach is Reach.BELOW and theirs.reach is Reach.UNIT
    return not wider and rights_of(role) <= rights_of(covered)
