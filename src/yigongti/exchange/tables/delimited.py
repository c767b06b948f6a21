"""Text files with delimiters: comma, tab, semicolon or bar; any line ends; quotes as office software writes them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, islice

from yigongti.exchange.tables.letters import text_of
from yigongti.exchange.tables.lines import SOUGHT, Line, Skipped, Table, data_lines, header_among
from yigongti.exchange.tables.refusing import CellTooLong, NoLines, OpenQuote, TooLong, TooWide


DELIMITERS = (",", "\t", ";", "|")
LONGEST_CELL = 100_000
_ROW = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_SAID = re.compile(r"sep=(.)[\r\n]", re.IGNORECASE)


def open_delimited(data: bytes, *, most_rows: int, most_columns: int, known: Callable[[str], bool] | None) -> Table:
    """A text file as a table, its lines cut only when they are walked through."""
    text, charset = text_of(data)
    said = _SAID.match(text)
    delimiter = said[1] if said and said[1] in DELIMITERS else _delimiter(text, known)
    _check(text, delimiter, most_rows, most_columns)
    rows = _numbered(text, delimiter)
    if said:
        next(rows, None)
    first = list(islice(rows, SOUGHT))
    found = header_among(first, known)
    if found is None:
        raise NoLines()
    head, skipped = found.head, list[Skipped]()
    after = chain((line for line in first if line.number > head.number), rows)
    return Table(
        format="csv", charset=charset, sheet_name="", head_number=head.number, head=head.cells, delimiter=delimiter,
        lines=data_lines(after, skipped, len(head.cells)), above=found.above, skipped=skipped,
    )  # fmt: skip


def _pieces(text: str) -> Iterator[str]:
    """The text by its line ends, kept; nothing else ends a line."""
    return (found[0] for found in _ROW.finditer(text))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(_pieces(text), delimiter=delimiter)


def _numbered(text: str, delimiter: str) -> Iterator[Line]:
    return (Line(number, tuple(row)) for number, row in enumerate(_rows(text, delimiter), start=1))


def _delimiter(text: str, known: Callable[[str], bool] | None) -> str:
    """Under which the first lines have most known headers, then most cells in one line after another."""
    sample = list(islice(_pieces(text[:100_000]), 20))

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            rows = [row for row in csv.reader(sample, delimiter=delimiter) if row]
        except csv.Error:
            return -1, 0
        headers = max((sum(map(known, row)) for row in rows[:SOUGHT]), default=0) if known else 0
        width, times = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        return headers, (width - 1) * times

    return max(DELIMITERS, key=worth)


def _check(text: str, delimiter: str, most_rows: int, most_columns: int) -> None:
    """Everything that would stop the walk later is said before it begins."""
    if '"' not in text and text.count("\n") + text.count("\r") <= most_rows and len(text) < LONGEST_CELL:
        widest = max((piece.count(delimiter) for piece in _pieces(text)), default=0) + 1
        if widest > most_columns:
            raise TooWide(count=widest, most=most_columns)
        return
    _check_by_reading(text, delimiter, most_rows, most_columns)


def _check_by_reading(text: str, delimiter: str, most_rows: int, most_columns: int) -> None:
    read = csv.reader(_pieces(text), delimiter=delimiter, strict=True)
    filled, widest, begun, number = 0, 0, 0, 0
    try:
        for number, row in enumerate(read, start=1):
            filled += bool(row)
            if len(row) > widest:
                widest = len(row)
            if read.line_num - begun > 1 or sum(map(len, row)) > LONGEST_CELL:
                _no_long_cell(row, number)
            begun = read.line_num
    except csv.Error:
        raise _broken(text, number + 1, begun) from None
    if widest > most_columns:
        raise TooWide(count=widest, most=most_columns)
    if filled > most_rows + SOUGHT:
        raise TooLong(count=filled, most=most_rows)


def _no_long_cell(row: list[str], number: int) -> None:
    for place, cell in enumerate(row, start=1):
        if len(cell) > LONGEST_CELL:
            raise CellTooLong(row=number, column=place, most=LONGEST_CELL)


def _broken(text: str, number: int, line: int) -> CellTooLong | OpenQuote:
    """A cell of a whole line's length is too long; else a quote never closes, or closes in the middle of a cell."""
    piece = next(islice(_pieces(text), line, None), "")
    if len(piece) > LONGEST_CELL:
        return CellTooLong(row=number, column=1, most=LONGEST_CELL)
    quote = max(piece.find('"'), 0)
    return OpenQuote(row=number, near=piece[quote : quote + 20].strip())
