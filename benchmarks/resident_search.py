"""Search as you type, against the bare SQL that it needs, at 1 and 8 clients in the same run.

    .venv/bin/python benchmarks/resident_search.py    # on the demo's county, or the one of YIGONGTI_DATABASE_URL

Three searchers: a village doctor (one village), a township doctor (a township with its villages), data staff (the whole
group); a county doctor too where there are encounters (the relation "treated here"). Each types a common surname, two
initials, a full name, the end of a phone and a given name, one after the other. Pages are asked of the WSGI application
in this process: session, access, audit, template and all. The bare SQL is what these pages sent, replayed by psycopg.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from itertools import cycle
from urllib.parse import urlencode

from benchmarks.record_page import CLIENTS, measure, signed_in, sql_of


ROLES = ("village_doctor", "township_doctor", "data_steward", "county_doctor")

Made = tuple[Callable[[], None], Callable[[], None]]


def texts() -> list[str]:
    """What is typed: the county's most frequent surname, initials and a name of somebody who lives there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(name, 1), left(initials, 2), name, right(phone, 4), substring(name, 2) FROM residents_resident"
            " WHERE stands AND phone <> '' AND char_length(name) = 3 ORDER BY initials, id LIMIT 1 OFFSET 1000"
        )
        row = cursor.fetchone()
    if row is None:
        raise SystemExit("no county here: run ./run demo first")
    return [str(text) for text in row]


def post_of(role: str) -> int | None:
    """Somebody who holds this role now."""
    from yigongti.kernel.access.models import Post

    return Post.objects.filter(role=role, ends=None).order_by("pk").values_list("pk", flat=True).first()


def search_client(typed: list[str], session: str) -> Callable[[], Made]:
    """Types one text after the other, as the search box does, on its own thread and database connection."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from django.test import RequestFactory

    application = get_wsgi_application()
    host = next((name for name in settings.ALLOWED_HOSTS if name != "*"), "127.0.0.1")
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    factory = RequestFactory(SERVER_NAME=host, HTTP_COOKIE=cookie, HTTP_HX_REQUEST="true")

    def make() -> Made:
        following = cycle(f"/residents?{urlencode({'q': text})}" for text in typed)

        def call() -> None:
            answered: list[str] = []
            environ = factory.get(next(following)).environ
            with closing(application(environ, lambda status, headers: answered.append(status))) as response:
                b"".join(response)
            if not answered[0].startswith("200"):
                raise SystemExit(f"the search answered {answered[0]}")

        return call, connections.close_all

    return make


def sql_client(rounds: list[list[str]]) -> Callable[[], Made]:
    """Replays what one search sent after the other on a bare connection, and fetches every row."""
    import os

    import psycopg

    def make() -> Made:
        link = psycopg.connect(os.environ["YIGONGTI_DATABASE_URL"], autocommit=True)
        following = cycle(rounds)

        def call() -> None:
            for statement in next(following):
                cursor = link.execute(statement)  # type: ignore[call-overload]
                if cursor.description:
                    cursor.fetchall()

        return call, link.close

    return make


def main() -> None:
    """Print the figures and their ratios, searcher by searcher."""
    import django

    django.setup()
    typed = texts()
    sys.stdout.write(f"typed: {' · '.join(typed)}\n")
    for role in ROLES:
        post = post_of(role)
        if post is None:
            continue
        session = signed_in(post)
        rounds = [sql_of(search_client([text], session)()[0]) for text in typed]
        first = 0.0
        for clients in CLIENTS:
            bare, page = measure(sql_client(rounds), clients), measure(search_client(typed, session), clients)
            first = first or page.p50
            sys.stdout.write(
                f"{role}, {clients} clients: page p50 {page.p50:.1f} ms, p95 {page.p95:.1f} ms, CPU {page.cpu:.1f} ms;"
                f" bare SQL p50 {bare.p50:.1f} ms, p95 {bare.p95:.1f} ms, CPU {bare.cpu:.1f} ms;"
                f" page / SQL {page.p50 / bare.p50:.1f}; CPU over SQL {page.cpu - bare.cpu:.1f} ms;"
                f" p50 against one client {page.p50 / first:.1f}\n"
            )


if __name__ == "__main__":
    from yigongti.site.running import settings_at_hand

    with settings_at_hand():
        main()
