"""The local journal: takes an entry when the database can't, and gives each to the trail exactly once.

Entries carry a mark of their own, so one that reached the database after all is not written twice. An entry that the
database refuses for what it holds is laid aside beside the journal, where it neither gets lost nor blocks the others.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, transaction

from yigongti.kernel import clock


log = structlog.get_logger()

Row = Mapping[str, Any]


def path() -> Path:
    """The file that takes what the database could not."""
    return Path(settings.DATA_FOLDER) / "journal" / "reads.jsonl"


def taken() -> Path:
    """The file that is being brought into the trail."""
    return path().with_suffix(".replaying")


def aside() -> Path:
    """Lines that no trail can take: torn by a crash, or refused for what they hold."""
    return path().with_suffix(".aside")


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One at a time among all processes of the house; the system lets go when the holder dies."""
    path().parent.mkdir(parents=True, exist_ok=True)
    with (path().parent / name).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(row: Row) -> None:
    """Append one entry; it is on the disk when this returns. The empty line before it ends one that a crash tore."""
    with _alone("appending.lock"):
        _append(path(), json.dumps(dict(row), ensure_ascii=False))


def _append(to: Path, line: str) -> None:
    new = not to.exists()
    with to.open("ab", buffering=0) as file:
        file.write(f"\n{line}\n".encode())
        os.fsync(file.fileno())
    if new:
        _settle(to.parent)


def _settle(folder: Path) -> None:
    """A new name in a folder survives a power cut only when the folder itself is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replay(*, write: Callable[[dict[str, Any]], bool]) -> int:
    """Bring every waiting entry into the trail; how many were new there. `write` says whether it wrote one."""
    with _alone("replaying.lock"):
        if not taken().exists() and not _take():
            return 0
        with transaction.atomic():
            written = sum(_bring(line, write) for line in _lines(taken()))
        taken().unlink()
        return written


def _take() -> bool:
    """Set the journal apart while nobody is appending to it."""
    with _alone("appending.lock"):
        if not path().exists():
            return False
        path().rename(taken())
        return True


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8", errors="replace").split("\n") if line.strip()]


def _bring(line: str, write: Callable[[dict[str, Any]], bool]) -> bool:
    try:
        row = json.loads(line)
        with transaction.atomic():
            return write(row)
    except (ValueError, KeyError, TypeError, DataError, IntegrityError) as trouble:
        log.error("journal.laid_aside", why=str(trouble))
        if not aside().exists() or line not in _lines(aside()):
            _append(aside(), line)
        return False


def waits() -> datetime | None:
    """Since when entries wait, for the alarm; None when none does."""
    for file in (taken(), path()):
        if file.exists():
            return datetime.fromtimestamp(file.stat().st_mtime, tz=clock.COUNTY_ZONE)
    return None
