"""An opened table: its header line, its lines as they come, and what was passed over, so that it can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from yigongti.exchange.tables.cells import trimmed
from yigongti.exchange.tables.headers import key


SOUGHT = 10
"""The header stands in one of so many first lines."""
EXAMPLE, EXPLAINED = "【示例】", "【说明】"
_TOTALS = frozenset({"合计", "总计", "共计", "小计", "累计"})
_NOTES = re.compile(r"\(.*\)")
_BEGINNINGS = frozenset("【合总共小累制填审复负单注备说")
_FOOT = re.compile(r"(?:制表|填表|填报|审核|复核|负责人|单位负责人|注|备注|说明)[^:]{0,6}:")


@dataclass(frozen=True, slots=True)
class Line:
    """One row, numbered as office software shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no data: `total`, `foot`, `example` or `explained`."""

    number: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was opened. `lines` can be walked through once; `skipped` is complete when it has been."""

    format: str
    """csv or excel."""
    charset: str
    """Python's name of a text file's character set."""
    sheet_name: str
    head_number: int
    head: tuple[str, ...]
    lines: Iterator[Line]
    delimiter: str = ""
    above: tuple[Line, ...] = ()
    """Titles over the header."""
    other_sheets: tuple[str, ...] = ()
    """Sheets of the workbook that are not read."""
    hidden_rows: int = 0
    """Rows that office software does not show; they are read all the same."""
    filled_merges: int = 0
    """Merged cells over several rows; their text counts for each row."""
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """The header line with what stands above it."""

    head: Line
    above: tuple[Line, ...]


def header_among(first: Iterable[Line], known: Callable[[str], bool] | None) -> Found | None:
    """The header: two known cells; else three filled; else as many as any line has."""
    filled = [line for line in first if any(trimmed(cell) for cell in line.cells)]
    if not filled:
        return None
    sizes = [sum(bool(trimmed(cell)) for cell in line.cells) for line in filled]
    enough = min(3, max(sizes))
    place = next((n for n, line in enumerate(filled) if known and sum(map(known, line.cells)) >= 2), None)
    if place is None:
        place = next(n for n, size in enumerate(sizes) if size >= enough)
    return Found(without_blank_end(filled[place]), tuple(filled[:place]))


def without_blank_end(line: Line) -> Line:
    """A header has no columns behind its last filled cell."""
    last = max((n for n, cell in enumerate(line.cells, start=1) if trimmed(cell)), default=0)
    return Line(line.number, line.cells[:last])


def data_lines(lines: Iterable[Line], skipped: list[Skipped], width: int) -> Iterator[Line]:
    """The lines that are data: no blank ones, no example of the template, no totals or signatures at the end."""
    held: list[tuple[Line, str]] = []
    for line in lines:
        first = next((text for cell in line.cells if (text := trimmed(cell))), "")
        if not first:
            continue
        why = _no_data(first, line, width)
        if why in ("example", "explained"):
            skipped.append(Skipped(line.number, why))
        elif why:
            held.append((line, why))
        else:
            yield from (one for one, _why in held)
            held.clear()
            yield line
    skipped.extend(Skipped(line.number, why) for line, why in held)


def _no_data(first: str, line: Line, width: int) -> str:
    if first[0] not in _BEGINNINGS:  # nearly all lines
        return ""
    said = key(first)
    if said.startswith(key(EXAMPLE)):
        return "example"
    if said.startswith(key(EXPLAINED)):
        return "explained"
    if _NOTES.sub("", said) in _TOTALS:
        return "total"
    few = sum(bool(trimmed(cell)) for cell in line.cells) <= max(1, width // 3)
    return "foot" if few and _FOOT.match(_colons(first)) else ""


def _colons(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("：", ":")
