"""Workbooks of before 2007 (.xls) looked into before their reader: locks, reach, errors of formulas.

Sources: [MS-CFB] compound files, [MS-XLS] records. Only what a check needs: the chain of the workbook's stream, and
the place of each cell.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from yigongti.exchange.tables.peeking import Peeked
from yigongti.exchange.tables.reach import check_reach
from yigongti.exchange.tables.refusing import Damaged, Encrypted, NotATable


MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
_BOF, _SHEET, _LOCK, _ROW, _ERROR = 0x0809, 0x0085, 0x002F, 0x0208, 0x0205
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_CELLS = frozenset({0x00FD, 0x0203, 0x027E, 0x0204, 0x00D6, _ERROR, *_FORMULAS})
_SEVERAL = 0x00BD
_SAID = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def check_old_workbook(data: bytes) -> list[Peeked]:
    """Refuse what is locked, no workbook, or reaches too far; else what its sheets hide, in their order."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Encrypted()
    try:
        stream = _workbook(data)
        return _sheets(stream)
    except (struct.error, IndexError) as wrong:
        raise Damaged(problem="XLS") from wrong


def _workbook(data: bytes) -> bytes:
    power, small_power = struct.unpack_from("<HH", data, 30)
    if not 7 <= power <= 16 or not 4 <= small_power < power:
        raise Damaged(problem="XLS")
    size = 1 << power
    table, first, limit, small_first = _header(data, size)
    directory = _chain(data, first, table, size, 1 << power)
    entries = {name: (begin, length) for name, begin, length in _entries(directory)}
    found = entries.get("workbook") or entries.get("book")
    if not found:
        raise NotATable(problem="文档")
    begin, length = found
    if length >= limit or "root entry" not in entries:
        return _chain(data, begin, table, size, 1 << power)[:length]
    small = _chain(data, entries["root entry"][0], table, size, 1 << power)
    small_table = _numbers(_chain(data, small_first, table, size, 1 << power))
    return _chain(small, begin, small_table, 1 << small_power, 0)[:length]


def _header(data: bytes, size: int) -> tuple[list[int], int, int, int]:
    """The table of sectors, the first of the directory, the least size of a stream of its own, the small table."""
    first, _transaction, limit, small_first, _small, more, count = struct.unpack_from("<7I", data, 48)
    places = list(struct.unpack_from("<109I", data, 76))
    seen = 0
    while more < _END and seen <= min(count, len(data) // size):
        numbers = _numbers(data[(more + 1) * size : (more + 2) * size])
        places, more, seen = places + numbers[:-1], numbers[-1], seen + 1
    table = b"".join(data[(place + 1) * size : (place + 2) * size] for place in places if place < _END)
    return _numbers(table), first, limit, small_first


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _chain(data: bytes, begin: int, table: list[int], size: int, offset: int) -> bytes:
    """The sectors of a stream; a chain that is longer than the file goes round in a circle."""
    pieces: list[bytes] = []
    while begin < _END:
        if len(pieces) > len(data) // size + 1:
            raise Damaged(problem="XLS")
        pieces.append(data[offset + begin * size : offset + (begin + 1) * size])
        begin = table[begin]
    return b"".join(pieces)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    for place in range(0, len(directory) - 127, 128):
        length, begin, size = struct.unpack_from("<64xH50xII", directory, place)
        name = directory[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        yield name.lower(), begin, size


def _sheets(stream: bytes) -> list[Peeked]:
    begins = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _SHEET]
    if any(kind == _LOCK for kind, _body in _records(stream, 0)):
        raise Encrypted()
    return [_sheet(stream, begin) for begin in begins]


def _records(stream: bytes, place: int) -> Iterator[tuple[int, memoryview]]:
    """Records until the end of the part that begins here."""
    view, depth = memoryview(stream), 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BOF) - (kind == 0x000A)
        yield kind, view[place + 4 : place + 4 + length]
        place += 4 + length
        if depth <= 0:
            return


def _sheet(stream: bytes, begin: int) -> Peeked:
    marks: dict[tuple[int, int], str] = {}
    hidden, first, last, widest = 0, 1 << 30, 0, 0
    for kind, body in _records(stream, begin):
        if kind in _CELLS or kind == _SEVERAL:
            row, column = struct.unpack_from("<HH", body)
            end = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _SEVERAL else column
            first, last, widest = min(first, row + 1), max(last, row + 1), max(widest, end + 1, column + 1)
            if said := _error(kind, body):
                marks[row + 1, column + 1] = said
        elif kind == _ROW and len(body) >= 16:
            hidden += bool(body[12] & 0x20)
    if last:
        check_reach(first=first, last=last, widest=widest)
    return Peeked(marks, hidden)


def _error(kind: int, body: memoryview) -> str:
    if kind == _ERROR and len(body) >= 8 and body[7]:
        return _SAID.get(body[6], "#UNKNOWN!")
    if kind in _FORMULAS and len(body) >= 14 and body[6] == 2 and bytes(body[12:14]) == b"\xff\xff":
        return _SAID.get(body[8], "#UNKNOWN!")
    return ""
