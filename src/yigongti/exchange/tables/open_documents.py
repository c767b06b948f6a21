"""OpenDocument sheets looked into before their reader, which writes out every repetition that a sheet declares."""

from __future__ import annotations

from yigongti.exchange.tables.elements import walk
from yigongti.exchange.tables.reach import check_reach


def check_open_document(xml: bytes) -> None:
    """Refuse what reaches too far or is no XML."""
    seen = _Walk()
    walk(xml, start=seen.start, end=seen.end)


class _Walk:
    """Rows and cells with their repetitions."""

    def __init__(self) -> None:
        self.row = self.column = self.widest = self.height = self.width = 0
        self.filled = False

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "table":
            self.row = self.widest = 0
        elif name == "table-row":
            self.height, self.column, self.filled = _repeated(said, "number-rows-repeated"), 0, False
        elif name in ("table-cell", "covered-table-cell"):
            self.column += _repeated(said, "number-columns-repeated")
            if any(key.endswith(("value-type", "formula")) for key in said):
                self._fill()
        elif name == "p" and self.column:
            self._fill()

    def _fill(self) -> None:
        self.filled, self.widest = True, max(self.widest, self.column)

    def end(self, name: str) -> None:
        if name == "table-row":
            self.row += self.height
            if self.filled:
                check_reach(first=1, last=self.row, widest=self.widest)


def _repeated(said: dict[str, str], name: str) -> int:
    """A number that cannot be read is taken for a very large one."""
    text = next((value for key, value in said.items() if key.endswith(name)), "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1 << 30
