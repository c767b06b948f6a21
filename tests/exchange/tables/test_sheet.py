"""Sheets as declared: headers understood, lines read with all their problems, problems kept and said again."""

# ruff: noqa: RUF001 - full-width letters are what people paste

from __future__ import annotations

import json
import re

import pytest

from tests.exchange.tables.making import PEOPLE
from yigongti.exchange.tables import cells, days, words, writing
from yigongti.exchange.tables import sheet as sheet_module
from yigongti.exchange.tables.sheet import Column, Problem, Sheet, fit, heading, letters, problem, read_line
from yigongti.kernel.language import english, phrase, spoken
from yigongti.kernel.refusal import Refusals


def column(field, header, **more):
    return Column(field=field, header=header, read=words.text(), **more)


HEAD = ("姓名", "出生日期", "身份证号", "性别")


@pytest.mark.parametrize(
    "written",
    [
        "姓名",
        " 姓 名 ",
        "姓\n名",
        "姓名*",
        "＊姓名",
        "姓名：",
        "姓名（必填）",
        "姓名(与证件一致)",
        "\ufeff姓名",
        "姓\u200b名",
        "患者姓名",
        "姓名【必填】",
    ],
)
def test_a_header_is_known_however_it_is_written(written):
    assert heading(PEOPLE, (written, "出生日期")).positions == {"name": 0, "born": 1}


def test_case_and_width_of_letters_do_not_matter():
    sheet = Sheet("x", "x", (column("no", "ID号"),))
    assert heading(sheet, ("ｉｄ号",)).positions == {"no": 0}


def test_what_matches_whole_goes_before_what_matches_without_brackets():
    sheet = Sheet("x", "x", (column("west", "费用（西药）"), column("herb", "费用（中药）"), column("all", "费用")))
    found = heading(sheet, ("费用(中药)", "费用", "费用（西药）", "费用（其他）"))
    assert found.positions == {"herb": 0, "all": 1, "west": 2} and found.unknown == ("费用（其他）",)


def test_unknown_headers_are_told_and_our_own_left_out():
    found = heading(PEOPLE, ("第几行", "姓名", "备用", "", "出生日期", "备用", "问题"))
    assert found.positions == {"name": 1, "born": 4} and found.unknown == ("备用", "备用")


def test_every_missing_and_every_doubled_header_is_named_at_once():
    with pytest.raises(Refusals) as told:
        heading(PEOPLE, ("性别", "电话", "性别", "证件号码", "身份证号"))
    said = {one.field: one.sentence for one in told.value.all}
    assert set(said) == {"name", "born", "sex", "card"}
    assert "“姓名”" in said["name"] and "证件号码" in said["name"]
    assert "A“性别”、C“性别”" in said["sex"] and "D“证件号码”、E“身份证号”" in said["card"]


def test_letters_are_those_of_office_software():
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    "columns",
    [
        (column("a", "姓名"), column("b", "姓 名")),
        (column("a", "姓名"), column("b", "名字", aliases=("姓名＊",))),
        (column("a", "姓名"), column("a", "名字")),
        (column("a", "问题"),),
        (column("a", ""),),
        (),
    ],
)
def test_a_sheet_whose_headers_clash_is_a_mistake(columns):
    with pytest.raises(ValueError, match="x: "):
        Sheet("x", "x", columns)


def test_a_header_line_finds_its_sheet_by_most_matches():
    births = Sheet("births", "出生", (column("name", "姓名", required=True), column("mother", "母亲", required=True)))
    names = Sheet("names", "名单", (column("name", "姓名", required=True),))
    assert fit([names, births, PEOPLE], ("姓名", "母亲")) is births
    assert fit([names, births, PEOPLE], HEAD) is PEOPLE
    assert fit([births, PEOPLE], ("姓名", "电话")) is None


def test_a_line_becomes_values():
    values, problems = read_line(
        PEOPLE, heading(PEOPLE, HEAD), ("　张三\u200b ", "1958.3.4", '="140781195803041226"', "女")
    )
    assert problems == []
    assert values == {
        "name": "张三",
        "card": "140781195803041226",
        "sex": "2",
        "born": words.day()("1958-03-04"),
        "fee": 0,
        "phone": "",
    }


