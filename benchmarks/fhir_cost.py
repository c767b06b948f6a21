"""What one request to the FHIR server costs: CPU here and in its PostgreSQL process, and how many statements.

    YIGONGTI_DATA=/tmp/full .venv/bin/python -m benchmarks.fhir_cost [--patients N] [--calls N]

Wall times and rates say as much of the machine and of the load as of the server; CPU of one request, in one process and
on one connection, can be compared from one day to the next. It asks as `fhir_server` does, by the same way in, without
the sockets. N patients (none unless told) with their observations are copied into the store before; otherwise whoever
is there is asked for.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.fhir_server import SYSTEM, acts, fill
from benchmarks.measuring import link, require, run, tell


CALLS = 200
WARM = 20
SEEN = """SELECT t.code, r.id FROM exchange_resource r JOIN exchange_resource_token t ON t.key = r.key
WHERE r.type = 'Patient' AND NOT r.deleted AND t.system = %s ORDER BY r.key DESC LIMIT 5000"""
HEART_RATE = "http://loinc.org|8867-4"


class Inside:
    """Says to the server in this process what `fhir_server.Speaker` says over a socket."""

    def __init__(self, token: str) -> None:
        from yigongti.site.wsgi import application

        self.application, self.token = application, token

    def __call__(self, method: str, path: str, body: Any = None) -> bytes:
        """The answer; anything but success ends the benchmark."""
        sent = json.dumps(body).encode() if body is not None else b""
        place, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/fhir/R4{place}", "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(sent), "wsgi.errors": sys.stderr,
            "CONTENT_LENGTH": str(len(sent)), "CONTENT_TYPE": "application/fhir+json",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}", "HTTP_ACCEPT_ENCODING": "identity",
        }  # fmt: skip
        told: list[Any] = []
        said = b"".join(self.application(environ, lambda *answered: told.extend(answered)))
        status = int(told[0][:3])
        require(path, 200 if status < 300 else status, 200, said)
        return said


def asked() -> argparse.Namespace:
    """How many, how often."""
    parser = argparse.ArgumentParser(prog="benchmarks.fhir_cost")
    parser.add_argument("--patients", type=int, default=0)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--only", default="", help="part of a name")
    return parser.parse_args()


def main() -> None:
    """Tell the cost of each kind of request."""
    wanted = asked()
    say = Inside(_token())
    there = fill(say, _dsn(), wanted.patients) if wanted.patients else []  # type: ignore[arg-type]
    there = there or link().execute(SEEN, [SYSTEM]).fetchall()
    told: dict[str, Callable[[Any], object]] = dict(acts(there))
    first = iter(there * 100)
    told["searches by patient and code"] = lambda ask: ask(
        "GET", f"/Observation?patient=Patient/{next(first)[1]}&code={HEART_RATE}"
    )
    told["patients"] = lambda ask: ask("POST", "/Patient", _patient())
    for name, act in told.items():
        if wanted.only in name:
            _tell(name, lambda act=act: act(say), max(wanted.calls // (10 if "bundles" in name else 1), 10))  # type: ignore[misc]


def _patient() -> dict[str, Any]:
    from benchmarks.fhir_server import patient

    return patient(uuid.uuid4().hex)


def _token() -> str:
    from yigongti.exchange.fhir.clients import make_client, token_for
    from yigongti.organisations.queries import open_institutions

    place = open_institutions().filter(kind="county_hospital").order_by("pk")[0]
    made = make_client(institution=place.name, scopes="system/*.cruds")
    return token_for(code=made.code, secret=made.secret).token


def _dsn() -> str:
    import os

    return os.environ["YIGONGTI_DATABASE_URL"]


def _tell(name: str, call: Callable[[], object], count: int) -> None:
    for _ in range(WARM):
        call()
    statements = min(_statements(call) for _ in range(3))  # what is asked every few seconds is not a request's own
    here, there = [], []
    for _ in range(count):
        began, behind = time.thread_time(), _burnt()
        call()
        here.append((time.thread_time() - began) * 1000)
        there.append((_burnt() - behind) * 1000)
    own, behind = statistics.median(here), statistics.median(there)
    tell(f"{name:28} here {own:6.2f} ms  PostgreSQL {behind:6.2f} ms  together {own + behind:6.2f} ms"
         f"  statements {statements}")  # fmt: skip


def _statements(call: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def _burnt() -> float:
    """Seconds of CPU of the connection's process, as the kernel counts them."""
    from django.db import connection

    number = connection.connection.info.backend_pid if connection.connection else 0
    return int(Path(f"/proc/{number}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    run(main)
