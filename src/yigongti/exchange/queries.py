"""What the inbox holds: what waits, by reason; each message; each sender with its traffic. For data staff only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count

from yigongti.exchange.models import Coverage, Message, Sender
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound


DAYS = 30
TRAFFIC = """
SELECT s.id, s.title, s.channel, i.name, s.last_seen, s.confirmed_at IS NOT NULL,
       count(m.id), count(m.id) FILTER (WHERE m.state = 'applied'), count(m.id) FILTER (WHERE m.state = 'waiting'),
       count(m.id) FILTER (WHERE m.state = 'received'), count(m.id) FILTER (WHERE m.state = 'refused'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY m.settled_at - m.received_at) FILTER (WHERE m.state = 'applied')
FROM exchange_sender s JOIN organisations_institution i ON i.unit_id = s.institution_id
LEFT JOIN exchange_message m ON m.sender_id = s.id AND m.received_at >= %s
GROUP BY s.id, i.name ORDER BY s.title, s.id
"""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A sender's messages of the last thirty days, and the median time from arrival to application."""

    sender_id: int
    title: str
    channel: str
    institution: str
    last_seen: datetime
    confirmed: bool
    arrived: int
    applied: int
    waiting: int
    untouched: int
    refused: int
    lag: timedelta | None


def waiting(*, for_: Actor, rule: str = "", after: int = 0, limit: int = 50) -> list[Message]:
    """What waits for data staff, oldest first, from a number on; of one rule, if named."""
    for_.require("exchange.inbox")
    rows = Message.objects.filter(state="waiting", pk__gt=after).defer("body", "mended").order_by("pk")
    return list((rows.filter(rule=rule) if rule else rows)[:limit])


def reasons(*, for_: Actor) -> list[tuple[str, int]]:
    """How many wait by rule, most first: bounded by what waits."""
    for_.require("exchange.inbox")
    counted = Message.objects.filter(state="waiting").values_list("rule").annotate(n=Count("id"))
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))


def message(*, for_: Actor, pk: int) -> Message:
    """One message with its bytes. Raises NotFound."""
    for_.require("exchange.inbox")
    found = Message.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def sender(*, for_: Actor, pk: int) -> Sender:
    """One sender. Raises NotFound."""
    for_.require("exchange.inbox")
    found = Sender.objects.select_related("institution").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def traffic(*, for_: Actor) -> list[Traffic]:
    """Every sender with its traffic of the last thirty days."""
    for_.require("exchange.inbox")
    with connection.cursor() as cursor:
        cursor.execute(TRAFFIC, [clock.now() - timedelta(days=DAYS)])
        return [Traffic(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A fact's month from one sender. `expected` is None where it can't be computed: not zero, and not complete."""

    institution: int
    sender: int
    fact: str
    month: date
    expected: int | None
    received: int
    last_arrival: datetime | None

    @property
    def share(self) -> float | None:
        """Of what was expected, at most 1; None where that can't be computed."""
        if self.expected is None:
            return None
        return min(1.0, self.received / self.expected) if self.expected else 1.0


def covered(*, fact: str, months: Iterable[date], institutions: Iterable[int] | None = None) -> list[Covered]:
    """The fact's months, of all institutions or of some: numbers of messages, nothing of any person."""
    rows = Coverage.objects.filter(fact=fact, month__in=list(months)).select_related("sender").order_by("month", "pk")
    if institutions is not None:
        rows = rows.filter(sender__institution_id__in=list(institutions))
    return [
        Covered(institution=one.sender.institution_id, sender=one.sender_id, fact=one.fact, month=one.month,
                expected=one.expected, received=one.received, last_arrival=one.last_arrival)
        for one in rows
    ]  # fmt: skip