def test_all_that_is_wrong_with_a_line_is_said_at_once():
    values, problems = read_line(PEOPLE, heading(PEOPLE, HEAD), ("", "2026.2.31", "1.40781E+17", "外星"))
    assert values == {"fee": 0, "phone": ""}
    assert [one.says for one in problems] == [
        "姓名：必须填写",
        "身份证号：表格软件把身份证号变成了 1.40781E+17，末位已丢失，请把这一列设为文本后重新填写",
        "性别“外星”：不在可填的内容里（男、女）",
        "出生日期“2026.2.31”：2026-2-31 在日历上不存在",
    ]
    assert [(one.field, one.column) for one in problems] == [("name", 0), ("card", 2), ("sex", 3), ("born", 1)]


def test_a_short_line_has_blank_ends():
    assert read_line(PEOPLE, heading(PEOPLE, HEAD), ("张三", "1958-03-04"))[1] == []
    assert len(read_line(PEOPLE, heading(PEOPLE, HEAD), ())[1]) == 2


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("#N/A", "公式出错（#N/A）"),
        ("#DIV/0!", "公式出错"),
        ("#REF!", "公式出错"),
        ("########", "列太窄"),
        ("1.38E+10", "末位已丢失"),
        ("#未计算", "公式还没有算出结果"),
    ],
)
def test_what_office_software_broke_is_named(cell, said):
    _values, [one] = read_line(PEOPLE, heading(PEOPLE, HEAD), ("张三", "1958-03-04", cell))
    assert said in one.says


@pytest.mark.parametrize("cell", ["#3楼", "1E5", "E+17", "140781199001010000", "'140781195803041226"])
def test_what_only_looks_broken_is_read(cell):
    values, problems = read_line(PEOPLE, heading(PEOPLE, HEAD), ("张三", "1958-03-04", cell))
    assert problems == [] and values["card"] == cell.removeprefix("'")


def test_a_readers_own_mistake_is_not_the_senders():
    sheet = Sheet("x", "x", (Column(field="a", header="甲", read=int),))
    with pytest.raises(ValueError, match="invalid literal"):
        read_line(sheet, heading(sheet, ("甲",)), ("x",))


def test_other_chapters_readers_are_understood_by_their_shape():
    from yigongti.residents.codes import person_name

    sheet = Sheet("x", "x", (Column(field="a", header="姓名", read=person_name),))
    assert (
        read_line(sheet, heading(sheet, ("姓名",)), ("123",))[1][0].says == "姓名“123”：只能用文字和间隔号，不能用“123”"
    )


def test_a_problem_survives_json_and_is_said_in_english():
    _values, problems = read_line(PEOPLE, heading(PEOPLE, HEAD), ("张" * 50, "31/12/2026", "", "x"))
    problems.append(
        problem(
            at="a",
            header="病种",
            value="冠心病",
            rule="“{item}”{problem}",
            facts={"item": "冠心病", "problem": phrase("不在可填的内容里（{choices}）", choices="高血压")},
        )
    )
    again = [Problem.from_json(json.loads(json.dumps(one.as_json()))) for one in problems]
    assert again == problems and len(again[0].value) == 40 and again[0].value.endswith("…")
    with spoken("en"):
        assert [one.why for one in again] == [
            "at most 20 characters, now 50",
            "is none of what may stand here (男、女)",
            "which is the month and which the day cannot be told; please write year-month-day, as 2026-02-03",
            "“冠心病” is none of what may stand here (高血压)",
        ]


def test_every_rule_has_its_english():
    """Rules travel as facts, out of sight of the test that reads what is said."""
    modules = (cells, days, sheet_module, words, writing)
    named = [item for module in modules for item in vars(module).items() if re.fullmatch("[A-Z][A-Z_]+", item[0])]
    rules = {name: rule for name, rule in named if isinstance(rule, str) and re.search("[一-鿿]{4}", rule)}
    assert len(rules) > 20
    assert {name: rule for name, rule in rules.items() if rule not in english()} == {}
