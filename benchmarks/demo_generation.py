"""Making the demonstration county, against COPY of the same rows into the same tables in the same run.

    .venv/bin/python benchmarks/demo_generation.py                 # 20,000 residents
    .venv/bin/python benchmarks/demo_generation.py --residents N   # 432095: the whole county, some minutes and 4 GB

Both go into databases of one throw-away PostgreSQL (durable settings off for both), migrated alike, with every
constraint and index in place. The cases are lived through the engine, not copied: their time is told apart.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from yigongti.kernel import database, server


CASES = "转诊和随访"


class Watch:
    """Takes the county's progress: when people's work began, so that copying and living are told apart."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.cases: float | None = None

    def __call__(self, title: str, done: int, total: int) -> None:
        if title == CASES and self.cases is None:
            self.cases = time.perf_counter()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=20_000)
    residents = parser.parse_args().residents
    with server.temporary() as postgres, tempfile.TemporaryDirectory() as folder:
        _settle(postgres.dsn(), folder)
        rival = _rival(postgres)
        made, generated, lived = _generate(residents)
        copied = sum(_copy(postgres.dsn(), rival, table, Path(folder)) for table in made)
    rows = sum(made.values())
    say(f"{residents:,} residents, {rows:,} rows in {len(made)} tables")
    say(f"generated   {generated:8.1f} s  {rows / generated:10,.0f} rows/s")
    say(f"COPY alone  {copied:8.1f} s  {rows / copied:10,.0f} rows/s")
    say(f"ratio       {generated / copied:8.2f}    (limit 4)")
    say(f"cases, lived through the engine: {lived:.1f} s")
    sys.exit(generated > 4 * copied)


def _settle(dsn: str, folder: str) -> None:
    """Django on the first database, migrated."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "yigongti.site.settings",
        "YIGONGTI_DATABASE_URL": dsn,
        "YIGONGTI_SECRET_KEY": secrets.token_urlsafe(60),
        "YIGONGTI_DATA": folder,
    }
    import django
    from django.core.management import call_command

    database.prepare(dsn=dsn)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def _rival(postgres: server.Server) -> str:
    """A second database, migrated alike: a copy of the first while it is still empty."""
    from django.db import connection

    connection.close()  # a template must have no guests
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE rival TEMPLATE {}").format(sql.Identifier(database.NAME)))
    return postgres.dsn("rival")


def _generate(residents: int) -> tuple[dict[str, int], float, float]:
    """Rows per table, seconds of making and copying, seconds of living."""
    from yigongti import simulator

    watch = Watch()
    made = simulator.build(residents=residents, progress=watch)
    ended = time.perf_counter()
    cases = watch.cases or ended
    return made.rows, cases - watch.began, ended - cases


def _copy(source: str, rival: str, table: str, folder: Path) -> float:
    """Seconds of COPY of one table's rows, taken out to a file first."""
    path = folder / "rows"
    with psycopg.connect(source) as connection, path.open("wb") as file:
        columns = _columns(connection, table)
        with connection.cursor().copy(_statement(table, columns, "TO STDOUT")) as copy:
            for block in copy:
                file.write(block)
    with psycopg.connect(rival) as connection, path.open("rb") as file:
        began = time.perf_counter()
        with connection.cursor().copy(_statement(table, columns, "FROM STDIN")) as copy:
            while block := file.read(1 << 18):
                copy.write(block)
        connection.commit()  # where references are checked
        return time.perf_counter() - began


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return [name for (name,) in found]


def _statement(table: str, columns: list[str], rest: str) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) ").format(sql.Identifier(table), listed) + sql.SQL(rest)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
