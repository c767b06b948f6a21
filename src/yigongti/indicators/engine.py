"""Which engine counts: the one over the lake's newest snapshot, or another that a test puts in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from yigongti.kernel.measures.reference import Asked, Key, Wanted
from yigongti.kernel.measures.words import Fact, Selection


Row = Mapping[str, Any]


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
_provided: list[Callable[[datetime | None], Engine | None]] = []


def engine(*, as_of: datetime | None = None) -> Engine | None:
    """The engine of now, or of the data as they stood at a cut; None while nothing has been exported yet."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    return _provided[-1](as_of) if _provided else None


def provide(of: Callable[[datetime | None], Engine | None]) -> None:
    """Say where the engine of a cut, or of the newest snapshot, comes from."""
    _provided.append(of)


@contextmanager
def counted_by(chosen: Engine) -> Iterator[None]:
    """Count with this engine until the end of the block."""
    token = _chosen.set(chosen)
    try:
        yield
    finally:
        _chosen.reset(token)
