"""Brings the lake up to date: what changed is read first, then the data, then a new snapshot is published whole.

A writer who commits in between leaves a row behind that this refresh has not read: it deletes only what it read, so the
next one sees it. A refresh that is killed leaves the old snapshot as it was and a note of the files it had finished;
the next one takes them over if nothing changed in them since.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg.conninfo
import structlog
from django.db import connection

from yigongti.kernel import clock
from yigongti.kernel.measures import duck, exporting, lake, touched
from yigongti.kernel.measures.exporting import Exporter
from yigongti.kernel.measures.lake import File, Held, Refreshed, Snapshot
from yigongti.kernel.measures.reference import PLACES
from yigongti.kernel.measures.sources import Source, registered
from yigongti.kernel.measures.touched import Touch
from yigongti.kernel.parameters import values


log = structlog.get_logger()

Progress = Callable[[str, int, int], None]


def refresh_when_due() -> Refreshed | None:
    """Refresh if something changed and the last refresh is long enough ago."""
    last = lake.newest()
    if last and (clock.now() - last.cut).total_seconds() < 60 * values.number("measures.refresh_minutes"):
        return None
    return refresh()


def refresh(progress: Progress | None = None) -> Refreshed | None:
    """Publish a snapshot with everything that changed and tell those who follow; None if there was nothing to do or
    another refresh is under way."""
    with _alone() as alone:
        if not alone:
            return None
        if Refresh(progress or (lambda *_: None)).run():
            lake.drop_old()
        return lake.tell()


@contextmanager
def _alone() -> Iterator[bool]:
    """One refresh at a time; the lock dies with its process."""
    lake.folder().mkdir(parents=True, exist_ok=True)
    with (lake.folder() / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def dsn() -> str:
    """The database as DuckDB reaches it, on the county's clock and without a web page's limits."""
    told = connection.get_connection_params()
    parts = {name: told[name] for name in ("dbname", "user", "password", "host", "port") if told.get(name)}
    options = "-c TimeZone=Asia/Shanghai -c statement_timeout=0"
    return psycopg.conninfo.make_conninfo(**parts, options=options)


class Refresh:
    """One refresh."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.at = (0, 0)
        self.before = lake.newest()
        self.cut: datetime = clock.now()
        self.touches: Sequence[Touch] = touched.read()
        self.by_fact: dict[str, list[Touch]] = defaultdict(list)
        for one in self.touches:
            self.by_fact[one.fact].append(one)
        self.notes = Notes()
        self.changed: dict[str, set[date]] = defaultdict(set)

    def run(self) -> Snapshot | None:
        """Export what changed, publish, and forget what was read."""
        sources = sorted(registered().values(), key=lambda one: (one.fact.code != PLACES, not one.fact.until))
        if self.before and not self.touches and all(self._known(one) for one in sources):
            return None
        with duck.postgres(lake.scratch(), dsn()) as scratch:
            snapshot = self._exported(Exporter(scratch), sources)
        published = lake.publish(replace(snapshot, changed=dict(self.changed)))
        touched.forget(self.touches)
        self.notes.drop()
        log.info("lake.refreshed", snapshot=published.number, changed={f: len(m) for f, m in self.changed.items()})
        return published

    def _exported(self, exporter: Exporter, sources: Sequence[Source]) -> Snapshot:
        facts: dict[str, Held] = {}
        for number, source in enumerate(sources):
            self.at = (number, len(sources))
            self.progress(source.fact.title, *self.at)
            if source.fact.until:
                facts[source.fact.code] = self._span(exporter, source)
            else:
                facts[source.fact.code] = self._event(exporter, source, facts.get(PLACES))
            if source.fact.code == PLACES:
                exporter.placed_by(facts[PLACES].files[""])
        self.progress("", len(sources), len(sources))
        return Snapshot(0, self.cut, facts)

    def _held(self, source: Source) -> Held | None:
        return self.before.facts.get(source.fact.code) if self.before else None

    def _known(self, source: Source) -> bool:
        """Whether the lake has the fact by this very source."""
        held = self._held(source)
        return held is not None and held.source == fingerprint(source)

    # --- spans: whole or not at all

    def _span(self, exporter: Exporter, source: Source) -> Held:
        code, held = source.fact.code, self._held(source)
        if held and self._known(source) and code not in self.by_fact:
            return held
        sign = self._sign(source, self.by_fact[code], "")
        file = self.notes.finished(code, sign) or self.notes.note(code, sign, exporter.span(source))
        if held is None or held.files.get("") != file:
            before = held.files.get("") if held and self._known(source) else None
            self.changed[code] |= exporter.differ(source, before, file, last=self.cut.date())
        return Held(fingerprint(source), {"": file})

    # --- events: month by month

    def _event(self, exporter: Exporter, source: Source, places: Held | None) -> Held:
        held = self._held(source)
        kept = exporting.by_month(held.files) if held and self._known(source) else {}
        found = dict(kept)
        placed = places.files[""].name if places else ""
        months, whole = self._months(exporter, source)
        for month in set(found) - set(months) if whole else ():
            del found[month]  # a fact that is read anew keeps nothing that is no longer there
        signs = {month: self._sign(source, self._touching(source, month), placed) for month in months}
        noted = {month: self.notes.finished(_unit(source, month), signs[month]) for month in months}
        found |= {month: file for month, file in noted.items() if file}
        for run in exporting.runs(month for month in months if not noted[month]):
            found = self._run(exporter, source, run, signs, found)
        found = self._moved(exporter, source, places, set(months), found)
        exporter.drop()
        self._tell(source, exporting.by_month(held.files) if held else {}, found)
        return Held(fingerprint(source), {lake.month_code(month): found[month] for month in sorted(found)})

    def _run(
        self, exporter: Exporter, source: Source, run: list[date], signs: dict[date, str], found: dict[date, File]
    ) -> dict[date, File]:
        made = exporter.months(source, run)
        for month, file in made.items():
            self.notes.note(_unit(source, month), signs[month], file)
        self.progress(f"{source.fact.title} {lake.month_code(run[0])} – {lake.month_code(run[-1])}", *self.at)
        return {month: file for month, file in found.items() if month not in run} | made

    def _months(self, exporter: Exporter, source: Source) -> tuple[list[date], bool]:
        """The months to be read, and whether they are all there are."""
        touches = self.by_fact.get(source.fact.code, [])
        if not self._known(source) or any(one.month is None for one in touches):
            return exporter.months_of(source), True
        return sorted({one.month for one in touches if one.month}), False

    def _touching(self, source: Source, month: date) -> list[Touch]:
        return [one for one in self.by_fact.get(source.fact.code, []) if one.month in (None, month)]

    def _moved(
        self, exporter: Exporter, source: Source, places: Held | None, fresh: set[date], found: dict[date, File]
    ) -> dict[date, File]:
        """Months whose rows did not change, but to whom their institutions belonged."""
        before = self.before.facts.get(PLACES) if self.before else None
        if not source.fact.places or not before or not places or source.fact.until:
            return found
        old, new = (lake.folder() / each.files[""].name for each in (before, places))
        for month in exporting.moved(exporter.connection, old, new, set(found) - fresh):
            found[month] = exporter.placed_anew(source, month, found[month])
        return found

    def _tell(self, source: Source, before: dict[date, File], now: dict[date, File]) -> None:
        new = {month for month in before.keys() | now.keys() if before.get(month) != now.get(month)}
        if new:
            self.changed[source.fact.code] |= new

    def _sign(self, source: Source, touches: Sequence[Touch], places: str) -> str:
        """Of what a file was made: if this is the same, so is the file."""
        before = self.before.number if self.before else 0
        told = [fingerprint(source), places, before, *(one.id for one in touches)]
        return hashlib.sha256(str(told).encode()).hexdigest()


def _unit(source: Source, month: date) -> str:
    return f"{source.fact.code} {lake.month_code(month)}"


def fingerprint(source: Source) -> str:
    """Changes when the statement or the columns do; then the fact is read anew."""
    told = exporting.statement(source)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(slots=True)
class Notes:
    """What an unfinished refresh has finished, one line each."""

    known: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                self._learn(line)

    def _learn(self, line: str) -> None:
        try:
            told = json.loads(line)
        except json.JSONDecodeError:  # the line that was being written when it was killed
            return
        self.known[told["unit"]] = told

    @property
    def _path(self) -> Path:
        return lake.folder() / "unfinished.jsonl"

    def finished(self, unit: str, sign: str) -> File | None:
        """The file of a unit, if it was made of the same."""
        told = self.known.get(unit)
        if not told or told["sign"] != sign:
            return None
        file = lake.told(told["file"])
        return file if (lake.folder() / file.name).exists() else None

    def note(self, unit: str, sign: str, file: File) -> File:
        """Finished."""
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"unit": unit, "sign": sign, "file": asdict(file)}) + "\n")
        return file

    def drop(self) -> None:
        """The snapshot stands: nothing is unfinished."""
        self._path.unlink(missing_ok=True)
