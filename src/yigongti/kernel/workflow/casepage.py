"""What a case page shows: the path so far, whose turn it is, the clocks, the steps I may take, the panels I may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.workflow import clocks, rooms, sealing
from yigongti.kernel.workflow.models import Act, Case, CaseSide, Clock
from yigongti.kernel.workflow.rooms import CaseRow, Panel
from yigongti.kernel.workflow.sight import my_parts, panels_for, seen
from yigongti.kernel.workflow.words import BIRTH, CLOCK, State, Step, Take, Timer, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One station on the path: a state, and when and by whom it was entered."""

    state: State
    at: Any
    actor: str
    standing: bool
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that runs, with its rule."""

    timer: Timer
    label: str
    fires_at: Any
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything a case page shows; `facts` as the actor may read them."""

    case: Case
    page: Workflow
    facts: Any
    row: CaseRow
    state: State
    turn: str
    path: list[Stop]
    acts: list[tuple[Act, str]]
    clocks: list[Running]
    steps: list[Step]
    panels: list[tuple[Panel, Mapping[str, Any]]]
    sides: list[tuple[str, CaseSide]]


def case_view(*, for_: Actor, number: str) -> CaseView:
    """The case as the actor may see it. Raises NotFound beyond sight."""
    found = seen(for_=for_, number=number)
    if found is None:
        raise NotFound
    case, sides = found
    made = rooms.of(case)
    page = made.page
    acts = list(case.acts.order_by("sequence"))
    facts = made.facts.objects.select_related().get(case=case)
    facts = sealing.facts_for(for_=for_, case=case, facts=facts, acts=acts)
    sealed = not sealing.opens(for_, case)
    allowed = panels_for(for_=for_, case=case)
    return CaseView(
        case=case,
        page=page,
        facts=facts,
        row=made.rows([case.pk])[case.pk],
        state=page.state(case.state),
        turn=page.turn_title(case.state),
        path=_path(page, case, acts),
        acts=[(act, page.step(act.step).title) for act in acts],
        clocks=_running(page, case),
        steps=steps_for(for_=for_, page=page, case=case, sides={s.side: s.unit_id for s in sides}),
        panels=[
            (made.panels[code], {**made.panels[code].context(for_=for_, case=case, facts=facts), "sealed": sealed})
            for code in allowed
            if code in made.panels
        ],
        sides=[(next(s.title for s in page.sides if s.code == one.side), one) for one in sides],
    )


def steps_for(*, for_: Actor, page: Workflow, case: Case, sides: Mapping[str, int]) -> list[Step]:
    """The steps that this actor may take now."""
    mine = my_parts(page, for_, sides)
    return [s for s in page.steps_from(case.state) if s.by != (CLOCK,) and mine & set(s.by)]


def _path(page: Workflow, case: Case, acts: list[Act]) -> list[Stop]:
    """The states passed, in order, then the straightest way on by primary steps."""
    stops: list[Stop] = []
    for act in acts:
        if act.frm != act.to:
            stops.append(Stop(state=page.state(act.to), at=act.at, actor=act.actor, standing=False, passed=True))
    if stops:
        stops[-1] = Stop(state=stops[-1].state, at=stops[-1].at, actor=stops[-1].actor, standing=True, passed=False)
    stood = {s.state.code for s in stops}
    here = case.state
    while (onward := _onward(page, here)) and onward not in stood:
        stops.append(Stop(state=page.state(onward), at=None, actor="", standing=False, passed=False))
        stood.add(onward)
        here = onward
    return stops


def _onward(page: Workflow, state: str) -> str:
    if state == BIRTH or state in page.ends:
        return ""
    return next((s.to for s in page.steps_from(state) if s.weight == "primary" and s.to != state), "")


def _label(page: Workflow, timer: Timer) -> str:
    """What will happen, in words: the clause of the clock, or the step that it takes."""
    if timer.clause:
        return timer.clause
    return page.step(timer.then.step).title if isinstance(timer.then, Take) else "提醒"


def _running(page: Workflow, case: Case) -> list[Running]:
    live = Clock.objects.filter(case=case, fired_at=None, stopped_at=None).order_by("fires_at")
    return [
        Running(timer=timer, label=_label(page, timer), fires_at=c.fires_at, amount=values.number(timer.after))
        for c in live
        for timer in (clocks.timer_of(page, c),)
        if timer
    ]
