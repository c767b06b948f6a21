"""Sheets written: empty templates to fill in, and the sheet as received with what is wrong beside the cells."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped] # it ships no types
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from yigongti.exchange.tables.headers import LINE_NUMBER, OWN, PROBLEMS, key
from yigongti.exchange.tables.lines import EXAMPLE, EXPLAINED, Line
from yigongti.exchange.tables.problems import Problem
from yigongti.exchange.tables.reach import LAST_ROW
from yigongti.exchange.tables.refusing import TooLong
from yigongti.exchange.tables.sheet import Column, Sheet


MUST = "*"
PREPARED_ROWS = 20_000
"""So many rows of a template have their dropdowns."""
LONGEST_LIST = 250
"""Letters that a dropdown holds itself; a longer one refers to a sheet of its own."""
LONGEST_CELL = 32_767
MOST_COMMENTS = 1_000
"""Comments beside cells; beyond them the last column alone says what is wrong, so that the file still opens."""
CUT = "此格有 {count} 个字，表格软件最多 {most} 个，后面的没有写出"
TEXT = 49
"""The format in which office software leaves what is typed as it is."""
_HEAD: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "num_format": TEXT}
_COLOURS = {"must": "#FCE4D6", "may": "#E2EFDA", "wrong": "#FFC7CE"}


def template(sheet: Sheet) -> bytes:
    """A workbook to fill in: header, what may stand where, an example that is not read, dropdowns, texts as texts."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": sheet.title, "comments": sheet.about})
        page = book.add_worksheet(_sheet_name(sheet.title))
        said = {name: book.add_format(look) for name, look in _looks().items()}
        lists = _Lists(book)
        for place, column in enumerate(sheet.columns):
            _column(page, place, column, said, lists)
        page.set_row(0, 32)
        page.freeze_panes(1, 0)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        _explanation(book, sheet, said)
        page.activate()
    return file.getvalue()


def _looks() -> dict[str, dict[str, Any]]:
    grey = {"italic": True, "font_color": "#7F7F7F", "text_wrap": True, "valign": "top", "num_format": TEXT}
    return {
        "must": {**_HEAD, "bg_color": _COLOURS["must"]}, "may": {**_HEAD, "bg_color": _COLOURS["may"]},
        "said": grey, "text": {"num_format": TEXT}, "wrap": {"text_wrap": True, "valign": "top"},
    }  # fmt: skip


def _sheet_name(title: str) -> str:
    """What office software takes as the name of a sheet."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "Sheet1"


def _column(page: Worksheet, place: int, column: Column, said: dict[str, Format], lists: _Lists) -> None:
    width = min(40, max(12, 2 * len(column.header) + 4, _width(column.example) + 8))
    page.set_column(place, place, width, said["text"])
    page.write_string(0, place, headed(column), said["must" if column.required else "may"])
    first = place == 0
    page.write_string(1, place, (EXPLAINED if first else "") + _hint(column), said["said"])
    page.write_string(2, place, (EXAMPLE if first else "") + column.example, said["said"])
    if column.choices:
        source = lists.source(list(dict.fromkeys(column.choices.values())))
        page.data_validation(3, place, PREPARED_ROWS, place, {
            "validate": "list", "source": source, "error_title": column.header[:32],
            "error_message": "请从下拉列表中选择", "error_type": "warning",
        })  # fmt: skip


def headed(column: Column) -> str:
    """The header with the mark of a column that must be filled."""
    return column.header + (MUST if column.required else "")


def _hint(column: Column) -> str:
    hint = column.hint or ("从下拉列表中选择" if column.choices else "")
    return "；".join(part for part in ("必填" if column.required else "", hint) if part)


def _width(text: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in text)


class _Lists:
    """Lists that are too long for a dropdown of their own, on a hidden sheet."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.page: Worksheet | None = None
        self.count = 0

    def source(self, labels: list[str]) -> list[str] | str:
        if len(",".join(labels)) <= LONGEST_LIST and not any("," in label for label in labels):
            return labels
        if self.page is None:
            self.page = self.book.add_worksheet("可填内容")
            self.page.hide()
        for row, label in enumerate(labels):
            self.page.write_string(row, self.count, label)
        letter = xlsxwriter.utility.xl_col_to_name(self.count, True)
        self.count += 1
        return f"=可填内容!{letter}$1:{letter}${len(labels)}"


