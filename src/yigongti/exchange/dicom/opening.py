"""The one way into a DICOM file: pydicom held to named elements, so that no file can make it unpack without end.

Source: DICOM PS3.10 (file format) and PS3.5 (transfer syntaxes). Private elements are passed over unread.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

import pydicom
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.sequence import Sequence

from yigongti.exchange.dicom.refusing import UnreadableImage


CHARSET = 0x00080005
PREAMBLE, MAGIC = 128, b"DICM"
UNDEFINED = 0xFFFFFFFF
NO_UID = re.compile(r"[^0-9.]")
DEFLATED = "1.2.840.10008.1.2.1.99"
DEFLATED_IMAGES = "1.2.840.10008.1.2.8.1"
# Groups with which a dataset without its file header begins, little and big endian.
HEADLESS = (b"\x02\x00", b"\x08\x00", b"\x00\x08")
# All that pydicom has been seen to raise over broken bytes; anything else is a mistake of ours and must be heard.
BROKEN = (
    InvalidDicomError, BytesLengthException, EOFError, ValueError, KeyError, TypeError, AttributeError, IndexError,
    NotImplementedError, OverflowError, RecursionError, NameError, OSError, struct.error, zlib.error,
)  # fmt: skip

_quiet = Lock()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's named elements; `cut` where it ends inside an element, `headless` where it has no file header."""

    elements: FileDataset
    syntax: str
    cut: bool
    headless: bool


def opened(data: bytes, *, wanted: Iterable[int]) -> Opened:
    """Read the `wanted` tags of a file. Raises `UnreadableImage` for what is no DICOM or is deflated."""
    headless = data[PREAMBLE : PREAMBLE + 4] != MAGIC
    if headless and data[:2] not in HEADLESS:
        raise UnreadableImage(what="文件头", value=data[:16].hex(), problem="不是DICOM文件", rule="dicom.preamble")
    if not headless and _syntax(data) in (DEFLATED, DEFLATED_IMAGES):
        raise UnreadableImage(what="传输语法", value=_syntax(data), problem="整体压缩的文件不读", rule="dicom.deflated")
    stream = io.BytesIO(data)
    try:
        # pydicom warns of every oddity of a file; what matters of them is found and said by the readers.
        with _quiet, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            elements = pydicom.dcmread(stream, force=headless, specific_tags=list(wanted))
    except BROKEN as wrong:
        raise UnreadableImage(what="文件", value=wrong, problem="结构坏了", rule="dicom.structure") from wrong
    meta = getattr(elements, "file_meta", None)
    syntax = NO_UID.sub("?", str(meta.get("TransferSyntaxUID", "") or "") if meta is not None else "")
    return Opened(elements, syntax, _cut(elements, stream.tell() > len(data)), headless)


def declared_sets(elements: Dataset) -> list[str]:
    """The character sets that a file declares; pydicom has already taken this one element apart."""
    found = _stored(elements, CHARSET)
    value = getattr(found, "value", None) or ""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip(" \0").split("\\") if isinstance(value, str) else [str(one) for one in value]


def items(elements: Dataset, tag: int) -> list[Dataset]:
    """The items of a sequence, none where it is absent; raises `UnreadableImage` where it is broken."""
    try:
        with _quiet, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = elements[tag].value if tag in elements else None
    except BROKEN as wrong:
        raise UnreadableImage(what="序列", value=f"{tag:08X}", problem="结构坏了", rule="dicom.sequence") from wrong
    return list(found) if isinstance(found, Sequence) else []


def raw(elements: Dataset, tag: int) -> bytes:
    """The bytes of an element as they stand, b"" where it is absent or has none."""
    found = _stored(elements, tag)
    value = getattr(found, "value", None)
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""


def _stored(elements: Dataset, tag: int) -> DataElement | RawDataElement | None:
    """As it was read: pydicom would take an empty one apart, and fall over one of no known kind."""
    return elements.get_item(tag, keep_deferred=True)


def _cut(elements: FileDataset, past_end: bool) -> bool:
    found = (_stored(elements, tag) for tag in elements.keys())  # a dataset iterates over elements, made anew
    return past_end or any(isinstance(one, RawDataElement) and _short(one) for one in found)


def _short(one: RawDataElement) -> bool:
    return one.length != UNDEFINED and len(one.value or b"") < one.length


def _syntax(data: bytes) -> str:
    """The transfer syntax of the file header: elements of group 2, always explicit and little-endian."""
    place = PREAMBLE + 4
    while place + 8 <= len(data) and data[place : place + 2] == b"\2\0":
        long = data[place + 4 : place + 6] in (b"OB", b"UN", b"OW", b"UT", b"SQ")
        head, form = (12, "<I") if long else (8, "<H")
        if place + head > len(data):
            break
        (length,) = struct.unpack_from(form, data, place + (8 if long else 6))
        if data[place + 2 : place + 4] == b"\x10\0":
            return data[place + head : place + head + length].decode("ascii", "replace").strip("\0 ")
        place += head + length
    return ""
