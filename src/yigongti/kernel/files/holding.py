"""Who reads the whole store and who moves files in it keep out of each other's way, across processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """The system lets go of it when the process dies, however it dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


@contextmanager
def unmoved(folder: Path) -> Iterator[None]:
    """Nothing is moved or removed in this store meanwhile; waits for whoever is at it."""
    with _locked(folder, fcntl.LOCK_SH) if folder.is_dir() else nullcontext():
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Move files of this store. Raises BlockingIOError while somebody reads all of it."""
    with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield
