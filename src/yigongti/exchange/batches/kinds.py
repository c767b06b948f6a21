"""What a kind of sheet is: its columns, who may bring it, what is checked, where its rows go, and how back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yigongti.exchange.tables.sheet import Problem, Sheet, problem
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound


@dataclass(slots=True, kw_only=True)
class Row:
    """One row under way: its number in the file, its clean values, and what is found out about it.

    `key` names it within its file; `alike` are registrations that it may be, strongest first; `known` is what says it
    already; `verdict` is what data staff decided about the alike. `cells` are the row as it came, `places` where each
    column stands in it.
    """

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    key: str = ""
    alike: list[dict[str, Any]] = field(default_factory=list)
    known: str = ""
    verdict: str = ""
    made: str = ""
    cells: Sequence[str] = ()
    places: Mapping[str, int] = field(default_factory=dict)

    def wrong(self, sheet: Sheet, name: str, rule: str, **facts: object) -> None:
        """Note a fault of one column: the cell is quoted as it came, and coloured in the sheet that goes back."""
        column = next(one for one in sheet.columns if one.field == name)
        place = self.places.get(name, -1)
        cell = self.cells[place].strip() if 0 <= place < len(self.cells) else ""
        self.problems.append(problem(at=name, header=column.header, value=cell, rule=rule, facts=facts, column=place))

    @property
    def unread(self) -> set[str]:
        """The columns that have a problem already: what needs their values is not checked."""
        return {one.field for one in self.problems}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a row: `applied`, `known`, `alike`, `wrong`, `undone` or `stays`; what it made; a word on it."""

    state: str
    made: str = ""
    note: str = ""


Check = Callable[[Actor, Sequence[Row]], None]
"""Checks rows against what we have, many at once, also those with problems, so that all are said; writes into them."""
Take = Callable[[Actor, Sequence[Row]], Sequence[Outcome]]
"""Takes rows in, or back: one outcome a row, in their order, inside a transaction. A refusal rolls all of them back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of sheet. `fields_closed` are the clinical columns, which only who brought the sheet may see.

    `many` is how many rows one transaction takes. `order` sorts the page. A file of a folder is taken for this kind
    when all columns of `marks` are in it; without marks it only comes by hand.
    """

    sheet: Sheet
    permission: str
    take: Take
    undo: Take
    check: Check | None = None
    key: Callable[[dict[str, Any]], str] | None = None
    fields_closed: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    many: int = 500
    order: int = 50

    @property
    def code(self) -> str:
        """The name of the kind in addresses and in the database."""
        return self.sheet.code


kinds: dict[str, Kind] = {}


def enter(kind: Kind) -> Kind:
    """Enter a kind into the register of kinds."""
    kinds[kind.code] = kind
    return kind


def kind_of(code: str) -> Kind:
    """The kind of that code. Raises NotFound."""
    if code not in kinds:
        raise NotFound
    return kinds[code]


def kinds_of(*, for_: Actor) -> list[Kind]:
    """The kinds that somebody may bring, in the order of the page."""
    return sorted((kind for kind in kinds.values() if for_.may(kind.permission)), key=lambda kind: kind.order)
