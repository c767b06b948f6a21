"""A backup restored into an empty folder holds the same rows, the same files, and opens what was frozen."""

import hashlib
import tarfile
from datetime import UTC, date, datetime, timedelta

import duckdb
import psycopg
import pytest
from psycopg import sql

from tests.kernel.measures import counties
from tests.site.service import Service, start
from yigongti.kernel import server
from yigongti.kernel.measures import lake
from yigongti.kernel.measures.engines import LakeEngine
from yigongti.kernel.measures.expressions import columns_of
from yigongti.kernel.measures.lake import Held, Snapshot
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Key, Wanted


@pytest.fixture
def county(open_folder):
    """A service that has been at work, with files and a read not yet in the trail."""
    service = Service(open_folder, prepared=True).wait_until_up()
    store = service.data / "files" / "ab"
    store.mkdir()
    (store / "abcd").write_bytes(b"a report" * 1000)
    (service.data / "journal" / "reads.jsonl").write_text('{"key": 1}\n', encoding="utf-8")
    yield service
    service.end()


def command(folder, *arguments):
    output = folder / "command.txt"
    code = start(*arguments, to=output).wait(120)
    return code, output.read_text(encoding="utf-8")


def rows_of_every_table(data):
    """table -> how many rows, and a hash of all of them in order."""
    running = server.start(folder=data / "postgres", log=data / "log" / "again.log")
    try:
        with psycopg.connect(running.dsn()) as session:
            names = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return {name: fingerprint(session, name) for (name,) in names}
    finally:
        running.stop()


def fingerprint(session, table):
    query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
    rows = [row for (row,) in session.execute(query)]
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()


def files_of(data):
    tops = [data / "files", data / "journal"]
    return {path.relative_to(data): path.read_bytes() for top in tops for path in top.rglob("*") if path.is_file()}


JANUARY_9 = date(2024, 1, 9)
CUT = datetime(2024, 2, 3, tzinfo=UTC)
JANUARY = Wanted(
    selection=counties.events.rows().sum("money"), asked=Asked(Period.read("2024-01"), "institution", "institution"),
    key=Key(7),
)  # fmt: skip


def rows_of(of, money):
    """A month of visits to an institution, in a snapshot of its own."""
    columns = columns_of(counties.events)
    given = {"id": of.number, "person": 5, "at": JANUARY_9, "institution": 7, "money": money}
    told = ", ".join(f"CAST({_written(given.get(name))} AS {_typed(kind)}) AS {name}" for name, kind in columns.items())
    half = lake.folder() / "half.part"
    half.parent.mkdir(exist_ok=True)
    duckdb.execute(f"COPY (SELECT {told}) TO '{half}' (FORMAT parquet)")
    file = lake.File(lake.settle(half, lake.folder() / "events" / "month=2024-01"), 1)
    return lake.publish(Snapshot(0, of.cut, {"events": Held("own", {"2024-01": file})}))


def _written(value):
    return "NULL" if value is None else f"'{value}'"


def _typed(kind):
    return {"string": "VARCHAR", "int64": "BIGINT"}.get(kind, kind)


def freeze_a_month(county, settings):
    """Three states of the data; of the middle one a figure is published."""
    settings.DATA_FOLDER = county.data
    for number, money in enumerate((100, 200, 300)):
        rows_of(Snapshot(number, CUT + timedelta(days=number)), money)
    lake.keep(2)
    with psycopg.connect((county.data / "run" / "database").read_text()) as session:
        session.execute("INSERT INTO access_unit (id, code, name, kind, path) VALUES (7, 'X', '某院', 'group', '/7/')")
        session.execute(
            "INSERT INTO workflow_case (id, number, workflow, state, version, title, urgent, turn_part, opened_at,"
            " entered_at, classes) VALUES (1, 'ZB1', 'indicators.release', 'published', 1, '', false, '', now(), now(),"
            " '{}')"
        )
        session.execute(
            "INSERT INTO indicators_release (case_id, what, level, period, title, note, doubt, verdict, why, version,"
            " fingerprint) VALUES (1, 'x', 'institution', '2024-01', '', '', '', '', '', 1, '')"
        )
        session.execute(
            "INSERT INTO indicators_frozencell (release_id, indicator, version, level, place_id, period, starts,"
            " status, value, small, why, gaps, snapshot, cut, fingerprint) VALUES (1, 'x', '1', 'institution', 7,"
            " '2024-01', '2024-01-01', 'final', 2, false, '', '[]', '2', %s, '')",
            [CUT + timedelta(days=1)],
        )
        session.execute("UPDATE indicators_release SET frozen_at = now()")


