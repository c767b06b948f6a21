"""The outbox as data staff see it: traffic by destination, what was refused, one message. For data staff only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from yigongti.exchange.models import Outgoing
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound


DAYS = 30
TRAFFIC = """
SELECT d.id, d.title, i.name, d.active, d.orders, d.results,
       (SELECT count(*) FROM exchange_outgoing o WHERE o.destination_id = d.id AND o.state = 'queued'),
       head.made_at, head.trouble, COALESCE(head.tries, 0), head.due_at,
       (SELECT count(*) FROM exchange_outgoing o WHERE o.destination_id = d.id AND o.state = 'dead'),
       count(o.id) FILTER (WHERE o.state = 'sent'), max(o.settled_at) FILTER (WHERE o.state = 'sent'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY o.settled_at - o.made_at) FILTER (WHERE o.state = 'sent')
FROM exchange_destination d JOIN organisations_institution i ON i.unit_id = d.institution_id
LEFT JOIN LATERAL (
    SELECT q.made_at, q.trouble, q.tries, q.due_at FROM exchange_outgoing q
    WHERE q.destination_id = d.id AND q.state = 'queued' ORDER BY q.id LIMIT 1
) head ON true
LEFT JOIN exchange_outgoing o ON o.destination_id = d.id AND o.made_at >= %s
GROUP BY d.id, i.name, head.made_at, head.trouble, head.tries, head.due_at ORDER BY d.title
"""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A destination: what waits (since when, and why), what was refused, what went out in the last thirty days."""

    destination_id: int
    title: str
    institution: str
    active: bool
    orders: bool
    results: bool
    queued: int
    since: datetime | None
    trouble: str | None
    tries: int
    due_at: datetime | None
    dead: int
    sent: int
    last_sent: datetime | None
    lag: timedelta | None


def traffic(*, for_: Actor) -> list[Traffic]:
    """Every destination with its traffic."""
    for_.require("exchange.inbox")
    with connection.cursor() as cursor:
        cursor.execute(TRAFFIC, [clock.now() - timedelta(days=DAYS)])
        return [Traffic(*row) for row in cursor.fetchall()]


def dead(*, for_: Actor, destination: int = 0, after: int = 0, limit: int = 50) -> list[Outgoing]:
    """What receivers refused, oldest first, from a number on; of one destination, if named."""
    for_.require("exchange.inbox")
    rows = Outgoing.objects.filter(state="dead", pk__gt=after).defer("body").select_related("destination")
    return list((rows.filter(destination=destination) if destination else rows).order_by("pk")[:limit])


def outgoing(*, for_: Actor, pk: int) -> Outgoing:
    """One message with its bytes. Raises NotFound."""
    for_.require("exchange.inbox")
    found = Outgoing.objects.select_related("destination__institution", "decided_by__account").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def newer(*, for_: Actor, message: Outgoing) -> bool:
    """Whether a later version of the same was sent after it, or is about to be."""
    for_.require("exchange.inbox")
    later = Outgoing.objects.filter(destination=message.destination_id, about=message.about, pk__gt=message.pk)
    return later.filter(kind=message.kind, state__in=("queued", "sent")).exists()
