"""The reader: counts for the web processes behind a socket, a question a connection, in bounded memory and time.

It is started when somebody knocks and ends when nobody has asked for a while: DuckDB gives memory back to nobody else.
The socket is listened on by whoever starts it, so who knocks meanwhile only waits.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import socket
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import duckdb
import structlog
from django.db import close_old_connections, connections

from yigongti.kernel.measures import duck, lake, wire
from yigongti.kernel.measures.engines import LakeEngine


LIMITS = duck.Limits(memory="256MB", threads=1)
AT_ONCE = 2
"""Questions that are worked on together; the others wait their turn."""
PATIENCE = 20.0
"""Seconds after which a question is given up."""
TYPING = 5.0
"""Seconds in which a question must have come and its answer must be taken."""
LARGEST_QUESTION = 1_000_000
MOST_ROWS = 1_000
IDLE = 600.0
"""Seconds without a question after which the process ends."""

log = structlog.get_logger()


class Answering:
    """Answers at a listening socket until nobody has asked for a while."""

    def __init__(self, door: socket.socket, *, idle: float = IDLE) -> None:
        door.settimeout(min(1.0, idle / 2))
        self._door = door
        self._idle = idle
        self._ended = threading.Event()
        self._asked_at = time.monotonic()

    def run(self) -> None:
        """Until then; what somebody is still counting is finished."""
        threads = [threading.Thread(target=self._work, name=f"reader-{n}") for n in range(AT_ONCE)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    def _work(self) -> None:
        try:
            while not self._ended.is_set():
                with contextlib.suppress(TimeoutError):
                    self._serve(self._door.accept()[0])
                if time.monotonic() - self._asked_at > self._idle:
                    self._ended.set()
        finally:
            connections.close_all()

    def _serve(self, line: socket.socket) -> None:
        self._asked_at = time.monotonic()
        with line, contextlib.suppress(OSError):  # who asked has left
            line.settimeout(TYPING)
            try:
                question = wire.receive(line, most=LARGEST_QUESTION)
            except (wire.TooLong, ValueError):
                wire.send(line, {"trouble": "no question"})
                return
            if not _left(line):
                wire.send(line, answered(question))
        self._asked_at = time.monotonic()


def _left(line: socket.socket) -> bool:
    """Whether who asked has given up while waiting for a turn."""
    line.setblocking(False)
    try:
        return line.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    finally:
        line.settimeout(TYPING)


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """What was found, or what was the trouble; an error of ours is told in the log and ends nobody else's answer."""
    close_old_connections()  # parameters are asked of the database, which may have been started anew
    try:
        return {"found": _found(question["what"], question["snapshot"], wire.unpacked(question["given"]))}
    except (FileNotFoundError, duckdb.IOException) as gone:
        log.warning("reader.snapshot_gone", snapshot=question.get("snapshot"), error=str(gone))
        return {"trouble": "gone"}
    except (duckdb.InterruptException, duckdb.OutOfMemoryException) as too_much:
        log.warning("reader.too_much", what=question.get("what"), error=str(too_much))
        return {"trouble": "too_much"}
    except Exception as error:  # noqa: BLE001 - whatever it was, the next question is answered
        log.error("reader.failed", what=question.get("what"), where=traceback.format_exc(limit=-8))  # without the rows
        _engine.cache_clear()  # a database that fell is made anew
        return {"trouble": type(error).__name__}


def _found(what: str, snapshot: int, given: tuple[Any, ...]) -> Any:
    counts = _engine(snapshot, lake.folder())
    match what:
        case "measure_all":
            return wire.packed_numbers(counts.measure_all(given))
        case "rows":
            wanted, after, limit = given
            return wire.packed_rows(counts.rows(wanted, after=after, limit=min(limit, MOST_ROWS)))
        case "all_rows":
            return wire.packed_rows(counts.all_rows(*given))
    raise LookupError(what)


@functools.lru_cache(maxsize=2)
def _engine(number: int, folder: Path) -> LakeEngine:
    """Two: whoever opened a page before a refresh reads on in what it began with."""
    return LakeEngine([(folder, lake.read(number, folder))], limits=LIMITS, patience=PATIENCE,
                      scratch=scratch(folder))  # fmt: skip


def scratch(folder: Path) -> Path:
    """Of the reader alone: what one that was killed has left there is nobody's."""
    return folder / "scratch" / lake.READER


def clear() -> None:
    """Before the first question."""
    shutil.rmtree(scratch(lake.folder()), ignore_errors=True)
