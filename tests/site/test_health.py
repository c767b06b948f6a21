"""/healthz names what is not well."""

import pytest
from django.db import DatabaseError, connection

from yigongti.kernel import clock
from yigongti.site import health


def beat(seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s - %s * interval '1 second')",
            [clock.now(), seconds_ago],
        )


@pytest.mark.django_db
def test_a_worker_that_was_never_seen_is_named(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["ill"] == ["worker"]


@pytest.mark.django_db
def test_a_worker_heard_of_lately_is_well(client):
    beat(seconds_ago=50)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "ill": [], "web": "ok", "database": "ok", "worker": "ok"}


@pytest.mark.django_db
def test_a_worker_silent_for_over_a_minute_is_named(client):
    beat(seconds_ago=70)
    assert client.get("/healthz").json()["worker"].startswith("silent for 7")


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_named(client, monkeypatch):
    def refuse(*_arguments, **_options):
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert health.healthz(None).status_code == 503
    monkeypatch.undo()


@pytest.mark.django_db
def test_no_page_may_run_what_it_does_not_serve(client):
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
