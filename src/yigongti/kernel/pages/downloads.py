"""Tables that are taken away as files: made whole before a byte is answered, for half a file looks like a whole one.

Whoever is cut off on the way knows it by the length that was told first; so a file is packed here, and not on the way.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped] # it ships no types
from django.db import transaction
from django.http import FileResponse
from django.utils.cache import patch_vary_headers

from yigongti.kernel import clock
from yigongti.kernel.pages.asking import Visit


Lines = Iterable[Sequence[str]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PACKED = re.compile(r"\bgzip\b")
IN_MEMORY = 1 << 20
MOST_ROWS = 1_048_576
"""Rows of a worksheet: what is written below them would be dropped without a word."""


def table_file(request: Visit, *, name: str, lines: Lines, taken: Callable[[int], None], kind: str = "csv"
               ) -> FileResponse:  # fmt: skip
    """Head and rows as a file, once it is complete and `taken` has told the trail how many rows left the house.

    The rows are read in one transaction: as they stood at one moment, and what the reading itself noted stands with
    the file or not at all. What the lines refuse is refused, and there is no file.
    """
    media_type, write = KINDS[kind]
    packs = bool(_PACKED.search(request.headers.get("Accept-Encoding", "")))
    with _unless_broken() as file:
        counted = _Counted(lines)
        with transaction.atomic():
            write(file, counted)
            taken(counted.number - 1)
    named = f"{name}-{clock.today():%Y%m%d}.{kind}"
    whole = _light(_packed(file) if packs else file)
    answer = FileResponse(whole, as_attachment=True, filename=named, content_type=media_type)  # which closes it
    if packs:
        answer.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ("Accept-Encoding",))
    return answer


@contextmanager
def _unless_broken() -> Iterator[IO[bytes]]:
    """A file without a name, which is gone if the block is left by an error."""
    with ExitStack() as broken:
        yield broken.enter_context(tempfile.TemporaryFile())
        broken.pop_all()


def _packed(plain: IO[bytes]) -> IO[bytes]:
    with (
        plain,
        _unless_broken() as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=1) as packed,
    ):
        plain.seek(0)
        shutil.copyfileobj(plain, packed)
    return file


def _light(file: IO[bytes]) -> IO[bytes]:
    """From its beginning; what is small holds no file open while it is on its way."""
    small = file.seek(0, io.SEEK_END) <= IN_MEMORY
    file.seek(0)
    if not small:
        return file
    with file:
        return io.BytesIO(file.read())


class _Counted:
    """The lines as they go by, each cell harmless, and how many there were."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.number = lines, 0

    def __iter__(self) -> Iterator[list[str]]:
        for line in self.lines:
            self.number += 1
            yield [harmless(cell) for cell in line]


def harmless(cell: str) -> str:
    """A text that a spreadsheet will not take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(file: IO[bytes], lines: Lines) -> None:
    """For the spreadsheets of offices: a byte order mark first."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        csv.writer(text).writerows(lines)
    finally:
        text.detach()  # it would close the file


def _xlsx(file: IO[bytes], lines: Lines) -> None:
    """As many sheets as are needed, each under the same head."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    rows, most = iter(lines), MOST_ROWS - 1
    head = next(rows, ())
    with xlsxwriter.Workbook(file, options) as book:  # closed where a row is refused too: its rows lie on the disk
        sheet = _sheet(book, head)
        for n, line in enumerate(rows):
            if n and n % most == 0:
                sheet = _sheet(book, head)
            sheet.write_row(n % most + 1, 0, line)


def _sheet(book: Any, head: Sequence[str]) -> Any:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, head)
    return sheet


KINDS: dict[str, tuple[str, Callable[[IO[bytes], Lines], None]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}
