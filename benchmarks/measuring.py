"""The stop-watch of all benchmarks: the application against the bare SQL that it sends, at 1 and 8 clients in one run.

Requests go to the WSGI application in this process: middleware, session, access, audit, template and all. The bare SQL
is what these requests sent, replayed by psycopg on as many connections. CPU is that of this process alone, counted on
the thread that asks; what PostgreSQL itself burns shows in the wall times of both.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any


SECONDS = 4.0
CLIENTS = (1, 8)
SKIPPED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def nothing() -> None:
    """What most clients do between two calls."""


@dataclass(frozen=True)
class Client:
    """One caller: what is timed, what it does between, how it leaves."""

    call: Callable[[], None]
    between: Callable[[], None] = nothing
    close: Callable[[], None] = nothing


Make = Callable[[], Client]


@dataclass
class Timing:
    """Milliseconds of one run: wall times of every call, and CPU of them together."""

    walls: list[float] = field(default_factory=list)
    burnt: float = 0.0

    @property
    def p50(self) -> float:
        return statistics.median(self.walls)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.walls, n=20)[-1]

    @property
    def cpu(self) -> float:
        """CPU a call."""
        return self.burnt / max(len(self.walls), 1)

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f} ms, p95 {self.p95:.1f} ms, CPU {self.cpu:.1f} ms"


def measure(make: Make, clients: int, *, seconds: float = SECONDS) -> Timing:
    """Run `clients` threads for a while; `make` gives each its own client. A client that fails ends the benchmark."""
    timing, troubles = Timing(), []
    lock, ready, ends = threading.Lock(), threading.Barrier(clients + 1), [float("inf")]

    def run() -> None:
        walls, burnt, client = [], 0.0, Client(nothing)
        try:
            client = make()
            client.call()  # connections and caches are made once in a server's life: not counted
            client.between()
            ready.wait()
            while time.perf_counter() < ends[0]:
                began, cpu = time.perf_counter(), time.thread_time()
                client.call()
                burnt += (time.thread_time() - cpu) * 1000
                walls.append((time.perf_counter() - began) * 1000)
                client.between()
        except BaseException as trouble:  # noqa: BLE001 - told by the one who waits, whatever it was
            troubles.append(trouble)
            ready.abort()
        finally:
            client.close()
        with lock:
            timing.walls += walls
            timing.burnt += burnt

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        ready.wait()
    except threading.BrokenBarrierError:
        pass
    ends[0] = time.perf_counter() + seconds
    for thread in threads:
        thread.join()
    if troubles:
        raise next((t for t in troubles if not isinstance(t, threading.BrokenBarrierError)), troubles[0])
    return timing


def compare(title: str, bare: Make, asked: Make) -> None:
    """Print the figures of both and their ratios, at 1 and at 8 clients."""
    first = 0.0
    for clients in CLIENTS:
        sql, page = measure(bare, clients), measure(asked, clients)
        first = first or page.p50
        tell(f"{title}, {clients} clients: {page}; bare SQL {sql}")
        tell(
            f"    over SQL: p50 {page.p50 / sql.p50:.1f} times, CPU {page.cpu - sql.cpu:+.1f} ms;"
            f" p50 against one client {page.p50 / first:.1f} times"
        )


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# --- who asks


def signed_in(post_id: int) -> str:
    """A session of that post, as sign-in with both factors would make it."""
    from django.contrib.sessions.backends.db import SessionStore

    from yigongti.kernel import clock
    from yigongti.kernel.access.models import Post

    post = Post.objects.select_related("account").get(pk=post_id)
    session = SessionStore()
    seen = int(clock.now().timestamp())
    session.update({"post": post.pk, "password": post.account.password[-16:], "seen": seen, "strong": True})
    session.save()
    return str(session.session_key)


def post_of(role: str, **where: Any) -> int | None:
    """Somebody who holds this role now."""
    from yigongti.kernel.access.models import Post

    found = Post.objects.filter(role=role, ends=None, account__status="active", **where).order_by("pk")
    return found.values_list("pk", flat=True).first()


# --- how it asks


class Door:
    """The application as one signed-in person's browser or program reaches it."""

    TOKEN = "t" * 32  # which also stands in the cookie: all that the check asks for

    def __init__(self, session: str) -> None:
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application
        from django.test import RequestFactory

        self.application = get_wsgi_application()
        host = next((name for name in settings.ALLOWED_HOSTS if name != "*"), "127.0.0.1")
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.TOKEN}"
        self.factory = RequestFactory(SERVER_NAME=host, HTTP_COOKIE=cookies)

    def get(self, path: str, **headers: str) -> bytes:
        """The body of a page that must be there."""
        return self._ask(self.factory.get(path, **headers).environ, "200")[1]

    def post(self, path: str, form: dict[str, Any]) -> str:
        """Where a posted form leads; one that is refused ends the benchmark."""
        environ = self.factory.post(path, {**form, "csrfmiddlewaretoken": self.TOKEN}).environ
        return dict(self._ask(environ, "303")[0])["Location"]

    def send(self, path: str, data: dict[str, Any], key: str) -> bytes:
        """The answer to JSON."""
        environ = self.factory.post(
            path, data, content_type="application/json", HTTP_X_CSRFTOKEN=self.TOKEN, HTTP_IDEMPOTENCY_KEY=key
        ).environ
        return self._ask(environ, "200")[1]

    def _ask(self, environ: dict[str, Any], wanted: str) -> tuple[list[tuple[str, str]], bytes]:
        answered: list[Any] = []
        with closing(self.application(environ, lambda *told: answered.extend(told))) as response:
            body = b"".join(response)
        if not answered[0].startswith(wanted):
            raise SystemExit(f"{environ['PATH_INFO']} answered {answered[0]}: {body.decode()[:2000]}")
        return answered[1], body


