"""Which engine counts: the one over the lake's newest snapshot, or another that a test puts in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from yigongti.kernel.measures.reference import Asked, Key
from yigongti.kernel.measures.words import Fact, Selection


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The rows behind one number: of a place and the values of the dimensions asked by; `term_by` as in `Asked`."""

    selection: Selection
    asked: Asked
    key: Key


class Engine(Protocol):
    """What the chapter needs of an engine. `snapshot` and `cut` say which state of the data it counts."""

    @property
    def snapshot(self) -> str:
        """The name of the state of the data."""
        ...

    @property
    def cut(self) -> datetime:
        """Until when rows are in it."""
        ...

    def measure_all(self, asks: Sequence[tuple[Selection, Asked]]) -> list[Mapping[Key, Decimal]]:
        """Each selection's number for each place and group, in the order asked."""
        ...

    def rows(self, wanted: Wanted, *, after: str = "", limit: int = 50) -> list[Row]:
        """The rows behind a number in the order of their key, after one of them."""
        ...

    def begun(self) -> Mapping[str, date]:
        """The first month of each kind of event."""
        ...

    def all_rows(self, fact: Fact) -> list[Row]:
        """Every row of a small fact: arrivals."""
        ...


_chosen: ContextVar[Engine | None] = ContextVar("engine", default=None)
_newest: list[Callable[[], Engine | None]] = []


def engine() -> Engine | None:
    """The engine of now; None while nothing has been exported yet."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    return _newest[-1]() if _newest else None


def provide(newest: Callable[[], Engine | None]) -> None:
    """Say where the newest snapshot's engine comes from."""
    _newest.append(newest)


@contextmanager
def counted_by(chosen: Engine) -> Iterator[None]:
    """Count with this engine until the end of the block."""
    token = _chosen.set(chosen)
    try:
        yield
    finally:
        _chosen.reset(token)
