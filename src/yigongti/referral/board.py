"""The board: open referrals within reach by state, each with who must act next, since when and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.workflow.models import Case, CaseSide, Notice
from yigongti.kernel.workflow.sight import visible
from yigongti.kernel.workflow.worklists import FAR


DRAFT = "draft"
"""A draft is its writer's own affair: the board begins where somebody else must act."""

DIRECTIONS = ("referral.upward", "referral.downward", "referral.outward")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the board is narrowed to; `path` is an institution's."""

    direction: str = ""
    path: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many referrals stand in a state, and how many of them have broken their clock."""

    workflow: str
    state: str
    count: int
    overdue: int


def tally(*, for_: Actor, asked: Asked) -> list[Tally]:
    """Open referrals by direction and state, whatever the direction asked for. No person is shown."""
    counted = (
        _open(for_, Asked(path=asked.path, late=asked.late))
        .values("workflow", "state")
        .annotate(n=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=clock.now())))
        .order_by("workflow", "state")
    )
    return [Tally(workflow=c["workflow"], state=c["state"], count=c["n"], overdue=c["overdue"]) for c in counted]


def first_of_each_state(*, for_: Actor, asked: Asked, most: int) -> dict[str, list[Case]]:
    """The most pressing of every state of one direction, up to `most` and one more that tells there are others."""
    place = Window(RowNumber(), partition_by=F("state"), order_by=[F("rank"), F("pk")])
    columns: dict[str, list[Case]] = {}
    for case in _ranked(for_, asked).annotate(place=place).filter(place__lte=most + 1).order_by("rank", "pk"):
        columns.setdefault(case.state, []).append(case)
    return columns


def of_state(
    *, for_: Actor, asked: Asked, state: str, after: tuple[datetime, int] | None, most: int
) -> list[Case]:  # fmt: skip
    """One state from a place on, up to `most` and one more."""
    cases = _ranked(for_, asked).filter(state=state)
    if after:
        cases = cases.filter(Q(rank=after[0], pk__gt=after[1]) | Q(rank__gt=after[0]))
    return list(cases.order_by("rank", "pk")[: most + 1])


def place_of(case: Case) -> str:
    """Where the next page begins after this case."""
    return f"{(case.due_at or FAR).isoformat()}~{case.pk}"


def open_to(*, for_: Actor, cases: Sequence[Case]) -> set[int]:
    """Those of the cases that the actor may open: of the others the board says no name."""
    return set(visible(for_=for_).filter(pk__in=[case.pk for case in cases]).values_list("pk", flat=True))


def _open(for_: Actor, asked: Asked) -> QuerySet[Case]:
    here = CaseSide.objects.filter(case=OuterRef("pk"))
    cases = Case.objects.filter(Exists(here.filter(for_.reach("unit__"))), ended_at=None, workflow__in=DIRECTIONS)
    cases = cases.exclude(state=DRAFT)
    if asked.direction:
        cases = cases.filter(workflow=asked.direction)
    if asked.path:
        cases = cases.filter(Exists(here.filter(unit__path__startswith=asked.path)))
    return cases.filter(due_at__lt=clock.now()) if asked.late else cases


def _ranked(for_: Actor, asked: Asked) -> QuerySet[Any]:
    urged = Exists(Notice.objects.filter(case=OuterRef("pk"), kind="escalate", seen_at=None))
    return _open(for_, asked).annotate(urged=urged, rank=Coalesce(F("due_at"), Value(FAR)))
