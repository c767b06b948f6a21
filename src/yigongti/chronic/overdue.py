"""Follow-ups that are overdue at the actor's own places: by whose turn it is, one by one, and the oldest of all.

What is overdue is what the page's clock says; whom it was escalated to stands in the notices that the ladder has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from yigongti.chronic import queries
from yigongti.chronic.policy.follow_up import follow_up
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.workflow import sealing
from yigongti.kernel.workflow.models import Case, Notice


FOLLOW = f"{follow_up.code}.follow"
LADDER = next(one for one in follow_up.ladders if one.code == "overdue")
ABOVE = LADDER.rungs[-1]
"""Who is told last."""

Place = tuple[str, datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is overdue at one place: how many, since when the oldest, how many were escalated to the top.

    `case` is one of them: whose turn it is there.
    """

    unit: int
    name: str
    count: int
    escalated: int
    oldest: date
    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """One that is overdue: who, why, where, since when, and whether the top has been told."""

    case: Case
    person: int | None
    name: str
    what: str
    where: str
    path: str
    due: date
    escalated: bool

    @property
    def days(self) -> int:
        """So many days late."""
        return (clock.today() - self.due).days


def held(*, for_: Actor) -> list[Held]:
    """Place by place, most first; bounded by what is open at the actor's own places."""
    by_unit = _overdue(for_).values("turn_unit", "turn_unit__name").annotate(
        count=Count("pk"), escalated=Count("pk", filter=Q(told=True)), oldest=Min("due_at"), one=Min("pk")
    )  # fmt: skip
    rows = list(by_unit.order_by("-count", "oldest", "turn_unit"))
    cases = Case.objects.in_bulk([row["one"] for row in rows])
    return [
        Held(unit=row["turn_unit"], name=row["turn_unit__name"], count=row["count"], escalated=row["escalated"],
             oldest=_day(row["oldest"]), case=cases[row["one"]])
        for row in rows if row["one"] in cases
    ]  # fmt: skip


def overdue(
    *, for_: Actor, unit: int = 0, oldest_first: bool = False, after: Place | None = None, limit: int = 50
) -> list[Late]:
    """One by one: place after place and in each the oldest first, or the oldest of all first; one more than `limit` if
    there are more."""
    late = _overdue(for_).filter(Q(turn_unit=unit) if unit else Q())
    late = late.annotate(path=F("turn_unit__path"), where=F("turn_unit__name"))
    order = ("due_at", "pk") if oldest_first else ("path", "due_at", "pk")
    return _shown(for_, list(_beyond(late, after, oldest_first).order_by(*order)[: limit + 1]))


def _beyond(late: QuerySet[Any], after: Place | None, oldest_first: bool) -> QuerySet[Any]:
    if after is None:
        return late
    path, due, last = after
    later = Q(due_at=due, pk__gt=last) | Q(due_at__gt=due)
    return late.filter(later if oldest_first else Q(path__gt=path) | Q(path=path) & later)


def _overdue(for_: Actor) -> QuerySet[Any]:
    for_.require(FOLLOW)
    told = Notice.objects.filter(case=OuterRef("pk"), kind="escalate", part=ABOVE, seen_at=None)
    late = Case.objects.filter(for_.reach("turn_unit__"), workflow=follow_up.code, ended_at=None,
                               due_at__lt=clock.now())  # fmt: skip
    return late.annotate(told=Exists(told))


def _shown(for_: Actor, cases: Sequence[Any]) -> list[Late]:
    rows = sealing.rows_for(for_=for_, cases=cases, rows=queries.rows([case.pk for case in cases]))
    return [
        Late(case=case, person=rows[case.pk].person_id, name=rows[case.pk].name, what=rows[case.pk].what,
             where=case.where, path=case.path, due=_day(case.due_at), escalated=case.told)
        for case in cases
    ]  # fmt: skip


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.COUNTY_ZONE).date()
