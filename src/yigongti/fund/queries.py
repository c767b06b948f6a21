"""Reads of claims: which months there are, their sums by where care was given, and single claims, persons masked.

Whose claims: the county's posts see all; a group's see those of persons whom it manages and of care it gave, and where
the county has one group, all (R18).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum

from yigongti.fund.models import Claim
from yigongti.fund.numbered import standing as standing  # who tells of claims asks through this door
from yigongti.fund.numbered import told_as as told_as
from yigongti.fund.policy.codes import BED_KINDS
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotFound


SUMS, LINES = "fund.sums", "fund.claims"
MONTHS = """
WITH RECURSIVE m(month) AS (
    (SELECT month FROM fund_claim WHERE stands AND month < %s ORDER BY month DESC LIMIT 1)
    UNION ALL SELECT (SELECT month FROM fund_claim WHERE stands AND month < m.month ORDER BY month DESC LIMIT 1)
    FROM m WHERE m.month IS NOT NULL
) SELECT month FROM m WHERE month IS NOT NULL LIMIT %s
"""
GROUPS = {"bed": Q(visit_kind__in=BED_KINDS), "pharmacy": Q(visit_kind="pharmacy"),
          "visit": ~Q(visit_kind__in=(*BED_KINDS, "pharmacy"))}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the list is narrowed to; a month always, so that no question reads years."""

    month: date
    area: str = ""
    level: str = ""
    care: str = ""
    matched: str = ""

    def condition(self) -> Q:
        """As a condition on claims that stand."""
        found = Q(stands=True, month=self.month)
        if self.area:
            found &= Q(area=self.area)
        if self.level:
            found &= Q(level=self.level)
        if self.care in GROUPS:
            found &= GROUPS[self.care]
        if self.matched:
            found &= Q(resident__isnull=self.matched == "no")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Claims of one area: how many, how many of persons matched, and what they cost, in 分."""

    area: str
    count: int
    matched: int
    total: int
    in_scope: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Until when claims have come in: the last taking in and the last day settled; whether the month may still grow."""

    taken_in_at: datetime | None
    settled_until: date | None
    provisional: bool


def months(*, for_: Actor, most: int = 24, before: date = date.max) -> list[date]:
    """The months of which there are claims, newest first, of those before a day: a look into the index for each."""
    for_.require(SUMS)
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, [before, most])
        return [month for (month,) in cursor.fetchall()]


def sums(*, for_: Actor, asked: Asked) -> list[Sums]:
    """By area; what the bureau has reversed counts for nothing."""
    for_.require(SUMS)
    return _by_area(_counted(_seen(for_).filter(asked.condition(), cancelled=False).values("area")))


def sums_by_care(*, for_: Actor, month: date) -> dict[str, list[Sums]]:
    """By area for each group of care, and for all (''): one pass over the month."""
    for_.require(SUMS)
    rows = _seen(for_).filter(stands=True, month=month, cancelled=False).values("area", "visit_kind")
    counted = list(_counted(rows))
    return {
        care: _by_area(one for one in counted if care in ("", _care_of(one["visit_kind"]))) for care in (*GROUPS, "")
    }


def _care_of(visit_kind: str) -> str:
    """The group of care that a kind belongs to."""
    return "bed" if visit_kind in BED_KINDS else "pharmacy" if visit_kind == "pharmacy" else "visit"


def _counted(rows: Any) -> Any:
    return rows.order_by("area").annotate(
        n=Count("pk"), known=Count("resident_id"), all_=Sum("total"), scope=Sum("in_scope"), fund=Sum("paid")
    )


def _by_area(rows: Iterable[dict[str, Any]]) -> list[Sums]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in rows:
        found.setdefault(one["area"], []).append(one)
    names = {"count": "n", "matched": "known", "total": "all_", "in_scope": "scope", "paid": "fund"}
    return [
        Sums(area=area, **{name: int(sum(one[of] for one in many)) for name, of in names.items()})
        for area, many in sorted(found.items())
    ]


def coverage(*, for_: Actor, month: date) -> Coverage:
    """As of when the figures of a month are."""
    for_.require(SUMS)
    found = _seen(for_).filter(stands=True, month=month).aggregate(at=Max("taken_in_at"), until=Max("settled_on"))
    lag, today = values.number("fund.claims_lag_months"), clock.today()
    old = (today.year - month.year) * 12 + today.month - month.month
    return Coverage(taken_in_at=found["at"], settled_until=found["until"], provisional=old <= lag)


def claims(*, for_: Actor, asked: Asked, after: tuple[date, int] | None = None, limit: int = 50) -> list[Claim]:
    """Claims of a month, latest settled first; ask for one more than is shown to know of more."""
    for_.require(LINES)
    rows = _seen(for_).filter(asked.condition())
    if after:
        rows = rows.filter(Q(settled_on__lt=after[0]) | Q(settled_on=after[0], pk__lt=after[1]))
    return list(rows.select_related("institution").order_by("-settled_on", "-pk")[:limit])


def every_claim(*, for_: Actor, asked: Asked) -> QuerySet[Claim]:
    """All of them, for an export that is written as it is read."""
    for_.require(LINES)
    rows = _seen(for_).filter(asked.condition())
    return rows.select_related("institution").order_by("-settled_on", "-pk")


def claim(*, for_: Actor, pk: int) -> tuple[Claim, Sequence[Claim]]:
    """One claim, and all versions of it, newest first. Raises NotFound."""
    for_.require(LINES)
    found = _seen(for_).select_related("institution").filter(pk=pk).first()
    if found is None:
        raise NotFound
    same = Claim.objects.filter(numbering=found.numbering, number=found.number).order_by("-version")
    return found, list(same)


def _seen(for_: Actor) -> QuerySet[Any]:
    rows = Claim.objects.all()
    if _whole_county(for_):
        return rows
    return rows.filter(for_.reach("institution__unit__") | for_.reach("resident__managing__unit__"))


def _whole_county(for_: Actor) -> bool:
    if for_.unit_kind == "county":
        return True
    return for_.unit_kind == "group" and Unit.objects.filter(kind="group", closed_on=None)[:2].count() == 1
