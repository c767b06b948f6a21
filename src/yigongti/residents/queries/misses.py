"""Looking beyond one's bases for people who are not there: counted by post and hour, refused where it is guessing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.parameters import values
from yigongti.residents.models import Miss
from yigongti.residents.refusals import Guessing


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """How often one post looked in a day for people who are not there."""

    who: str
    times: int


@contextmanager
def looking(*, for_: Actor, text: str) -> Iterator[Callable[[bool], None]]:
    """Hold the post's count while it looks; tell what is given whether anybody was found. Raises Guessing.

    The row's lock makes those who look at once in one post's name stand in line: the last look allowed is one look.
    What is typed on from the look before is the same look, and counts as nothing once it finds somebody.
    """
    if for_.post_id is None:  # the house itself looks for nobody
        yield lambda found: None
        return
    with transaction.atomic():
        row = _held(for_.post_id)
        typed_on = row.last in _beginnings(text)
        most = values.number("residents.misses_an_hour")
        if row.times >= most and not (typed_on and row.times == most):
            raise Guessing(count=most, until=f"{row.hour.astimezone(clock.COUNTY_ZONE) + timedelta(hours=1):%H:%M}")
        yield lambda found: _tell(row, text, found=found, typed_on=typed_on)


def refused(*, for_: Actor, refusal: Guessing) -> None:
    """The trail says who was stopped; outside the count's transaction, which is gone."""
    trail.refused(by=for_, action="residents.find", sentence=str(refusal))


def missed_on(day: date, *, for_: Actor, limit: int = 20) -> tuple[list[Missed], int]:
    """The posts that missed most on a day, and how many posts missed at all; for whoever reads the trail."""
    if not for_.may("audit.see"):
        return [], 0
    begins = datetime.combine(day, time.min, tzinfo=clock.COUNTY_ZONE)
    rows = Miss.objects.filter(hour__gte=begins, hour__lt=begins + timedelta(days=1), times__gt=0)
    named = rows.values("post_id", "post__account__person_name", "post__unit__name")
    found = named.annotate(sum=Sum("times")).order_by("-sum", "post_id")[:limit]
    told = [Missed(who=f"{r['post__account__person_name']} · {r['post__unit__name']}", times=r["sum"]) for r in found]
    return told, rows.values("post_id").distinct().count()


def _held(post_id: int) -> Miss:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    Miss.objects.bulk_create([Miss(post_id=post_id, hour=hour)], ignore_conflicts=True)
    return Miss.objects.select_for_update().get(post_id=post_id, hour=hour)


def _tell(row: Miss, text: str, *, found: bool, typed_on: bool) -> None:
    if found and not typed_on:
        return
    row.times += (0 if found else 1) - (1 if typed_on else 0)
    row.last = "" if found else _print(text)
    row.save(update_fields=["times", "last"])


def _beginnings(text: str) -> set[str]:
    """What may have been typed before this: the text itself and whatever it begins with."""
    return {_print(text[:length]) for length in range(1, len(text) + 1)}


def _print(text: str) -> str:
    """A keyed print: nobody's number lies in this table, and none can be worked out from it."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
