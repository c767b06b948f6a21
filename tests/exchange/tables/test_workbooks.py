"""Workbooks as office software writes them, in three formats, and what they must not do to us."""

# ruff: noqa: DTZ001 - a cell of a workbook knows no time zone

from __future__ import annotations

import io
import resource
import struct
import zipfile
from datetime import date, datetime

import pytest

from tests.exchange.tables.making import (
    SHEET_XML,
    ods_row,
    open_document,
    packed,
    read,
    table,
    with_part,
    workbook,
)
from tests.exchange.tables.samples import OLD_WORKBOOK
from yigongti.exchange.tables.opening import Line, Skipped, opened
from yigongti.exchange.tables.refusing import (
    CellTooLong,
    Damaged,
    Encrypted,
    NoLines,
    NotATable,
    TooFar,
    TooLong,
    TooWide,
    Unpacked,
)


HEAD = ("姓名", "出生日期", "身份证号", "电话", "费用（元）")


SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def prefixed(xml):
    """The same with cells under a prefix."""
    xml = xml.replace(b"<c ", b"<x:c ").replace(b"</c>", b"</x:c>")
    return xml.replace(b"<worksheet ", f'<worksheet xmlns:x="{SPACE}" '.encode())


def rows(data, **more):
    return [line.cells for line in table(data, **more).lines]


def test_cells_become_the_texts_that_people_see():
    data = workbook(
        HEAD,
        ("张三", date(1958, 3, 4), "140781195803041226", 13935400000, 12.5),
        ("李四", datetime(2026, 2, 3, 14, 5), 1.0, True, 0.1 + 0.2),
    )
    assert rows(data) == [
        ("张三", "1958-03-04", "140781195803041226", "13935400000", "12.5"),
        ("李四", "2026-02-03 14:05", "1", "TRUE", "0.3"),
    ]
    values, problems = read(data)
    assert values[0]["born"] == date(1958, 3, 4) and values[0]["fee"] == 1250
    assert [len(one) for one in problems] == [0, 0]


def test_small_and_large_numbers_have_no_exponent_until_digits_are_lost():
    data = workbook(("a", "b", "c", "d"), (0.0000001, 999999999999999, 140781195803041226, -2.5))
    assert opened(data, most_rows=9).lines.__next__().cells == ("0.0000001", "999999999999999", "1.40781E+17", "-2.5")


def test_a_card_number_that_lost_its_digits_is_named():
    _values, [[said]] = read(workbook(HEAD, ("张三", date(1958, 3, 4), 140781195803041226)))
    assert said == "身份证号：表格软件把身份证号变成了 1.40781E+17，末位已丢失，请把这一列设为文本后重新填写"


def test_a_number_where_a_day_belongs_is_no_day():
    _values, [[said]] = read(workbook(HEAD, ("张三", 21248)))
    assert said == "出生日期“21248”：这是表格软件里日期的序号，请把这一列设为日期格式后重新保存"


def formulas(book, page):
    page.write_formula(1, 2, "=1+1", None, 77)
    page.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    page.write_formula(2, 2, '=""', None, "blank")
    page.write_formula(2, 3, "=NA()", None, "#N/A")


def test_formulas_give_their_kept_value_and_their_errors_a_name():
    data = workbook(HEAD, ("张三", date(1958, 3, 4)), ("李四", date(1958, 3, 4)), edit=formulas)
    data = with_part(data, SHEET_XML, lambda xml: xml.replace(b"<v>blank</v>", b"<v></v>"))
    assert rows(data) == [("张三", "1958-03-04", "77", "#DIV/0!", ""), ("李四", "1958-03-04", "", "#N/A", "")]
    assert read(data)[1] == [
        ["电话：公式出错（#DIV/0!），请在表格里改好公式或填入结果"],
        ["电话：公式出错（#N/A），请在表格里改好公式或填入结果"],
    ]


def test_a_formula_that_nobody_has_worked_out_is_named():
    data = workbook(HEAD, ("张三", date(1958, 3, 4)), edit=formulas)
    data = with_part(data, SHEET_XML, lambda xml: xml.replace(b"<v>77</v>", b""))
    assert rows(data)[0][2] == "#未计算"
    assert "还没有算出结果" in read(data)[1][0][0]


@pytest.mark.parametrize(
    "change",
    [
        prefixed,
        lambda xml: xml.replace(b'r="D2"', b"r='D2'"),
        lambda xml: xml.replace(b"<sheetData>", b"<!-- x --><sheetData>"),
    ],
    ids=["prefix", "quotes", "comment"],
)
def test_a_sheet_written_otherwise_says_the_same(change):
    data = workbook(HEAD, ("张三", date(1958, 3, 4)), ("李四", date(1958, 3, 4)), edit=formulas)
    assert rows(with_part(data, SHEET_XML, change)) == rows(data)


