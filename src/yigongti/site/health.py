"""GET /healthz: whether web, database, worker and listener are well, and which is not."""

import os
import socket
from datetime import timedelta

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from yigongti.kernel import clock, jobs


SILENCE = timedelta(seconds=60)
KNOCK_SECONDS = 2.0
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on


def healthz(request: HttpRequest) -> JsonResponse:
    findings = {"web": "ok", "database": _database(), "worker": "unknown"}
    if findings["database"] == "ok":
        findings["worker"] = _worker()
    if os.environ.get("YIGONGTI_LISTENS_AT"):
        findings["listener"] = _listener(os.environ["YIGONGTI_LISTENS_AT"])
    ill = [part for part, finding in findings.items() if finding != "ok"]
    return JsonResponse({"ok": not ill, "ill": ill, **findings}, status=503 if ill else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return f"unreachable ({type(error).__name__})"
    return "ok"


def _listener(place: str) -> str:
    """Whether somebody takes connections there; 0.0.0.0 is heard from here as well."""
    host, _, port = place.rpartition(":")
    try:
        socket.create_connection((LOOPBACK.get(host, host), int(port)), timeout=KNOCK_SECONDS).close()
    except OSError as error:
        return f"unreachable ({type(error).__name__})"
    return "ok"


def _worker() -> str:
    try:
        seen = jobs.last_heartbeat()
    except Error as error:
        return f"unknown ({type(error).__name__})"
    if seen is None:
        return "never seen"
    silent = clock.now() - seen
    return "ok" if silent <= SILENCE else f"silent for {silent.total_seconds():.0f} s"
