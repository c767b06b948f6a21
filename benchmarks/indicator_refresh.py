"""A county's figures: the engine on the lake, against SQL by hand on the same Parquet and on an indexed PostgreSQL.

    .venv/bin/python -m benchmarks.indicator_refresh                        # 450,000 residents: some minutes, 6 GB
    .venv/bin/python -m benchmarks.indicator_refresh --residents 45000
    .venv/bin/python -m benchmarks.indicator_refresh --growth 10000         # 1, 2, 4 and 8 times so many

Twenty figures of the catalogue × 4 levels × 36 months, 12 quarters and 3 years; every number of ours is compared with
those of the SQL. Then the whole catalogue, one changed month through triggers and export, and opening a figure.
"""

from __future__ import annotations

import argparse
import os
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
import psycopg

from yigongti.kernel import database, server
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Key


FIRST = Period(date(2023, 1, 1), 36)
MONTH = Period.read("2025-11")
PERIODS = [Period(first, 1) for first in FIRST.firsts]
PERIODS += [Period(first, 3) for first in FIRST.firsts[::3]] + [Period(first, 12) for first in FIRST.firsts[::12]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=450_000)
    parser.add_argument("--growth", type=int)
    parser.add_argument("--without-postgres", action="store_true", help="leave the slow rival out")
    chosen = parser.parse_args()
    sizes = [chosen.growth * times for times in (1, 2, 4, 8)] if chosen.growth else [chosen.residents]
    with server.temporary() as postgres, tempfile.TemporaryDirectory() as folder:
        _settle(postgres.dsn(), folder)
        for residents in sizes:
            with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
                connection.execute("DROP SCHEMA IF EXISTS county CASCADE; DROP TABLE IF EXISTS measures_touched;"
                                   " DROP FUNCTION IF EXISTS r")  # fmt: skip
                Round(connection, Path(folder) / str(residents), residents).run(brief=bool(chosen.growth),
                      postgres=not chosen.without_postgres)  # fmt: skip
    sys.exit()


def _settle(dsn: str, folder: str) -> None:
    database.prepare(dsn=dsn)
    secret = secrets.token_urlsafe(60)
    os.environ |= {"YIGONGTI_DATABASE_URL": dsn, "YIGONGTI_DATA": folder, "YIGONGTI_SECRET_KEY": secret,
                   "DJANGO_SETTINGS_MODULE": "yigongti.site.settings"}  # fmt: skip
    django.setup()


@dataclass
class Wanted:
    """The rows behind one number."""

    selection: Any
    asked: Asked
    key: Key