def test_cells_without_places_stand_one_after_another():
    def without_places(xml):
        for place in (b"A1", b"B1", b"A2", b"B2"):
            xml = xml.replace(b'<c r="' + place + b'"', b"<c")
        return xml

    data = with_part(workbook(("姓名", "出生日期"), ("张三", "x")), SHEET_XML, without_places)
    assert rows(data) == [("张三", "x")]


def test_rows_keep_their_numbers_below_titles_and_blank_rows_and_right_of_blank_columns():
    data = workbook(
        ("居民名单",),
        (),
        (None, "姓名", "出生日期", "性别", None),
        (),
        (None, "张三", "1958-03-04", "男"),
        (None, None),
        (None, "合计", 1),
    )
    found = table(data)
    assert (found.format, found.sheet_name, found.head_number) == ("excel", "居民", 3)
    assert found.head == ("", "姓名", "出生日期", "性别") and found.above == (Line(1, ("居民名单", "", "", "")),)
    assert list(found.lines) == [Line(5, ("", "张三", "1958-03-04", "男"))]
    assert found.skipped == [Skipped(7, "total")]
    shifted = table(workbook((), (None, "姓名", "出生日期"), (None, "张三", "x")))
    assert (shifted.head, list(shifted.lines)) == (("", "姓名", "出生日期"), [Line(3, ("", "张三", "x"))])


def test_a_cell_merged_over_rows_counts_for_each_and_is_told():
    def merged(book, page):
        page.merge_range("A1:E1", "2026 年名单")
        page.merge_range("B3:B5", "1958-03-04")

    data = workbook((), ("姓名", "出生日期"), ("张三",), ("李四",), ("王五",), ("赵六", "1960-01-02"), edit=merged)
    found = table(data)
    assert [line.cells[:2] for line in found.lines] == [
        ("张三", "1958-03-04"),
        ("李四", "1958-03-04"),
        ("王五", "1958-03-04"),
        ("赵六", "1960-01-02"),
    ]
    assert found.filled_merges == 1 and found.head_number == 2


def test_hidden_rows_are_read_and_told():
    data = workbook(
        HEAD, ("张三", "1"), ("李四", "2"), edit=lambda book, page: page.set_row(1, None, None, {"hidden": True})
    )
    found = table(data)
    assert found.hidden_rows == 1 and len(list(found.lines)) == 2


def test_the_first_visible_sheet_with_a_header_is_read_and_the_others_named():
    def hide(book, page):
        book.worksheets()[1].activate()
        page.hide()

    data = workbook(
        ("姓名", "出生日期"),
        ("藏", "1"),
        edit=hide,
        sheets=[("封面", [("说明",), ("x",)]), ("空", []), ("名单", [HEAD, ("张三", "1")]), ("旧", [HEAD])],
    )
    found = table(data)
    assert found.sheet_name == "名单" and found.other_sheets == ("封面", "空", "旧")


def test_a_workbook_of_before_2007_is_read():
    found = table(OLD_WORKBOOK)
    assert (found.head, found.hidden_rows) == (("姓名", "出生日期", "次数", "比值"), 1)
    assert [line.cells for line in found.lines] == [
        ("张三", "1958-03-04", "3", "1.5"),
        ("李四", "2026.2.31", "13935400000", ""),
        ("王五", "", "1.40781E+17", ""),
    ]


def test_errors_in_a_workbook_of_before_2007_are_named():
    place = _formula_at(row=2, column=3)
    broken = bytearray(OLD_WORKBOOK)
    broken[place + 10 : place + 18] = b"\x02\0\x07\0\0\0\xff\xff"
    assert [line.cells[3] for line in table(bytes(broken)).lines] == ["1.5", "#DIV/0!", ""]


def _formula_at(*, row, column):
    place = -1
    while (place := OLD_WORKBOOK.find(b"\x06\x00", place + 1)) >= 0:
        if OLD_WORKBOOK[place + 4 : place + 8] == struct.pack("<HH", row, column):
            return place
    raise LookupError


def test_an_open_document_is_read():
    data = open_document(
        ods_row("姓名", "出生日期", "费用（元）", "电话")
        + ods_row(
            "张三",
            '<table:table-cell office:value-type="date" office:date-value="1958-03-04"/>',
            '<table:table-cell office:value-type="float" office:value="12.5"/>',
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
            'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>',
        )
        + ods_row("李四", "1960-01-02", said=' table:visibility="collapse"')
        + '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    found = table(data)
    assert [line.cells for line in found.lines] == [
        ("张三", "1958-03-04", "12.5", "#DIV/0!"),
        ("李四", "1960-01-02", "", ""),
    ]
    assert found.hidden_rows == 1 and found.sheet_name == "居民"


GOOD = workbook(HEAD, ("张三", "1958-03-04"))


def far(cell, row):
    return with_part(
        GOOD,
        SHEET_XML,
        lambda xml: xml.replace(
            b"</sheetData>", f'<row r="{row}"><c r="{cell}{row}"><v>1</v></c></row></sheetData>'.encode()
        ),
    )


def ods_far(*, columns=1, rows=1):
    repeated = (
        f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="1"/>'
    )
    return open_document(ods_row("姓名", "出生日期") + ods_row(repeated, said=f' table:number-rows-repeated="{rows}"'))


def old_far():
    place = OLD_WORKBOOK.index(struct.pack("<HHH", 0x00FD, 10, 3))
    return OLD_WORKBOOK[: place + 4] + b"\xff\xff\xff\xff" + OLD_WORKBOOK[place + 8 :]


def locked():
    data = bytearray(GOOD)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(sign, place + 1)) >= 0:
            data[place + offset] |= 1
    return bytes(data)


