"""Reading sheets: seconds to open and read a register of twelve columns, and microseconds for one line.

    .venv/bin/python -m benchmarks.table_reading [ROWS …]

Pure Python, no database: what a dry run costs before it looks anything up. Rows are made on the spot, each with days,
amounts, codes and texts; the workbook by XlsxWriter, the text file in GB 18030.
"""

from __future__ import annotations

import io
import resource
import sys
import time
from datetime import date

import xlsxwriter

from yigongti.exchange.tables import words
from yigongti.exchange.tables.opening import opened
from yigongti.exchange.tables.sheet import Column, Sheet, heading, read_line
from yigongti.exchange.tables.writing import marked


ROWS = (10_000, 100_000)
READERS = (
    words.text(), words.day(not_after=lambda: date(2100, 1, 1)), words.money(), words.code({"1": "男", "2": "女"}),
)  # fmt: skip
REGISTER = Sheet(
    "register", "登记", tuple(Column(field=f"f{n}", header=f"第{n}列", read=READERS[n % 4]) for n in range(12))
)
CELLS = ("张三丰的地址", date(1958, 3, 4), 1234.5, "男") * 3


def workbook(rows: int) -> bytes:
    """The register as an .xlsx."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page, as_day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, [column.header for column in REGISTER.columns])
        for row in range(1, rows + 1):
            for place, cell in enumerate(CELLS):
                page.write(row, place, cell, *([as_day] if isinstance(cell, date) else []))
    return file.getvalue()


def text_file(rows: int) -> bytes:
    """The register as a text file."""
    line = ",".join(map(str, CELLS))
    return "\n".join([",".join(column.header for column in REGISTER.columns), *[line] * rows]).encode("gb18030")


def measure(name: str, data: bytes, rows: int) -> None:
    """Open, read every line, write the marked sheet; seconds of each."""
    begun = time.perf_counter()
    table = opened(data, most_rows=rows, known=REGISTER.knows)
    head = heading(REGISTER, table.head)
    open_after = time.perf_counter()
    wrong = sum(len(read_line(REGISTER, head, line.cells)[1]) for line in table.lines)
    done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    say(f"{name:5} {rows:>8,} x 12  {len(data) / 1e6:6.1f} MB  open {open_after - begun:5.2f} s  "
        f"read {done - open_after:5.2f} s  both {done - begun:5.2f} s  wrong {wrong}  peak {memory} MB")  # fmt: skip


def measure_line() -> None:
    """One line of good cells, again and again."""
    head = heading(REGISTER, [column.header for column in REGISTER.columns])
    cells, times = tuple(map(str, CELLS)), 50_000
    begun = time.perf_counter()
    for _ in range(times):
        read_line(REGISTER, head, cells)
    say(f"one line of twelve good cells: {(time.perf_counter() - begun) / times * 1e6:.1f} µs")


def measure_marking(rows: int) -> None:
    """The sheet with problems beside the cells, every fifth line wrong."""
    table = opened(text_file(rows).replace(b"1958-03-04", b"1958-02-31", rows // 5 * 3), most_rows=rows)
    head = heading(REGISTER, table.head)
    begun, file = time.perf_counter(), io.BytesIO()
    marked(table.head, ((line, read_line(REGISTER, head, line.cells)[1]) for line in table.lines), path_or_file=file)
    say(f"marked {rows:>8,} x 12  {time.perf_counter() - begun:5.2f} s")


def say(line: str) -> None:
    """One line of the report, as soon as it is known."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(sizes: tuple[int, ...]) -> None:
    """Everything at each size."""
    measure_line()
    for rows in sizes:
        measure("csv", text_file(rows), rows)
        measure("xlsx", workbook(rows), rows)
        measure_marking(rows)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or ROWS)
