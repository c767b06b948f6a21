"""A sheet as it is declared: its columns, how a header line is understood, how a line becomes values or problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from yigongti.exchange.tables.cells import trimmed, whole_enough
from yigongti.exchange.tables.headers import OWN, bare, key
from yigongti.exchange.tables.problems import Problem, problem, shortened
from yigongti.exchange.tables.refusing import DoubledHeader, MissingHeader
from yigongti.exchange.tables.unfit import Unfit
from yigongti.kernel.refusal import Refusal, Refusals


__all__ = ["Column", "Heading", "Problem", "Sheet", "Unfit", "fit", "heading", "problem", "read_line"]

NEEDED = "必须填写"
MOST_SHOWN = 30
"""So many found headers are named beside a missing one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: under which headers it comes and how its cells are read."""

    field: str
    header: str
    read: Callable[[str], Any]
    """From a trimmed, never empty text to the value; raises `Unfit`."""
    required: bool = False
    aliases: tuple[str, ...] = ()
    hint: str = ""
    example: str = ""
    choices: Mapping[str, str] = made(default_factory=dict)
    """Code → label: the dropdown of the template."""
    blank: Any = ""
    """The value of an empty cell."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of table: what its lines are and which columns they have."""

    code: str
    title: str
    columns: tuple[Column, ...]
    about: str = ""
    _known: dict[str, Column] = made(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if len({column.field for column in self.columns}) < len(self.columns) or not self.columns:
            raise ValueError(f"{self.code}: columns need fields of their own")
        for column in self.columns:
            for name in (column.header, *column.aliases):
                other = self._known.setdefault(key(name), column)
                if other is not column or key(name) in OWN or not key(name):
                    raise ValueError(f"{self.code}: {name!r} names {other.field} and {column.field}, or nothing")

    def knows(self, header: str) -> bool:
        """Whether a cell is the header of one of the columns."""
        return self.column_of(header) is not None

    def column_of(self, header: str) -> Column | None:
        """The column that comes under this header, its explanations in brackets kept or left out."""
        return self._known.get(key(header)) or self._known.get(bare(header))

    def exactly(self, header: str) -> Column | None:
        """The column of this header with all it says in brackets."""
        return self._known.get(key(header))


@dataclass(frozen=True, slots=True)
class Heading:
    """Where in a line each field stands, and the headers that are nobody's."""

    positions: Mapping[str, int]
    unknown: tuple[str, ...] = ()


def heading(sheet: Sheet, cells: Sequence[str]) -> Heading:
    """Understand a header line; raises `Refusals` that name every missing and every doubled header."""
    found, unknown = _matched(sheet, cells)
    wrong: list[Refusal] = [
        DoubledHeader(field=column, header=_shown(sheet, column), found=_places(cells, places))
        for column, places in found.items()
        if len(places) > 1
    ]
    wrong += [
        MissingHeader(field=column.field, header=column.header, found=_named(cells))
        for column in sheet.columns
        if column.required and column.field not in found
    ]
    if wrong:
        raise Refusals(wrong)
    return Heading({column: places[0] for column, places in found.items()}, unknown)


def _matched(sheet: Sheet, cells: Sequence[str]) -> tuple[dict[str, list[int]], tuple[str, ...]]:
    """Field → places. What matches only without its brackets gives way to what matches as a whole."""
    found: dict[str, list[int]] = {}
    others = []
    for place, cell in enumerate(cells):
        column = sheet.exactly(cell)
        if column:
            found.setdefault(column.field, []).append(place)
        elif key(cell) and key(cell) not in OWN:
            others.append((place, cell))
    unknown, whole = [], set(found)
    for place, cell in others:
        column = sheet.column_of(cell)
        if column and column.field not in whole:
            found.setdefault(column.field, []).append(place)
        else:
            unknown.append(trimmed(cell))
    return found, tuple(unknown)


def _shown(sheet: Sheet, code: str) -> str:
    return next(column.header for column in sheet.columns if column.field == code)


def _places(cells: Sequence[str], places: Iterable[int]) -> str:
    return "、".join(f"{letters(place)}“{shortened(trimmed(cells[place]))}”" for place in places)


def _named(cells: Sequence[str]) -> str:
    named = [shortened(trimmed(cell)) for cell in cells if trimmed(cell)]
    more = f"…（{len(named)}）" if len(named) > MOST_SHOWN else ""
    return "、".join(named[:MOST_SHOWN]) + more


def letters(place: int) -> str:
    """The name of a column as office software shows it: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def fit(sheets: Iterable[Sheet], cells: Sequence[str]) -> Sheet | None:
    """The sheet that this header line belongs to: every required header is there, and most columns match."""
    best, most = None, 0
    for sheet in sheets:
        found, _unknown = _matched(sheet, cells)
        complete = all(column.field in found for column in sheet.columns if column.required)
        if complete and len(found) > most:
            best, most = sheet, len(found)
    return best


def read_line(sheet: Sheet, heading: Heading, cells: Sequence[str]) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a line, and all that is wrong with it at once; a field with a problem has no value."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    positions, width = heading.positions, len(cells)
    for column in sheet.columns:
        place = positions.get(column.field, -1)
        text = trimmed(cells[place]) if 0 <= place < width else ""
        if text:
            try:
                whole_enough(text, column.header)
                values[column.field] = column.read(text)
            except ValueError as wrong:
                problems.append(_unfit(column, place, text, wrong))
        elif column.required:
            problems.append(problem(at=column.field, header=column.header, rule=NEEDED, column=place))
        else:
            values[column.field] = column.blank
    return values, problems


def _unfit(column: Column, place: int, text: str, wrong: ValueError) -> Problem:
    rule, facts = getattr(wrong, "rule", None), getattr(wrong, "facts", {})
    if not isinstance(rule, str):  # a reader's own mistake, not the sender's
        raise wrong
    return problem(at=column.field, header=column.header, value=text, rule=rule, facts=facts, column=place)
