"""Several simulated counties, each with its own lake, collected and counted as one: what a county costs.

    .venv/bin/python -m benchmarks.province                                   # ten counties of 10,000: some minutes
    .venv/bin/python -m benchmarks.province --counties 4 --residents 5000
    .venv/bin/python -m benchmarks.province --spark spark://127.0.0.1:7077    # counted there too, and compared

Each county is lived by the simulator from its own seed in a database of its own and exported by the house's sources.
Then 1, 2, 5 and all of them are collected and asked for every figure of last year that is counted at a county.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from yigongti.kernel import database, server


FIRST_CODE = 140_701
MADE = """
import sys, django
django.setup()
from yigongti import simulator
from yigongti.kernel.measures import lake, refreshing
simulator.build(residents=int(sys.argv[1]), seed=int(sys.argv[2]), progress=lambda *_: None)
lake._followers.clear()  # the province counts, not the county
refreshing.refresh()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--residents", type=int, default=10_000)
    parser.add_argument("--spark", default="", metavar="MASTER")
    chosen = parser.parse_args()
    with server.temporary() as postgres, tempfile.TemporaryDirectory(prefix="yigongti-") as named:
        folder = Path(named)
        folder.chmod(0o711)
        _migrated(postgres.dsn(), folder)
        lakes = [_county(postgres, folder, number, chosen.residents) for number in range(1, chosen.counties + 1)]
        for many in sorted({1, 2, 5, chosen.counties}):
            if many <= chosen.counties:
                say(f"--- {many} counties")
                _collected(lakes[:many], folder / f"collected{many}", chosen.spark if many == chosen.counties else "")


def _migrated(dsn: str, folder: Path) -> None:
    database.prepare(dsn=dsn)
    os.environ |= _around(dsn, folder)
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()  # a template must have no guests


def _around(dsn: str, folder: Path) -> dict[str, str]:
    return {"DJANGO_SETTINGS_MODULE": "yigongti.site.settings", "YIGONGTI_DATABASE_URL": dsn,
            "YIGONGTI_SECRET_KEY": secrets.token_urlsafe(60), "YIGONGTI_DATA": str(folder)}  # fmt: skip


def _county(postgres: server.Server, folder: Path, number: int, residents: int) -> str:
    """CODE=LAKE of a county that was lived and exported."""
    name, data = f"county{number}", folder / f"county{number}"
    data.mkdir()
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        told = map(sql.Identifier, (name, database.NAME))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*told))
    began = time.perf_counter()
    command = [sys.executable, "-P", "-c", MADE, str(residents), str(number)]
    subprocess.run(command, check=True, env=os.environ | _around(postgres.dsn(name), data), stdout=subprocess.DEVNULL)
    say(f"county {number}: {residents:,} residents lived and exported in {time.perf_counter() - began:.1f} s")
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
    return f"{FIRST_CODE + number}={data / 'lake'}"


def _collected(lakes: Sequence[str], out: Path, spark: str) -> None:
    """The command of the house, its own figures told by itself."""
    command = [sys.executable, "-P", "-m", "yigongti.site", "province", "--out", str(out), *lakes]
    began = time.perf_counter()
    told = subprocess.run(
        [*command, *(["--spark", spark] if spark else [])], check=False, capture_output=True, text=True
    )
    took = time.perf_counter() - began
    for line in told.stdout.splitlines():
        if line.startswith(("归集", "Spark", "与本机")) or "本机" in line:
            say(line)
    if told.returncode:
        sys.exit(told.stderr)
    say(f"whole command {took:.1f} s, {took / len(lakes):.2f} s a county")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
