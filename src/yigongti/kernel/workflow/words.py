"""The words a workflow page is written in.

A page says which organisations stand on which side of a case, who acts for them, in which states the case can be,
and by which steps it moves. Everything else — permissions, worklists, screens, clocks, the API, the diagram — is
derived. Where a page would need an `if`, it names a guard, or it is two workflows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from yigongti.kernel.parameters.words import Parameter


BIRTH = ""
"""The `frm` of a step that brings a case into being."""

CLOCK = "clock"
"""The part of the clock itself, in `by` of a step that only a timer takes."""

Counts = Literal["minutes", "working_minutes", "calendar_days"]
FieldKind = Literal["text", "long_text", "choice", "choices", "yes", "number", "date", "moment", "picked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An organisation's place in the case: the sending one, the receiving one, the centre. `role` of a unit, not of a
    person."""

    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Who acts for a side: the roles that may, when their post reaches the side's unit."""

    code: str
    title: str
    side: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a case can stand, and whose turn it is there."""

    code: str
    title: str
    turn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something recorded at a step. `options` names a code list; `picker` names what a picked value is picked from.

    `clinical` says that it tells of illness: in a case of a special class only the gate and who wrote it read it. Long
    texts are clinical unless the page says otherwise.
    """

    code: str
    label: str
    kind: FieldKind = "text"
    options: str = ""
    picker: str = ""
    unit: str = ""
    help: str = ""
    most: int = 2000
    clinical: bool | None = None

    @property
    def tells_of_illness(self) -> bool:
        """Whether the fact is clinical: as the page says, else because it is a long text."""
        return self.kind == "long_text" if self.clinical is None else self.clinical


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way from state to state: who may take it, what must be recorded, what it brings about."""

    code: str
    title: str
    by: tuple[str, ...]
    frm: tuple[str, ...]
    to: str
    must_record: tuple[str, ...] = ()
    may_record: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    announces: str = ""
    hand_over: str = ""
    says_next: str = ""
    clause: str = ""
    weight: Literal["primary", "plain", "danger"] = "plain"
    not_by: tuple[str, ...] = ()
    claims: Parameter | None = None
    revises: str = ""
    opens: tuple[Opens, ...] = ()
    joins: Joins | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens:
    """Sub-cases born by a step: one for each unit picked in `per_field`."""

    workflow: str
    per_field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """The step waits for sub-cases: all of them, or any."""

    workflow: str
    wait_for: Literal["all", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """Put the case before a part again."""

    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Go up a named ladder of parts, each rung by its duty roster."""

    ladder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """The clock takes a step itself."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A clock that runs while the case stands in a state; it survives restarts.

    It counts from entering the state, or from the recorded date that `since` names. `code` keeps its running clocks
    when the page gives it another state or action; without one it is named by what it is, see `Workflow.timer_names`.
    """

    state: str
    after: Parameter
    counts: Counts
    then: Remind | Escalate | Take
    since: str = ""
    promise: bool = False
    clause: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Whom to tell, rung by rung; `every` separates the rungs."""

    code: str
    rungs: tuple[str, ...]
    every: Parameter | None = None
    counts: Counts = "minutes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sees:
    """What a side sees of the case in some states; a side not named in a state does not see the case there."""

    side: str
    states: tuple[str, ...]
    panels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One page: a kind of case. `frees` names the states from which on `one_open_per` no longer stands in the way.

    `clinical_panels` are shown whole or not at all where the case is of a special class; other panels show without
    the clinical facts.
    """

    code: str
    title: str
    basis: str
    prefix: str
    sides: tuple[Side, ...]
    parts: tuple[Part, ...]
    states: tuple[State, ...]
    fields: tuple[Field, ...]
    steps: tuple[Step, ...]
    ends: tuple[str, ...]
    sees: tuple[Sees, ...]
    timers: tuple[Timer, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    one_open_per: tuple[str, ...] = ()
    frees: tuple[str, ...] = ()
    clinical_panels: tuple[str, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    def step(self, code: str) -> Step:
        """The step of this code. Raises KeyError."""
        return next_or_key_error((s for s in self.steps if s.code == code), code)

    def state(self, code: str) -> State:
        """The state of this code. Raises KeyError."""
        return next_or_key_error((s for s in self.states if s.code == code), code)

    def field_of(self, code: str) -> Field:
        """The field of this code. Raises KeyError."""
        return next_or_key_error((f for f in self.fields if f.code == code), code)

    def part(self, code: str) -> Part:
        """The part of this code. Raises KeyError."""
        return next_or_key_error((p for p in self.parts if p.code == code), code)

    def timer_names(self) -> dict[str, Timer]:
        """Each timer by a name that its place in the page does not change: its code, else its state, its kind and
        which of those it is, as in `waiting.escalate.1`."""
        named: dict[str, Timer] = {}
        for timer in self.timers:
            kind = f"{timer.state}.{type(timer.then).__name__.lower()}"
            alike = sum(name.startswith(f"{kind}.") for name in named)
            named[timer.code or f"{kind}.{alike + 1}"] = timer
        return named

    def turn_title(self, state: str) -> str:
        """Whose turn it is in a state, in words: a part's title, or what the clock waits for; '' at an end."""
        turn = self.state(state).turn
        if not turn or state in self.ends:
            return ""
        return "等前一步的结果" if turn == CLOCK else self.part(turn).title

    def permission(self, step: Step) -> str:
        """The permission that guards a step."""
        return f"{self.code}.{step.code}"

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that lead out of a state, in the page's order."""
        return tuple(s for s in self.steps if state in s.frm)


T = TypeVar("T")


def next_or_key_error(found: Iterable[T], code: str) -> T:
    """The first found, or KeyError naming the code that nothing answers to."""
    for one in found:
        return one
    raise KeyError(code)


def step(
    code: str, title: str, /, *, by: str | tuple[str, ...], frm: str | tuple[str, ...], to: str, **rest: Any
) -> Step:
    """A step, as pages write it: `by` and `frm` may be one name or several."""
    return Step(code=code, title=title, by=_several(by), frm=_several(frm), to=to, **rest)


def state(code: str, title: str, /, *, turn: str = "") -> State:
    """A state, as pages write it."""
    return State(code=code, title=title, turn=turn)


def side(code: str, title: str, /) -> Side:
    """A side, as pages write it."""
    return Side(code=code, title=title)


def part(code: str, title: str, /, *, side: str, roles: tuple[str, ...]) -> Part:
    """A part, as pages write it."""
    return Part(code=code, title=title, side=side, roles=roles)


def fact(code: str, label: str, kind: FieldKind = "text", /, **rest: Any) -> Field:
    """A field, as pages write it."""
    return Field(code=code, label=label, kind=kind, **rest)


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
