"""Readers of one cell: what people and systems write is read, what could mean two things is refused by name."""

# ruff: noqa: RUF001 - full-width letters are what people paste

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from yigongti.exchange.tables import words
from yigongti.exchange.tables.unfit import Unfit
from yigongti.kernel.clock import COUNTY_ZONE


THE_DAY = date(2026, 2, 3)


def refused(reader, cell):
    with pytest.raises(Unfit) as told:
        reader(cell)
    return str(told.value)


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-03",
        "2026-2-3",
        "2026.2.3",
        "2026/02/03",
        "20260203",
        "2026年2月3日",
        "2026年02月03号",
        "２０２６年２月３日",
        "２０２６－０２－０３",
        "二〇二六年二月三日",
        "二零二六年二月三日",
        "二○二六年二月三日",
        "2026 年 2 月 3 日",
        "2026-02-03 00:00:00",
        "2026/2/3 14:05",
        "20260203140533",
        "2026-02-03T14:05:33+08:00",
    ],
)
def test_days_as_they_are_written(written):
    assert words.day()(written) == THE_DAY


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("二〇二六年十二月三十一日", date(2026, 12, 31)),
        ("二〇二六年十月廿三日", date(2026, 10, 23)),
        ("一九五八年十一月二十日", date(1958, 11, 20)),
        ("二〇二六年一月三十日", date(2026, 1, 30)),
    ],
)
def test_days_in_words(written, read):
    assert words.day()(written) == read


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026.2.31", "2026-2-31 在日历上不存在"),
        ("2026-02-30", "2026-02-30 在日历上不存在"),
        ("20261301", "在日历上不存在"),
        ("二〇二六年二月三十一日", "2026-2-31 在日历上不存在"),
        ("26-2-3", "两位"),
        ("26年2月3日", "两位"),
        ("二六年二月三日", "两位"),
        ("260203", "两位"),
        ("2/3/26", "两位"),
        ("2/3/2026", "哪个是月"),
        ("31.12.2026", "哪个是月"),
        ("2026-02", "还缺日"),
        ("2026年2月", "还缺日"),
        ("46056", "序号"),
        ("46056.5", "序号"),
        ("昨天", "应为年月日"),
        ("2026-02-03 25:00", "不是一天中的时间"),
        ("二〇二六年十十月三日", "应为年月日"),
        ("2026-2-3-4", "应为年月日"),
        ("²⁰²⁶", "应为年月日"),
        ("٢٠٢٦-٢-٣", "应为年月日"),
    ],
)
def test_days_that_are_none_or_two_are_refused_by_name(written, why):
    assert why in refused(words.day(), written)


def test_days_have_limits():
    reader = words.day(not_after=lambda: THE_DAY, not_before=date(1900, 1, 1))
    assert reader("2026-02-03") == THE_DAY
    assert refused(reader, "2026-02-04") == "2026-02-04 晚于 2026-02-03"
    assert refused(reader, "1899-12-31") == "1899-12-31 早于 1900-01-01"


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-03 14:05",
        "2026/2/3 14:05:00",
        "2026年2月3日 14时5分",
        "2026年2月3日14点05分",
        "20260203140500",
        "202602031405",
        "2026-02-03T14:05:00.000+08:00",
        "2026-02-03T06:05:00Z",
        "２０２６-02-03　14：05",
    ],
)
def test_moments_as_they_are_written(written):
    assert words.moment()(written) == datetime(2026, 2, 3, 6, 5, tzinfo=UTC)


def test_a_moment_wants_its_time_unless_a_day_will_do():
    assert "应为年月日和时间" in refused(words.moment(), "2026-02-03")
    assert words.moment(day_alone=True)("2026-02-03") == datetime(2026, 2, 3, tzinfo=COUNTY_ZONE)
    assert "不是一天中的时间" in refused(words.moment(), "2026-02-03 24:01")
    assert "应为" in refused(words.moment(), "0001-01-01 00:00+23:59")


