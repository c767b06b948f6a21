"""What the terminal shows: a line that is written over, and a table whose Chinese columns stand straight."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence


BAR = 24


class Progress:
    """On a terminal one bar; in a log one line per tenth, so that nobody waits in the dark."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._last: tuple[str, int] = ("", -1)

    def __call__(self, title: str, done: int, total: int) -> None:
        share = min(done / total, 1.0) if total else 1.0
        step = (title, int(share * (200 if self._live else 10)))
        if step == self._last:
            return
        self._last = step
        if self._live:
            bar = ("█" * round(share * BAR)).ljust(BAR, "░")
            write(f"\r\033[K{fit(title, 24)} {bar} {share:4.0%}  {done:,}/{total:,}")
        else:
            write(f"{title} {share:.0%} {done:,}/{total:,}\n")

    def close(self) -> None:
        if self._live:
            write("\r\033[K")


def table(rows: Iterable[Sequence[str]]) -> str:
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(fit(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def fit(text: str, size: int) -> str:
    return text + " " * max(0, size - width(text))


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def say(line: str = "") -> None:
    write(f"{line}\n")
