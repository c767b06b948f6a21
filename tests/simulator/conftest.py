"""A small county, made once for all tests that only look at it, and rolled back."""

from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import override_settings

from yigongti import simulator


RESIDENTS = 2_000


def quiet(_title, _done, _total):
    pass


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def one(statement, *values):
    return rows(statement, *values)[0][0]


@pytest.fixture(scope="module")
def county(request, django_db_setup, django_db_blocker, tmp_path_factory):
    assert request.node.get_closest_marker("django_db"), "unmarked, the file run alone would have no test database"
    folder = tmp_path_factory.mktemp("county")
    with django_db_blocker.unblock(), override_settings(DATA_FOLDER=folder), transaction.atomic():
        made = simulator.build(residents=RESIDENTS, seed=7, progress=quiet)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # references are checked now: there will be no commit
        yield SimpleNamespace(summary=made, truth=made.truth, folder=folder)
        transaction.set_rollback(True)
