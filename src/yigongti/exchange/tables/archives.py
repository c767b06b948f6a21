"""Workbooks that are zip archives, checked before a reader opens them: size, locks, checksums, what they are."""

from __future__ import annotations

import io
import zipfile
import zlib

from yigongti.exchange.tables.open_documents import check_open_document
from yigongti.exchange.tables.peeking import Peeked, peeked
from yigongti.exchange.tables.refusing import Damaged, Encrypted, NotATable, Unpacked
from yigongti.exchange.tables.shared_texts import check_texts, sizes


MOST_BYTES = 300 * 1024 * 1024
MOST_RATIO = 200
HARMLESS = 16 * 1024 * 1024
"""A small archive may be packed as tightly as it likes."""
MOST_ENTRIES = 5_000


def check_archive(data: bytes) -> dict[str, Peeked]:
    """Read every part once, so that none is longer than it says; the sheets with what they hide.

    Those of an .xlsx by their path, those of an .ods by their place.
    """
    archive = _archive(data)
    sheets: dict[str, Peeked] = {}
    texts: list[int] = []
    for entry in archive.infolist():
        found = b"" if entry.is_dir() else _contents(archive, entry.filename)
        if b"sheetData" in found:
            sheets[entry.filename] = peeked(found)
        elif entry.filename.lower() == "content.xml":
            sheets |= {str(place): one for place, one in enumerate(check_open_document(found))}
        elif entry.filename.lower().endswith("sharedstrings.xml"):
            texts = sizes(found)
    check_texts(texts, sheets, archive.read, len(data))
    return sheets


def part(data: bytes, name: str) -> bytes:
    """One part of an archive that was checked; nothing where there is none."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    return archive.read(name) if name in archive.namelist() else b""


def _archive(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as wrong:
        raise Damaged(problem="ZIP") from wrong
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or size > max(HARMLESS, min(MOST_BYTES, MOST_RATIO * len(data))):
        raise Unpacked(size=size // 1024**2, ratio=size // max(1, len(data)))
    if any(entry.flag_bits & 1 for entry in entries):
        raise Encrypted()
    _must_be_a_workbook({name.lower() for name in archive.namelist()})
    return archive


def _must_be_a_workbook(names: set[str]) -> None:
    if any(name.endswith("workbook.bin") for name in names):
        raise NotATable(problem="二进制工作簿 .xlsb")
    if not any(name == "content.xml" or name.endswith("workbook.xml") for name in names):
        raise NotATable(problem="文档" if "word/document.xml" in names else "压缩包")


def _contents(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, ValueError, OSError) as wrong:
        raise Damaged(problem=name[-40:]) from wrong
    except RuntimeError as wrong:  # what zipfile raises for a locked part
        raise Encrypted() from wrong
