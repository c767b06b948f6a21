"""The tests: a throw-away PostgreSQL, pytest on both cores, and nothing left behind."""

import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

from yigongti.kernel import database, server
from yigongti.kernel.tether import tie_child
from yigongti.site.folder import DataFolder
from yigongti.site.running import Ended, ending_signals


ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    if "--all" in arguments:
        arguments = ["--long", *(part for part in arguments if part != "--all")]
    try:
        with ending_signals(), server.temporary() as postgres:
            database.prepare(dsn=postgres.dsn("template1"))  # what pytest-django creates is copied from here
            data = DataFolder(postgres.cluster.parent / "data")
            data.make()
            return _pytest([*_spread(arguments), *arguments], _environment(postgres.dsn(), data.path))
    except Ended as end:
        return 128 + end.signal


def _spread(arguments: list[str]) -> list[str]:
    """Both cores for the whole; for a named part the second process costs more than it gives."""
    named = any(not part.startswith("-") for part in arguments)
    chosen = any(part.startswith(("-n", "--numprocesses", "--dist")) for part in arguments)
    return [] if named or chosen else ["-n", "2"]


def _environment(dsn: str, data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "yigongti.site.settings",
        "YIGONGTI_DATABASE_URL": dsn,
        "YIGONGTI_SECRET_KEY": secrets.token_urlsafe(60),
        "YIGONGTI_DATA": str(data),
        "YIGONGTI_ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "YIGONGTI_STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=tie_child(signal.SIGTERM)) as run:
        try:
            return run.wait()
        except BaseException:  # an interrupt: pytest says what it has and goes
            run.send_signal(signal.SIGINT)
            run.wait(30)
            raise