def test_whole_numbers():
    reader = words.whole(least=0, most=2000)
    assert [reader(cell) for cell in ("12", "12.0", "1,200", "１２", "007")] == [12, 12, 1200, 12, 7]
    for cell, why in (
        ("12.5", "整数"),
        ("-1", "小于 0"),
        ("2001", "大于 2000"),
        ("十", "整数"),
        ("1,2", "整数"),
        ("9" * 41, "整数"),
        ("²", "整数"),
    ):
        assert why in refused(reader, cell)


def test_numbers_keep_their_places():
    reader = words.number(least=Decimal("0.1"), most=50, decimals=1)
    assert [str(reader(cell)) for cell in ("36.5", "３６．５", "36.50", ".5")] == ["36.5", "36.5", "36.50", "0.5"]
    for cell, why in (
        ("36.55", "1 位小数"),
        ("0", "小于 0.1"),
        ("<0.5", "数字"),
        ("NaN", "数字"),
        ("1e3", "数字"),
        ("Infinity", "数字"),
    ):
        assert why in refused(reader, cell)


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12.50", 1250),
        ("1,234.50", 123450),
        ("￥12", 1200),
        ("¥1,234.5", 123450),
        ("１２．５０", 1250),
        ("12元", 1200),
        ("12.5 元整", 1250),
        ("0.10", 10),
        (".5", 50),
        ("12.500", 1250),
        ("人民币 3 元", 300),
        ("0.29", 29),
    ],
)
def test_money_is_whole_fen(written, fen):
    assert words.money()(written) == fen


def test_money_that_rounds_or_owes_is_refused():
    for cell, why in (
        ("12.345", "两位小数"),
        ("33.3333333333333", "两位小数"),
        ("3万元", "万元"),
        ("1,23", "应为金额"),
        ("-3", "小于 0.00"),
        ("免费", "应为金额"),
        ("元", "应为金额"),
        ("--3", "应为金额"),
    ):
        assert why in refused(words.money(), cell)
    assert words.money(least=None)("-3.20") == -320 and words.money(least=None)("−3") == -300
    assert "大于 1.00" in refused(words.money(most=100), "1.01")


def test_codes_by_code_label_both_or_synonym():
    reader = words.code({"01": "男", "02": "女", "9": "未说明"}, synonyms={"M": "01", "先生": "01"})
    said = ["01", "1", "０１", "男", " 男 ", "01 男", "男(01)", "男", "m", "先生", "9-未说明"]
    assert [reader(cell) for cell in said] == ["01"] * 10 + ["9"]
    assert refused(reader, "女性") == "不在可填的内容里（男、女、未说明）"


def test_code_lists_are_unambiguous():
    assert words.code({"1": "一", "01": "零一"})("1") == "1"
    assert words.code({"1.1": "甲", "11": "乙"})("11") == "11"
    with pytest.raises(ValueError, match="'2'"):
        words.code({"1": "2", "2": "二"})
    assert "…" in refused(words.code({str(n): f"第{n}种" for n in range(30)}), "x")


def test_yes_and_no():
    assert {words.yes_no(cell) for cell in ("是", "Ｙ", "TRUE", "√", "1", "有")} == {True}
    assert {words.yes_no(cell) for cell in ("否", "n", "FALSE", "×", "0", "无")} == {False}
    assert "是或否" in refused(words.yes_no, "也许")


def test_many_in_one_cell():
    reader = words.many(words.code({"1": "高血压", "2": "糖尿病"}))
    assert reader("高血压、2；高血压/糖尿病") == ("1", "2")
    assert refused(reader, "高血压,冠心病") == "“冠心病”不在可填的内容里（高血压、糖尿病）"
    assert words.many(words.whole(), separators=" ")("1  2") == (1, 2)


def test_texts():
    reader = words.text(most=6)
    assert [reader(cell) for cell in ("张三", "一\n二", "张\u3000三", "a\xa0b")] == ["张三", "一 二", "张 三", "a b"]
    assert words.text(lines=True)("一\r\n二\t三") == "一\n二 三"
    assert refused(reader, "一二三四五六七") == "最多 6 个字，现为 7 个"
    assert "不能显示" in refused(reader, "a\x01") and "不能显示" in refused(reader, "\ufffd")
