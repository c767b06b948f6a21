"""The worker process: beats (recurring work) and deferred jobs, through procrastinate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from django.db import connection
from procrastinate.jobs import Status

from yigongti.kernel import clock


log = structlog.get_logger()

Beat = Callable[[], object]

_beats: dict[str, tuple[str, Beat]] = {}


def beat(code: str, *, cron: str) -> Callable[[Beat], Beat]:
    """Register recurring work. Six fields: the last is seconds. Two workers never run the same beat at once."""

    def add(function: Beat) -> Beat:
        _beats[code] = (cron, function)
        return function

    return add


SILENT_SECONDS = 30.0


def _enter(app: Any) -> None:
    app.periodic(cron="* * * * * */10")(app.task(name="jobs.free_stalled", pass_context=True)(free_stalled))
    for code, (cron, function) in _beats.items():
        task = app.task(name=code, queueing_lock=code, lock=code)(_without_time(function))
        app.periodic(cron=cron)(task)


def _without_time(function: Beat) -> Callable[[int], None]:
    def run(timestamp: int) -> None:
        function()

    return run


async def free_stalled(context: Any, timestamp: int) -> None:
    """Let go of jobs whose worker was killed: else such a job holds its lock, and the beat never runs again.

    It has no lock of its own, so it can't be stopped by what it mends. A beat comes again by itself; any other job
    goes back into the queue.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        log.warning("job.freed", task=job.task_name, job=job.id)
        if job.task_name in _beats or job.task_name == context.job.task_name:
            await manager.finish_job(job=job, status=Status.FAILED, delete_job=True)
        else:
            await manager.retry_job(job=job, retry_at=clock.now())


def run_worker() -> None:
    """Run until told to stop; finished jobs leave no row behind."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    _enter(app)
    ours = cast(DjangoConnector, app.connector)
    log.info("worker.starts", beats=sorted(_beats))
    with app.replace_connector(ours.get_worker_connector()) as worker_app:
        worker_app.run_worker(concurrency=2, delete_jobs="successful", listen_notify=True)


ENDED = ("succeeded", "failed", "cancelled", "aborted")
OLD = """
DELETE FROM procrastinate_jobs j WHERE status::text = ANY(%s)
AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > %s)
"""
FAILED = """
SELECT j.task_name, count(DISTINCT j.id), max(e.at) FROM procrastinate_jobs j
JOIN procrastinate_events e ON e.job_id = j.id WHERE j.status = 'failed' GROUP BY j.task_name ORDER BY max(e.at) DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A kind of job that failed: how often, and when the last time."""

    task: str
    count: int
    last: datetime


def failures() -> list[Failure]:
    """Jobs that failed and were not done since, newest first; they stay until they are cleaned away as old."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED)
        return [Failure(task=task, count=int(count), last=last) for task, count, last in cursor.fetchall()]


def clean(*, before: datetime) -> int:
    """Delete jobs that ended and have not been heard of since; how many."""
    with connection.cursor() as cursor:
        cursor.execute(OLD, [list(ENDED), before])
        return int(cursor.rowcount)


def last_heartbeat() -> datetime | None:
    """When a worker last said that it lives; None when none ever did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        (seen,) = cursor.fetchone()
    return seen  # type: ignore[no-any-return]
