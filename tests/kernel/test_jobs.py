"""A worker that was killed in the middle of a beat must not stop that beat for ever."""

import asyncio
from types import SimpleNamespace

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from yigongti.kernel.jobs import worker
from yigongti.site import beats, keeping


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty():
    """No job and no worker before and after: these tables are not Django's to empty."""
    sql("DELETE FROM procrastinate_jobs")
    sql("DELETE FROM procrastinate_workers")
    yield
    sql("DELETE FROM procrastinate_jobs")
    sql("DELETE FROM procrastinate_workers")


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def a_worker(*, silent_seconds):
    return sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second')"
               " RETURNING id", silent_seconds)[0][0]  # fmt: skip


def a_job(task, *, by, lock=None):
    sql("INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args, status, worker_id)"
        " VALUES ('default', %s, 0, %s, '{}', 'doing', %s)", task, lock, by)  # fmt: skip


def free():
    async def run():
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                context = SimpleNamespace(app=worker_app, job=SimpleNamespace(task_name="jobs.free_stalled"))
                await worker.free_stalled(context, 0)

    asyncio.run(run())


def standing():
    return sorted(sql("SELECT task_name, status::text FROM procrastinate_jobs"))


def test_a_dead_worker_s_beat_is_let_go_and_its_other_jobs_are_done_again():
    dead, alive = a_worker(silent_seconds=40), a_worker(silent_seconds=1)
    beat = "audit.seal"
    assert beat in worker._beats
    a_job(beat, by=dead, lock=beat)
    a_job("jobs.free_stalled", by=dead)
    a_job("letters.send", by=dead)
    a_job("workflow.fire_due", by=alive, lock="workflow.fire_due")
    free()
    assert standing() == [("letters.send", "todo"), ("workflow.fire_due", "doing")]


def test_the_heartbeat_of_any_worker_is_what_health_asks_for():
    assert worker.last_heartbeat() is None
    a_worker(silent_seconds=40)
    a_worker(silent_seconds=1)
    (now,) = sql("SELECT now()")[0]
    assert 0 <= (now - worker.last_heartbeat()).total_seconds() < 10


def ended(task, status, *, days_ago):
    """A job that ended so many days ago, as its events say."""
    (job,) = sql("INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
                 " VALUES ('default', %s, 0, '{}', 'todo') RETURNING id", task)[0]  # fmt: skip
    sql("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", job)
    sql("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", status, job)
    sql("UPDATE procrastinate_events SET at = now() - %s * interval '1 day' WHERE job_id = %s", days_ago, job)
    return job


def test_a_failed_job_is_told_to_who_keeps_the_house():
    assert worker.failures() == []
    ended("letters.send", "failed", days_ago=2)
    ended("letters.send", "failed", days_ago=1)
    ended("audit.seal", "succeeded", days_ago=0)
    (told,) = worker.failures()
    assert (told.task, told.count) == ("letters.send", 2)
    block = keeping.failed_jobs(for_=None)
    assert len(block.lines) == 1 and "letters.send：2 次" in block.lines[0][0]


def test_old_ended_jobs_are_cleaned_and_what_waits_is_not():
    ended("letters.send", "failed", days_ago=40)
    ended("letters.send", "failed", days_ago=20)
    ended("audit.seal", "succeeded", days_ago=31)
    sql("INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
        " VALUES ('default', 'letters.keep', 0, '{}', 'todo')")  # fmt: skip
    sql("UPDATE procrastinate_events SET at = now() - interval '90 days' WHERE job_id = (SELECT max(id) FROM"
        " procrastinate_jobs)")  # fmt: skip
    beats.clean_jobs()
    assert standing() == [("letters.keep", "todo"), ("letters.send", "failed")]