def pages(paths: Iterable[str], session: str, **headers: str) -> Make:
    """Asks for one page after the other, on its own thread and database connection."""
    asked = list(paths)

    def make() -> Client:
        from django.db import connections

        door, following = Door(session), cycle(asked)
        return Client(lambda: door.get(next(following), **headers) and None, close=connections.close_all)

    return make


# --- the rival


def sql_of(call: Callable[[], object]) -> list[str]:
    """What one call sends, with its values in it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        call()
    return [query["sql"] for query in asked if query["sql"] and not query["sql"].startswith(SKIPPED)]


def link() -> Any:
    """A bare connection to the same database."""
    import psycopg

    return psycopg.connect(os.environ["YIGONGTI_DATABASE_URL"], autocommit=True)


def replayed(rounds: list[list[str]]) -> Make:
    """Sends what one call after the other sent, on a bare connection, and fetches every row."""

    def make() -> Client:
        bare, following = link(), cycle(rounds)

        def call() -> None:
            for statement in next(following):
                cursor = bare.execute(statement)
                if cursor.description:
                    cursor.fetchall()

        return Client(call, close=bare.close)

    return make


def against_sql(title: str, paths: Iterable[str], session: str, **headers: str) -> None:
    """Compare pages with the SQL that they send, told with their number of statements."""
    asked = list(paths)
    pages(asked[:1], session, **headers)().call()  # what is asked for once in a while is not a page's own
    rounds = [sql_of(pages([path], session, **headers)().call) for path in asked]
    tell(f"{title}: {len(asked)} addresses, {sum(map(len, rounds)) / len(rounds):.0f} statements each")
    compare(title, replayed(rounds), pages(asked, session, **headers))


def run(main: Callable[[], None]) -> None:
    """Run on the county of ./data, of the folder YIGONGTI_DATA or of YIGONGTI_DATABASE_URL."""
    from yigongti.site.running import settings_at_hand

    with settings_at_hand():
        import django

        django.setup()
        main()
