"""The stop-watch of all benchmarks: the application against the bare SQL that it sends, at 1 and 8 clients in one run.

Wall times are those of HTTP clients before the web service as a county runs it, one process a core. CPU a call is taken
beside it with one client, in this process and on the asking thread: middleware, session, access, audit, template and
all. The bare SQL is what these requests sent, replayed by psycopg on as many connections; what PostgreSQL itself burns
shows in the wall times of both.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from typing import Any
from urllib.parse import urlencode


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


def compare(title: str, bare: Make, inside: Make, served: Make) -> None:
    """Print the figures of the three and their ratios: CPU inside this process, wall times of HTTP clients."""
    cpu, sql_cpu = measure(inside, 1).cpu, measure(bare, 1).cpu
    tell(f"{title}: CPU {cpu:.1f} ms a call, {cpu - sql_cpu:+.1f} ms over its SQL")
    first = 0.0
    for clients in CLIENTS:
        sql, page = measure(bare, clients), measure(served, clients)
        first = first or page.p50
        tell(f"    {clients} clients: p50 {page.p50:.1f} ms, p95 {page.p95:.1f} ms; bare SQL p50 {sql.p50:.1f} ms;"
             f" {page.p50 / sql.p50:.1f} times its SQL, {page.p50 / first:.1f} times one client")  # fmt: skip


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
    """What a signed-in person's browser or program says to the house; how it is carried there differs."""

    TOKEN = "t" * 32  # which also stands in the cookie: all that the check asks for

    def __init__(self, session: str) -> None:
        from django.conf import settings

        self.host = next((name for name in settings.ALLOWED_HOSTS if name != "*"), "127.0.0.1")
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.TOKEN}"

    def get(self, path: str) -> bytes:
        """The body of a page that must be there."""
        return self.ask("GET", path, "", b"", {}, 200)[1]

    def post(self, path: str, form: dict[str, Any]) -> str:
        """Where a posted form leads; one that is refused ends the benchmark."""
        body = urlencode({**form, "csrfmiddlewaretoken": self.TOKEN}).encode()
        return self.ask("POST", path, "application/x-www-form-urlencoded", body, {}, 303)[0]

    def send(self, path: str, data: dict[str, Any], key: str) -> bytes:
        """The answer to JSON."""
        more = {"X-CSRFToken": self.TOKEN, "Idempotency-Key": key}
        return self.ask("POST", path, "application/json", json.dumps(data).encode(), more, 200)[1]

    def ask(
        self, method: str, path: str, kind: str, body: bytes, more: dict[str, str], wanted: int
    ) -> tuple[str, bytes]:
        """Where the answer leads and what it says."""
        raise NotImplementedError

    def close(self) -> None:
        """Leave."""


class Inside(Door):
    """Asks the application in this process, on its own thread and database connection."""

    def __init__(self, session: str) -> None:
        from django.core.wsgi import get_wsgi_application
        from django.test import RequestFactory

        super().__init__(session)
        self.application = get_wsgi_application()
        self.factory = RequestFactory(SERVER_NAME=self.host, HTTP_COOKIE=self.cookies)

    def ask(
        self, method: str, path: str, kind: str, body: bytes, more: dict[str, str], wanted: int
    ) -> tuple[str, bytes]:
        environ = self.factory.generic(method, path, body, kind, headers=more).environ
        answered: list[Any] = []
        with closing(self.application(environ, lambda *told: answered.extend(told))) as response:
            said = b"".join(response)
        require(path, int(answered[0][:3]), wanted, said)
        return dict(answered[1]).get("Location", ""), said

    def close(self) -> None:
        from django.db import connections

        connections.close_all()


class Served(Door):
    """Asks the web service over one kept connection, as a browser does."""

    def __init__(self, session: str) -> None:
        super().__init__(session)
        self.link = http.client.HTTPConnection("127.0.0.1", service_port(), timeout=60)

    def ask(
        self, method: str, path: str, kind: str, body: bytes, more: dict[str, str], wanted: int
    ) -> tuple[str, bytes]:
        headers = {"Cookie": self.cookies, "Host": self.host, **({"Content-Type": kind} if kind else {}), **more}
        self.link.request(method, path, body or None, headers)
        answer = self.link.getresponse()
        said = answer.read()
        require(path, answer.status, wanted, said)
        return answer.getheader("Location", ""), said

    def close(self) -> None:
        self.link.close()


def require(path: str, status: int, wanted: int, said: bytes) -> None:
    """A benchmark of refusals would be fast and worthless."""
    if status != wanted:
        raise SystemExit(f"{path} answered {status}: {said.decode()[:2000]}")


@cache
def service_port() -> int:
    """The web service as a county runs it, started for this run and ended with it; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "yigongti.site", "web", "--port", str(port)]
    service = subprocess.Popen(command)
    atexit.register(service.wait)
    atexit.register(service.terminate)
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return port
        time.sleep(0.1)
    raise SystemExit("the web service did not start")


def pages(paths: Iterable[str], session: str, carried: type[Door]) -> Make:
    """Asks for one page after the other."""
    asked = list(paths)

    def make() -> Client:
        door, following = carried(session), cycle(asked)
        return Client(lambda: door.get(next(following)) and None, close=door.close)

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


def against_sql(title: str, paths: Iterable[str], session: str) -> None:
    """Compare pages with the SQL that they send, told with their number of statements."""
    asked = list(paths)
    pages(asked[:1], session, Inside)().call()  # what is asked for once in a while is not a page's own
    rounds = [sql_of(pages([path], session, Inside)().call) for path in asked]
    tell(f"{title}: {len(asked)} addresses, {sum(map(len, rounds)) / len(rounds):.0f} statements each")
    compare(title, replayed(rounds), pages(asked, session, Inside), pages(asked, session, Served))


def run(main: Callable[[], None]) -> None:
    """Run on the county of ./data, of the folder YIGONGTI_DATA or of YIGONGTI_DATABASE_URL."""
    from yigongti.site.running import settings_at_hand

    with settings_at_hand():
        import django

        django.setup()
        main()
