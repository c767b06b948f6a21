"""Sheets, workbooks and text files of our own for these tests."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import xlsxwriter

from yigongti.exchange.tables import words
from yigongti.exchange.tables.opening import opened
from yigongti.exchange.tables.sheet import Column, Sheet, heading, read_line


LATEST = date(2026, 12, 31)
PEOPLE = Sheet("people", "居民", (
    Column(field="name", header="姓名", read=words.text(most=20), required=True, aliases=("患者姓名",), example="张三"),
    Column(field="card", header="身份证号", read=words.text(most=18), aliases=("证件号码",)),
    Column(field="sex", header="性别", read=words.code({"1": "男", "2": "女"}), choices={"1": "男", "2": "女"}),
    Column(field="born", header="出生日期", read=words.day(not_after=LATEST), required=True, hint="年-月-日"),
    Column(field="fee", header="费用（元）", read=words.money(), blank=0),
    Column(field="phone", header="电话", read=words.text()),
), about="每人一行。")  # fmt: skip


def table(data, *, most_rows=1000, known=PEOPLE.knows, **more):
    """Opened under the headers of `PEOPLE`."""
    return opened(data, most_rows=most_rows, known=known, **more)


def read(data, *, sheet=PEOPLE):
    """All lines as values and problems' sentences."""
    found = table(data, known=sheet.knows)
    head = heading(sheet, found.head)
    said = [read_line(sheet, head, line.cells) for line in found.lines]
    return [values for values, _problems in said], [[one.says for one in problems] for _values, problems in said]


def workbook(*rows, sheets=(), edit=None, **options):
    """An .xlsx of rows as XlsxWriter writes it; dates as dates, numbers as numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        looks = {
            date: book.add_format({"num_format": "yyyy/m/d"}),
            datetime: book.add_format({"num_format": "m/d h:mm"}),
        }
        for name, lines in (("居民", rows), *sheets):
            page = book.add_worksheet(name)
            for number, line in enumerate(lines):
                for place, cell in enumerate(line):
                    if cell is not None:
                        page.write(number, place, cell, *([looks[type(cell)]] if type(cell) in looks else []))
        if edit:
            edit(book, book.worksheets()[0])
    return file.getvalue()


def packed(parts):
    """A zip archive of parts by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def unpacked(data):
    """The parts of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(data, name, change):
    """An archive with one part changed."""
    parts = unpacked(data)
    parts[name] = change(parts[name])
    return packed(parts)


SHEET_XML = "xl/worksheets/sheet1.xml"
_SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_SPACES += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def open_document(rows):
    """An .ods whose sheet holds these rows of XML."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_SPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="居民">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods_row(*cells, said=""):
    """One row of texts; a cell that is XML already stays."""
    written = (
        cell
        if cell.startswith("<")
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row{said}>{''.join(written)}</table:table-row>"
