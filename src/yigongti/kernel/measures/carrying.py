"""What of a lake goes into a backup: the snapshots in which frozen figures open, whole, and no others.

The rest is read anew from the database. What is carried never becomes the newest state again (`lake.past`): changes
that were read between a snapshot and the backup are told nowhere any more.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from yigongti.kernel.measures import lake as lakes
from yigongti.kernel.measures.lake import PAST, Snapshot


@dataclass(slots=True)
class Carried:
    """Paths within the lake, each once however many snapshots share it; `torn`: snapshots of which files are lost."""

    snapshots: list[int] = field(default_factory=list)
    torn: list[int] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)


def referred(cuts: Iterable[datetime], lake: Path) -> Carried:
    """The snapshots in which what was counted at these cuts opens."""
    found = Carried()
    opened = {each.number: each for each in (lakes.since(cut, lake) for cut in cuts) if each}
    for number, snapshot in sorted(opened.items()):
        paths = set(_paths(snapshot, lake))
        if all((lake / path).is_file() for path in paths):
            found.snapshots.append(number)
            found.paths |= paths
        else:
            found.torn.append(number)
    return found


def _paths(snapshot: Snapshot, lake: Path) -> Iterator[str]:
    """Its manifest, that it is to be kept, and its files of rows."""
    manifest = Path("manifests") / f"{snapshot.number}.json"
    kept = manifest.with_suffix(".kept")
    yield str(manifest)
    if (lake / kept).exists():
        yield str(kept)
    for held in snapshot.facts.values():
        yield from (file.name for file in held.files.values())


def past_of(lake: Path) -> tuple[str, str]:
    """What a lake that is filled from the backup must know, by its name there: where its numbers go on."""
    return PAST, str(lakes.last_given(lake))


@contextmanager
def unmoved(lake: Path) -> Iterator[None]:
    """No refresh of this lake begins meanwhile, so none of its files is dropped; waits for one that is under way."""
    with (lake / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        yield
