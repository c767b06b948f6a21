"""The fitness of a database, and the embedded server through its life and its deaths."""

import os
import signal
import subprocess
import sys
import time

import psutil
import psycopg
import pytest
from django.db import connection
from psycopg import sql

from yigongti.kernel import database, server


@pytest.fixture
def postgres():
    with server.temporary() as running:
        yield running


@pytest.mark.django_db
def test_the_letters_of_a_chinese_name_are_letters_to_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('张桂兰'))")
        assert cursor.fetchone()[0] > 0


def test_the_embedded_server_listens_on_a_closed_socket_only(postgres):
    with psycopg.connect(postgres.dsn()) as session:
        assert session.execute("SHOW listen_addresses").fetchone() == ("",)
    assert (postgres.socket.stat().st_mode & 0o777) == 0o700


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("ENCODING 'UTF8' LOCALE_PROVIDER 'libc' LOCALE 'C'", "UTF8, C / C"),
        ("ENCODING 'SQL_ASCII' LOCALE_PROVIDER 'libc' LOCALE 'C'", "SQL_ASCII"),
    ],
)
def test_a_database_of_another_locale_is_refused_and_named(postgres, options, found):
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as session:
        session.execute(sql.SQL("CREATE DATABASE odd TEMPLATE template0 " + options))
    with pytest.raises(database.Unusable, match=found):
        database.prepare(dsn=postgres.dsn("odd"))


def test_a_libc_database_in_c_utf8_is_taken(postgres):
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as session:
        session.execute("CREATE DATABASE fit TEMPLATE template0 LOCALE_PROVIDER 'libc' LOCALE 'C.UTF-8'")
    database.prepare(dsn=postgres.dsn("fit"))
    with psycopg.connect(postgres.dsn("fit")) as session:
        rows = session.execute("SELECT extname FROM pg_extension").fetchall()
    assert set(database.EXTENSIONS) <= {name for (name,) in rows}


def test_an_unreachable_database_is_one_sentence():
    with pytest.raises(database.Unusable, match="连接不上数据库"):
        database.prepare(dsn="host=/nonexistent dbname=yigongti")


def test_what_was_committed_survives_a_killed_server(open_folder):
    first = server.start(folder=open_folder / "postgres", log=open_folder / "log")
    with psycopg.connect(first.dsn()) as session:
        session.execute("CREATE TABLE kept AS SELECT 7 AS number")
    first.process.kill()
    first.process.wait()
    second = server.start(folder=open_folder / "postgres", log=open_folder / "log")
    try:
        with psycopg.connect(second.dsn()) as session:
            assert session.execute("SELECT number FROM kept").fetchone() == (7,)
    finally:
        second.stop()


def test_a_server_that_outlived_its_supervisor_is_ended_and_replaced(open_folder):
    first = server.start(folder=open_folder / "postgres", log=open_folder / "log")
    second = server.start(folder=open_folder / "postgres", log=open_folder / "log")
    try:
        assert first.process.wait(5) == 0
        assert second.process.poll() is None
    finally:
        second.stop()


def test_the_number_of_a_dead_server_given_to_a_stranger_does_not_stop_a_start(open_folder):
    folder = open_folder / "postgres"
    server.start(folder=folder, log=open_folder / "log").stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (folder / "postmaster.pid").write_text(f"{stranger.pid}\n{folder}\n1\n5432\n\n\n0 0\nready\n")
        again = server.start(folder=folder, log=open_folder / "log")
        again.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_half_a_cluster_is_made_anew(open_folder):
    folder = open_folder / "postgres"
    folder.mkdir()
    (folder / "base").mkdir()
    (folder / "half").write_text("killed here")
    running = server.start(folder=folder, log=open_folder / "log")
    running.stop()
    assert (folder / "PG_VERSION").exists()


def test_a_path_too_long_for_a_socket_gets_a_short_one(open_folder):
    deep = open_folder / ("深" * 30) / ("x" * 60)
    deep.mkdir(parents=True)
    running = server.start(folder=deep / "postgres", log=deep / "log")
    try:
        assert len(os.fsencode(running.socket)) <= server.LONGEST_SOCKET_FOLDER
        assert (running.socket.stat().st_mode & 0o777) == 0o700
    finally:
        running.stop()
    assert not running.socket.exists()


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="only Linux ends a child with its parent")
def test_a_killed_parent_takes_the_server_along(open_folder):
    program = (
        "import sys, time; from pathlib import Path; from yigongti.kernel import server;"
        f"s = server.start(folder=Path({str(open_folder / 'postgres')!r}), log=Path({str(open_folder / 'log')!r}));"
        "print(s.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not psutil.pid_exists(pid):
            return
        time.sleep(0.1)
    pytest.fail("the server is still there")
