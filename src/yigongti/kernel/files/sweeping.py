"""Bytes in the store that no row knows: what wrote them was undone after they lay on the disk. Swept once they are old.

A file is put aside before it goes, and put back if somebody kept the same bytes in that moment. Who reads the whole
store, as a backup does, holds it: no sweep moves anything meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import structlog

from yigongti.kernel import clock
from yigongti.kernel.files import holding, store
from yigongti.kernel.files.models import StoredFile


log = structlog.get_logger()

OLD = timedelta(days=2)
"""No transaction lasts so long: what has no row by then never gets one."""
ASIDE = ".swept"
BLOCK = 500
_DIGEST = re.compile(r"[0-9a-f]{64}")


def sweep(*, older: timedelta = OLD) -> int:
    """Remove old bytes without a row, and old beginnings of files that were never finished; how many.

    While somebody reads the whole store nothing is moved: the next sweep comes back to what is left.
    """
    before = (clock.now() - older).timestamp()
    return sum(_block_alone(block, before) for block in _blocks(_old(before)))


def _block_alone(places: list[Path], before: float) -> int:
    if not places:
        return 0
    try:
        with holding.alone(store.folder()):
            return _block([place for place in places if place.exists()], before)
    except BlockingIOError:
        log.info("files.sweep_put_off", files=len(places))
        return 0


def _old(before: float) -> Iterator[Path]:
    """Every old file of the store: of its own names only, whatever else lies there is not ours to remove."""
    if store.folder().is_dir():
        for place in store.folder().rglob("*"):
            named = _DIGEST.fullmatch(place.name.removesuffix(ASIDE)) or place.parent == store.folder()
            if named and place.is_file() and _changed(place) < before:
                yield place


def _changed(place: Path) -> float:
    """When it was written; a file that has gone meanwhile is as new as can be."""
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _blocks(places: Iterator[Path]) -> Iterator[list[Path]]:
    block: list[Path] = []
    for place in places:
        block.append(place)
        if len(block) == BLOCK:
            yield block
            block = []
    yield block


def _block(places: list[Path], before: float) -> int:
    names = {place: place.name.removesuffix(ASIDE) for place in places}
    known = set(StoredFile.objects.filter(pk__in=set(names.values())).values_list("pk", flat=True))
    return sum(_one(place, name, before, known=name in known) for place, name in names.items())


def _one(place: Path, name: str, before: float, *, known: bool) -> bool:
    if known and place.name == name:
        return False
    aside = store.path_of(name).with_name(name + ASIDE) if _DIGEST.fullmatch(name) else place
    if aside != place:
        place.rename(aside)
    if known or _changed(aside) >= before:  # kept by somebody while we looked, or left aside by a sweep that died
        _put_back(aside, store.path_of(name))
        return False
    aside.unlink(missing_ok=True)
    return True


def _put_back(aside: Path, place: Path) -> None:
    if place.exists():
        aside.unlink(missing_ok=True)
    else:
        aside.rename(place)
