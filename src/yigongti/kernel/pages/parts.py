"""What each screen part is given: small frozen records that the templates under `parts/` draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


StateKind = Literal["waiting", "active", "done", "soon", "overdue", "harm", "closed"]
StepKind = Literal["done", "current", "skipped", "ahead"]
Lane = Literal["village", "township", "county", "outside"]
FieldKind = Literal[
    "text", "textarea", "cards", "checks", "select", "date", "datetime", "number", "file", "check", "picker"
]


@dataclass(frozen=True, kw_only=True)
class State:
    """A state said by a shape and a word; colour only repeats it."""

    word: str
    kind: StateKind = "waiting"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person as a chip: the name comes masked from the query when no basis is stated."""

    name: str
    sex: str = ""
    age: str = ""
    href: str = ""
    masked: bool = False
    flags: Sequence[State] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing to do: `post` makes a form that is safe to send twice, `href` a link to a page that asks more."""

    word: str
    href: str = ""
    post: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["primary", "secondary", "danger", "quiet"] = "secondary"
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A deadline as words and a dial; `elapsed` is the share of the promised time that is gone, 0 to 100."""

    words: str
    kind: StateKind = "waiting"
    note: str = ""
    exact: str = ""
    rule: str = ""
    elapsed: int = 0
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """A line of a worklist: who, what, from and to, clock, and the one act that moves it."""

    person: Person | None
    what: str
    href: str
    detail: str = ""
    number: str = ""
    sender: str = ""
    receiver: str = ""
    receiver_is_me: bool = False
    state: State | None = None
    clock: Clock | None = None
    act: Act | None = None


@dataclass(frozen=True, kw_only=True)
class PathStep:
    """A station on a case's path."""

    name: str
    kind: StepKind = "ahead"
    at: datetime | None = None
    who: str = ""
    clock: Clock | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was done, under which number, what happens next and where to see it; `undo` while it is safe."""

    number: str
    at: datetime
    said: str
    then: str = ""
    href: str = ""
    undo: Act | None = None
    undo_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Option:
    """A choice in a field, a filter or a listbox; `current` when it is chosen."""

    value: str
    label: str
    help: str = ""
    href: str = ""
    icon: str = ""
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class OptionGroup:
    """Choices under one heading, as search shows people, cases and functions."""

    title: str
    options: Sequence[Option]


@dataclass(frozen=True, kw_only=True)
class Field:
    """An input with its label, help and error. `text` is what a picker shows for `value`;
    `candidates` are offered when the words typed without scripts meant several."""

    name: str
    label: str
    kind: FieldKind = "text"
    value: str = ""
    text: str = ""
    help: str = ""
    error: str = ""
    required: bool = True
    options: Sequence[Option] = ()
    candidates: Sequence[Option] = ()
    url: str = ""
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    step: str = "any"
    rows: int = 3
    accept: str = ""
    capture: str = ""
    inputmode: str = ""
    autocomplete: str = "off"
    input_type: str = "text"
    placeholder: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something on the timeline, in the lane of the place where it happened."""

    title: str
    at: datetime | date
    lane: Lane
    icon: str
    kind_word: str
    unit: str = ""
    author: str = ""
    detail: str = ""
    href: str = ""
    picture: str = ""
    state: State | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that carries its meaning: unit, n, period, target, provisional or final."""

    label: str
    value: str
    unit: str = ""
    n: str = ""
    period: str = ""
    target: str = ""
    state: State | None = None
    final: bool = True
    trend: Sequence[float] = ()
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table; figures align to the right and share their unit in the head."""

    label: str
    numeric: bool = False
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A table cell that is more than words: a link, a state, or a muted note."""

    text: str
    href: str = ""
    state: State | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A table row; its cells are words or `Cell`s, in the order of the columns."""

    cells: Sequence[str | Cell]


@dataclass(frozen=True, kw_only=True)
class NavigationEntry:
    """An entry of the side list and, the first four of them, of the phone's bottom bar."""

    title: str
    href: str
    icon: str
    count: int | None = None
    current: bool = False