def lying():
    """A part that is longer than its archive says."""
    file = io.BytesIO(GOOD)
    with zipfile.ZipFile(file) as archive:
        entry = archive.getinfo(SHEET_XML)
    size = struct.pack("<I", entry.file_size)
    return GOOD.replace(
        struct.pack("<I", entry.CRC) + struct.pack("<I", entry.compress_size) + size,
        struct.pack("<I", entry.CRC) + struct.pack("<I", entry.compress_size) + struct.pack("<I", 100),
    )


def long_texts():
    """A text of 90,000 letters that 50,000 cells refer to."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(3, 50_003)).encode()
    data = with_part(GOOD, SHEET_XML, lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>"))
    return with_part(data, "xl/sharedStrings.xml", lambda xml: xml.replace("姓名".encode(), b"x" * 90_000))


REFUSED = {
    "no sheet": (workbook(), NoLines, "没有内容"),
    "cut short": (GOOD[:2000], Damaged, "损坏"),
    "a flipped byte": (GOOD.replace(b"PK\x01\x02", b"PK\x01\x03", 1), Damaged, "损坏"),
    "binary workbook": (packed({"xl/workbook.bin": b"x"}), NotATable, ".xlsb"),
    "locked": (locked(), Encrypted, "密码"),
    "locked by office": (OLD_WORKBOOK[:512] + "EncryptedPackage".encode("utf-16-le"), Encrypted, "密码"),
    "old and cut short": (OLD_WORKBOOK[:700], Damaged, "损坏"),
    "bomb": (packed({"xl/workbook.xml": "<x/>", "xl/a.xml": b"0" * 20_000_000}), Unpacked, "19 MB"),
    "longer than it says": (lying(), Damaged, "损坏"),
    "no XML": (with_part(GOOD, SHEET_XML, lambda xml: xml.replace(b"<row", b"<!DOCTYPE")), Damaged, "损坏"),
    "far corner": (far("XFD", 1_048_576), TooFar, "第 1048576 行、第 16384 列"),
    "beyond all corners": (far("ZZZZZZ", 99_999_999), TooFar, "一次最多 12000000 格"),
    "far corner, other quotes": (
        with_part(far("XFD", 1_048_576), SHEET_XML, lambda xml: xml.replace(b'r="XFD1048576"', b"r='XFD1048576'")),
        TooFar,
        "第 1048576 行、第 16384 列",
    ),
    "hidden behind a sign": (
        with_part(
            GOOD,
            SHEET_XML,
            lambda xml: xml.replace(
                b"</sheetData>", b'<row r="1048576"><c x=">" r="XFD1048576"><v>1</v></c></row></sheetData>'
            ),
        ),
        TooFar,
        "1048576",
    ),
    "repeated cells": (ods_far(columns=20_000), TooFar, "20000"),
    "repeated rows and cells": (ods_far(columns=1000, rows=1_000_000), TooFar, "1000001"),
    "old, far corner": (old_far(), TooFar, "第 65536 列"),
    "a long text a thousand times": (long_texts(), Unpacked, "MB"),
    "too wide": (workbook(tuple(f"列{n}" for n in range(201))), TooWide, "201 列"),
    "too long": (workbook(HEAD, *[("张三", "1")] * 1100), TooLong, "1101 行"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_safely_is_refused_by_name(name):
    data, refusal, said = REFUSED[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(refusal) as told:
        list(table(data).lines)
    assert said in str(told.value), str(told.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


def test_a_cell_of_no_end_is_refused_by_its_place(monkeypatch):
    monkeypatch.setattr("yigongti.exchange.tables.workbooks.LONGEST_CELL", 30_000)
    with pytest.raises(CellTooLong, match="第 2 行第 2 列"):
        list(table(workbook(HEAD, ("张三", "x" * 30_001))).lines)


def test_formats_of_empty_cells_do_not_count():
    """Office software keeps the looks of blank cells down to the last row."""
    data = with_part(
        GOOD,
        SHEET_XML,
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'),
    )
    assert rows(data) == [("张三", "1958-03-04", "", "", "")]


def test_many_repeated_texts_are_no_bomb():
    data = workbook(HEAD, *[("张" * 300, "1958-03-04")] * 500)
    assert len(rows(data)) == 500
