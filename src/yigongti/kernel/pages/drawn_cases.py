"""Cases as the parts draw them: rows, chips, path, acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import segno
from django.utils.safestring import SafeString, mark_safe

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages import said
from yigongti.kernel.pages.parts import Act, CaseRow, Clock, Option, PathStep, Person, State, StateKind
from yigongti.kernel.workflow import rooms, worklists
from yigongti.kernel.workflow.casepage import CaseView, Stop
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.words import BIRTH, Step
from yigongti.kernel.workflow.worklists import Line


PAGE = 50
KINDS = {"primary": "primary", "plain": "secondary", "danger": "danger"}


def state_of(case: Case) -> State:
    """The case's state by shape and word: harm is never a state of its own, a broken clock is."""
    page = rooms.of(case).page
    return State(word=say(page.state(case.state).title), kind=_kind(case, page.ends))


def _kind(case: Case, ends: tuple[str, ...]) -> StateKind:
    if case.state in ends:
        return "done" if case.state == ends[0] else "closed"
    if case.due_at and case.due_at < clock.now():
        return "overdue"
    return "waiting" if case.version <= 1 else "active"


def clock_of(case: Case, rule: str = "") -> Clock | None:
    """The promised time, if one runs."""
    if case.due_at is None:
        return None
    return said.due_clock(case.due_at, now=clock.now(), since=case.entered_at, rule=rule)


def act_of(case: Case, step: Step) -> Act:
    """A step as a button: at once when nothing must be recorded, else a link to its form."""
    place = f"/cases/{case.number}/{step.code}"
    word, kind = say(step.title), KINDS[step.weight]
    if step.must_record or step.may_record or step.weight == "danger":
        return Act(word=word, href=place, kind=kind)  # type: ignore[arg-type]
    fields = {"step": step.code, "version": str(case.version)}
    return Act(word=word, post=place, fields=fields, kind=kind)  # type: ignore[arg-type]


def row_of(line: Line, *, mine: bool) -> CaseRow:
    """A worklist line, with its one act when it waits for the reader."""
    case, row = line.case, line.row
    urgent = (State(word=say("加急"), kind="soon"),) if case.urgent else ()
    urged = (State(word=say("催办"), kind="overdue"),) if line.urged else ()
    return CaseRow(
        person=replace(_person(row), flags=(*urgent, *urged)) if row.name else None,
        what=f"{say(line.title)} · {row.what}" if row.what else say(line.title),
        detail=case.number if mine else _awaited(line) or case.number,
        number=case.number,
        href=f"/cases/{case.number}",
        sender=row.frm,
        receiver=row.to,
        state=state_of(case),
        clock=clock_of(case),
        act=act_of(case, line.primary) if mine and line.primary else None,
    )


def _awaited(line: Line) -> str:
    """Whom the case waits for, in words; a case that waits for the clock says so itself."""
    if not line.turn:
        return ""
    return say("等{turn}", turn=say(line.turn)) if line.case.turn_unit_id else say(line.turn)


def _person(row: rooms.CaseRow) -> Person:
    return Person(name=row.name, sex=say(row.sex), age=say("{n} 岁", n=row.age) if row.age else "")


def about(view: CaseView) -> Person | None:
    """Whom the case is about, where it is about a person: said on its page and above each of its forms."""
    return _person(view.row) if view.row.name else None


def listing(lines: list[Line], *, for_: Actor, which: str, workflow: str, state: str) -> dict[str, Any]:
    """The context of a worklist page."""
    asked = {"show": which, "workflow": workflow, "state": state}
    last = lines[-1].cursor if len(lines) == PAGE else ""
    return {
        "rows": [row_of(line, mine=which == "mine") for line in lines],
        "more_url": f"/cases?{urlencode({**asked, 'after': last})}" if last else "",
        "whose": _chips(asked, "show", {"mine": "等我办", "others": "等别人", "all": "全部"}),
        "kinds": _chips(asked, "workflow", {"": "各类", **_titles(for_)}),
        "states": _chips(asked, "state", {"": "各状态", **_states(workflow)}) if workflow else [],
    }


def _titles(for_: Actor) -> dict[str, str]:
    return {code: made.page.title for code, made in rooms.kept.items() if for_.may(f"{code}.follow")}


