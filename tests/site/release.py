"""Run at a release: packs a small county made by this code, with what must still be true of it after every upgrade.

`python -m tests.site.release FOLDER` leaves `<version>.tar.xz` and `<version>.json` there; tests/site/test_upgrade.py
restores every such pair with the present code. It reads tables by SQL alone, so that `facts` means the same for all
versions; only names that no release will change are used.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

import yigongti
from tests.site.service import Service, start
from yigongti.kernel import server


RESIDENTS = "100"
SETTLING = 30
"""Seconds in which the worker fires what is due and seals the trail, so that there is a chain to verify."""

# What Django, the job queue, the worker and the boot write by themselves says nothing about a county.
OWN_LIFE = ("django_", "auth_", "procrastinate_", "audit_", "action_done", "workflow_page")
PERSONS = "SELECT id, master_id, record_no, name, sex, birth_date, id_card FROM residents_resident ORDER BY id"
CASES = "SELECT number, workflow, state, version, person_id FROM workflow_case ORDER BY number"


def facts(dsn: str) -> dict[str, object]:
    """Rows of every table that people filled, hashes of all persons and of all cases, and the head of the chain."""
    with psycopg.connect(dsn) as session:
        names = [name for (name,) in session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        kept = [name for name in sorted(names) if not name.startswith(OWN_LIFE)]
        rows = {name: _one(session, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))) for name in kept}
        return {
            "rows": {name: count for name, count in rows.items() if count},
            "persons": _hash(session, PERSONS),
            "cases": _hash(session, CASES),
            "sealed": _one(session, sql.SQL("SELECT sum(entries)::int FROM audit_seal")),
            "head": _one(session, sql.SQL("SELECT hash FROM audit_seal ORDER BY id DESC LIMIT 1")),
        }


def _one(session: psycopg.Connection, query: sql.Composable) -> object:
    return session.execute(query).fetchone()[0]


def _hash(session: psycopg.Connection, query: str) -> str:
    lines = ["|".join(map(str, row)) for row in session.execute(query)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def make(folder: Path) -> None:
    """A demonstration county that has run for a while, backed up as anybody would."""
    with tempfile.TemporaryDirectory(prefix="yigongti-") as name:
        place = Path(name)
        place.chmod(0o711)
        county = Service(place, verb="demo", more=("--residents", RESIDENTS, "--no-browser")).wait_until_up(180)
        time.sleep(SETTLING)
        county.end()
        archive = place / "county.tar"
        if start("backup", str(archive), "--data", str(county.data), to=place / "said.txt").wait(120):
            raise SystemExit((place / "said.txt").read_text(encoding="utf-8"))
        told = facts_of(county.data)
        target = folder / f"{yigongti.__version__}.tar.xz"
        target.write_bytes(lzma.compress(archive.read_bytes(), preset=9 | lzma.PRESET_EXTREME))
    (folder / f"{yigongti.__version__}.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def facts_of(data: Path) -> dict[str, object]:
    """The facts of a data folder that nobody is using."""
    running = server.start(folder=data / "postgres", log=data / "log" / "again.log")
    try:
        return facts(running.dsn())
    finally:
        running.stop()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
