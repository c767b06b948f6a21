"""Prepared statements: what is posted goes last, savepoints keep their own, a dead connection is made anew."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from yigongti.kernel import prepared
from yigongti.kernel.parameters.models import ParameterValue


NOTED = "INSERT INTO noted (word) VALUES (%(word)s)"


@pytest.fixture
def noted(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE noted (id int GENERATED ALWAYS AS IDENTITY, word text) ON COMMIT DROP")
    return lambda: [word for (word,) in prepared.fetched("SELECT word FROM noted ORDER BY id")]


@pytest.mark.parametrize("prepare", [True, False])
def test_values_come_back_as_they_went(db, prepare):
    moment = datetime(2026, 3, 1, 8, tzinfo=UTC)
    given = {"number": 70_000, "many": [1, 70_000], "word": "100% 张", "exact": Decimal("1.10"), "at": moment,
             "nothing": None, "words": ['a "b"', "c\\d, e", "", "NULL", "{张}"], "none": []}  # fmt: skip
    sql = """SELECT %(number)s::bigint, %(many)s::bigint[], %(word)s::text, %(exact)s::numeric, %(at)s::timestamptz,
             %(nothing)s::int, '%%', %(number)s::bigint, %(words)s::text[], %(none)s::text[]"""
    ((number, many, word, exact, at, nothing, percent, again, words, none),) = prepared.fetched(
        sql, given, prepare=prepare
    )
    assert (number, many, word, str(exact), at) == (70_000, [1, 70_000], "100% 张", "1.10", moment)
    assert (nothing, percent, again, words, none) == (None, "%", 70_000, given["words"], [])


def test_a_statement_is_prepared_and_planned_once_whatever_its_numbers(db):
    sql = "SELECT %(n)s::bigint + 1 -- one plan"
    assert [prepared.fetched(sql, {"n": n})[0][0] for n in (1, 70_000, 1 << 40)] == [2, 70_001, (1 << 40) + 1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements"
                       " WHERE statement LIKE '%-- one plan'")  # fmt: skip
        assert cursor.fetchall() == [(3, 0)]


def test_what_is_planned_for_its_values_goes_with_them_written_into_it(db):
    seen = "SELECT current_query() WHERE %(n)s::int > 0"
    assert prepared.fetched(seen, {"n": 70_000}, prepare=False)[0][0].endswith("70000::int > 0")
    assert prepared.fetched(seen, {"n": 70_000})[0][0].endswith("$1::int > 0")


def test_what_is_posted_goes_at_the_end_in_its_order(noted):
    with prepared.posting():
        prepared.post(NOTED, {"word": "first"})
        with prepared.posting():
            prepared.post(NOTED, {"word": "second"})
        assert noted() == []
        prepared.flush()
        assert noted() == ["first", "second"]
        prepared.post(NOTED, {"word": "third"})
    assert noted() == ["first", "second", "third"]


def test_outside_of_a_block_it_goes_at_once(noted):
    prepared.post(NOTED, {"word": "now"})
    assert noted() == ["now"]


def test_a_savepoint_that_is_given_up_takes_what_was_posted_in_it_along(noted):
    with prepared.posting():
        prepared.post(NOTED, {"word": "kept"})
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            prepared.post(NOTED, {"word": "given up"})
            raise ZeroDivisionError
    assert noted() == ["kept"]


def test_a_block_that_fails_posts_nothing(noted):
    with pytest.raises(ZeroDivisionError), prepared.posting():
        prepared.post(NOTED, {"word": "lost"})
        raise ZeroDivisionError
    assert noted() == []


def test_what_is_posted_together_is_one_statement_but_for_what_goes_apart(noted):
    with CaptureQueriesContext(connection) as seen, prepared.posting():
        for word in ("one", "two"):
            prepared.post(NOTED, {"word": word})
        prepared.post("INSERT INTO noted (word) SELECT word || %(more)s FROM noted", {"more": "!"}, apart=True)
        prepared.post(NOTED, {"word": "100%"})
    assert noted() == ["one", "two", "one!", "two!", "100%"]
    assert len(seen) == 3


def alone(work):
    """What `work` gives on a connection of its own, where no test's transaction is open."""

    def run():
        try:
            with connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE noted (id int GENERATED ALWAYS AS IDENTITY, word text NOT NULL)")
            found.append(work())
        finally:
            connection.close()

    found = []
    thread = Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_a_whole_write_ends_with_what_it_posted(db):
    def work():
        done = []
        with prepared.whole():
            prepared.post(NOTED, {"word": "first"})
            assert prepared.fetched("SELECT count(*) FROM noted") == [(0,)]
            prepared.post(NOTED, {"word": "second"})
            transaction.on_commit(lambda: done.append(prepared.fetched("SELECT count(*) FROM noted")[0][0]))
        assert done == [2] and not connection.in_atomic_block
        with pytest.raises(IntegrityError), prepared.whole():
            prepared.post(NOTED, {"word": "third"})
            prepared.post(NOTED, {"word": None})
        with pytest.raises(ZeroDivisionError), prepared.whole():
            prepared.post(NOTED, {"word": "fourth"})
            raise ZeroDivisionError
        with prepared.whole():
            assert prepared.fetched("SELECT word FROM noted ORDER BY id") == [("first",), ("second",)]
        return prepared.fetched("SELECT word FROM noted ORDER BY id")

    assert alone(work) == [("first",), ("second",)]


@pytest.mark.parametrize("first", [0, 0.05])
@pytest.mark.parametrize("then", [0, 0.05])
def test_a_whole_write_that_fails_keeps_its_connection_however_its_answers_come(db, first, then):
    def work():
        mine = prepared.fetched("SELECT pg_backend_pid()")
        for _ in range(3):
            with pytest.raises(IntegrityError), prepared.whole():
                prepared.post("SELECT pg_sleep(%(long)s)", {"long": first}, apart=True)
                prepared.post(NOTED, {"word": None}, apart=True)
                prepared.post("SELECT pg_sleep(%(long)s)", {"long": then}, apart=True)
        return prepared.fetched("SELECT pg_backend_pid()") == mine

    assert alone(work)


def test_rows_of_a_model_get_their_keys_in_their_order(db):
    rows = [{"code": "kernel.test", "begins": "2026-01-0" + str(n), "value": [n, "张"], "source": "试",
             "entered_by_id": None, "entered_at": datetime(2026, 1, n, tzinfo=UTC)} for n in (1, 2, 3)]  # fmt: skip
    keys = [key for (key,) in prepared.insert(ParameterValue, rows, returning="id")]
    assert [ParameterValue.objects.get(pk=key).value for key in keys] == [[1, "张"], [2, "张"], [3, "张"]]
    assert prepared.insert(ParameterValue, [], returning="id") == []


def test_statements_are_seen_by_who_counts_them(db):
    with CaptureQueriesContext(connection) as seen:
        prepared.fetched("\nSELECT 1")
    assert [query["sql"] for query in seen] == ["SELECT 1"]


def test_a_connection_that_died_is_made_anew(db):
    def ask_twice():  # in a thread, which has a connection of its own
        try:
            found.append(prepared.fetched_first("SELECT 7", {}))
            connection.connection.close()
            found.append(prepared.fetched_first("SELECT 7", {}))
        finally:
            connection.close()

    found = []
    thread = Thread(target=ask_twice)
    thread.start()
    thread.join()
    assert found == [[(7,)], [(7,)]]