def _explanation(book: xlsxwriter.Workbook, sheet: Sheet, said: dict[str, Format]) -> None:
    """A second sheet that says what each column takes, for who wants to read it all."""
    page = book.add_worksheet("填写说明")
    page.set_column(0, 0, 24, said["wrap"])
    page.set_column(1, 3, 44, said["wrap"])
    page.write_string(0, 0, sheet.title, said["may"])
    page.write_string(0, 1, sheet.about, said["wrap"])
    for row, column in enumerate(sheet.columns, start=2):
        page.write_string(row, 0, headed(column), said["must" if column.required else "may"])
        page.write_string(row, 1, _hint(column), said["wrap"])
        page.write_string(row, 2, "、".join(column.choices.values())[:LONGEST_CELL], said["wrap"])
        page.write_string(row, 3, "、".join(column.aliases), said["wrap"])


def template_csv(sheet: Sheet) -> bytes:
    """The header alone, as office software opens it in Chinese."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow([headed(column) for column in sheet.columns])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8")


Marked = tuple[Line, Sequence[Problem]]


def marked(
    head: Sequence[str],
    lines_with_problems: Iterable[Marked],
    *,
    path_or_file: str | os.PathLike[str] | IO[bytes],
) -> None:
    """The lines as received into a workbook, row by row: wrong cells coloured with a comment, all problems at the end.

    What it carries beside the cells is left out again when it comes back.
    """
    target = os.fspath(path_or_file) if isinstance(path_or_file, os.PathLike) else path_or_file
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_urls": False})
    try:
        _Marking(book, head).write(lines_with_problems)
    finally:
        book.close()


class _Marking:
    """One marked sheet as it grows."""

    def __init__(self, book: xlsxwriter.Workbook, head: Sequence[str]) -> None:
        self.page = book.add_worksheet(PROBLEMS)
        self.head_look = book.add_format({**_HEAD, "bg_color": _COLOURS["may"]})
        self.text = book.add_format({"num_format": TEXT})
        self.wrong = book.add_format({"num_format": TEXT, "bg_color": _COLOURS["wrong"]})
        self.kept = [place for place, cell in enumerate(head) if key(cell) not in OWN]
        self.head = head
        self.last = len(self.kept) + 1
        self.comments = 0

    def write(self, lines: Iterable[Marked]) -> None:
        """Header, lines, filter."""
        self.page.set_column(0, 0, 8)
        self.page.set_column(1, max(1, self.last - 1), 16, self.text)
        self.page.set_column(self.last, self.last, 80)
        self.page.freeze_panes(1, 1)
        names = [LINE_NUMBER, *(self.head[place] for place in self.kept), PROBLEMS]
        for place, name in enumerate(names):
            self.page.write_string(0, place, name[:LONGEST_CELL], self.head_look)
        row = 0
        for row, (line, problems) in enumerate(lines, start=1):
            if row >= LAST_ROW:
                raise TooLong(count=row, most=LAST_ROW - 1)
            self._line(row, line, problems)
        self.page.autofilter(0, 0, max(row, 1), self.last)
        self.page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def _line(self, row: int, line: Line, problems: Sequence[Problem]) -> None:
        wrong: dict[int, list[str]] = {}
        for one in problems:
            wrong.setdefault(one.column, []).append(one.why)
        said = [one.says for one in problems]
        self.page.write_number(row, 0, line.number)
        for place, column in enumerate(self.kept, start=1):
            cell = line.cells[column] if column < len(line.cells) else ""
            said += self._cell(row, place, cell, wrong.get(column))
        said += self._beyond(row, line)
        if said:
            self.page.write_string(row, self.last, "；".join(said)[:LONGEST_CELL])

    def _cell(self, row: int, place: int, cell: str, wrong: list[str] | None) -> list[str]:
        """Write a cell; says what could not be written."""
        look = self.wrong if wrong else self.text
        if cell:
            self.page.write_string(row, place, cell[:LONGEST_CELL], look)
        elif wrong:
            self.page.write_blank(row, place, None, look)
        if wrong and self.comments < MOST_COMMENTS:
            self.comments += 1
            self.page.write_comment(row, place, "\n".join(wrong)[:1000], {"x_scale": 2})
        return [CUT.format(count=len(cell), most=LONGEST_CELL)] if len(cell) > LONGEST_CELL else []

    def _beyond(self, row: int, line: Line) -> list[str]:
        """Cells without a header stand behind the problems, as many as came."""
        said: list[str] = []
        for place, cell in enumerate(line.cells[len(self.head) :], start=self.last + 1):
            said += self._cell(row, place, cell, None)
        return said
