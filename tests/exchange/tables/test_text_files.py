"""Text files with delimiters as they come: character sets, line ends, quotes, titles, totals, and what is no table."""

from __future__ import annotations

import pytest

from tests.exchange.tables.making import packed, read, table
from yigongti.exchange.tables import delimited
from yigongti.exchange.tables.opening import Line, Skipped, opened
from yigongti.exchange.tables.refusing import (
    BadLetters,
    CellTooLong,
    Empty,
    NoLines,
    NotATable,
    OpenQuote,
    TooLong,
    TooWide,
)


TEXT = "姓名,出生日期,性别\n张三,1958-03-04,男\n李四,1960-01-02,女\n"


def rows(data, **more):
    return [line.cells for line in table(data, **more).lines]


@pytest.mark.parametrize(
    ("written", "charset"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"\xff\xfe" + TEXT.replace(",", "\t").encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_character_sets_are_found(written, charset):
    found = table(written)
    assert (found.charset, found.head, found.head_number) == (charset, ("姓名", "出生日期", "性别"), 1)
    assert list(found.lines) == [Line(2, ("张三", "1958-03-04", "男")), Line(3, ("李四", "1960-01-02", "女"))]


def test_utf_16_without_a_mark_is_found_in_what_is_mostly_latin():
    text = "name,birth,sex\nZhang,1958-03-04,M\n"
    for charset in ("utf-16-le", "utf-16-be"):
        found = opened(text.encode(charset), most_rows=9)
        assert (found.charset, found.head) == (charset, ("name", "birth", "sex"))


def test_characters_beyond_gbk_are_read():
    assert rows("姓名,出生日期\n𠮷䶮,1958-03-04\n".encode("gb18030")) == [("𠮷䶮", "1958-03-04")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends(end, delimiter):
    found = table(TEXT.replace(",", delimiter).replace("\n", end).encode())
    assert found.delimiter == delimiter and [line.number for line in found.lines] == [2, 3]


def test_excel_may_name_its_delimiter():
    found = table("sep=;\n姓名;出生日期\n张,三;1958-03-04\n".encode())
    assert (found.head_number, list(found.lines)) == (2, [Line(3, ("张,三", "1958-03-04"))])


def test_quotes_hold_delimiters_quotes_and_line_breaks():
    data = '姓名,"出生\n日期",性别\n"张,三","说""好""\n的",男\n李四,2,女\n5"管,3,男\n'.encode()
    assert table(data).head == ("姓名", "出生\n日期", "性别")
    assert list(table(data).lines) == [
        Line(2, ("张,三", '说"好"\n的', "男")),
        Line(3, ("李四", "2", "女")),
        Line(4, ('5"管', "3", "男")),
    ]


def test_one_column_is_a_table():
    assert rows("姓名\n张三\n李四\n".encode()) == [("张三",), ("李四",)]


def test_the_header_is_found_below_titles():
    data = (
        "2026年居民名单,,,\n单位：张村,日期：2026,制表：李,\n\n姓名,出生日期,性别,备注\n张三,1958-03-04,男,\n".encode()
    )
    found = table(data)
    assert (found.head_number, found.head[0]) == (4, "姓名")
    assert [line.cells[0] for line in found.above] == ["2026年居民名单", "单位：张村"]
    unknown = opened("名单,,\n甲,乙,丙\n1,2,3\n".encode(), most_rows=9)
    assert (unknown.head_number, unknown.head) == (2, ("甲", "乙", "丙"))


def test_blank_lines_totals_and_signatures_are_no_data_and_told():
    data = "姓名,出生日期,性别\n张三,1,男\n,,\n 　\n小计,1,\n李四,2,女\n合 计：,2,\n填表人：王,,\n\n".encode()
    found = table(data)
    assert [line.number for line in found.lines] == [2, 5, 6]
    assert found.skipped == [Skipped(7, "total"), Skipped(8, "foot")]


def test_who_is_called_like_a_total_is_data():
    assert [cells[0] for cells in rows("姓名,出生日期,性别\n合计花,1,男\n总,1,男\n".encode())] == ["合计花", "总"]


def test_a_header_has_no_blank_columns_at_its_end():
    assert table("姓名,出生日期,,,\n张三,1,,,\n".encode()).head == ("姓名", "出生日期")


def test_what_office_software_leaves_in_cells_is_read():
    values, problems = read(
        "姓名,身份证号,出生日期,电话\n"
        ' 张三\u00a0,="140781195803041226",1958.3.4,\'13935400000\n'
        "\ufeff李四\u200b,\t140781195803041226,1958年3月4日,13935400000\n".encode()
    )
    assert problems == [[], []]
    assert [(one["name"], one["card"], one["phone"]) for one in values] == [
        ("张三", "140781195803041226", "13935400000"),
        ("李四", "140781195803041226", "13935400000"),
    ]


@pytest.mark.parametrize(
    ("data", "refusal", "said"),
    [
        (b"", Empty, "空的"),
        (b"\xef\xbb\xbf \r\n", Empty, "空的"),
        (b",,,\n,,\n,", NoLines, "没有内容"),
        (b"%PDF-1.7 x", NotATable, "PDF"),
        (b"\x89PNG\r\n\x1a\n", NotATable, "图片"),
        (b"<html><table><tr><td>1</td></tr></table>", NotATable, "网页"),
        (b'<?xml version="1.0"?><Workbook/>', NotATable, "网页"),
        (bytes(range(256)) * 40, NotATable, "二进制"),
        (b"a,b\x00c,d\n" * 9, NotATable, "二进制"),
        (packed({"word/document.xml": "<x/>"}), NotATable, "文档"),
        (packed({"a.csv": "1,2"}), NotATable, "压缩包"),
        (TEXT.encode() + b"\xe5\xbc", BadLetters, "第 4 行"),
        (b"\xef\xbb\xbf" + TEXT.encode() + b"\xff,1,2\n", BadLetters, "第 4 行"),
        (TEXT.encode() + '王五,"1961,男\n赵六,1,女\n'.encode(), OpenQuote, '第 4 行的双引号不成对（"1961,男'),
        (TEXT.encode() + '"王"五",1961,男\n'.encode(), OpenQuote, "第 4 行"),
        (TEXT.encode() + b"x" * 200_000 + b",1,2\n", CellTooLong, "第 4 行第 1 列"),
        (TEXT.encode() + b'x,"' + b"y\n" * 60_000 + b'",2\n', CellTooLong, "第 4 行第 2 列"),
        (b"x" * 200_000, CellTooLong, "第 1 行"),
        (b"a," * 200 + b"b\n", TooWide, "201 列，最多 200 列"),
        (TEXT.encode() * 400, TooLong, "1200 行"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data, refusal, said):
    with pytest.raises(refusal) as told:
        list(table(data).lines)
    assert said in str(told.value) and len(str(told.value)) < 200


def test_a_cell_of_no_end_is_refused_by_its_place():
    with pytest.raises(CellTooLong, match="第 3 行第 2 列"):
        table(b"a,b\n1,2\n3," + b"x" * (delimited.LONGEST_CELL + 1) + b"\n")


def test_a_quote_that_never_closes_is_found_in_a_long_file():
    with pytest.raises(OpenQuote, match="第 5000 行"):
        table(("a,b,c\n" + "1,2,3\n" * 4998 + '1,"2,3\n' + "1,2,3\n" * 50_000).encode(), most_rows=99_999)


def test_lines_come_as_they_are_asked_for(monkeypatch):
    seen = []
    read_rows = delimited._rows
    monkeypatch.setattr(delimited, "_rows", lambda *given: (seen.append(1) or one for one in read_rows(*given)))
    found = table(("姓名,出生日期\n" + "张三,1958-03-04\n" * 900).encode())
    next(found.lines)
    assert len(seen) <= 11
