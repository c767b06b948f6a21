"""Which messages a replay tries: those that waited when it was asked for, by number, rule or day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from yigongti.exchange.inbox import OtherBytes
from yigongti.exchange.models import Message
from yigongti.exchange.replays.models import Replay
from yigongti.kernel import clock


READS_CODES = ("ORU", "OUL", "ADT", "VXU")
"""Types of messages that may hold measurements: what a new meaning of a code reads again."""


def left_of(replay: Replay) -> QuerySet[Message]:
    """What is still to be tried, oldest first."""
    rows = Message.objects.filter(pk__gt=replay.reached, pk__lte=replay.upto).order_by("pk")
    scope = replay.scope
    match replay.kind:
        case "selection":
            return rows.filter(state="waiting", pk__in=scope["messages"])
        case "rule":
            return rows.filter(state="waiting", rule=scope["rule"])
        case "day":
            begins, ends = bounds(date.fromisoformat(scope["day"]))
            # Which of two messages of one number holds is decided one by one, never with all of a day.
            found = rows.filter(state="waiting", received_at__gte=begins, received_at__lt=ends)
            return found.exclude(rule=OtherBytes.__name__)
        case _:
            found = rows.filter(state="applied", channel="hl7v2", sender_id=scope["sender"])
            return found.filter(kind__regex=f"^({'|'.join(READS_CODES)})")


def bounds(day: date) -> tuple[datetime, datetime]:
    """A day of the county: its first moment, and the first of the next."""
    begins = datetime.combine(day, time(), clock.COUNTY_ZONE)
    return begins, begins + timedelta(days=1)
