"""Special classes of cases: what is clinical in one opens to roles with its gate, and to the unit that wrote it.

A case gets its classes from what is recorded, by the classifiers that chapters bring, and from the case that raised
it. Pages say which facts and panels are clinical; lists, forms, case pages, paper and the API all ask here.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.asking import asked
from yigongti.kernel.access.words import Role
from yigongti.kernel.question import Among, Slot
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.models import Act, Case, CaseSide
from yigongti.kernel.workflow.rooms import CaseRow
from yigongti.kernel.workflow.words import Workflow


def classify(case: Case, facts: Any) -> None:
    """Add the classes of what is recorded now; a class once found stays. A case that another raised has its classes."""
    found = set(case.classes) | set(_borne(rooms.of(case).page, facts))
    if case.version == 0 and case.parent:
        found |= set(case.parent.classes)
    case.classes = sorted(found)
    facts.case = case  # so that sides may follow the classes


def _borne(page: Workflow, facts: Any) -> Iterable[str]:
    """The classes that the recorded values bear."""
    for field in page.fields:
        asked = rooms.classifiers.get(field.picker or field.options)
        value = getattr(facts, field.code, None) if asked else None
        if asked and value:
            yield from asked(value)


def opens(for_: Actor, case: Case) -> bool:
    """Whether the actor's role has the gate of every class of the case."""
    return set(case.classes) <= set(for_.role.gates)


def facts_for(*, for_: Actor, case: Case, facts: Any, acts: Sequence[Act]) -> Any:
    """The facts as the actor may read them: where the case is closed, a copy without what others wrote of illness."""
    if opens(for_, case):
        return facts
    shown = copy.copy(facts)
    wrote = {name: act.unit_id for act in acts for name in act.recorded}
    for field in rooms.of(case).page.fields:
        if field.tells_of_illness and (not for_.unit_id or wrote.get(field.code) != for_.unit_id):
            setattr(shown, field.code, facts._meta.get_field(field.code).get_default())
    return shown


def rows_for(*, for_: Actor, cases: Sequence[Case], rows: Mapping[int, CaseRow]) -> dict[int, CaseRow]:
    """The rows as the actor may read them: the clinical line only to who acts for a side that sees panels.

    Of a special class a list shows nothing clinical to anybody: lists lie open on desks.
    """
    reading = {
        case.id: sides
        for case in cases
        if not case.classes and rows[case.id].clinical and (sides := _reading_sides(for_, case))
    }
    open_ones = _at_their_sides(for_, reading) if reading else set()
    return {case.id: rows[case.id].told(clinically=case.id in open_ones) for case in cases}


_reading: dict[tuple[int, int, str], tuple[Workflow, Role, frozenset[str]]] = {}


def _reading_sides(for_: Actor, case: Case) -> frozenset[str]:
    """The sides for which the actor's role acts and that see panels in the case's state; worked out once a role."""
    page, role = rooms.of(case).page, for_.role
    known = _reading.get((id(page), id(role), case.state))
    if known is None:
        acts = {p.side for p in page.parts if role.code in p.roles}
        sides = frozenset(s.side for s in page.sees if s.side in acts and s.panels and case.state in s.states)
        known = _reading[id(page), id(role), case.state] = page, role, sides  # which keeps both, and so their ids
    return known[2]


def _at_their_sides(for_: Actor, reading: Mapping[int, frozenset[str]]) -> set[int]:
    """The cases at which one of the sides named for each lies within the actor's reach."""
    within = asked("sides", for_=for_, write=_sides_within, cases=list(reading))
    return {case for case, side in within if side in reading[case]}


def _sides_within(who: Actor) -> QuerySet[Any, Any]:
    return CaseSide.objects.filter(Among("case_id", Slot("cases")), who.reach("unit__")).values_list("case_id", "side")
