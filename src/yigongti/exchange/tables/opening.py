"""Bytes of a file become a table, whatever office software or system wrote them."""

from __future__ import annotations

from collections.abc import Callable

from yigongti.exchange.tables.delimited import open_delimited
from yigongti.exchange.tables.lines import Line, Skipped, Table
from yigongti.exchange.tables.refusing import Empty
from yigongti.exchange.tables.workbooks import open_workbook


__all__ = ["Line", "Skipped", "Table", "opened"]

WIDEST = 200
_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def opened(
    data: bytes,
    *,
    name: str = "",
    most_rows: int,
    most_columns: int = WIDEST,
    known: Callable[[str], bool] | None = None,
) -> Table:
    """Open a file by what it holds, not by how it is called; raises a Refusal that says what is wrong with it.

    `known` tells whether a cell is a header that somebody waits for: it finds the header below titles.
    """
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise Empty()
    if data.startswith(_WORKBOOKS):
        return open_workbook(data, most_rows=most_rows, most_columns=most_columns, known=known)
    return open_delimited(data, most_rows=most_rows, most_columns=most_columns, known=known)
