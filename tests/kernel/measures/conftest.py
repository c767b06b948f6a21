"""A little county of bare tables with facts of its own, committed: the lake reads through its own connection."""

from datetime import date
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection

from tests.kernel.measures import counties
from yigongti.kernel.measures import lake, refreshing, sources, touched
from yigongti.kernel.measures.sources import Source, Watched


TABLES = """
CREATE TABLE lakes_place (id bigint PRIMARY KEY, at date, until date, township bigint, grp bigint, county bigint,
                          institution bigint);
CREATE TABLE lakes_person (id bigint PRIMARY KEY, master_id bigint, born date, sex text, note text);
CREATE TABLE lakes_visit (id bigint PRIMARY KEY, person_id bigint, at timestamptz, place_id bigint, managing_id bigint,
                          diagnosis text, inside boolean, money bigint, value numeric);
CREATE TABLE lakes_bed (id bigint PRIMARY KEY, at date, until date, place_id bigint, beds integer);
INSERT INTO lakes_place VALUES (1, '1900-01-01', NULL, 10, 20, 30, 1), (2, '1900-01-01', NULL, 11, 20, 30, 2);
INSERT INTO lakes_person SELECT n, n, '1950-06-15'::date + n::int * 400, '1', '' FROM generate_series(1, 9) n;
INSERT INTO lakes_bed VALUES (1, '2024-01-15', 'infinity', 1, 99), (2, '2024-02-01', '2024-03-01', 2, 20);
INSERT INTO lakes_visit
    SELECT n, n % 9 + 1, '2024-01-01 07:30+08'::timestamptz + n * interval '3 days', n % 2 + 1, 1, 'I10', true, n,
        n / 3.0
    FROM generate_series(0, 29) n;
"""
DROP = "DROP TABLE lakes_place, lakes_person, lakes_visit, lakes_bed CASCADE; DELETE FROM measures_touched"
VISITS = """
SELECT v.id, p.master_id AS person, v.at::date AS at, m.born, v.place_id AS institution, v.managing_id AS managing,
    v.diagnosis, m.sex, v.inside, v.money, v.value
FROM lakes_visit v JOIN lakes_person p ON p.id = v.person_id JOIN lakes_person m ON m.id = p.master_id
WHERE v.at >= {starts} AND v.at < {ends}
"""
OF_PEOPLE = "SELECT v.at FROM changed JOIN lakes_visit v ON v.person_id = changed.id"


def own_sources():
    return {
        source.fact.code: source
        for source in (
            Source(fact=counties.places, watched=(Watched("lakes_place"),),
                   sql='SELECT institution, at, until, township, grp AS "group", county FROM lakes_place'),
            Source(fact=counties.events, sql=VISITS, watched=(
                Watched("lakes_visit", day="at"),
                Watched("lakes_person", columns=("master_id", "born", "sex"), days=OF_PEOPLE))),
            Source(fact=counties.spans, watched=(Watched("lakes_bed"),),
                   sql="SELECT id, NULL AS person, at, until, NULL AS born, place_id AS institution, NULL AS sex, beds,"
                       " true AS inside FROM lakes_bed"),
        )
    }  # fmt: skip


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker):
    """As pytest-django's, but without the sweeping: whoever commits here drops what it made."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def lakeside(transactional_db, settings, tmp_path, monkeypatch):
    """Tables, triggers and a connection beside Django's, on which another writer writes."""
    settings.DATA_FOLDER = tmp_path
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        with monkeypatch.context() as patched:
            patched.setattr(sources, "_registered", own_sources())
            patched.setattr(lake, "_followers", [])
            touched.watch()
            with psycopg.connect(refreshing.dsn()) as writer:
                yield SimpleNamespace(writer=writer, run=cursor.execute, folder=tmp_path / "lake")
        cursor.execute(DROP)
        touched.watch()
        connection.close()


def month(number):
    return date(2024, number, 1)
