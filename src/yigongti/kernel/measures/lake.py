"""The lake: Parquet files that are never changed, and numbered snapshots that say which files belong together.

`lake/<fact>/month=2025-03/<hash>.parquet` of events, `lake/<fact>/<hash>.parquet` of spans, and
`lake/manifests/<number>.json`. A snapshot becomes visible by the renaming of its manifest, whole; whoever reads an
older one goes on reading it until it is too old to be kept.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from yigongti.kernel import clock


KEPT = 20
"""Snapshots that are kept besides those that somebody keeps by name."""
PAST = "past"
"""In a lake that came out of a backup, the last number that had been given."""
READER = "reader"
"""In the scratch folder, the reader's own, which it clears itself."""
SPARED = timedelta(hours=2)
"""A file this young may belong to a refresh that is under way."""


Changed = Mapping[str, set[date]]
"""By fact the first days of the months that are new; of spans those in which some stand that did not, or no longer."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of rows; of nothing where there are none."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Held:
    """A fact in a snapshot: by which source it was read, and its files by month (a span's under `""`)."""

    source: str
    files: Mapping[str, File] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the data. `cut`: what was committed before is in it; `changed`: what is new in it."""

    number: int
    cut: datetime
    facts: Mapping[str, Held] = field(default_factory=dict)
    changed: Changed = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As figures name it."""
        return str(self.number)

    def begun(self) -> dict[str, date]:
        """The first month of each kind of event."""
        found = {}
        for code, held in self.facts.items():
            months = [first_of(month) for month, file in held.files.items() if month and file.rows]
            if months:
                found[code] = min(months)
        return found


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A snapshot that was published, and what is new since those who follow were last told."""

    snapshot: Snapshot
    changed: Changed


_followers: list[Callable[[Refreshed], object]] = []


def after_each(follower: Callable[[Refreshed], object]) -> None:
    """Be called after every refresh. Who falls in doing so is called again, with all that is new since."""
    _followers.append(follower)


def tell() -> Refreshed | None:
    """Let everybody who follows do their part, unless they have."""
    latest, last = newest(), _last_told()
    if latest is None or latest.number <= last:
        return None
    changed: dict[str, set[date]] = {}
    for number in sorted(one for one in _numbers(folder()) if one > last):
        for code, months in read(number).changed.items():
            changed[code] = changed.get(code, set()) | months
    for follower in _followers:
        follower(Refreshed(latest, changed))
    _write(folder() / "told", latest.name)
    return Refreshed(latest, changed)


def _last_told() -> int:
    """The snapshot up to which everybody who follows has done their part."""
    noted = folder() / "told"
    return int(noted.read_text()) if noted.exists() else past(folder())


def folder() -> Path:
    """Where the lake lies."""
    return Path(settings.DATA_FOLDER) / "lake"


def scratch() -> Path:
    """Where DuckDB puts what does not fit into memory."""
    return folder() / "scratch"


# --- snapshots


def newest(lake: Path | None = None) -> Snapshot | None:
    """The newest snapshot; None before the first, and before the first of a lake that came out of a backup: what it
    brought shows what was frozen, not what the database holds."""
    into = lake or folder()
    number = max(_numbers(into), default=0)
    return read(number, lake) if number > past(into) else None


def past(lake: Path) -> int:
    """The last number that was given before the lake was put into a backup; 0 of one that never was."""
    noted = lake / PAST
    return int(noted.read_text()) if noted.exists() else 0


def last_given(lake: Path) -> int:
    """The last number that a snapshot was given, though it may be gone: what was frozen names it for ever."""
    return max(*_numbers(lake), past(lake), 0)


def read(number: int, lake: Path | None = None) -> Snapshot:
    """A snapshot by number; raises FileNotFoundError when it is no longer kept."""
    told = json.loads(_manifest(lake or folder(), number).read_text(encoding="utf-8"))
    facts = {
        code: Held(held["source"], {month: File(**one) for month, one in held["files"].items()})
        for code, held in told["facts"].items()
    }
    changed = {code: {first_of(month) for month in months} for code, months in told.get("changed", {}).items()}
    return Snapshot(told["number"], datetime.fromisoformat(told["cut"]), facts, changed)


def since(cut: datetime | None, lake: Path | None = None) -> Snapshot | None:
    """The oldest snapshot still held that has all that was committed before the cut; the newest where no cut is named.

    What was counted at a cut was not counted again until it changed, so the rows behind a figure whose own snapshot is
    gone are in the next one as they were.
    """
    into = lake or folder()
    try:
        return _since(cut, into)
    except FileNotFoundError:  # one of them was dropped between the list and the reading
        return _since(cut, into)


def _since(cut: datetime | None, into: Path) -> Snapshot | None:
    numbers = sorted(_numbers(into)) if cut else []
    at = bisect.bisect_left(numbers, cut, key=lambda number: read(number, into).cut) if cut else 0
    return read(numbers[at], into) if at < len(numbers) else newest(into)


def publish(snapshot: Snapshot, lake: Path | None = None) -> Snapshot:
    """Make it the newest, under the next number."""
    into = lake or folder()
    numbered = replace(snapshot, number=last_given(into) + 1)
    _write(_manifest(into, numbered.number), _written(numbered))
    return numbered


def _written(one: Snapshot) -> str:
    """As JSON, a line a fact."""
    changed = {code: sorted(map(month_code, months)) for code, months in one.changed.items()}
    facts = [
        f"{json.dumps(code)}: {json.dumps({'source': held.source, 'files': _files(held)})}"
        for code, held in one.facts.items()
    ]
    head = json.dumps({"number": one.number, "cut": one.cut.isoformat(), "changed": changed})
    return f'{head[:-1]}, "facts": {{\n' + ",\n".join(facts) + "\n}}\n"


def _files(held: Held) -> dict[str, dict[str, Any]]:
    return {month: {"name": file.name, "rows": file.rows} for month, file in held.files.items()}


def keep(number: int) -> None:
    """Never drop this snapshot: somebody froze figures of it. Where it is gone already, never drop the next one."""
    while held := [one for one in sorted(_numbers(folder())) if one >= number]:
        manifest = _manifest(folder(), held[0])
        _write(manifest.with_suffix(".kept"), "")
        if manifest.exists():  # else it was being dropped meanwhile
            return
        number = held[0] + 1


def _numbers(lake: Path) -> list[int]:
    return [int(path.stem) for path in (lake / "manifests").glob("*.json")]


def _manifest(lake: Path, number: int) -> Path:
    return lake / "manifests" / f"{number}.json"


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    with temporary.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)


# --- files


def settle(temporary: Path, place: Path) -> str:
    """Give a finished file its name, by what is in it; the same rows are the same file. Returns it within the lake."""
    with temporary.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()[:32]
        os.fsync(written.fileno())
    place.mkdir(parents=True, exist_ok=True)
    final = place / f"{digest}.parquet"
    temporary.replace(final)
    return str(final.relative_to(folder()))


def drop_old() -> int:
    """Drop manifests beyond those kept, and files that no kept manifest names; how many files.

    A snapshot of which somebody who follows has not been told stays: what is new stands nowhere else.
    """
    lake, numbers, last = folder(), sorted(_numbers(folder())), _last_told()
    for number in numbers[:-KEPT]:
        if number <= last and not _manifest(lake, number).with_suffix(".kept").exists():
            _manifest(lake, number).unlink()
    named = {file.name for snapshot in _all(lake) for held in snapshot.facts.values() for file in held.files.values()}
    young = (clock.now() - SPARED).timestamp()
    lost = [path for path in _rows_in(str(lake)) if os.path.relpath(path, lake) not in named]
    lost = [path for path in lost if os.stat(path).st_mtime < young]
    for path in lost:
        os.unlink(path)
    for left in scratch().glob("*"):  # of a process that was killed; who is at work writes there
        if left.name != READER and left.stat().st_mtime < young:
            shutil.rmtree(left, ignore_errors=True)
    return len(lost)


def _rows_in(place: str) -> Iterator[str]:
    """Every file of rows, finished or not; of a lake of many years this is asked often, so no Path is made of each."""
    for folder_, _folders, names in os.walk(place):
        for name in names:
            if name.endswith(".parquet") or (name.endswith(".part") and folder_ == place):
                yield os.path.join(folder_, name)


def _all(lake: Path) -> Iterator[Snapshot]:
    return (read(number, lake) for number in _numbers(lake))


def month_code(month: date) -> str:
    """As a month's folder is called."""
    return f"{month:%Y-%m}"


def first_of(code: str) -> date:
    """A month's first day."""
    return date.fromisoformat(f"{code}-01")


def told(held: Mapping[str, Any]) -> File:
    """A file as a note of an unfinished refresh has it."""
    return File(held["name"], held["rows"])
