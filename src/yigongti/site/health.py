"""GET /healthz: whether web, database and worker are well, and which is not."""

from datetime import timedelta

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from yigongti.kernel import clock, jobs


SILENCE = timedelta(seconds=60)


def healthz(request: HttpRequest) -> JsonResponse:
    findings = {"web": "ok", "database": _database(), "worker": "unknown"}
    if findings["database"] == "ok":
        findings["worker"] = _worker()
    ill = [part for part, finding in findings.items() if finding != "ok"]
    return JsonResponse({"ok": not ill, "ill": ill, **findings}, status=503 if ill else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
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
