"""What a file is by its first bytes: neither its name nor what a browser calls it says so.

Sources: PDF, ISO 32000-1 7.5.2 and H.3 (the header within the first 1,024 bytes); PNG, ISO/IEC 15948 5.2; JPEG, ITU-T
T.81 B.1.1 (SOI and the marker behind it); DICOM, PS3.10 7.1; HEIC, ISO/IEC 14496-12 4.3 and 23008-12 (`ftyp` and its
brand); ZIP, APPNOTE 4.3.7; old Office files, MS-CFB 2.2; HTML and the rest, WHATWG MIME Sniffing 7.1 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue


HEAD = 1024
"""Bytes that are looked at."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEIC, HTML, TEXT, UNKNOWN = "image/heic", "text/html", "text/plain", "application/octet-stream"
STARTS = (
    ("image/png", rb"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", rb"\xff\xd8\xff"),
    (HEIC, rb"....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1|avif)"),
    ("application/dicom", rb".{128}DICM"),
    ("image/gif", rb"GIF8[79]a"),
    ("image/webp", rb"RIFF....WEBP"),
    ("image/tiff", rb"II\*\x00|MM\x00\*"),
    ("image/bmp", rb"BM.{4}\x00{4}"),
    ("video/mp4", rb"....ftyp"),
    ("application/zip", rb"PK\x03\x04|PK\x05\x06"),
    ("application/x-ole-storage", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("application/x-executable", rb"MZ|\x7fELF|\xcf\xfa\xed\xfe|#!"),
    ("application/pdf", rb".{0,1019}?%PDF-"),
    (HTML, rb"(?i:(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|iframe|svg)[\s>])"),
)
WORDS = {
    "image/png": "PNG 图片", "image/jpeg": "JPEG 图片", HEIC: "HEIC 照片", "application/dicom": "DICOM 影像",
    "image/gif": "GIF 图片", "image/webp": "WebP 图片", "image/tiff": "TIFF 图片", "image/bmp": "BMP 图片",
    "video/mp4": "视频", "application/zip": "压缩包或 Office 文件", "application/x-ole-storage": "旧版 Office 文件",
    "application/x-executable": "程序", "application/pdf": "PDF", HTML: "网页", TEXT: "文字", UNKNOWN: "认不出的内容",
    EXCEL: "Excel 工作簿", "text/csv": "CSV 表格", "text/xml": "XML", "application/json": "JSON",
}  # fmt: skip
TEXTS = frozenset({TEXT, "text/csv", "text/xml", "application/json"})
PICTURES = frozenset({"image/png", "image/jpeg"})
KNOWN = re.compile(b"|".join(b"(%s)" % start for _, start in STARTS), re.DOTALL)
WIDE = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks of UTF-16 and UTF-32, in which text has zeros."""


def beginning(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and all of them to be read from the start."""
    rest, taken = iter(chunks), list[bytes]()
    while sum(map(len, taken)) < HEAD and (one := next(rest, None)) is not None:
        taken.append(one)
    return b"".join(taken)[:HEAD], chain(taken, rest)


def seems(head: bytes) -> str:
    """The type that the first bytes say."""
    found = KNOWN.match(head)
    if found is not None and found.lastindex is not None:
        return STARTS[found.lastindex - 1][0]
    return TEXT if head.startswith(WIDE) or not re.search(rb"[\x00-\x08\x0e-\x1a]", head) else UNKNOWN


def require_readable(head: bytes, *, told: str, name: str) -> None:
    """Raises BadValue for a photo of a kind that most computers here cannot show, with what to do about it."""
    if told in (HEIC, "image/heif") or seems(head) == HEIC:
        problem = "是 HEIC 照片，多数电脑打不开：请在手机“设置—相机—格式”里选“兼容性最佳”后重拍，或截图再传"
        raise BadValue(field="file", label="文件", value=name, problem=problem)


def judged(head: bytes, *, told: str, name: str, accepted: Iterable[str]) -> str:
    """The type as which it is kept: a picture as what it is, if that is taken too. Raises BadValue for what is not
    what it is called."""
    found = seems(head)
    if not head or found == told or (told == EXCEL and found == "application/zip"):
        return told
    if told in TEXTS and found == TEXT:
        return told
    if told in PICTURES and found in PICTURES.intersection(accepted):
        return found
    if told not in WORDS and found in (TEXT, UNKNOWN):
        return told  # a type that a county has added and of which nothing is known here
    said = phrase("说是{told}，里面是{found}，没有收", told=phrase(WORDS.get(told, told)), found=phrase(WORDS[found]))
    raise BadValue(field="file", label="文件", value=name, problem=said)
