"""Templates can be filled in and come back; a marked sheet is the sheet as received, and comes back too."""

from __future__ import annotations

import io
import re
import tracemalloc

import pytest

from tests.exchange.tables.making import PEOPLE, table, unpacked
from yigongti.exchange.tables import words, writing
from yigongti.exchange.tables.lines import Line
from yigongti.exchange.tables.opening import Skipped, opened
from yigongti.exchange.tables.refusing import TooLong
from yigongti.exchange.tables.sheet import Column, Sheet, heading, problem, read_line


def sheet_xml(data, number=1):
    return unpacked(data)[f"xl/worksheets/sheet{number}.xml"].decode()


def marked(head, lines):
    file = io.BytesIO()
    writing.marked(head, lines, path_or_file=file)
    return file.getvalue()


def test_an_empty_template_comes_back_without_a_line():
    found = table(writing.template(PEOPLE))
    assert found.head == ("姓名*", "身份证号", "性别", "出生日期*", "费用（元）", "电话")
    assert heading(PEOPLE, found.head).positions == {
        "name": 0,
        "card": 1,
        "sex": 2,
        "born": 3,
        "fee": 4,
        "phone": 5,
    }
    assert (list(found.lines), found.other_sheets) == ([], ("填写说明",))
    assert found.skipped == [Skipped(2, "explained"), Skipped(3, "example")]


def test_a_template_says_what_may_stand_where_and_keeps_numbers_as_texts():
    parts = unpacked(writing.template(PEOPLE))
    said = parts["xl/sharedStrings.xml"].decode()
    assert all(text in said for text in ("【说明】必填", "年-月-日", "【示例】张三", "从下拉列表中选择", "每人一行。"))
    page = parts["xl/worksheets/sheet1.xml"].decode()
    assert '<formula1>"男,女"</formula1>' in page and 'sqref="C4:C' in page
    assert 'state="frozen"' in page and 'topLeftCell="A2"' in page
    columns = re.findall(r'<col min="(\d+)" max="(\d+)" width="[\d.]+" style="(\d+)"', page)
    looks = re.search(r"<cellXfs.*?</cellXfs>", parts["xl/styles.xml"].decode(), re.DOTALL)[0]
    formats = re.findall(r'<xf numFmtId="(\d+)"', looks)
    assert sum(int(last) - int(first) + 1 for first, last, _style in columns) == 6
    assert {formats[int(style)] for _first, _last, style in columns} == {"49"}, "49 is text"


def test_a_long_list_has_a_hidden_sheet():
    long = {str(n): f"第{n}科室，含门诊" for n in range(60)}
    sheet = Sheet("x", "科室/表", (Column(field="a", header="科室", read=words.code(long), choices=long),))
    data = writing.template(sheet)
    page = sheet_xml(data)
    assert "<formula1>可填内容!$A$1:$A$60</formula1>" in page
    assert opened(data, most_rows=9, known=sheet.knows).other_sheets == ("填写说明",)


def test_the_csv_template_opens_in_chinese():
    data = writing.template_csv(PEOPLE)
    assert data == "\ufeff姓名*,身份证号,性别,出生日期*,费用（元）,电话\r\n".encode()
    assert len(heading(PEOPLE, table(data).head).positions) == 6


RECEIVED = (
    "患者姓名,备用,出生日期,身份证号\n张三,x,1958.2.31,1.40781E+17\n李四,,1960-01-02,007\n,,,1,多出来的\n".encode()
)


def lines_with_problems(data):
    found = table(data)
    head = heading(PEOPLE, found.head)
    return found.head, [(line, read_line(PEOPLE, head, line.cells)[1]) for line in found.lines]


def test_a_marked_sheet_is_the_sheet_with_its_problems():
    data = marked(*lines_with_problems(RECEIVED))
    found = table(data)
    assert found.head == ("第几行", "患者姓名", "备用", "出生日期", "身份证号", "问题")
    first, second, third = found.lines
    assert first.cells[:5] == ("2", "张三", "x", "1958.2.31", "1.40781E+17")
    assert "1958-2-31 在日历上不存在" in first.cells[5] and "末位已丢失" in first.cells[5]
    assert second.cells == ("3", "李四", "", "1960-01-02", "007", "", "")
    assert third.cells == ("4", "", "", "", "1", "姓名：必须填写；出生日期：必须填写", "多出来的")


def test_wrong_cells_are_coloured_and_commented():
    parts = unpacked(marked(*lines_with_problems(RECEIVED)))
    page = parts["xl/worksheets/sheet1.xml"].decode()
    styles = dict(re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', page))
    assert len({styles[place] for place in ("D2", "E2", "B4", "D4")}) == 1
    assert styles["D2"] != styles["B2"] == styles["E3"]
    comments = parts["xl/comments1.xml"].decode()
    assert re.findall(r'ref="(\w+)"', comments) == ["D2", "E2", "B4", "D4"] and "必须填写" in comments


def test_a_marked_sheet_comes_back_and_can_be_marked_again():
    once = marked(*lines_with_problems(RECEIVED))
    head, lines = lines_with_problems(once)
    assert [[one.field for one in problems] for _line, problems in lines] == [["card", "born"], [], ["name", "born"]]
    again = table(marked(head, lines))
    assert again.head == ("第几行", "患者姓名", "备用", "出生日期", "身份证号", "问题")
    assert [line.cells[1:4] for line in again.lines] == [
        ("张三", "x", "1958.2.31"),
        ("李四", "", "1960-01-02"),
        ("", "", ""),
    ]


def test_a_marked_line_holds_what_a_cell_can_and_says_the_rest():
    data = marked(("甲", "乙"), [(Line(2, ("x" * 40_000, "=1+1")), []), (Line(3, ("http://a", "\x01")), [])])
    first, second = opened(data, most_rows=9).lines
    assert len(first.cells[1]) == 32_767 and "40000 个字" in first.cells[3] and first.cells[2] == "=1+1"
    assert second.cells[1] == "http://a"


def test_a_sheet_without_lines_is_written(tmp_path):
    writing.marked(("甲", "乙", "丙"), [], path_or_file=tmp_path / "x.xlsx")
    assert list(opened((tmp_path / "x.xlsx").read_bytes(), most_rows=9).lines) == []


def test_memory_hardly_grows_with_lines(tmp_path, monkeypatch):
    problems = [problem(at="b", header="出生日期", value="x", rule="应为整数", column=1)]

    def peak(count):
        tracemalloc.start()
        lines = ((Line(n, ("张三", "x", "y")), problems) for n in range(2, count + 2))
        writing.marked(("a", "b", "c"), lines, path_or_file=tmp_path / "x.xlsx")
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    monkeypatch.setattr(writing, "MOST_COMMENTS", 10)
    few, many = peak(500), peak(6500)
    assert many - few < 6000 * 100, "bytes a line"


def test_more_lines_than_a_sheet_has_are_refused(monkeypatch):
    monkeypatch.setattr(writing, "LAST_ROW", 3)
    with pytest.raises(TooLong):
        marked(("a",), [(Line(n, ("1",)), []) for n in range(5)])
