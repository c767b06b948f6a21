"""Rows pasted from a sheet or a CSV file: days of the calendar, institutions, departments; every bad line is named."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Refusal, raise_all


INSTITUTION_COLUMNS = (
    "名称", "简称", "类型", "级别", "举办", "等级", "设在", "核定床位", "开放床位", "统一社会信用代码", "区划代码",
    "经度", "纬度",
)  # fmt: skip
DEPARTMENT_COLUMNS = ("机构", "名称", "接收转诊", "能收治什么")
MOST_ROWS = 600
_WORKS = {"班": True, "上班": True, "休": False, "休息": False, "放假": False, "works": True, "off": False}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def calendar_days(text: str) -> list[dict[str, Any]]:
    """Days from lines like 2027-01-01，休，元旦. Raises every bad line at once."""
    days, faults = [], list[Refusal]()
    for number, cells in lines(text):
        try:
            days.append(_calendar_day(cells))
        except ValueError as fault:
            faults.append(bad_line("days", number, "，".join(cells), fault.args[0]))
    raise_all(faults)
    return days


def _calendar_day(cells: list[str]) -> dict[str, Any]:
    if len(cells) < 2:
        raise ValueError("要有日期和班或休")
    if cells[1] not in _WORKS:
        raise ValueError(phrase("“{text}”既不是班也不是休", text=cells[1]))
    return {"day": _day(cells[0]), "works": _WORKS[cells[1]], "name": (cells[2] if len(cells) > 2 else cells[1])[:40]}


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(phrase("“{text}”不是日期", text=text))
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise ValueError(phrase("没有“{text}”这一天", text=text)) from None


def lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines with their numbers, cut at tabs or commas of either width, without the empty ones.

    Raises BadValue for what no sheet would give: a quote that never ends over more than a cell can hold.
    """
    plain = re.sub(r"\r\n?", "\n", text.lstrip("\ufeff").replace("，", ","))
    apart = "\t" if "\t" in plain else ","
    rows = csv.reader(io.StringIO(plain), delimiter=apart)
    for number, cells in enumerate(_readable(rows), start=1):
        tidy = [unicodedata.normalize("NFKC", cell).strip() for cell in cells]
        if any(tidy):
            yield number, tidy


def _readable(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error:
        raise BadValue(field="", label="表格", value="", problem="读不出来，请从电子表格里重新复制") from None


def table(text: str, *, columns: tuple[str, ...], field: str) -> list[tuple[int, dict[str, str]]]:
    """Rows under a head line that names the columns; the first column must be filled.

    Raises BadValue for a head that names none of them, for unknown columns, or for more rows than one paste may hold.
    """
    rows = list(lines(text))
    if not rows:
        return []
    head = rows[0][1]
    unknown = [name for name in head if name and name not in columns]
    if unknown or columns[0] not in head:
        raise BadValue(
            field=field,
            label="表头",
            value="，".join(head)[:60],
            problem=phrase("第一行应是表头，列名取自：{columns}", columns="、".join(columns)),
        )
    if len(rows) - 1 > MOST_ROWS:
        raise BadValue(
            field=field, label="行数", value=str(len(rows) - 1), problem=phrase("一次最多 {n} 行，请分批", n=MOST_ROWS)
        )
    return [(number, dict(zip(head, cells, strict=False))) for number, cells in rows[1:]]


def bad_line(field: str, number: int, shown: str, problem: str) -> BadValue:
    """What is wrong with one line, by its number."""
    return BadValue(field=field, label=phrase("第 {n} 行", n=number), value=shown[:40], problem=problem)


def code_of(labels: Mapping[str, str], words: str) -> str:
    """The code whose label was written, or the code itself; the words as they are when neither."""
    return next((code for code, said in labels.items() if words and words in (code, said)), words)
