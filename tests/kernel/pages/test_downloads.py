"""A table that is taken away is whole, says its length, and is in the trail; or it is refused, and there is none."""

import gzip
import io

import pytest
from django.db import connection
from django.middleware.gzip import GZipMiddleware
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from yigongti.kernel.pages import downloads
from yigongti.kernel.pages.downloads import harmless, table_file


pytestmark = pytest.mark.django_db
HEAD = ["姓名", "年龄"]


def made(lines, *, kind="csv", accepts="", taken=None):
    request = RequestFactory().get("/x", headers={"Accept-Encoding": accepts} if accepts else {})
    counts = [] if taken is None else taken
    answer = table_file(request, name="名单", kind=kind, lines=lines, taken=counts.append)
    return GZipMiddleware(lambda _: answer)(request)


def rows(number):
    yield HEAD
    for n in range(number):
        yield [f"王{n}", str(n)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("accepts", ["", "gzip, br"])
@pytest.mark.parametrize("in_memory", [0, 1 << 20])
def test_a_file_is_whole_says_its_length_and_is_told_with_its_rows(kind, accepts, in_memory, monkeypatch):
    monkeypatch.setattr(downloads, "IN_MEMORY", in_memory)
    taken = []
    answer = made(rows(1200), kind=kind, accepts=accepts, taken=taken)
    body = answer.getvalue()
    answer.close()
    assert int(answer.headers["Content-Length"]) == len(body), "packed on the way, it could end anywhere"
    assert answer.headers.get("Content-Encoding", "") == accepts[:4]
    assert "Accept-Encoding" in answer.headers["Vary"]
    plain = gzip.decompress(body) if accepts else body
    if kind == "csv":
        found = [line.split(",") for line in plain.decode("utf-8-sig").splitlines()]
        assert plain.startswith(b"\xef\xbb\xbf")
    else:
        found = CalamineWorkbook.from_filelike(io.BytesIO(plain)).get_sheet_by_index(0).to_python()
    assert (found[0], found[-1], len(found), taken) == (HEAD, ["王1199", "1199"], 1201, [1200])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lines_that_break_off_are_no_file_and_leave_nothing_behind(kind, monkeypatch):
    opened, taken = [], []
    plain = downloads.tempfile.TemporaryFile
    monkeypatch.setattr(downloads.tempfile, "TemporaryFile", lambda: opened.append(plain()) or opened[-1])

    def lines():
        yield from rows(700)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE noted_on_the_way (id int)")
        raise TimeoutError

    with pytest.raises(TimeoutError):
        made(lines(), kind=kind, taken=taken)
    assert not taken
    assert [file.closed for file in opened] == [True]
    assert "noted_on_the_way" not in connection.introspection.table_names()


def test_what_the_trail_cannot_take_is_not_taken_away():
    class Full(list):
        def append(self, count):
            raise OSError

    with pytest.raises(OSError):
        made(rows(3), taken=Full())


def test_a_workbook_goes_on_in_another_sheet_where_one_is_full(monkeypatch):
    monkeypatch.setattr(downloads, "MOST_ROWS", 101)
    for number, sheets in ((0, [0]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])):
        answer = made(rows(number), kind="xlsx")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
        answer.close()
        found = [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]
        assert [len(one) - 1 for one in found] == sheets
        assert all(one[0] == HEAD for one in found)
        assert [line for one in found for line in one[1:]] == [[f"王{n}", str(n)] for n in range(number)]


def test_only_what_a_spreadsheet_would_run_is_disarmed():
    assert [harmless(cell) for cell in ("=1", "+1", "@x", "-1", "心内科", "2026-01-01")] == [
        "'=1", "'+1", "'@x", "'-1", "心内科", "2026-01-01",
    ]  # fmt: skip
