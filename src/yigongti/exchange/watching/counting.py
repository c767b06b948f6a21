"""The coverage fact, counted from the inbox: what came of each fact from each sender in each month, and the rhythm.

The expectation of a month is the median of the three full months before it, months in which nothing came included; a
sender has no full month before the second one, so that nothing is expected of its first four. Data staff may say a
number instead, from a month on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median_low

from django.db import connection, transaction

from yigongti.exchange.policy.coverage_facts import fact_of
from yigongti.exchange.replays.scopes import bounds
from yigongti.exchange.watching.models import Coverage, Expectation
from yigongti.kernel import clock


COUNTED = """
SELECT m.sender_id, m.channel, COALESCE(t.type, m.kind),
       date_trunc('month', m.received_at AT TIME ZONE %(zone)s)::date,
       count(*), count(*) FILTER (WHERE m.state = 'waiting'), max(m.received_at)
FROM exchange_message m
LEFT JOIN LATERAL (
    SELECT DISTINCT substring(line FROM '^([A-Z][A-Za-z]+)：') AS type
    FROM jsonb_array_elements_text(m.done) line
    WHERE m.channel = 'fhir' AND line ~ '^[A-Z][A-Za-z]+：'
) t ON true
WHERE m.state IN ('received', 'applied', 'waiting') AND m.received_at >= %(since)s
GROUP BY 1, 2, 3, 4
"""
GAPS = """
INSERT INTO exchange_rhythm (sender_id, usual_gap, counted_at)
SELECT s.id, percentile_cont(0.5) WITHIN GROUP (ORDER BY g.gap), %(now)s
FROM exchange_sender s
CROSS JOIN LATERAL (
    SELECT m.received_at - lag(m.received_at) OVER (ORDER BY m.received_at) AS gap, m.received_at
    FROM exchange_message m
    WHERE m.sender_id = s.id AND m.received_at > s.last_seen - interval '30 days'
) g
GROUP BY s.id HAVING count(DISTINCT (g.received_at AT TIME ZONE %(zone)s)::date) >= %(days)s AND count(g.gap) > 0
ON CONFLICT (sender_id) DO UPDATE SET usual_gap = EXCLUDED.usual_gap, counted_at = EXCLUDED.counted_at
"""
DAYS = 5
"""A sender has a rhythm once it has sent on so many days of its last thirty: one who brought files once has none."""
FULL_MONTHS = 3
FIRST = date(1970, 1, 1)
Key = tuple[int, str]


@dataclass(slots=True)
class Came:
    """What came of a fact from a sender in a month."""

    received: int = 0
    waiting: int = 0
    last: datetime | None = None

    def add(self, received: int, waiting: int, last: datetime) -> None:
        """And so many more."""
        self.received += received
        self.waiting += waiting
        self.last = max(self.last, last) if self.last else last


def count_anew(*, months: int | None = None) -> int:
    """Count the last so many months, or all of them; how many rows stand for them afterwards."""
    this = clock.today().replace(day=1)
    since = months_before(this, months - 1) if months else FIRST
    with transaction.atomic():
        with connection.cursor() as cursor:  # one worker at a time
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('exchange.coverage', 0))")
        rows = list(_rows(_came(since), since, this))
        Coverage.objects.filter(month__gte=since).delete()
        Coverage.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def count_rhythms() -> None:
    """How long each sender is usually silent."""
    with connection.cursor() as cursor:
        cursor.execute(GAPS, {"now": clock.now(), "zone": str(clock.COUNTY_ZONE), "days": DAYS})


def months_before(month: date, count: int) -> date:
    """The first day of the month so many before."""
    at = month.year * 12 + month.month - 1 - count
    return date(at // 12, at % 12 + 1, 1)


def _came(since: date) -> dict[Key, dict[date, Came]]:
    found: dict[Key, dict[date, Came]] = defaultdict(lambda: defaultdict(Came))
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"zone": str(clock.COUNTY_ZONE), "since": bounds(since)[0]})
        for sender, channel, kind, month, received, waiting, last in cursor.fetchall():
            fact = fact_of(channel, kind)
            if fact:
                found[sender, fact][month].add(received, waiting, last)
    return found


def _rows(came: Mapping[Key, Mapping[date, Came]], since: date, this: date) -> Iterator[Coverage]:
    """A row for every month from a fact's first to this one: a month in which nothing came is a row with nothing."""
    earlier, said = _earlier(since), _expectations()
    for key in sorted({*came, *earlier}):
        past = earlier.get(key, {})
        fresh = came.get(key, {})
        known = {**past, **{month: one.received for month, one in fresh.items()}}
        first = min(known)
        for month in _months(max(first, since), this):
            one = fresh.get(month) or Came()
            expected, by = _expected(month, first, known, said.get(key, ()))
            yield Coverage(sender_id=key[0], fact=key[1], month=month, received=one.received, waiting=one.waiting,
                           last_arrival=one.last, expected=expected, expected_by=by)  # fmt: skip


def _earlier(since: date) -> dict[Key, dict[date, int]]:
    """What stands of the months before the ones counted."""
    found: dict[Key, dict[date, int]] = defaultdict(dict)
    rows = Coverage.objects.filter(month__lt=since).values_list("sender_id", "fact", "month", "received")
    for sender, fact, month, received in rows:
        found[sender, fact][month] = received
    return found


def _expectations() -> dict[Key, list[Expectation]]:
    """Newest decision first."""
    found: dict[Key, list[Expectation]] = defaultdict(list)
    for one in Expectation.objects.order_by("-begins", "-pk"):
        found[one.sender_id, one.fact].append(one)
    return found


def _expected(
    month: date, first: date, known: Mapping[date, int], said: Iterable[Expectation]
) -> tuple[int | None, str]:  # fmt: skip
    decided = next((one for one in said if one.begins <= month), None)
    if decided is not None and decided.expected is not None:
        return decided.expected, "hand"
    before = [months_before(month, n) for n in range(1, FULL_MONTHS + 1)]
    if before[-1] <= first:  # the first month began somewhere in its middle
        return None, ""
    return median_low(known.get(one, 0) for one in before), "rhythm"


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = months_before(first, -1)
