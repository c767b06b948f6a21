"""What is shown of senders over the months, and who of them has fallen silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yigongti.exchange.models import Sender
from yigongti.exchange.policy.coverage_facts import FACTS
from yigongti.exchange.watching.counting import months_before
from yigongti.exchange.watching.models import Coverage, Expectation, Rhythm
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values


MONTHS = 6
TIMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sender's fact over the months shown; None for a month before it began."""

    sender: Sender
    fact: str
    months: Sequence[Coverage | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A sender that has been silent for longer than it usually is."""

    sender: Sender
    since: datetime
    usual: timedelta


def shown_months(*, until: date | None = None) -> list[date]:
    """The months of the matrix, oldest first."""
    last = until or clock.today().replace(day=1)
    return [months_before(last, n) for n in range(MONTHS - 1, -1, -1)]


def lines(*, for_: Actor, until: date | None = None) -> list[Line]:
    """Every sender's facts over six months, up to this one or the one named."""
    for_.require("exchange.inbox")
    months = shown_months(until=until)
    found: dict[tuple[int, str], dict[date, Coverage]] = {}
    senders: dict[int, Sender] = {}
    rows = Coverage.objects.filter(month__gte=months[0], month__lte=months[-1]).select_related("sender")
    for one in rows:
        senders[one.sender_id] = one.sender
        found.setdefault((one.sender_id, one.fact), {})[one.month] = one
    order = list(FACTS)
    keys = sorted(found, key=lambda key: (senders[key[0]].title, key[0], order.index(key[1])))
    return [Line(sender=senders[sender], fact=fact, months=[found[sender, fact].get(month) for month in months])
            for sender, fact in keys]  # fmt: skip


def decisions(*, for_: Actor, sender: Sender, fact: str) -> list[Expectation]:
    """What data staff have expected of a sender's fact, newest first."""
    for_.require("exchange.inbox")
    rows = Expectation.objects.filter(sender=sender, fact=fact).select_related("decided_by__account")
    return list(rows.order_by("-begins", "-pk")[:20])


def silent(*, for_: Actor) -> list[Silent]:
    """Senders silent for longer than three of their usual gaps, and than the county's least; longest first."""
    for_.require("exchange.inbox")
    least, now = timedelta(hours=values.number("exchange.silence_least_hours")), clock.now()
    rows = Rhythm.objects.select_related("sender__institution").order_by("sender__last_seen")
    return [Silent(sender=one.sender, since=one.sender.last_seen, usual=one.usual_gap) for one in rows
            if now - one.sender.last_seen > max(least, TIMES * one.usual_gap)]  # fmt: skip