def _states(workflow: str) -> dict[str, str]:
    made = rooms.kept.get(workflow)
    return {s.code: s.title for s in made.page.states} if made else {}


def _chips(asked: dict[str, str], name: str, choices: dict[str, str]) -> list[Option]:
    cleared = {**asked, "state": ""} if name == "workflow" else asked
    return [
        Option(
            value=code,
            label=say(title),
            href=f"/cases?{urlencode({**cleared, name: code})}",
            current=asked[name] == code,
        )
        for code, title in choices.items()
    ]


def case_page(view: CaseView, *, for_: Actor) -> dict[str, Any]:
    """The drawn parts of a case page."""
    rule = next((r.timer.clause for r in view.clocks if r.timer.promise), "")
    return {
        "person": about(view),
        "state": state_of(view.case),
        "clock": clock_of(view.case, _ruled(rule, view.page.basis)),
        "path": [_station(stop, view) for stop in view.path],
        "acts": [act_of(view.case, step) for step in view.steps],
        "waiting": _waiting(view),
        "paper": bool(rooms.of(view.case).paper and view.panels),
    }


def _ruled(rule: str, basis: str) -> str:
    """The clause of a clock with the paper it stands in."""
    return say("{rule}，依据{basis}", rule=say(rule), basis=say(basis)) if rule else ""


def _waiting(view: CaseView) -> str:
    if not view.turn:
        return say("此单已办完，没有要办的事")
    if view.case.turn_unit is None:
        return say(view.turn)
    unit = view.case.turn_unit.whole_name
    return say("现在轮到{unit}{turn}办理", unit=unit, turn=say(view.turn))


def _station(stop: Stop, view: CaseView) -> PathStep:
    kind = "current" if stop.standing else "done" if stop.passed else "ahead"
    return PathStep(name=say(stop.state.title), kind=kind, at=stop.at, who=stop.actor)  # type: ignore[arg-type]


def acts_for_person(*, for_: Actor, person_id: int) -> list[Act]:
    """The kinds of cases that the actor's role may begin for a person, each leading to its form, filled in."""
    return [
        Act(word=say(made.page.title), href=f"/new/{code}?resident={person_id}")
        for code, made in rooms.kept.items()
        for step in made.page.steps
        if BIRTH in step.frm and "resident" in step.must_record and _main(step) and for_.may(made.page.permission(step))
    ]


def _main(step: Step) -> bool:
    return step.weight == "primary" or (step.frm == (BIRTH,) and step.to != "draft")


def cases_of_person(*, for_: Actor, person_ids: list[int]) -> list[CaseRow]:
    """The cases of a person that the actor sees, open ones first."""
    lines = worklists.of_person(for_=for_, person_ids=person_ids)
    return [row_of(line, mine=False) for line in sorted(lines, key=lambda line: line.case.ended_at is not None)]


def work(for_: Actor) -> dict[str, Any]:
    """The workbench: what waits for me (overdue longest first, then urgent), what waits for others, what I just did."""
    mine = worklists.waiting(for_=for_, limit=PAGE)
    others = worklists.elsewhere(for_=for_, limit=8)
    now = clock.now()
    pressing = [
        line for line in mine if line.urged or line.case.urgent or (line.case.due_at and line.case.due_at < now)
    ]
    calm = [line for line in mine if line not in pressing]
    return {
        "pressing": [row_of(line, mine=True) for line in pressing],
        "today": [row_of(line, mine=True) for line in calm],
        "others": [row_of(line, mine=False) for line in others],
        "more_url": f"/cases?{urlencode({'show': 'mine', 'after': mine[-1].cursor})}" if len(mine) == PAGE else "",
        "done": [(one, say(rooms.kept[one.workflow].page.step(one.step).title)) for one in worklists.recent(for_=for_)],
        "persons": [line.row.person_id for line in (*mine, *others) if line.row.person_id],
    }


def check_code(address: str) -> SafeString:
    """A code on paper that leads back to the case, as SVG."""
    return mark_safe(segno.make(address, error="m").svg_inline(scale=3, svgclass="qr", lineclass=None))  # noqa: S308 - segno draws it
