"""The engine over a snapshot of the lake: numbers, the rows behind them, and small facts whole."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from yigongti.kernel.measures import duck, lake
from yigongti.kernel.measures.lake import Snapshot
from yigongti.kernel.measures.reference import Asked, Key, Settle, Wanted
from yigongti.kernel.measures.settling import settle
from yigongti.kernel.measures.words import Fact, Selection


def of(cut: datetime | None) -> LakeEngine | None:
    """The engine of the data as they stood at a cut, or of the newest; None before the first."""
    snapshot = lake.since(cut)
    return _engine(snapshot.number, lake.folder()) if snapshot else None


def newest() -> LakeEngine | None:
    """The engine of the newest snapshot. A process keeps one until there is a newer."""
    return of(None)


def forget() -> None:
    """Give back the memory of the engine that this process keeps."""
    _engine.cache_clear()


@functools.lru_cache(maxsize=1)
def _engine(number: int, folder: Path) -> LakeEngine:
    return LakeEngine([(folder, lake.read(number, folder))])


class LakeEngine:
    """Counts the rows of one snapshot, or of one snapshot of each of several counties side by side."""

    def __init__(
        self, counties: Sequence[tuple[Path, Snapshot]], *, settled_by: Settle | None = None,
        limits: duck.Limits = duck.USUAL, patience: float | None = None, scratch: Path | None = None,
    ) -> None:  # fmt: skip
        """After `patience` seconds an answer is given up: duckdb.InterruptException."""
        self._counties = counties
        self._settle = settled_by or settle
        self._patience = patience
        self._connection = duck.connected(scratch or counties[0][0] / "scratch", limits)
        self._known: set[str] = set()
        for code in {code for _, snapshot in counties for code in snapshot.facts}:
            self._view(code)

    @property
    def snapshot(self) -> str:
        """The name of the state of the data."""
        return "+".join(snapshot.name for _, snapshot in self._counties)

    @property
    def cut(self) -> datetime:
        """What was committed before is in it."""
        return min(snapshot.cut for _, snapshot in self._counties)

    def begun(self) -> dict[str, date]:
        """The first month of each kind of event."""
        found: dict[str, date] = {}
        for _, snapshot in self._counties:
            for code, month in snapshot.begun().items():
                found[code] = max(found.get(code, date.min), month)
        return found

    def _view(self, code: str) -> None:
        files = [
            str(folder / file.name)
            for folder, snapshot in self._counties
            if code in snapshot.facts
            for file in snapshot.facts[code].files.values()
        ]
        if files:
            listed = ", ".join(map(duck.quoted, files))
            made = f"CREATE VIEW {code} AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"  # noqa: S608
            self._connection.execute(made)
            self._known.add(code)

    @contextmanager
    def _store(self) -> Iterator[_LakeStore]:
        """A cursor of its own: its small tables are nobody else's."""
        with self._connection.cursor() as cursor, _given_up(cursor, after=self._patience):
            yield _LakeStore(cursor, self._known)

    # --- what is asked

    def measure(self, selection: Selection, asked: Asked) -> dict[Key, Decimal]:
        """One selection's number for each place and group."""
        return self.measure_all([(selection, asked)])[0]

    def measure_all(self, asks: Sequence[tuple[Selection, Asked]]) -> list[dict[Key, Decimal]]:
        """Each selection's number for each place and group, in the order asked."""
        from yigongti.kernel.measures.columnar import Columnar

        with self._store() as store:
            return Columnar(store, self._settle).measure_all(asks)

    def rows(self, wanted: Wanted, *, after: str = "", limit: int = 50) -> list[Mapping[str, Any]]:
        """The rows behind a number in the order of their key, after the one with that key."""
        from yigongti.kernel.measures.opening import Opening

        with self._store() as store:
            return Opening(store, self._settle, wanted.selection, wanted.asked).rows(
                wanted.key, after=after, limit=limit
            )

    def all_rows(self, fact: Fact) -> list[Mapping[str, Any]]:
        """Every row of a small fact."""
        from yigongti.kernel.measures.expanding import plain_columns

        columns = plain_columns(fact)
        with self._store() as store:
            return store.dicts(f"SELECT {_names(columns)} FROM {store.named(fact.code, columns)}")  # noqa: S608


@contextmanager
def _given_up(cursor: duckdb.DuckDBPyConnection, *, after: float | None) -> Iterator[None]:
    """Interrupt what is asked when the time is over, and whatever is asked next: an answer is many statements."""
    if after is None:
        yield
        return
    done = threading.Event()

    def interrupt() -> None:
        wait = after
        while not done.wait(wait):
            cursor.interrupt()
            wait = 0.1

    watching = threading.Thread(target=interrupt, name="given-up", daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()


class _LakeStore(duck.DuckStore):
    """Facts are views of files; one that no snapshot has is empty."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, known: set[str]) -> None:
        super().__init__(connection)
        self._known = known

    def table(self, code: str, columns: Any) -> Any:
        """A fact's rows."""
        return super().table(self.named(code, columns), columns)

    def named(self, code: str, columns: Any) -> str:
        """Under which name they stand."""
        if code not in self._known and not code.startswith("made_"):
            self.connection.execute(f"CREATE OR REPLACE VIEW {code} AS {duck.values(columns, ())}")
            self._known.add(code)
        return code

    def dicts(self, statement: str) -> list[Mapping[str, Any]]:
        """Rows by column."""
        done = self.connection.execute(statement)
        names = [one[0] for one in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
