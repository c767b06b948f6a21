"""A socket at which a process of the house is found, listened on by the supervisor while that process sleeps.

Whoever knocks while it sleeps, starts or has fallen waits in line: the process that is started next is given the line.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


LONGEST = 100
"""Bytes of a socket's address that every system takes: macOS 103, Linux 107."""
WAITING = 128


@dataclass(frozen=True, kw_only=True)
class Doorway:
    """A listening socket and its address."""

    socket: socket.socket
    address: str

    def knocked(self) -> bool:
        """Whether somebody waits."""
        return bool(select.select([self.socket], [], [], 0)[0])


@contextlib.contextmanager
def doorway(folder: Path, name: str) -> Iterator[Doorway]:
    """In the folder, or under a short name of its own where that one's is too long or its disk has no sockets.

    Only this account may knock.
    """
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket(socket.AF_UNIX))
        path = folder / name
        if not _bound(listening, path):
            short = Path(tempfile.mkdtemp(prefix="yigongti-"))  # new, ours, and open to nobody else
            stack.callback(shutil.rmtree, short, ignore_errors=True)
            path = short / name
            listening.bind(str(path))
        stack.callback(path.unlink, missing_ok=True)
        path.chmod(0o600)
        listening.listen(WAITING)
        yield Doorway(socket=listening, address=str(path))


def _bound(listening: socket.socket, path: Path) -> bool:
    if len(os.fsencode(path)) > LONGEST:
        return False
    path.unlink(missing_ok=True)  # of a run that was killed; the folder is held by this one
    try:
        listening.bind(str(path))
    except OSError:  # a folder shared into a virtual machine may hold files only
        return False
    return True
