"""OpenDocument sheets looked into before their reader, which writes out every repetition that a sheet declares."""

from __future__ import annotations

from yigongti.exchange.tables.elements import walk
from yigongti.exchange.tables.peeking import Peeked
from yigongti.exchange.tables.reach import check_reach


def check_open_document(xml: bytes) -> list[Peeked]:
    """Refuse what reaches too far or is no XML; else what its sheets hide, in their order."""
    seen = _Walk()
    walk(xml, start=seen.start, end=seen.end, text=seen.text)
    return seen.sheets


class _Walk:
    """Sheets, rows and cells with their repetitions."""

    def __init__(self) -> None:
        self.sheets: list[Peeked] = []
        self.row = self.column = self.widest = self.height = self.hidden = 0
        self.filled = self.wrong = False
        self.marks: dict[tuple[int, int], str] = {}

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "table":
            self.row = self.column = self.widest = self.hidden = 0
            self.marks = {}
        elif name == "table-row":
            self.height, self.column, self.filled = _repeated(said, "number-rows-repeated"), 0, False
            self.hidden += _said(said, "}visibility") in ("collapse", "filter")
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(said)
        elif name == "p" and self.column:
            self._fill()

    def _cell(self, said: dict[str, str]) -> None:
        self.column += _repeated(said, "number-columns-repeated")
        self.wrong = any(name.endswith("}value-type") and value == "error" for name, value in said.items())
        if any(name.endswith(("}value-type", "}formula")) for name in said):
            self._fill()
        if self.wrong:
            self.marks[self.row + 1, self.column] = ""

    def text(self, said: str) -> None:
        if self.wrong:
            self.marks[self.row + 1, self.column] = (self.marks[self.row + 1, self.column] + said.strip())[:20]

    def _fill(self) -> None:
        self.filled, self.widest = True, max(self.widest, self.column)

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self.wrong = False
        elif name == "table-row":
            self.row += self.height
            if self.filled:
                check_reach(first=1, last=self.row, widest=self.widest)
        elif name == "table":
            marks = {place: said or "#N/A" for place, said in self.marks.items()}
            self.sheets.append(Peeked(marks, self.hidden))


def _said(said: dict[str, str], name: str) -> str:
    return next((value for key, value in said.items() if key.endswith(name)), "")


def _repeated(said: dict[str, str], name: str) -> int:
    """A number that cannot be read is taken for a very large one."""
    text = _said(said, name) or "1"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1 << 30
