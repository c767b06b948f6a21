"""Character sets as they come: declared, undeclared and falsely declared, with every kind of line end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yigongti.exchange.hl7v2.charset import codec_of, decode
from yigongti.exchange.hl7v2.unreadable import Unreadable


def lines(label="", name="张三丰", end="\r"):
    return end.join((f"MSH|^~\\&|LIS|介休市人民医院|||20240311||ORU^R01|1|P|2.4||||||{label}", f"PID|1||1||{name}", ""))


@pytest.mark.parametrize(("written", "label", "charset", "declared"), [
    ("utf-8", "UNICODE UTF-8", "utf-8", True), ("utf-8", "", "utf-8", False), ("utf-8", "ASCII", "utf-8", False),
    ("utf-8", "8859/1", "utf-8", False), ("utf-8", "GB 18030-2000", "utf-8", False),
    ("gb18030", "GB 18030-2000", "gb18030", True), ("gb18030", "GBK", "gb18030", True),
    ("gb18030", "", "gb18030", False), ("gb18030", "ASCII", "gb18030", False),
    ("gb18030", "UNICODE UTF-8", "gb18030", False), ("gb18030", "8859/1", "gb18030", False),
    ("big5hkscs", "BIG-5", "big5hkscs", True), ("utf-16", "UNICODE UTF-16", "utf-16", False),
])  # fmt: skip
def test_the_set_is_found_whatever_the_label_says(written, label, charset, declared):
    text = lines(label, "張三" if written == "big5hkscs" else "李㛃𠮷").replace("介休市人民医院", "介休")
    found = decode(text.encode(written))
    assert (found.text, found.charset, found.declared, found.label) == (text, charset, declared, label)


def test_a_byte_order_mark_decides_and_goes():
    found = decode(b"\xef\xbb\xbf" + lines().encode())
    assert found.mark and found.charset == "utf-8" and found.text.startswith("MSH")
    with pytest.raises(Unreadable):
        decode(b"\xef\xbb\xbf" + lines().encode("gb18030"))


@pytest.mark.parametrize(("end", "called"), [("\r", "CR"), ("\n", "LF"), ("\r\n", "CRLF")])
def test_line_ends_are_told(end, called):
    assert decode(lines(end=end).encode()).ends == called
    assert decode(b"MSH|^~\\&").ends == "" and decode(b"MSH|^~\\&\rPID\n").ends == "mixed"


def test_a_western_label_is_believed_for_western_words():
    text = "MSH|^~\\&|LIS|a|||1||ADT^A28|1|P|2.4||||||8859/1\rPID|1||1||Müller^José\r"
    assert decode(text.encode("iso-8859-1")).text == text


def test_a_declared_set_wins_where_the_bytes_fit_two_and_doubt_is_told():
    """模 in GB 18030 is ģ in UTF-8; the micro sign in UTF-8 is 碌 in GB 18030."""
    text = "MSH|^~\\&|L|a|||1||ADT^A28|1|P|2.4||||||{}\rPID|1||1||模\r"
    assert decode(text.format("GBK").encode("gb18030")).text == text.format("GBK")
    doubtful = decode(text.format("").encode("gb18030"))
    assert doubtful.charset == "utf-8" and doubtful.doubtful
    habitual = decode(text.format("").encode("gb18030"), habit="gb18030")
    assert habitual.text == text.format("") and not habitual.doubtful


def test_a_separator_as_second_byte_does_not_move_the_label():
    """亅 is 0x81 0x7C: read as bytes it would be one field more."""
    text = "MSH|^~\\&|LIS|亅医院|||1||ADT^A28|1|P|2.4||||||GBK\rPID|1||1||张\r"
    assert b"|" in "亅".encode("gb18030")
    assert decode(text.encode("gb18030")).label == "GBK"


@pytest.mark.parametrize(
    "broken", [b"MSH|^~\\&|\xff\xfe\xfa|a\r", b"MSH|^~\\&|\xe5\xbc\rPID|\xff", b"MSH|^~\\&|a\x00b\r"]
)
def test_what_fits_nothing_is_refused_with_its_place(broken):
    with pytest.raises(Unreadable) as refused:
        decode(broken)
    assert refused.value.rule in ("hl7v2.charset", "hl7v2.nul") and refused.value.field


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff", exclude_categories=("Cs", "Co")))


@given(TEXT, st.sampled_from(["utf-8", "gb18030"]))
def test_a_declared_text_comes_back_as_it_was(tail, written):
    label = "UNICODE UTF-8" if written == "utf-8" else "GB18030"
    text = lines(label) + tail
    assert decode(text.encode(written)).text == text


def test_labels_as_senders_write_them():
    assert {codec_of(label) for label in ("GB 18030-2000", "gb18030", "GBK", "GB2312~ASCII")} == {"gb18030"}
    assert {codec_of(label) for label in ("UNICODE UTF-8", "UTF-8", "utf8", "UNICODE")} == {"utf-8"}
    assert codec_of("KLINGON") == ""
