"""Whatever is uploaded, it is opened or refused in words; nothing falls, hangs or fills memory."""

# ruff: noqa: RUF001 - full-width letters are what people paste

from __future__ import annotations

import contextlib
import time

from hypothesis import strategies as st

from tests.exchange.tables.making import (
    PEOPLE,
    SHEET_XML,
    ods_row,
    open_document,
    packed,
    unpacked,
    with_part,
    workbook,
)
from tests.exchange.tables.samples import OLD_WORKBOOK
from tests.fuzzing import tried
from tests.site.test_fuzz import seconds
from yigongti.exchange.tables import peeking
from yigongti.exchange.tables.opening import opened
from yigongti.exchange.tables.sheet import Problem, heading, read_line
from yigongti.kernel.refusal import Refusal


__all__ = ["seconds"]

HEAD = ("姓名", "出生日期", "身份证号", "电话", "费用（元）", "性别")
BOOK = workbook(
    HEAD,
    ("张三", 21248.5, "x", True, 12.5),
    ("李四", "1958-03-04"),
    edit=lambda book, page: page.write_formula(3, 1, "=1/0", None, "#DIV/0!"),
)
OPEN_BOOK = open_document(ods_row(*HEAD) + ods_row("张三", "1958-03-04", said=' table:number-rows-repeated="3"'))
TEXTS = [
    (",".join(HEAD) + "\n张三,1958.3.4,140781195803041226,,12.5,男\n").encode(charset)
    for charset in ("utf-8", "gb18030", "utf-16")
]
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            b'"',
            b"\r",
            b"\n",
            b",",
            b"\t",
            b";",
            b"\x00",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            "姓名".encode(),
            b'="',
            b"<",
            b">",
            b"/>",
            b'r="XFD9999999"',
            b' t="e"',
            b' t="s"',
            b"<v>99</v>",
            b"</c>",
            b"<f/>",
            b"<row>",
            b"\xff\xff\xff\xff",
            b"PK\x05\x06",
            b' table:number-columns-repeated="99999"',
            b"1e999",
            b"-1",
            b"NaN",
            b"2958466",
        ]
    ),
)


@st.composite
def broken(draw, whole):
    """One of these with up to four wounds."""
    data = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.sampled_from([0, 1, 2, 8, 64])))
        data[begin:end] = draw(PIECES)
    return bytes(data)


@st.composite
def broken_part(draw, whole, names):
    """An archive in order, with one part of it wounded."""
    parts = dict(whole)
    name = draw(st.sampled_from(names))
    parts[name] = draw(broken([parts[name]]))
    return packed(parts)


BOOK_PARTS = [SHEET_XML, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"]


def take(data):
    """Open, understand and read everything; only the house's own refusals pass."""
    try:
        found = opened(data, most_rows=500, most_columns=50, known=PEOPLE.knows)
        assert found.head and found.head_number >= 1
        head = heading(PEOPLE, found.head)
        for line in found.lines:
            assert all(isinstance(cell, str) for cell in line.cells)
            _take_line(head, line.cells)
    except Refusal as refusal:
        assert str(refusal) and len(refusal.sentence) < 5_000


def _take_line(head, cells):
    values, problems = read_line(PEOPLE, head, cells)
    assert {*values} | {one.field for one in problems} == {column.field for column in PEOPLE.columns}
    for one in problems:
        assert one.says and len(one.value) <= 40
        assert Problem.from_json(one.as_json()) == one


BEGINNINGS = st.sampled_from([b"PK\x03\x04", OLD_WORKBOOK[:512]])


def test_any_bytes(seconds):
    begun = st.builds(bytes.__add__, BEGINNINGS, st.binary(max_size=900))
    tried(take, st.one_of(st.binary(max_size=300), begun), seconds)


def test_any_text_file(seconds):
    tried(take, broken(TEXTS), seconds)


def test_any_workbook(seconds):
    tried(take, st.one_of(broken([BOOK, OPEN_BOOK]), broken_part(unpacked(BOOK), BOOK_PARTS)), seconds)


def test_any_open_document(seconds):
    tried(take, broken_part(unpacked(OPEN_BOOK), ["content.xml"]), seconds)


def test_any_old_workbook(seconds):
    tried(take, broken([OLD_WORKBOOK]), seconds)


CELLS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.text("0123456789０１２年月日十廿一二〇-./:E+#=\"',￥元万 \u200b", max_size=14),
        st.sampled_from(
            ["1.40781E+17", "2026.2.31", "二〇二六年二月三日", "#N/A", "９" * 50, '="', "'", "²", "\ud800"]
        ),
    ),
    max_size=8,
)


def test_any_line(seconds):
    head = heading(PEOPLE, HEAD)
    tried(lambda cells: _take_line(head, tuple(cells)), CELLS, seconds)


def test_any_header_line(seconds):
    def understand(cells):
        try:
            found = heading(PEOPLE, cells)
            assert all(0 <= place < len(cells) for place in found.positions.values())
        except Refusal as refusal:
            assert refusal.sentence

    tried(understand, st.lists(st.one_of(st.sampled_from(HEAD), st.text(max_size=9)), max_size=12), seconds)


def test_the_wounds_reach_what_lies_behind(seconds):
    """The whole files are read, so what is tried above is not refused at the door."""
    for data in (BOOK, OPEN_BOOK, OLD_WORKBOOK, *TEXTS, with_part(BOOK, SHEET_XML, lambda xml: xml)):
        assert list(opened(data, most_rows=50, known=PEOPLE.knows).lines)


def test_long_repetitions_take_their_length_and_no_more():
    """What a search could walk through again and again is walked through once."""
    pieces = [b"<c ", b"<f", b' r="', b' r="A1"', b'<c r="A1', b"<f></f></c>", b"</f>", b" ", b"<row ",
              b'<c r="A1" t="e">',
              b'<c r="A1" t="s">', b"<x:c", b"<si>"]  # fmt: skip
    begun = time.process_time()
    for piece in pieces:
        for begin in (b"<sheetData>", b'<sheetData><c r="A1"', b"<sheetData></f>"):
            with contextlib.suppress(Refusal):
                peeking.peeked(begin + piece * 40_000)
    for text in ("(", " ", "合", "2026-2-3" + " ", '="', '""', "#", "1,", "，"):
        _take_line(heading(PEOPLE, HEAD), (text * 20_000,) * 6)
        PEOPLE.knows(text * 20_000)
        with contextlib.suppress(Refusal):
            list(opened((",".join(HEAD) + "\n" + text * 20_000).encode(), most_rows=50).lines)
    assert time.process_time() - begun < 20, "it takes two; walked through again and again, many minutes"
