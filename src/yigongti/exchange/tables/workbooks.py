"""Workbooks (.xlsx, .xls, .ods) as tables: the first visible sheet with a header, its cells as texts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import Any
from urllib.parse import unquote

import python_calamine as calamine

from yigongti.exchange.tables.archives import check_archive, part
from yigongti.exchange.tables.delimited import LONGEST_CELL
from yigongti.exchange.tables.elements import walk
from yigongti.exchange.tables.lines import SOUGHT, Line, Skipped, Table, data_lines, header_among
from yigongti.exchange.tables.old_workbooks import MAGIC, check_old_workbook
from yigongti.exchange.tables.peeking import Peeked
from yigongti.exchange.tables.refusing import CellTooLong, Damaged, Encrypted, NoLines, TooLong, TooWide


Known = Callable[[str], bool] | None

LOST = 1e15
"""Office software keeps fifteen digits: a number from here on has lost its end."""


def open_workbook(data: bytes, *, most_rows: int, most_columns: int, known: Known) -> Table:
    """A workbook as a table."""
    hidden = _looked_into(data)
    with _said_in_our_words():
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return _first_with_header(book, hidden, most_rows, most_columns, known)


@contextmanager
def _said_in_our_words() -> Iterator[None]:
    try:
        yield
    except calamine.PasswordError as wrong:
        raise Encrypted() from wrong
    except calamine.CalamineError as wrong:
        raise Damaged(problem=str(wrong)[:60]) from wrong
    except BaseException as wrong:  # a fault inside the reader arrives as a class that cannot be imported
        if type(wrong).__name__ != "PanicException":
            raise
        raise Damaged(problem=str(wrong)[:60]) from None


def _looked_into(data: bytes) -> Callable[[int], Peeked]:
    """What the sheets hide, by their place in the workbook."""
    if data.startswith(MAGIC):
        sheets = check_old_workbook(data)
        return lambda place: sheets[place] if place < len(sheets) else Peeked()
    found = check_archive(data)
    paths = _paths(data) if any("/" in name for name in found) else []
    return lambda place: found.get(paths[place] if place < len(paths) else str(place), Peeked())


def _paths(data: bytes) -> list[str]:
    """Where the sheets of an .xlsx lie, in the order of the workbook."""
    links: dict[str, str] = {}
    wanted: list[str] = []

    def start(name: str, said: dict[str, str]) -> None:
        if name == "Relationship":
            target = unquote(said.get("Target", ""))
            links[said.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
        elif name == "sheet":
            wanted.append(next((value for key, value in said.items() if key.endswith("}id")), ""))

    for name in ("xl/_rels/workbook.xml.rels", "xl/workbook.xml"):
        walk(part(data, name), start=start)
    return [links.get(link, "") for link in wanted]


def _first_with_header(
    book: calamine.CalamineWorkbook, hidden: Callable[[int], Peeked], most_rows: int, most_columns: int, known: Known
) -> Table:
    """The first visible sheet in which a header is known; else the first with anything in it."""
    shown = [
        (place, one.name)
        for place, one in enumerate(book.sheets_metadata)
        if one.visible is calamine.SheetVisibleEnum.Visible and one.typ is calamine.SheetTypeEnum.WorkSheet
    ]
    chosen: tuple[int, str, calamine.CalamineSheet] | None = None
    for place, name in shown:
        sheet = book.get_sheet_by_index(place)
        first = [Line(1, tuple(map(_text, row))) for row in islice(sheet.iter_rows(), SOUGHT)]
        if header_among(first, None) is None and sheet.height <= SOUGHT:
            continue
        chosen = chosen or (place, name, sheet)
        if known is None or any(sum(map(known, line.cells)) >= 2 for line in first):
            chosen = (place, name, sheet)
            break
    if chosen is None:
        raise NoLines()
    others = tuple(name for place, name in shown if place != chosen[0])
    return _table(chosen[2], chosen[1], others, hidden(chosen[0]), most_rows, most_columns, known)


def _table(
    sheet: calamine.CalamineSheet,
    name: str,
    others: tuple[str, ...],
    hidden: Peeked,
    most_rows: int,
    most_columns: int,
    known: Known,
) -> Table:
    width = (sheet.end or (0, 0))[1] + 1
    if width > most_columns:
        raise TooWide(count=width, most=most_columns)
    if sheet.height > most_rows + SOUGHT:
        raise TooLong(count=sheet.height, most=most_rows)
    merges = _merges(sheet)
    rows = _numbered(sheet, hidden, merges)
    first = list(islice(rows, SOUGHT))
    found = header_among(first, known)
    if found is None:
        raise NoLines()
    head, skipped = found.head, list[Skipped]()
    after = chain((line for line in first if line.number > head.number), rows)
    return Table(
        format="excel", charset="", sheet_name=name, head_number=head.number, head=head.cells,
        lines=data_lines(after, skipped, len(head.cells)), above=found.above, other_sheets=others,
        hidden_rows=hidden.hidden_rows, skipped=skipped,
        filled_merges=sum(1 for row, fills in merges.items() for _fill in fills if row > head.number),
    )  # fmt: skip


Merges = dict[int, list[tuple[int, int]]]


def _merges(sheet: calamine.CalamineSheet) -> Merges:
    """By first row: column and last row of cells merged over several rows, all counted from 1."""
    found: Merges = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top:
            found.setdefault(top + 1, []).append((left, bottom + 1))
    return found


def _numbered(sheet: calamine.CalamineSheet, hidden: Peeked, merges: Merges) -> Iterator[Line]:
    """Rows with the numbers that office software shows, from its column A on."""
    before = ("",) * (sheet.start or (0, 0))[1]
    marks: dict[int, list[tuple[int, str]]] = {}
    for (at, column), said in hidden.marks.items():
        marks.setdefault(at, []).append((column - 1, said))
    filling: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = (*before, *map(_text, row))
        if number in marks:
            cells = _marked(cells, marks[number])
        if filling or number in merges:
            cells = _filled(cells, number, filling, merges)
        _short_enough(cells, number)
        yield Line(number, cells)


def _marked(cells: tuple[str, ...], marks: list[tuple[int, str]]) -> tuple[str, ...]:
    written = list(cells)
    for place, said in marks:
        if 0 <= place < len(written) and not written[place]:
            written[place] = said
    return tuple(written)


def _filled(
    cells: tuple[str, ...], number: int, filling: dict[int, tuple[int, str]], merges: Merges
) -> tuple[str, ...]:
    """Each row of a merged cell says what the cell says."""
    written = list(cells)
    for place, (last, said) in list(filling.items()):
        if number > last:
            del filling[place]
        elif place < len(written) and not written[place]:
            written[place] = said
    for place, last in merges.get(number, ()):
        if place < len(written) and written[place]:
            filling[place] = (last, written[place])
    return tuple(written)


def _short_enough(cells: tuple[str, ...], number: int) -> None:
    for place, cell in enumerate(cells, start=1):
        if len(cell) > LONGEST_CELL:
            raise CellTooLong(row=number, column=place, most=LONGEST_CELL)


def _text(cell: Any) -> str:
    """A cell as office software shows it to somebody who has not dressed it up."""
    if type(cell) is str:
        return cell
    if type(cell) is float or type(cell) is int:
        return _number(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return _time(cell)


def _number(value: float) -> str:
    if abs(value) >= LOST or value != value:
        return f"{value:.5E}"
    if value == int(value):
        return str(int(value))
    digits = f"{value:.15g}"
    return format(Decimal(digits), "f") if "e" in digits else digits


def _time(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value.isoformat()