def opened(data):
    """The rows behind the frozen figure, as its cut in the database says."""
    running = server.start(folder=data / "postgres", log=data / "log" / "again.log")
    try:
        with psycopg.connect(running.dsn()) as session:
            (cut,) = session.execute("SELECT cut FROM indicators_frozencell").fetchone()
    finally:
        running.stop()
    counted = LakeEngine([(data / "lake", lake.since(cut, data / "lake"))], settled_by=counties.settle)
    return counted.measure(JANUARY.selection, JANUARY.asked), counted.rows(JANUARY)


def test_a_restored_county_equals_the_one_that_was_backed_up_and_opens_what_was_frozen(county, open_folder, settings):
    archive = open_folder / "county.tar"
    freeze_a_month(county, settings)
    county.end()
    code, said = command(open_folder, "backup", str(archive), "--data", str(county.data))
    assert code == 0 and "1 个快照（3 个文件" in said, said
    assert archive.stat().st_mode & 0o077 == 0
    restored = open_folder / "restored"
    assert command(open_folder, "restore", str(archive), "--data", str(restored))[0] == 0
    before, after = rows_of_every_table(county.data), rows_of_every_table(restored)
    assert len(before) > 20
    assert sum(count for count, _ in before.values()) > 0
    assert after == before
    assert files_of(restored) == files_of(county.data) != {}
    number, rows = opened(restored)
    assert number == {Key(7): 200} and [(row["id"], row["at"], row["money"]) for row in rows] == [(1, JANUARY_9, 200)]
    assert len(list((restored / "lake").rglob("*.parquet"))) == 1
    assert lake.newest(restored / "lake") is None and lake.last_given(restored / "lake") == 3


def test_a_county_at_work_can_be_backed_up(county, open_folder):
    archive = open_folder / "county.tar"
    (county.data / "files" / "tmpwriting").write_bytes(b"half")
    code, said = command(open_folder, "backup", str(archive), "--data", str(county.data))
    assert code == 0, said
    with tarfile.open(archive) as tar:
        assert {"manifest.json", "database.dump", "files/ab/abcd"} <= set(tar.getnames())
        assert "files/tmpwriting" not in tar.getnames()
    assert county.health()[0] == 200


def test_a_damaged_archive_restores_nothing(county, open_folder):
    archive = open_folder / "county.tar"
    command(open_folder, "backup", str(archive), "--data", str(county.data))
    content = bytearray(archive.read_bytes())
    place = content.index(b"a report")
    content[place : place + 8] = b"A REPORT"
    archive.write_bytes(content)
    restored = open_folder / "restored"
    code, said = command(open_folder, "restore", str(archive), "--data", str(restored))
    assert code == 1
    assert "已损坏" in said
    assert not restored.exists()


def test_neither_an_archive_nor_a_county_is_written_over(county, open_folder):
    archive = open_folder / "county.tar"
    archive.write_text("mine")
    assert "已存在" in command(open_folder, "backup", str(archive), "--data", str(county.data))[1]
    assert "不是空的" in command(open_folder, "restore", str(archive), "--data", str(county.data))[1]
    assert archive.read_text() == "mine"
