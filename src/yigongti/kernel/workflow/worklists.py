"""Worklists: what waits for me, what waits for others, what I did; most urgent first, paged without counting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Case as Case_
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.base import ModelState
from django.db.models.functions import Coalesce

from yigongti.kernel import clock
from yigongti.kernel.access.actor import NO_POST, Actor
from yigongti.kernel.access.asking import asked
from yigongti.kernel.access.words import Role
from yigongti.kernel.question import Among, Slot
from yigongti.kernel.workflow import rooms, sealing
from yigongti.kernel.workflow.models import Act, Case, Notice
from yigongti.kernel.workflow.rooms import CaseRow
from yigongti.kernel.workflow.sight import visible
from yigongti.kernel.workflow.words import Step, Workflow


UNLISTED = {"title", "open_key", "opened_at", "parent_id"}
"""What no list shows."""
COLUMNS = [field.attname for field in Case._meta.concrete_fields if field.attname not in UNLISTED]
LISTED = (*COLUMNS, "urged")
FAR = datetime(9999, 1, 1, tzinfo=UTC)

LATE, URGENT, REST = 0, 1, 2
"""How a list that presses is ranked: what is overdue, longest first; then what is urgent; then the rest as it falls
due. The band is asked as of a moment that the whole list shares: a clock that breaks between two pages moves no row."""

Cursor = tuple[int, datetime, int, datetime]


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
    asked_at: datetime

    @property
    def cursor(self) -> str:
        """Where the next page begins, and as of when the list was ranked."""
        due = self.case.due_at or FAR
        band = LATE if due < self.asked_at else URGENT if self.case.urgent else REST
        return f"{band}|{due.isoformat()}|{self.case.pk}|{self.asked_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Done:
    """A step that somebody took, as a list of the last ones shows it."""

    number: str
    workflow: str
    step: str
    at: datetime


def read_cursor(text: str) -> Cursor | None:
    """The place a list goes on from; None for the beginning. Raises ValueError for a broken one."""
    if not text:
        return None
    band, due, last, at = text.split("|")
    place = int(band), datetime.fromisoformat(due), int(last), datetime.fromisoformat(at)
    known = place[0] in (LATE, URGENT, REST) and 0 < place[2] < 10**18
    if not known or place[1].tzinfo is None or place[3].tzinfo is None:
        raise ValueError(text)
    return place


def waiting(
    *, for_: Actor, workflow: str = "", state: str = "", after: Cursor | None = None, limit: int = 50
) -> list[Line]:
    """What waits for the actor's own parts, at units within reach: overdue first, then urgent, then as it falls due."""
    return _lines(_mine, for_=for_, workflow=workflow, state=state, after=after, limit=limit)


def elsewhere(
    *, for_: Actor, workflow: str = "", state: str = "", after: Cursor | None = None, limit: int = 50
) -> list[Line]:
    """Open cases that the actor sees and others must move."""
    return _lines(_others, for_=for_, workflow=workflow, state=state, after=after, limit=limit)


def everything(
    *, for_: Actor, workflow: str = "", state: str = "", after: Cursor | None = None, limit: int = 50
) -> list[Line]:
    """All cases that the actor sees, ended ones too, newest first: most have long ended, so no clock ranks them."""
    return _lines(_all, for_=for_, workflow=workflow, state=state, after=after, limit=limit)


def of_person(*, for_: Actor, person_ids: Iterable[int], limit: int = 50) -> list[Line]:
    """The cases of a person that the actor sees, for the resident's page."""
    return _lines(_persons, for_=for_, persons=list(person_ids), limit=limit)


def recent(*, for_: Actor, limit: int = 5) -> list[Done]:
    """What the actor's post did last, in cases that its role may open: a hand-over begins others, too."""
    mine = [code for code in rooms.kept if for_.may(f"{code}.follow")]

    def write(who: Actor) -> QuerySet[Any, Any]:
        done = Act.objects.filter(post_id=who.post_id or NO_POST, case__workflow__in=mine).order_by("-at")
        return done.values_list("case__number", "case__workflow", "step", "at")[:limit]

    return [Done(*row) for row in asked("recent", limit, *map(id, rooms.kept.values()), for_=for_, write=write)]


def tally(*, for_: Actor) -> Mapping[str, int]:
    """How many wait for the actor and how many of them are overdue: bounded by what is open at the actor's units."""
    from django.db.models import Count

    counted = _mine(for_).aggregate(waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=clock.now())))
    return {"waiting": counted["waiting"], "overdue": counted["overdue"]}


# --- what is asked


def _mine(who: Actor) -> QuerySet[Case]:
    turns = Q(pk__in=())
    for code, made in rooms.kept.items():
        parts = [p.code for p in made.page.parts if who.role.code in p.roles]
        if parts:
            turns |= Q(workflow=code, turn_part__in=parts)
    return Case.objects.filter(turns, who.reach("turn_unit__"), ended_at=None)


