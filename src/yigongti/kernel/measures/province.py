"""Lakes of several counties side by side: collected as each county made them, asked by the very same definitions.

Counties number their people and places each from one. Collected, every such number is moved into the county's own
range (division code × 10^12), so that nothing of two counties is ever taken for the same. A file that was collected
before is not read again; a collection that was killed goes on where it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from yigongti.kernel.measures import duck, lake, sources
from yigongti.kernel.measures.engines import LakeEngine
from yigongti.kernel.measures.expanding import plain_columns
from yigongti.kernel.measures.lake import File, Held, Snapshot
from yigongti.kernel.measures.reference import PLACES, Settle
from yigongti.kernel.measures.words import LEVELS, Fact
from yigongti.kernel.parameters.words import Parameter, defaults


RANGE = 10**12
"""More people and rows than a county will have in a thousand years."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Collected:
    """The province's lake and the cost of collecting it: files and rows that were new."""

    folder: Path
    snapshot: Snapshot
    files: int
    rows: int


def collect(counties: Mapping[int, Path], into: Path, *, progress: Progress | None = None) -> Collected:
    """Bring the newest snapshot of each county's lake, by division code, into one. Raises FileNotFoundError for a
    county whose lake has none."""
    snapshots = {code: _newest(folder) for code, folder in counties.items()}
    waiting = [
        (code, fact, month, file)
        for code, snapshot in snapshots.items()
        for fact, held in snapshot.facts.items()
        for month, file in held.files.items()
    ]
    facts: dict[str, dict[str, File]] = {}
    files = rows = 0
    with duck.connected(into / "scratch") as connection:
        for done, (code, fact, month, file) in enumerate(waiting, 1):
            name = f"{fact}/county={code}/{Path(file.name).name}"
            if not (into / name).exists():
                _moved(connection, counties[code] / file.name, into / name, fact, code)
                files, rows = files + 1, rows + file.rows
            facts.setdefault(fact, {})[f"{code} {month}".strip()] = File(name, file.rows)
            if progress:
                progress("归集 collecting", done, len(waiting))
    held = {fact: Held("province", named) for fact, named in facts.items()}
    snapshot = lake.publish(Snapshot(0, min(one.cut for one in snapshots.values()), held), into)
    return Collected(into, snapshot, files, rows)


def _newest(folder: Path) -> Snapshot:
    found = lake.newest(folder)
    if found is None:
        raise FileNotFoundError(folder)
    return found


def _moved(connection: duckdb.DuckDBPyConnection, source: Path, target: Path, code: str, county: int) -> None:
    """One file with its numbers in the county's range; whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fact = sources.registered()[code].fact
    moved = ", ".join(_in_range(name, kind, county) for name, kind in numbered(fact).items())
    chosen = f"* REPLACE ({moved})" if moved else "*"
    temporary = target.with_suffix(".part")
    connection.execute(
        f"COPY (SELECT {chosen} FROM read_parquet({duck.quoted(str(source))}, hive_partitioning = false)) "  # noqa: S608
        f"TO {duck.quoted(str(temporary))} (FORMAT parquet, COMPRESSION zstd)"
    )
    os.replace(temporary, target)


def _in_range(name: str, kind: str, county: int) -> str:
    if kind == "int64":
        return f'"{name}" + {county * RANGE} AS "{name}"'
    return f'\'{county}:\' || "{name}" AS "{name}"'


def numbered(fact: Fact) -> dict[str, str]:
    """The columns that are numbers of a county's own, with their types: keys, people, places and those above them."""
    named = {fact.key, fact.person} | set(fact.places)
    named |= set(LEVELS) if fact.code == PLACES else set()
    from yigongti.kernel.measures.expressions import columns_of

    kinds = columns_of(fact)
    return {name: kinds[name] for name in kinds if name in named or name not in plain_columns(fact)}


def of_county(place: int) -> tuple[int, int]:
    """The division code and the county's own number of a collected one."""
    return divmod(place, RANGE)


class ProvinceEngine(LakeEngine):
    """Counts a collected lake on this machine, with the parameters that the province says."""

    def __init__(self, collected: Collected, settle: Settle) -> None:
        super().__init__([(collected.folder, collected.snapshot)], settled_by=settle)


def shipped(of: Parameter, day: date) -> Any:
    """What a parameter holds on a day before any county changed it: a province counts all of its counties alike."""
    return [dated.value for dated in defaults()[of.code].values if dated.begins <= day][-1]
