"""What an expression was written as, kept: the same asks of another month are the same statements over other grids.

Building and compiling an expression costs more than running it on a county. Statements depend on what is asked, not on
when: months and days stand in small tables, and the two bounds are put in as the script is run.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from yigongti.kernel.measures.duck import DuckStore, values
from yigongti.kernel.measures.grids import Goal, Slots, Sort, bounds, slots_of, sort_of
from yigongti.kernel.measures.reference import Asked


Rows = list[tuple[Any, ...]]
Texts = Sequence[tuple[str, str]]
"""What stands in a script, and what it is now."""
MOST = 600
_known: dict[Hashable, list[tuple[str, Any]]] = {}


class Build(Protocol):
    """Builds and runs the expressions on a store; yields what it fetched."""

    def __call__(self, store: Any) -> Iterator[Rows]: ...


def run(
    store: Any, key: Hashable, build: Build, grids: Iterable[Rows], *, days: Texts, marks: Texts = ()
) -> Iterator[Rows]:
    """As `build` on the store, by its script if it is known; other stores than DuckDB's build each time.

    `days` are the bounds, written into the expression as they are; `marks` stand in it for values.
    """
    if not isinstance(store, DuckStore):
        yield from build(store)
    elif key in _known:
        yield from _replayed(store, _known[key], iter(grids), [*days, *marks])
    else:
        recorder = Recorder(store, days, marks)
        yield from build(recorder)
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = recorder.steps


def _put(told: str, texts: Texts) -> str:
    for stands, now in texts:
        told = told.replace(stands, now)
    return told


def _replayed(
    store: DuckStore, steps: Sequence[tuple[str, Any]], grids: Iterator[Rows], texts: Texts
) -> Iterator[Rows]:
    for what, told in steps:
        if what == "made":
            store.create(values(told, next(grids)))
        elif what == "kept":
            store.create(_put(told, texts))
        else:
            yield store.connection.execute(_put(told, texts)).fetchall()


@dataclass
class Recorder:
    """A store that notes what it is asked to do."""

    store: DuckStore
    days: Texts
    marks: Texts
    steps: list[tuple[str, Any]] = field(default_factory=list)

    def table(self, code: str, columns: dict[str, str]) -> Any:
        """A fact's rows."""
        return self.store.table(code, columns)

    def made(self, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> Any:
        """A small table."""
        self.steps.append(("made", columns))
        return self.store.made(columns, rows)

    def kept(self, expression: Any) -> Any:
        """Kept rows."""
        return self.store.table(self.store.create(self._noted("kept", expression)), expression.schema())

    def fetched(self, expression: Any) -> Rows:
        """Rows."""
        return self.store.connection.execute(self._noted("fetched", expression)).fetchall()

    def _noted(self, what: str, expression: Any) -> str:
        noted = _put(self.store.written(expression), [(now, stands) for stands, now in self.days])
        self.steps.append((what, noted))
        return _put(noted, [*self.days, *self.marks])


# --- what is different each time


def dates(goals: Sequence[Goal]) -> Texts:
    """The bounds as DuckDB writes them."""
    return [
        (f"MAKE_DATE(?{n})", f"MAKE_DATE({day.year}, {day.month}, {day.day})") for n, day in enumerate(bounds(goals))
    ]


def grids_of(sort: Sort, goals: Sequence[Goal], slots: Slots) -> Iterator[Rows]:
    """The small tables of taking rows, in the order in which they are made."""
    if sort.shape in ("period", "latest"):
        yield list(slots.months)
    elif sort.shape == "day":
        yield list(slots.days.items())
    elif sort.shape == "days":
        yield [(slot, *span, slots.days[slot]) for slot, span in slots.spans.items()]
    for other in sort.of:
        inner = [(period, other.taken) for period, _ in goals]
        asked = Asked(inner[0][0], other.fact.places[0] if other.fact.places else "", "institution")
        theirs = sort_of(other, asked)
        yield from grids_of(theirs, inner, slots_of(theirs, inner))
        yield list(slots_of(theirs, inner).adds)
        if sort.shape == "day":
            yield list(slots.adds)
