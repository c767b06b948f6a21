"""A backup restored into an empty folder holds the same rows and the same files."""

import hashlib
import tarfile

import psycopg
import pytest
from psycopg import sql

from tests.site.service import Service, start
from yigongti.kernel import server


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


def test_a_restored_county_equals_the_one_that_was_backed_up(county, open_folder):
    archive = open_folder / "county.tar"
    county.end()
    assert command(open_folder, "backup", str(archive), "--data", str(county.data))[0] == 0
    assert archive.stat().st_mode & 0o077 == 0
    restored = open_folder / "restored"
    assert command(open_folder, "restore", str(archive), "--data", str(restored))[0] == 0
    before, after = rows_of_every_table(county.data), rows_of_every_table(restored)
    assert len(before) > 20
    assert sum(count for count, _ in before.values()) > 0
    assert after == before
    assert files_of(restored) == files_of(county.data) != {}


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