def _others(who: Actor) -> QuerySet[Case]:
    return visible(for_=who).filter(ended_at=None).exclude(pk__in=_mine(who).values("pk"))


def _all(who: Actor) -> QuerySet[Case]:
    return visible(for_=who)


def _persons(who: Actor) -> QuerySet[Case]:
    return visible(for_=who).filter(Among("person_id", Slot("persons")))


def _lines(
    which: Callable[[Actor], QuerySet[Case]], *, for_: Actor, workflow: str = "", state: str = "",
    after: Cursor | None = None, limit: int, persons: Sequence[int] = (),
) -> list[Line]:  # fmt: skip
    """The cases as lines, from a place on. What was typed goes into slots; the rest shapes the question."""
    shape = _Shape(which, bool(workflow), bool(state), after and after[0], limit)
    _, due, last, at = after or (LATE, FAR, 0, clock.now())
    rows = asked(shape, *map(id, rooms.kept.values()), for_=for_, write=shape.write,
                 workflow=workflow, state=state, due=due, last=last, at=at, persons=persons)  # fmt: skip
    alias = connection.alias
    cases = [_case(row, alias) for row in rows]
    shown = sealing.rows_for(for_=for_, cases=cases, rows=_rows(cases))
    return [_line(case, shown[case.id], for_, at) for case in cases]


@dataclass(frozen=True, slots=True)
class _Shape:
    """All that makes one list's question differ from another's; `band` is None at the beginning of a list."""

    which: Callable[[Actor], QuerySet[Case]]
    of_workflow: bool
    of_state: bool
    band: int | None
    limit: int

    def write(self, who: Actor) -> QuerySet[Any, Any]:
        cases = self.which(who)
        if self.of_workflow:
            cases = cases.filter(workflow=Slot("workflow"))
        if self.of_state:
            cases = cases.filter(state=Slot("state"))
        escalated = Notice.objects.filter(case=OuterRef("pk"), kind="escalate", seen_at=None)
        marked: QuerySet[Any, Any] = cases.annotate(urged=Exists(escalated), rank=Coalesce(F("due_at"), Value(FAR)))
        ordered = self._newest(marked) if self.which is _all else self._pressing(marked)
        return ordered.values_list(*COLUMNS, "urged")[: self.limit]

    def _newest(self, cases: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return (cases if self.band is None else cases.filter(pk__lt=Slot("last"))).order_by("-pk")

    def _pressing(self, cases: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        late = When(due_at__lt=Slot("at"), then=Value(LATE))
        cases = cases.annotate(band=Case_(late, When(urgent=True, then=Value(URGENT)), default=Value(REST),
                                            output_field=IntegerField()))  # fmt: skip
        if self.band is not None:
            later = Q(rank=Slot("due"), pk__gt=Slot("last")) | Q(rank__gt=Slot("due"))
            cases = cases.filter(Q(band=self.band) & later | Q(band__gt=self.band))
        return cases.order_by("band", "rank", "pk")


def _case(row: Sequence[Any], alias: str) -> Case:
    """The case as Django would have it, without asking each of its fields: a list makes fifty."""
    case = Case.__new__(Case)
    case._state = ModelState()
    case._state.adding, case._state.db = False, alias
    case.__dict__.update(zip(LISTED, row, strict=True))
    return case


def _rows(found: Sequence[Case]) -> dict[int, CaseRow]:
    rows: dict[int, CaseRow] = {}
    for code in {case.workflow for case in found}:
        rows.update(rooms.kept[code].rows([case.id for case in found if case.workflow == code]))
    return rows


def _line(case: Case, row: CaseRow, for_: Actor, at: datetime) -> Line:
    station = _station(rooms.of(case).page, case.state, for_)
    return Line(
        case=case, row=row, title=station.page.title, state=station.title, turn=station.turn, primary=station.primary,
        urged=bool(getattr(case, "urged", False)), asked_at=at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Station:
    """What a page says of a state to a role; it keeps both, and so their ids."""

    page: Workflow
    role: Role
    title: str
    turn: str
    primary: Step | None


_stations: dict[tuple[int, str, int], _Station] = {}


def _station(page: Workflow, state: str, for_: Actor) -> _Station:
    """Worked out once: a page has few states, a list many cases."""
    place = (id(page), state, id(for_.role))
    known = _stations.get(place)
    if known is None:
        offered = (s for s in page.steps_from(state) if s.weight == "primary" and for_.may(page.permission(s)))
        known = _Station(page, for_.role, page.state(state).title, page.turn_title(state), next(offered, None))
        _stations[place] = known
    return known
