"""Dates, ages, deadlines and masked papers, in the words people use for them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Clock


def said_date(moment: date | datetime, *, now: datetime) -> str:
    """今天 14:05, 昨天 09:30, 3 天前, 2026-03-04; the same forwards."""
    local = localtime(moment) if isinstance(moment, datetime) else None
    day = local.date() if local else moment
    distance = (day - localtime(now).date()).days
    near = {0: "今天", -1: "昨天", 1: "明天"}.get(distance)
    if near:
        return f"{say(near)} {local:%H:%M}" if local else say(near)
    if -7 < distance < 7:
        return say("{n} 天前", n=-distance) if distance < 0 else say("{n} 天后", n=distance)
    return day.isoformat()


def exact_date(moment: date | datetime) -> str:
    """The whole date, for the title attribute and for paper."""
    if isinstance(moment, datetime):
        return f"{localtime(moment):%Y-%m-%d %H:%M}"
    return moment.isoformat()


def said_span(span: timedelta) -> str:
    """A length of time in its largest sensible unit: 40 秒, 18 分钟, 3 小时 20 分, 2 天 4 小时."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return say("{n} 秒", n=int(span.total_seconds()))
    if minutes < 60:
        return say("{n} 分钟", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return say("{n} 小时 {m} 分", n=hours, m=rest) if rest else say("{n} 小时", n=hours)
    days, rest = divmod(hours, 24)
    return say("{n} 天 {m} 小时", n=days, m=rest) if rest and days < 7 else say("{n} 天", n=days)


def due_clock(due: datetime, *, now: datetime, since: datetime | None = None, rule: str = "") -> Clock:
    """What is left of a promise, or how far it is broken. The last fifth (or ten minutes) counts as soon."""
    left = due - now
    exact = say("截止 {at}", at=exact_date(due))
    if left < timedelta(0):
        words = say("已过 {span}", span=said_span(-left))
        return Clock(words=words, kind="overdue", exact=exact, rule=rule, elapsed=100, due=due)
    whole = due - since if since and since < due else None
    last = max(whole / 5, timedelta(minutes=10)) if whole else timedelta(minutes=10)
    return Clock(
        words=say("余 {span}", span=said_span(left)),
        kind="soon" if left <= last else "waiting",
        exact=exact,
        rule=rule,
        elapsed=min(100, max(0, round(100 * (1 - left / whole)))) if whole else 0,
        due=due,
    )


def waited_clock(since: datetime, *, now: datetime, promised: str = "") -> Clock:
    """How long somebody else has had it, for cases that have no deadline of mine."""
    words = say("已等 {span}", span=said_span(max(now - since, timedelta(0))))
    note = say("承诺 {span}", span=promised) if promised else ""
    return Clock(words=words, note=note, exact=say("自 {at}", at=exact_date(since)))


def said_age(born: date, *, today: date) -> str:
    """Years from three on, months below, days in the first month: an infant's age decides doses."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if years >= 3:
        return say("{n} 岁", n=years)
    return say("{n} 个月", n=months) if months >= 1 else say("{n} 天", n=(today - born).days)


def masked_name(name: str) -> str:
    """张桂兰 → 张*兰, 张兰 → 张*."""
    if len(name) < 2:
        return "*" if name else ""
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def masked_id(number: str) -> str:
    """The place and the last four: enough to tell two papers apart, too little to use."""
    return f"{number[:6]}****{number[-4:]}" if len(number) >= 12 else "*" * len(number)


def masked_phone(number: str) -> str:
    """138****5678; shorter numbers keep their last two digits."""
    digits = re.sub(r"\D", "", number)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"{'*' * max(len(digits) - 2, 0)}{digits[-2:]}"
