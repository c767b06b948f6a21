"""A sheet of an .xlsx looked into before its reader: how far it reaches, and which formulas have no value.

The reader shows an error of a formula as a blank: a wrong number would become none. Sheets as office software writes
them are searched as bytes; whatever is written otherwise goes through an XML parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from yigongti.exchange.tables.cells import UNCOUNTED_MARK
from yigongti.exchange.tables.elements import walk
from yigongti.exchange.tables.reach import check_reach


CHUNK = 1 << 20
# Possessive and never across a tag: each runs through its text once, whatever the text is.
_FILLED = re.compile(rb'<c r="([A-Z]{1,9})([0-9]{1,9})"[^<>]*+(?<!/)>')
_EMPTY = re.compile(rb"<c [^<>]*+(?<=/)>")
_ANY = re.compile(rb"<c[\s/>]")
_UNUSUAL = re.compile(rb"<!|<\w++:(?:c|row|sheetData)[\s/>]")
_ERROR = re.compile(rb'<c (?=[^<>]*\bt="e")[^<>]*+(?<!/)>')
_NO_RESULT = re.compile(rb"<c ([^<>]*+)(?<!/)>\s*+<f[^<>]*+(?:(?<=/)>|>[^<>]*+</f>)\s*+(?:<v ?/>|<v></v>)?+\s*+</c>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_HIDDEN = re.compile(rb'<row (?=[^<>]*\bhidden="(?:1|true)")')


@dataclass(frozen=True, slots=True)
class Peeked:
    """What the reader would not tell of a sheet: marks by place (row, column from 1), and how many rows hide."""

    marks: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: int = 0
    texts: int = 0
    """How many cells refer to shared texts."""
    usual: bool = True
    """Whether it is written as office software writes."""


def peeked(xml: bytes) -> Peeked:
    """Look into a sheet; refuses one that reaches too far."""
    if _UNUSUAL.search(xml) or not _searched(xml):
        return _parsed(xml)
    hidden = sum(1 for _ in _HIDDEN.finditer(xml)) if b"hidden" in xml else 0
    texts = xml.count(b'"s"') + xml.count(b"'s'")
    return Peeked({**_errors(xml), **_without_result(xml)}, hidden, texts)


def _searched(xml: bytes) -> bool:
    """Check how far it reaches, if every cell is written as expected."""
    rows: set[bytes] = set()
    columns: set[bytes] = set()
    cells = 0
    for chunk in _chunks(xml):
        filled = _FILLED.findall(chunk)
        columns.update(letters for letters, _number in filled)
        rows.update(number for _letters, number in filled)
        cells += len(filled) + sum(1 for _ in _EMPTY.finditer(chunk))
    if cells != sum(1 for _ in _ANY.finditer(xml)):
        return False
    numbers = [int(number) for number in rows]
    if numbers:
        check_reach(first=min(numbers), last=max(numbers), widest=max(map(column_number, columns)))
    return True


def _chunks(xml: bytes) -> Iterator[bytes]:
    """Pieces that cut no tag."""
    begin = 0
    while begin < len(xml):
        end = xml.find(b"<", begin + CHUNK)
        end = len(xml) if end < 0 else end
        yield xml[begin:end]
        begin = end


def column_number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _place(tag: bytes) -> tuple[int, int]:
    found = _PLACE.search(tag)
    return (int(found[2]), column_number(found[1])) if found else (0, 0)


def _errors(xml: bytes) -> dict[tuple[int, int], str]:
    found = {}
    for tag in _ERROR.finditer(xml) if b't="e"' in xml else ():
        until = xml.find(b"<c ", tag.end())  # to the next cell, so that all searches together are one walk
        value = _VALUE.search(xml, tag.end(), until if until > 0 else len(xml))
        found[_place(tag[0])] = value[1][:20].decode("ascii", "replace") if value else "#N/A"
    return found


def _without_result(xml: bytes) -> dict[tuple[int, int], str]:
    """Formulas without a value; an empty text is one."""
    found = (cell[1] for cell in _NO_RESULT.finditer(xml))
    return {_place(b" " + tag): UNCOUNTED_MARK for tag in found if b't="str"' not in tag and b't="e"' not in tag}


def _parsed(xml: bytes) -> Peeked:
    seen = _Walk()
    walk(xml, start=seen.start, end=seen.end, text=seen.text)
    if seen.last:
        check_reach(first=seen.first, last=seen.last, widest=seen.widest)
    return Peeked(seen.marks, seen.hidden, seen.texts, usual=False)


class _Walk:
    """Elements one after another, with the row and cell that they stand in."""

    def __init__(self) -> None:
        self.marks: dict[tuple[int, int], str] = {}
        self.first = self.last = self.widest = self.hidden = self.row = self.column = self.texts = 0
        self.kind, self.value, self.formula, self.inside = "", "", False, ""

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "row":
            self.row, self.column = _number(said.get("r", "")) or self.row + 1, 0
            self.hidden += said.get("hidden") in ("1", "true")
        elif name == "c":
            self._cell(said)
        elif name in ("v", "f", "t"):
            self.formula, self.inside = self.formula or name == "f", name
            self._filled()

    def _cell(self, said: dict[str, str]) -> None:
        found = _PLACE.fullmatch(f'r="{said.get("r", "")}"'.encode())
        self.row, self.column = (int(found[2]), column_number(found[1])) if found else (self.row, self.column + 1)
        self.kind, self.value, self.formula = said.get("t", ""), "", False
        self.texts += self.kind == "s"
        if "r" in said and not found:
            check_reach(first=1, last=1 << 30, widest=1 << 30)

    def _filled(self) -> None:
        self.first = min(self.first or self.row, self.row)
        self.last, self.widest = max(self.last, self.row), max(self.widest, self.column)

    def text(self, said: str) -> None:
        if self.inside == "v" and len(self.value) < 20:
            self.value += said

    def end(self, name: str) -> None:
        self.inside = "" if name in ("v", "f", "t") else self.inside
        if name == "c" and self.kind == "e":
            self.marks[self.row, self.column] = self.value.strip() or "#N/A"
        elif name == "c" and self.formula and not self.value and self.kind != "str":
            self.marks[self.row, self.column] = UNCOUNTED_MARK


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
