"""The record page of the fullest record, against the bare SQL that it needs, at 1 and 8 clients in the same run.

    .venv/bin/python benchmarks/record_page.py        # on the demo's county, or the one of YIGONGTI_DATABASE_URL

Pages are asked of the WSGI application in this process, signed in as the managing village doctor: middleware, session,
access, audit, template and all. The bare SQL is what one page sent, replayed by psycopg on as many connections.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass


SECONDS = 6.0
CLIENTS = (1, 8)


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one run: wall times of every call, CPU of this process a call."""

    walls: list[float]
    cpu: float

    @property
    def p50(self) -> float:
        return statistics.median(self.walls)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.walls, n=20)[-1]


def measure(make: Callable[[], tuple[Callable[[], None], Callable[[], None]]], clients: int) -> Timing:
    """Run `clients` threads for a while; `make` gives each its call and its closing."""
    walls: list[float] = []
    ready, ends = threading.Barrier(clients + 1), [0.0]

    def run() -> None:
        call, close = make()
        call()
        ready.wait()
        while time.perf_counter() < ends[0]:
            began = time.perf_counter()
            call()
            walls.append((time.perf_counter() - began) * 1000)
        close()

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    ends[0] = float("inf")
    ready.wait()
    cpu = time.process_time()
    ends[0] = time.perf_counter() + SECONDS
    for thread in threads:
        thread.join()
    return Timing(walls, (time.process_time() - cpu) * 1000 / max(len(walls), 1))


def fullest() -> tuple[int, int, int]:
    """The person with most entries who is managed by an institution with a doctor: person, entries, post."""
    from django.db.models import Count

    from yigongti.kernel import clock
    from yigongti.kernel.access.models import Post
    from yigongti.record.models import Entry
    from yigongti.residents.models import Resident

    counted = Entry.objects.values_list("resident_id").annotate(n=Count("id")).order_by("-n")
    for person, entries in counted[:50]:
        where = Resident.objects.get(pk=person).managing_id
        posts = Post.objects.filter(
            unit_id=where, role__in=("village_doctor", "township_doctor"), begins__lte=clock.today()
        )
        post = posts.filter(ends=None).first()
        if post:
            return person, entries, post.pk
    raise SystemExit("no county here: run ./run demo first")


def signed_in(post_id: int) -> str:
    """A session of that post, as sign-in would make it."""
    from django.contrib.sessions.backends.db import SessionStore

    from yigongti.kernel import clock
    from yigongti.kernel.access.models import Post

    post = Post.objects.select_related("account").get(pk=post_id)
    session = SessionStore()
    session.update({"post": post.pk, "password": post.account.password[-16:], "seen": int(clock.now().timestamp())})
    session.save()
    return str(session.session_key)


def page_client(path: str, session: str) -> Callable[[], tuple[Callable[[], None], Callable[[], None]]]:
    """Asks the application as a server would, on its own thread and database connection."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from django.test import RequestFactory

    application = get_wsgi_application()
    host = next((name for name in settings.ALLOWED_HOSTS if name != "*"), "127.0.0.1")
    factory = RequestFactory(SERVER_NAME=host, HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={session}")

    def call() -> None:
        environ = factory.get(path).environ
        answered: list[str] = []
        with closing(application(environ, lambda status, headers: answered.append(status))) as response:
            body = b"".join(response)
        if not answered[0].startswith("200") or len(body) < 5000:
            raise SystemExit(f"the page answered {answered[0]}")

    return lambda: (call, connections.close_all)


def sql_of(call: Callable[[], None]) -> list[str]:
    """What one page sends, with its values in it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    call()
    with CaptureQueriesContext(connection) as asked:
        call()
    skipped = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in asked if not query["sql"].startswith(skipped)]


def sql_client(statements: list[str]) -> Callable[[], tuple[Callable[[], None], Callable[[], None]]]:
    """Replays the statements on a bare connection and fetches every row."""
    import os

    import psycopg

    def make() -> tuple[Callable[[], None], Callable[[], None]]:
        link = psycopg.connect(os.environ["YIGONGTI_DATABASE_URL"], autocommit=True)

        def call() -> None:
            for statement in statements:
                cursor = link.execute(statement.replace("%", "%%") if "%%" in statement else statement)
                if cursor.description:
                    cursor.fetchall()

        return call, link.close

    return make


def main() -> None:
    """Print the figures and their ratios."""
    import django

    django.setup()
    person, entries, post = fullest()
    make_page = page_client(f"/residents/{person}/record", signed_in(post))
    statements = sql_of(make_page()[0])
    sys.stdout.write(f"a record of {entries} entries, {len(statements)} statements a page\n")
    first = 0.0
    for clients in CLIENTS:
        bare, page = measure(sql_client(statements), clients), measure(make_page, clients)
        first = first or page.p50
        sys.stdout.write(
            f"{clients} clients: page p50 {page.p50:.1f} ms, p95 {page.p95:.1f} ms, CPU {page.cpu:.1f} ms;"
            f" bare SQL p50 {bare.p50:.1f} ms, p95 {bare.p95:.1f} ms, CPU {bare.cpu:.1f} ms;"
            f" page / SQL {page.p50 / bare.p50:.1f}; CPU over SQL {page.cpu - bare.cpu:.1f} ms;"
            f" p50 against one client {page.p50 / first:.1f}\n"
        )


if __name__ == "__main__":
    from yigongti.site.running import settings_at_hand

    with settings_at_hand():
        main()
