"""Worklists: what waits for me, what waits for others, what I did; most urgent first, paged without counting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from yigongti.kernel.access.actor import NO_POST, Actor
from yigongti.kernel.workflow import rooms, sealing
from yigongti.kernel.workflow.models import Act, Case, Notice
from yigongti.kernel.workflow.rooms import CaseRow
from yigongti.kernel.workflow.sight import visible
from yigongti.kernel.workflow.words import Step


FAR = datetime(9999, 1, 1, tzinfo=UTC)

Cursor = tuple[bool, datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a worklist: the case, how it shows, the one act to offer, whether someone is urged."""

    case: Case
    row: CaseRow
    title: str
    state: str
    turn: str
    primary: Step | None
    urged: bool

    @property
    def cursor(self) -> str:
        """Where the next page begins."""
        due = self.case.due_at or FAR
        return f"{int(self.case.urgent)}|{due.isoformat()}|{self.case.pk}"


def read_cursor(text: str) -> Cursor | None:
    """The place a list goes on from; None for the beginning. Raises ValueError for a broken one."""
    if not text:
        return None
    urgent, due, last = text.split("|")
    return urgent == "1", datetime.fromisoformat(due), int(last)


def waiting(
    *, for_: Actor, workflow: str = "", state: str = "", after: Cursor | None = None, limit: int = 50
) -> list[Line]:
    """What waits for the actor's own parts, at units within reach."""
    return _lines(_narrow(_mine(for_), workflow, state), for_=for_, after=after, limit=limit)


def elsewhere(
    *, for_: Actor, workflow: str = "", state: str = "", after: Cursor | None = None, limit: int = 50
) -> list[Line]:
    """Open cases that the actor sees and others must move."""
    others = visible(for_=for_).filter(ended_at=None).exclude(pk__in=_mine(for_).values("pk"))
    return _lines(_narrow(others, workflow, state), for_=for_, after=after, limit=limit)


def everything(
    *, for_: Actor, workflow: str = "", state: str = "", after: Cursor | None = None, limit: int = 50
) -> list[Line]:
    """All cases that the actor sees, ended ones too, newest first: most have long ended, so no clock ranks them."""
    cases = _urged(_narrow(visible(for_=for_), workflow, state)).order_by("-pk")
    return _drawn(cases.filter(pk__lt=after[2]) if after else cases, for_=for_, limit=limit)


def recent(*, for_: Actor, limit: int = 5) -> list[Act]:
    """What the actor's post did last."""
    return list(Act.objects.filter(post_id=for_.post_id or NO_POST).select_related("case").order_by("-at")[:limit])


def of_person(*, for_: Actor, person_ids: Iterable[int], limit: int = 50) -> list[Line]:
    """The cases of a person that the actor sees, for the resident's page."""
    return _lines(visible(for_=for_).filter(person_id__in=list(person_ids)), for_=for_, after=None, limit=limit)


def tally(*, for_: Actor) -> Mapping[str, int]:
    """How many wait for the actor and how many of them are overdue: bounded by what is open at the actor's units."""
    from django.db.models import Count

    from yigongti.kernel import clock

    counted = _mine(for_).aggregate(waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=clock.now())))
    return {"waiting": counted["waiting"], "overdue": counted["overdue"]}


def _mine(for_: Actor) -> QuerySet[Case]:
    turns = Q(pk__in=())
    for code, made in rooms.kept.items():
        parts = [p.code for p in made.page.parts if for_.role.code in p.roles]
        if parts:
            turns |= Q(workflow=code, turn_part__in=parts)
    return Case.objects.filter(turns, for_.reach("turn_unit__"), ended_at=None)


def _narrow(cases: QuerySet[Case], workflow: str, state: str) -> QuerySet[Case]:
    if workflow:
        cases = cases.filter(workflow=workflow)
    return cases.filter(state=state) if state else cases


def _lines(cases: QuerySet[Case], *, for_: Actor, after: Cursor | None, limit: int) -> list[Line]:
    cases = _urged(cases).annotate(rank=Coalesce(F("due_at"), Value(FAR)))
    if after:
        urgent, due, last = after
        later = Q(urgent=urgent, rank=due, pk__gt=last) | Q(urgent=urgent, rank__gt=due)
        cases = cases.filter(later | Q(urgent=False) if urgent else later)
    return _drawn(cases.order_by("-urgent", "rank", "pk"), for_=for_, limit=limit)


def _urged(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.annotate(urged=Exists(Notice.objects.filter(case=OuterRef("pk"), kind="escalate", seen_at=None)))


def _drawn(cases: QuerySet[Case], *, for_: Actor, limit: int) -> list[Line]:
    found = list(cases[:limit])
    rows = sealing.rows_for(for_=for_, cases=found, rows=_rows(found))
    return [_line(case, rows[case.pk], for_) for case in found]


def _rows(found: Sequence[Case]) -> dict[int, CaseRow]:
    rows: dict[int, CaseRow] = {}
    for code in {case.workflow for case in found}:
        rows.update(rooms.kept[code].rows([case.pk for case in found if case.workflow == code]))
    return rows


def _line(case: Case, row: CaseRow, for_: Actor) -> Line:
    page = rooms.of(case).page
    return Line(
        case=case,
        row=row,
        title=page.title,
        state=page.state(case.state).title,
        turn=page.turn_title(case.state),
        primary=next(
            (s for s in page.steps_from(case.state) if s.weight == "primary" and _mine_by_role(page, s, for_)), None
        ),
        urged=bool(getattr(case, "urged", False)),
    )


def _mine_by_role(page: object, step: Step, for_: Actor) -> bool:
    return for_.may(f"{page.code}.{step.code}")  # type: ignore[attr-defined]
