"""The engine as a web process has it: it asks the reader, a process of its own, so that no web process brings DuckDB.

A snapshot is named with every question, so that all answers on a page are of one state of the data. What stands in the
snapshot's manifest (its cut, since when events are kept) is read here.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yigongti.kernel.measures import lake, wire
from yigongti.kernel.measures.lake import Snapshot
from yigongti.kernel.measures.reference import Asked, Key, Wanted
from yigongti.kernel.measures.words import Fact, Selection
from yigongti.kernel.refusal import Refusal


ADDRESS = "YIGONGTI_READER"
"""In the environment of a process that is to ask: where the reader listens."""
PATIENCE = 26.0
"""Seconds: longer than the reader works at one question, shorter than the half minute after which nobody waits."""
LARGEST_ANSWER = 64_000_000


class ReaderAway(Refusal):
    """指标读取服务正在启动，请稍候再试。"""

    status = 503


class TooMuchToCount(Refusal):
    """这一次要数的行太多，没有数完；请选较短的时期或较小的地方。"""

    status = 503


class ReaderFailed(Exception):
    """The reader met an error of the programme's, which stands in its log."""


def address() -> str:
    """Where the reader listens; '' where this process counts for itself."""
    return os.environ.get(ADDRESS, "")


def of(cut: datetime | None) -> ReaderEngine | None:
    """The engine of the data as they stood at a cut, or of the newest; None before the first."""
    snapshot = lake.since(cut)
    return ReaderEngine(snapshot, address()) if snapshot else None


@dataclass(frozen=True, slots=True)
class ReaderEngine:
    """Counts one snapshot by asking. Raises ReaderAway and TooMuchToCount, which a page lets through."""

    held: Snapshot
    at: str

    @property
    def snapshot(self) -> str:
        """The name of the state of the data."""
        return self.held.name

    @property
    def cut(self) -> datetime:
        """What was committed before is in it."""
        return self.held.cut

    def begun(self) -> Mapping[str, date]:
        """The first month of each kind of event."""
        return self.held.begun()

    def measure_all(self, asks: Sequence[tuple[Selection, Asked]]) -> list[Mapping[Key, Decimal]]:
        """Each selection's number for each place and group, in the order asked."""
        return wire.unpacked_numbers(self._asked("measure_all", list(asks)))

    def rows(self, wanted: Wanted, *, after: str = "", limit: int = 50) -> list[Mapping[str, Any]]:
        """The rows behind a number in the order of their key, after the one with that key."""
        return wire.unpacked_rows(self._asked("rows", [wanted, after, limit]))

    def all_rows(self, fact: Fact) -> list[Mapping[str, Any]]:
        """Every row of a small fact."""
        return wire.unpacked_rows(self._asked("all_rows", [fact]))

    def _asked(self, what: str, given: Sequence[Any]) -> Any:
        question = {"what": what, "snapshot": self.held.number, "given": wire.packed(given)}
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(PATIENCE)
                line.connect(self.at)
                wire.send(line, question)
                told = wire.receive(line, most=LARGEST_ANSWER)
        except wire.TooLong:
            raise TooMuchToCount from None
        except OSError:  # nobody listens, it fell while it counted, or so many ask that it came to nobody's turn
            raise ReaderAway from None
        return _answer(told)


def _answer(told: Mapping[str, Any]) -> Any:
    if "found" in told:
        return told["found"]
    match told["trouble"]:
        case "gone":  # the snapshot was dropped since the page began: the next look takes the newest
            raise ReaderAway
        case "too_much":
            raise TooMuchToCount
        case other:
            raise ReaderFailed(other)