class Round:
    """One size."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], folder: Path, residents: int) -> None:
        from django.conf import settings

        settings.DATA_FOLDER = folder
        self.connection = connection
        self.residents = residents

    def run(self, *, brief: bool, postgres: bool) -> None:
        """Everything, told line by line."""
        from benchmarks import indicator_county
        from yigongti.kernel.measures import sources

        if not hasattr(Round, "known"):
            Round.known = indicator_county.facts()
        rows = self._timed("made", lambda: indicator_county.make(self.connection, self.known, self.residents))
        sources._registered.clear()
        sources.register(*indicator_county.own_sources(self.known).values())
        say(f"{self.residents:,} residents, {rows:,} rows")
        self._export()
        if brief:
            self._ours(PERIODS)
            self._timed("20 figures, all periods: engine", lambda: self._ours(PERIODS))
            return
        self._twenty(postgres=postgres)
        self._catalogue()
        self._one_month(postgres)
        self._open()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say(f"peak memory of this process {peak:,.0f} MB (limit 2,048)")

    def _timed(self, title: str, work: Callable[[], Any]) -> Any:
        began, burnt = time.perf_counter(), time.process_time()
        found = work()
        self.took, self.burnt = time.perf_counter() - began, time.process_time() - burnt
        say(f"{title:<52}{self.took:9.2f} s {self.burnt:9.2f} s CPU")
        return found

    # --- the lake

    def _export(self) -> None:
        from yigongti.kernel.measures import lake, refreshing, touched

        lake._followers.clear()  # the chapter would store its figures, in tables that are not here
        touched.watch()
        self._timed("whole lake exported", refreshing.refresh)
        self.engine = self._engine()

    def _engine(self) -> Any:
        from yigongti.kernel.measures import lake
        from yigongti.kernel.measures.engines import LakeEngine

        return LakeEngine([(lake.folder(), lake.newest())], settled_by=shipped)

    def _scan(self, title: str, starts: date, ends: date) -> float:
        """What reading the rows alone costs, without placing, sorting, writing."""
        from yigongti.kernel.measures import duck, exporting, refreshing, sources

        with duck.postgres(Path(tempfile.gettempdir()) / "scan", refreshing.dsn()) as bare:
            asked = exporting.statement(sources.registered()["visits"], starts, ends)
            self._timed(title, lambda: bare.execute(f"CREATE TEMP TABLE taken AS {exporting._asked(asked)}"))
        return self.took

    # --- twenty figures

    def _asks(self, codes: tuple[str, ...], periods: list[Period]) -> dict[tuple[Any, ...], tuple[Any, Asked]]:
        from yigongti.indicators import catalogue
        from yigongti.kernel.measures.arithmetic import place_of
        from yigongti.kernel.measures.words import LEVELS

        found = {}
        for code in codes:
            one = catalogue.known()[code]
            for side, selection in sides(one).items():
                for period in periods:
                    for level in LEVELS:
                        asked = Asked(period, place_of(one, selection.fact), level)
                        found[code, side, period.starts, period.months, level] = (selection, asked)
        return found

    def _ours(self, periods: list[Period]) -> dict[Any, Any]:
        from benchmarks.indicator_rival import CODES

        asks = self._asks(CODES, periods)
        told = self.engine.measure_all(list(asks.values()))
        return {(*cell, key.place): number for cell, numbers in zip(asks, told, strict=True)
                for key, number in numbers.items() if number}  # fmt: skip

    def _rival(
        self, run: Callable[[str], list[Any]], tables: str, periods: list[Period], *, lake: bool
    ) -> dict[Any, Any]:
        from benchmarks.indicator_rival import TWENTY, cells, statement

        found: dict[Any, Any] = {}
        for one in TWENTY:
            found |= cells(one, run(statement(one, periods, tables, lake=lake)), periods)
        return found

    def _duck(self, statement: str) -> list[Any]:
        return self.engine._connection.execute(statement).fetchall()

    def _postgres(self, statement: str) -> list[Any]:
        return self.connection.execute(statement).fetchall()

    def _twenty(
        self, *, postgres: bool, periods: list[Period] = PERIODS, title: str = "20 figures, all periods"
    ) -> None:
        ours = self._timed(f"{title}: engine, first time", lambda: self._ours(periods))
        self._timed(f"{title}: engine", lambda: self._ours(periods))
        took, burnt = self.took, self.burnt
        theirs = self._timed(f"{title}: SQL on DuckDB", lambda: self._rival(self._duck, "{}", periods, lake=True))
        ratio("engine / DuckDB", took / self.took, 1.5 if len(periods) > 1 else 2)
        ratio("engine / DuckDB, CPU", burnt / self.burnt, 1.5 if len(periods) > 1 else 2)
        compare(ours, theirs)
        if postgres:
            self._timed(
                f"{title}: SQL on PostgreSQL", lambda: self._rival(self._postgres, "county.{}", periods, lake=False)
            )
            ratio("engine / PostgreSQL", took / self.took, 0.2)

    def _catalogue(self) -> None:
        """As the chapter computes it, without storing: every term of every indicator, level and period."""
        from yigongti.indicators import catalogue
        from yigongti.kernel.measures.arithmetic import terms

        asks, kinds = [], {1: "month", 3: "quarter", 12: "year"}
        counted = [one for one in catalogue.known().values() if catalogue.counted(one)]
        for one in counted:
            for level in one.levels:
                for period in PERIODS:
                    if kinds[period.months] in one.periods:
                        asks += [(term.selection, term.asked(level)) for term in terms(one, period).values()]
        told = self._timed(f"{len(counted)} figures, {len(asks):,} asks: engine", lambda: self.engine.measure_all(asks))
        say(f"    {sum(map(len, told)):,} numbers")

    # --- one changed month

    def _one_month(self, postgres: bool) -> None:
        from yigongti.kernel.measures import refreshing

        self.connection.execute(f"UPDATE county.visits SET total = total + 1 WHERE at = DATE '{MONTH.starts}'")  # noqa: S608
        self._timed("one changed month of visits exported, by triggers", refreshing.refresh)
        took = self.took
        ratio("export / bare scan", took / self._scan("the same month, scanned alone", MONTH.starts, MONTH.ends), 2)
        self.engine = self._engine()
        self._twenty(postgres=postgres, periods=[MONTH], title="20 figures, that month")
        around = [MONTH, Period.of("quarter", MONTH.starts), Period.of("year", MONTH.starts)]
        self._timed("the same with its quarter and year: engine", lambda: self._ours(around))

    # --- opening a figure

    def _open(self) -> None:
        from yigongti.indicators import catalogue

        selection = sides(catalogue.known()["tcm_share"])["of"]
        for level, place, period in (("township", 12, MONTH), ("county", 1, Period.read("2025"))):
            wanted = Wanted(selection, Asked(period, "institution", level), Key(place))
            self.engine.rows(wanted)
            ours = self._middle(lambda wanted=wanted: self.engine.rows(wanted))
            places = "" if level == "county" else (
                f" AND institution IN (SELECT institution FROM county.places WHERE township = {place})")  # fmt: skip  # noqa: S608
            asked = (f"SELECT * FROM county.visits WHERE at >= DATE '{period.starts}' AND at < DATE '{period.ends}'"  # noqa: S608
                     f" AND treatment AND in_county AND tcm{places} ORDER BY id LIMIT 50")  # fmt: skip
            theirs = self._middle(lambda asked=asked: self._postgres(asked))
            say(f"first 50 rows of {level}, {period.code}: {ours * 1000:.1f} ms, PostgreSQL {theirs * 1000:.1f} ms")
            ratio("opened / indexed SQL", ours / theirs, 10)

    def _middle(self, work: Callable[[], Any]) -> float:
        found = []
        for _ in range(9):
            began = time.perf_counter()
            work()
            found.append(time.perf_counter() - began)
        return sorted(found)[4]


def sides(indicator: Any) -> dict[str, Any]:
    """Above and below the line."""
    figure = indicator.figure
    return {side: getattr(figure, side) for side in ("of", "over") if hasattr(figure, side)}


def shipped(of: Any, day: date) -> Any:
    """What a parameter ships with, for that day."""
    from yigongti.kernel.parameters.words import defaults

    held = [dated.value for dated in defaults()[of.code].values if dated.begins <= day + timedelta(0)]
    return held[-1]


def compare(ours: dict[Any, Any], theirs: dict[Any, Any]) -> None:
    """Every number of twenty figures is the same."""
    wrong = [cell for cell in ours.keys() | theirs.keys() if ours.get(cell) != theirs.get(cell)]
    say(f"    {len(theirs):,} numbers, {len(wrong):,} differ{': ' + str(sorted(wrong, key=str)[:3]) if wrong else ''}")
    for cell in sorted(wrong, key=str)[:3]:
        say(f"    {cell}: {ours.get(cell)} and {theirs.get(cell)}")


def ratio(title: str, found: float, limit: float) -> None:
    """One line."""
    say(f"    {title:<40}{found:9.2f}   (limit {limit})")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
