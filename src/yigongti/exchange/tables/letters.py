"""The text of a file that has no format: which character set it is in, and whether it is a text at all."""

from __future__ import annotations

import codecs
import re

from yigongti.exchange.tables.refusing import BadLetters, Damaged, NotATable


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
PROOF = 30
"""So many bytes of well-formed UTF-8 beyond ASCII do not come about by chance in GB 18030."""
_OTHERS = (
    (b"%PDF", "PDF"), (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"), (b"GIF8", "图片"), (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"), (b"\x1f\x8b", "压缩包"), (b"{\\rtf", "文档"), (b"SQLite format 3", "数据库文件"),
)  # fmt: skip
_MARKUP = re.compile(rb"\s*<(?:!doctype html|html|head|body|table|meta|\?xml|style|div)", re.IGNORECASE)


def text_of(data: bytes) -> tuple[str, str]:
    """The text and its character set; raises `NoTable` where it is none."""
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], charset), charset
    _no_other_format(data)
    charset = _charset(data)
    return _decoded(data, charset), charset


def _no_other_format(data: bytes) -> None:
    for begin, what in _OTHERS:
        if data.startswith(begin):
            raise NotATable(problem=what)
    if _MARKUP.match(data[:300]):
        raise NotATable(problem="网页或 XML，常见于从系统导出的 .xls")


def _charset(data: bytes) -> str:
    head = data[:2000]
    if head.count(0) > len(head) // 4 and len(data) % 2 == 0:
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        proved = sum(byte > 127 for byte in data[max(0, wrong.start - 4000) : wrong.start])
        return "utf-8" if proved >= PROOF else "gb18030"
    return "utf-8"


def _decoded(data: bytes, charset: str) -> str:
    try:
        text = data.decode(charset)
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode(charset, "replace")
        raise _unreadable(before, charset, len(data)) from None
    text = text.rstrip("\x1a\x00")  # how files ended on old systems
    odd = len(_CONTROL.findall(text[:100_000]))
    if "\x00" in text or odd > 3 + len(text[:100_000]) // 1000:
        raise NotATable(problem="程序或影像一类的二进制文件")
    return text


def _unreadable(before: str, charset: str, size: int) -> Damaged | NotATable | BadLetters:
    if len(before) < size // 100 or _CONTROL.search(before):
        return NotATable(problem="程序或影像一类的二进制文件")
    row = before.count("\n") + 1 if "\n" in before else before.count("\r") + 1
    return BadLetters(row=row, charset=charset.upper())
