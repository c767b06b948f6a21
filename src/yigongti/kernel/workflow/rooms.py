"""What chapters bring to the engine: their pages with the tables behind them, guards, effects, and who is on duty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from yigongti.kernel.access.words import registry as access_registry
from yigongti.kernel.workflow.words import CLOCK, Workflow


if TYPE_CHECKING:
    from yigongti.kernel.access.actor import Actor
    from yigongti.kernel.workflow.models import Case

CARRIED = frozenset({
    "guards", "does", "announces", "hand_over", "not_by", "one_open_per", "counts minutes", "counts working_minutes",
    "counts calendar_days", "then remind", "then escalate", "then take",
})  # fmt: skip
"""The words that the engine carries out: those that a built chapter uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """How a case shows in a list. `clinical` tells of illness: it stands before `what` for those who may read it."""

    name: str
    what: str
    sex: str = ""
    age: str = ""
    frm: str = ""
    to: str = ""
    person_id: int | None = None
    clinical: str = ""

    def told(self, *, clinically: bool) -> CaseRow:
        """The row as one text tells it, with what is clinical before it or without. Written out: `replace` is slow."""
        if not self.clinical:
            return self
        what = " · ".join(t for t in (self.clinical, self.what) if t) if clinically else self.what
        return CaseRow(
            name=self.name, what=what, sex=self.sex, age=self.age, frm=self.frm, to=self.to, person_id=self.person_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the case page: its template and what it shows; `facts` is the chapter's row."""

    template: str
    context: Callable[..., Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A page that the engine carries, and the chapter's side of it.

    `facts`: the model of what is recorded (its fields are the page's fields). `sides(facts, by)`: the unit ids by
    side. `rows(case_ids)`: how they show in lists. `receives(by, case, facts)`: how a hand-over becomes a case here.
    For the birth form: `starts` fills what is known, `offers` lists what may be chosen, `shown` is what helps to choose
    (a `template`, and the `persons` it shows). `paper`: the template of the printed slip.
    """

    page: Workflow
    facts: Any
    sides: Callable[[Any, Actor | None], Mapping[str, int]]
    rows: Callable[[list[int]], Mapping[int, CaseRow]]
    panels: Mapping[str, Panel] = field(default_factory=dict)
    receives: Callable[..., None] | None = None
    starts: Callable[..., Mapping[str, Any]] | None = None
    offers: Callable[..., Mapping[str, Any]] | None = None
    shown: Callable[..., Mapping[str, Any]] | None = None
    paper: str = ""


Guard = Callable[..., None]
Effect = Callable[..., None]
Roster = Callable[[str, str, datetime], Iterable[int]]
Classifier = Callable[[Any], Iterable[str]]

kept: dict[str, Kept] = {}
known: dict[str, Workflow] = {}
guards: dict[str, Guard] = {}
effects: dict[str, Effect] = {}
classifiers: dict[str, Classifier] = {}
_roster: list[Roster] = []


def know(page: Workflow) -> Workflow:
    """Load a page that no engine carries yet: it is checked and printed."""
    known[page.code] = page
    return page


def keep(made: Kept) -> Kept:
    """Let the engine carry a page: its steps become permissions of the roles in its parts."""
    page = know(made.page)
    kept[page.code] = made
    for one in page.steps:
        permission = access_registry.add_permission(
            page.permission(one), title=f"{page.title}·{one.title}", writes=True
        )
        roles = {r for name in one.by for r in (("clockwork",) if name == CLOCK else page.part(name).roles)}
        access_registry.grant(permission, roles)
    access_registry.add_permission(f"{page.code}.follow", title=f"跟踪{page.title}", writes=False)
    access_registry.grant(f"{page.code}.follow", {r for p in page.parts for r in p.roles})
    return made


def guard(name: str) -> Callable[[Guard], Guard]:
    """Register a guard: `fn(case=, facts=, by=)` raises the refusal it gives."""

    def add(function: Guard) -> Guard:
        guards[name] = function
        return function

    return add


def effect(name: str) -> Callable[[Effect], Effect]:
    """Register an effect: `fn(case=, facts=, by=)` acts inside the step's transaction and may change the facts."""

    def add(function: Effect) -> Effect:
        effects[name] = function
        return function

    return add


def answer_roster(function: Roster) -> Roster:
    """Let the chapter that owns rosters say which accounts are on duty: `fn(unit_path, role, at)`."""
    _roster[:] = [function]
    return function


def classifier(name: str) -> Callable[[Classifier], Classifier]:
    """Register which special classes a recorded value bears: for every field picked or chosen by this name."""

    def add(function: Classifier) -> Classifier:
        classifiers[name] = function
        return function

    return add


def on_duty(unit_path: str, role: str, at: datetime) -> list[int]:
    """The accounts on duty in a role at this very unit; none known means everyone in the part."""
    return list(_roster[0](unit_path, role, at)) if _roster else []


def of(case: Case) -> Kept:
    """The page that a case follows."""
    return kept[case.workflow]
