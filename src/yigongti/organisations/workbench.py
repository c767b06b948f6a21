"""What waits for those who keep the organisation: rosters that run out, posts that end, locked accounts, charters."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max
from django.utils.timezone import localtime

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.access.words import registry
from yigongti.kernel.language import say
from yigongti.kernel.pages.blocks import Block, block
from yigongti.organisations import queries
from yigongti.organisations.labels import DUTIES, label
from yigongti.organisations.models import Duty
from yigongti.organisations.permissions import ACCOUNTS, DUTY


AHEAD = timedelta(days=7)
KEPT = timedelta(days=60)
"""A roster that nobody has kept for so long is no longer kept."""
SHOWN = 8


@block(permission=DUTY, order=20)
def rosters_run_out(*, for_: Actor) -> Block | None:
    """Duties whose last turn ends within a week, or has ended: whoever escalates finds nobody after it."""
    now = clock.now()
    last = Duty.objects.filter(for_.reach("unit__")).values("unit__name", "duty").annotate(last=Max("ends"))
    found = list(last.filter(last__lt=now + AHEAD, last__gte=now - KEPT).order_by("last", "unit__name")[: SHOWN + 1])
    if not found:
        return None
    lines = [(_runs_out(one["unit__name"], one["duty"], f"{localtime(one['last']):%m-%d %H:%M}"), "") for one in found]
    return _block("值班快排完了", lines, "/organisations/duties/new", "去排班")


def _runs_out(unit: str, duty: str, last: str) -> str:
    return say("{unit} {duty}：排到 {last}", unit=unit, duty=say(label(DUTIES, duty)), last=last)


@block(permission=ACCOUNTS, order=21)
def accounts_in_need(*, for_: Actor) -> Block | None:
    """Accounts locked after wrong passwords, and those that have never been used since they were made."""
    mine = Account.objects.filter(for_.reach("posts__unit__"), status="active").distinct()
    locked = list(mine.filter(locked_until__gt=clock.now()).order_by("pk")[: SHOWN + 1])
    unused = mine.filter(must_change_password=True, made_at__lt=clock.now() - AHEAD).order_by("pk")[: SHOWN + 1]
    lines = [(say("{name}：口令多次输错，已锁定", name=one.person_name), f"/accounts/{one.pk}") for one in locked]
    lines += [(say("{name}：开通一周以上还没有登录过", name=one.person_name), f"/accounts/{one.pk}") for one in unused]
    return _block("要处理的账号", lines, "/accounts", "看全部账号") if lines else None


@block(permission=ACCOUNTS, order=22)
def posts_that_end(*, for_: Actor) -> Block | None:
    """Posts and deputies whose time is over within a week."""
    today = clock.today()
    ending = Post.objects.filter(for_.reach("unit__"), ends__gte=today, ends__lte=today + AHEAD, begins__lte=today)
    found = ending.select_related("account", "unit").order_by("ends", "pk")[: SHOWN + 1]
    lines = [(_ends(post), f"/accounts/{post.account_id}") for post in found]
    return _block("一周内到期的岗位", lines, "/accounts", "看全部账号") if lines else None


def _ends(post: Post) -> str:
    role = say(registry.roles[post.role].title) if post.role in registry.roles else post.role
    return say("{name} {role}（{unit}）到 {day}", name=post.account.person_name, role=role, unit=post.unit.name,
               day=f"{post.ends}")  # fmt: skip


@block(permission="organisations.approve_charter", order=23)
def charters_to_approve(*, for_: Actor) -> Block | None:
    """Versions of the charter to which the actor's member has not said yes."""
    lines = []
    for charter in queries.charters_seen(for_=for_).filter(approved_at=None).order_by("-begins", "pk")[:SHOWN]:
        member = queries.voter_of(charter, for_=for_)
        if member and queries.members_without_yes(charter).filter(institution=member).exists():
            lines.append((f"{charter.title} v{charter.version}", f"/organisations/charters/{charter.pk}"))
    return _block("待表决的章程", lines, "/organisations/charters", "看章程") if lines else None


def _block(title: str, lines: list[tuple[str, str]], href: str, word: str) -> Block:
    """The first few with how many; where there are more, that is said: the whole is never counted."""
    more = [(say("还有更多"), href)] if len(lines) > SHOWN else []
    count = len(lines) if not more else None
    return Block(title=say(title), count=count, lines=[*lines[:SHOWN], *more], href=href, word=say(word))
