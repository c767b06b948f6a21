"""Looking beyond one's bases for people who are not there: counted by post, refused where it is guessing.

Counted in stretches of ten minutes, so that the limit holds for any hour, not for those that a clock strikes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.parameters import values
from yigongti.residents.models import Miss
from yigongti.residents.refusals import Guessing


WINDOW, STRETCH = timedelta(hours=1), timedelta(minutes=10)
LOCK = "SELECT pg_advisory_xact_lock(hashtext('residents.misses'), %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """How often one post looked in a day for people who are not there."""

    who: str
    times: int


@contextmanager
def looking(*, for_: Actor, text: str) -> Iterator[Callable[[bool], None]]:
    """Hold the post's count while it looks; tell what is given whether anybody was found. Raises Guessing.

    The lock makes those who look at once in one post's name stand in line: the last look allowed is one look.
    What is typed on from the look before is the same look, and counts as nothing once it finds somebody.
    """
    if for_.post_id is None:  # the house itself looks for nobody
        yield lambda found: None
        return
    with transaction.atomic():
        count = _held(for_.post_id)
        typed_on = bool(count.last) and count.last in _beginnings(text)
        most = values.number("residents.misses_an_hour")
        if count.times >= most and not (typed_on and count.times == most):
            raise Guessing(count=count.times, until=f"{count.falls_below(most).astimezone(clock.COUNTY_ZONE):%H:%M}")
        yield lambda found: count.tell(text, found=found, typed_on=typed_on)


def refused(*, for_: Actor, refusal: Guessing, action: str = "residents.find") -> None:
    """The trail says who was stopped; outside the count's transaction, which is gone."""
    trail.refused(by=for_, action=action, sentence=str(refusal))


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


@dataclass(frozen=True, slots=True)
class _Count:
    """What a post missed of late, oldest stretch first."""

    post_id: int
    now: datetime
    rows: list[Miss]

    @property
    def times(self) -> int:
        return sum(row.times for row in self.rows)

    @property
    def last(self) -> str:
        return self.rows[-1].last if self.rows else ""

    def falls_below(self, most: int) -> datetime:
        """When so many stretches are an hour past that there is a look to spend again."""
        left = self.times
        for row in self.rows:
            left -= row.times
            if left < most:
                break
        return row.hour + STRETCH + WINDOW

    def tell(self, text: str, *, found: bool, typed_on: bool) -> None:
        """Count a miss; what was typed on from takes its count back."""
        if typed_on:
            self.rows[-1].times -= 1
            self.rows[-1].last = ""
        if not found:
            self._stretch().times += 1
            self.rows[-1].last = _print(text)
        if typed_on or not found:
            for row in self.rows[-2:]:
                row.save()

    def _stretch(self) -> Miss:
        begins = self.now.replace(minute=self.now.minute // 10 * 10, second=0, microsecond=0)
        if not self.rows or self.rows[-1].hour < begins:
            self.rows.append(Miss(post_id=self.post_id, hour=begins))
        return self.rows[-1]


def _held(post_id: int) -> _Count:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [post_id % 2**31])
    now = clock.now()
    rows = Miss.objects.filter(post_id=post_id, hour__gt=now - STRETCH - WINDOW)
    return _Count(post_id, now, list(rows.order_by("hour")))


def _beginnings(text: str) -> set[str]:
    """What may have been typed before this: the text itself and whatever it begins with."""
    return {_print(text[:length]) for length in range(1, len(text) + 1)}


def _print(text: str) -> str:
    """A keyed print: nobody's number lies in this table, and none can be worked out from it."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
