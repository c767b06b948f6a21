"""A message taken apart without loss, and read as PyPI hl7 reads it where that can."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.exchange.hl7v2.messages import msh, taken
from yigongti.exchange.hl7v2 import charset, message
from yigongti.exchange.hl7v2.datatypes import moment
from yigongti.exchange.hl7v2.header import glimpse, read_header
from yigongti.exchange.hl7v2.message import Separators, escaped, parse, unescaped
from yigongti.exchange.hl7v2.unreadable import Unreadable


def test_fields_repetitions_components_and_subcomponents():
    pid = taken(msh("ADT^A28") + "\nPID|1||A^^^H&1.2&ISO^MR~B^^^CN^NI|||||M").segments[1]
    assert [part[1].text for part in pid[3]] == ["A", "B"]
    assert (pid[3][4][1].text, pid[3][4][2].text, pid[3][4][3].text) == ("H", "1.2", "ISO")
    assert pid[3].first[5].text == "MR" and pid[8].text == "M"
    assert not pid[99] and pid[99].text == "" and list(pid[99]) == [] and not pid[3][77][5]
    assert (pid[3].place, pid[3][4].place, pid[3][4][2].place) == ("PID-3", "PID-3.4", "PID-3.4.2")
    assert [part.text for part in pid[3].first[4]] == ["H", "1.2", "ISO"] and len(list(pid)) == len(pid) == 8


def test_null_is_not_nothing():
    pid = taken(msh("ADT^A31") + '\nPID|1||1||""|||""').segments[1]
    assert pid[8].null and not pid[8] and pid[8].text == "" and not pid[7].null


@pytest.mark.parametrize(("written", "read"), [
    (r"10\S\9/L", "10^9/L"),
    (r"a\F\b\T\c\R\d\E\e\P\f", r"a|b&c~d\e#f"), (r"one\.br\two\.sp2\three", "one\ntwo\n\nthree"),
    (r"\H\hot\N\ cold", "hot cold"), (r"\XE5BCA0\三", "张三"), (r"C:\temp\new\F\x", r"C:\temp\new|x"),
    (r"\Zlocal\ \C2842\ \XFF\ \X4\ ", r"\Zlocal\ \C2842\ \XFF\ \X4\ "), (r"\.sp9999\x", "\n" * 20 + "x"),
    (r"lone \ and \.br\\.br\end", "lone \\ and \n\nend"),
])  # fmt: skip
def test_escapes(written, read):
    assert unescaped(written, Separators(), "utf-8") == read


def test_bytes_in_escapes_are_in_the_senders_set():
    assert unescaped("\\XD5C5\\", Separators(), "gb18030") == "张"


def test_escaping_and_back():
    for text in ("a|b^c~d\\e&f", "两行\n一起", "\\.br\\", "\\\\"):
        assert unescaped(escaped(text, Separators()), Separators(), "utf-8") == text


def test_what_the_header_says():
    header = read_header(
        taken(
            r"MSH|^~\&|LIS^1.2.3^ISO|介休市人民医院|YI|医共体|20240311083015||ORU^R01^ORU_R01|A7|P|2.5.1|||AL|NE|CHN|GB18030~ASCII"
        )
    )
    assert header.sending_application.name == "LIS" and header.sending_application.universal_id == "1.2.3"
    assert (header.sending_facility.name, header.receiving_facility.name) == ("介休市人民医院", "医共体")
    assert (header.kind, header.structure, header.control_id, header.version) == ("ORU^R01", "ORU_R01", "A7", "2.5.1")
    assert (header.accept, header.application, header.enhanced) == ("AL", "NE", True)
    assert header.charsets == ("GB18030", "ASCII") and header.processing_id == "P"
    assert header.time is not None and header.time.at == datetime(2024, 3, 11, 0, 30, 15, tzinfo=UTC)
    assert not header.time.zone_given and header.time.precision == "second"


@pytest.mark.parametrize(("written", "iso", "precision"), [
    ("2024", "2024-01-01T00:00:00+08:00", "year"), ("202402", "2024-02-01T00:00:00+08:00", "month"),
    ("20240229", "2024-02-29T00:00:00+08:00", "day"), ("202402291307", "2024-02-29T13:07:00+08:00", "minute"),
    ("20240229130709.5-0500", "2024-02-29T13:07:09.500000-05:00", "fraction"),
    ("198808181126+0215", "1988-08-18T11:26:00+02:15", "minute"), ("19880701", "1988-07-01T00:00:00+09:00", "day"),
])  # fmt: skip
def test_times_with_their_precision(written, iso, precision):
    """In the summer of 1988 China had summer time."""
    found = moment(taken(msh("ADT^A28") + f"\nPID|1||||||{written}").segments[1][7].first)
    assert found is not None and (found.at.isoformat(), found.precision) == (iso, precision)
    assert found.day.isoformat() == iso[:10]


@pytest.mark.parametrize(
    "written", ["20230229", "2024-02-29", "2024022925", "today", "0001", "9" * 99, "20240229+9900"]
)
def test_times_that_are_none_are_refused(written):
    with pytest.raises(Unreadable) as refused:
        moment(taken(msh("ADT^A28") + f"\nPID|1||||||{written}").segments[1][7].first)
    assert refused.value.field == "PID-7" and refused.value.value == written and "PID-7" in str(refused.value)


def test_a_text_that_was_broken_by_a_lone_line_feed_stays_one():
    found = parse(msh("ORU^R01") + "\rOBX|1|TX|A||first\nsecond\n\nfourth|x\rOBX|2\n")
    assert [segment.name for segment in found.segments] == ["MSH", "OBX", "OBX"]
    assert found.segments[1][5].whole == "first\nsecond\n\nfourth" and found.segments[1][6].text == "x"


@pytest.mark.parametrize(("text", "rule"), [
    ("", "hl7v2.no_msh"), ("PID|1", "hl7v2.no_msh"), ("MSH", "hl7v2.no_msh"), ("MSH|^^\\&|", "hl7v2.separators"),
    ("MSHA^~\\&A", "hl7v2.separators"), ("MSH|^~\\&|\nhello", "hl7v2.segment"),
    ("MSH|^~\\&|\nMSH|^~\\&|", "hl7v2.two_msh"),
    ("MSH|^~\\&|" + "\nNTE" * 100_001, "hl7v2.segments"),
])  # fmt: skip
def test_what_is_no_message_is_refused_by_its_rule(text, rule):
    with pytest.raises(Unreadable) as refused:
        parse(text)
    assert refused.value.rule == rule


def test_a_million_separators_are_refused_not_kept():
    found = parse(msh("ORU^R01") + "\rOBX" + "|" * 1_000_000)
    with pytest.raises(Unreadable) as refused:
        _ = found.segments[1][5]
    assert refused.value.rule == "hl7v2.parts"


def test_without_type_or_number_nothing_can_be_answered():
    for text, place in ((r"MSH|^~\&|a|b|c|d|||||P|2.4", "MSH-9"), (r"MSH|^~\&|a|b|c|d|||ADT^A01||P|2.4", "MSH-10")):
        with pytest.raises(Unreadable) as refused:
            read_header(parse(text))
        assert refused.value.field == place


def test_a_glimpse_of_the_header_of_a_broken_message():
    seen = glimpse("\ufeff" + msh("ADT^A01") + "\rrubbish\rPI")
    assert seen is not None and (seen.control_id, seen.kind) == ("C1", "ADT^A01")
    assert glimpse("rubbish") is None and glimpse("") is None


def test_other_separators():
    found = parse("MSH#*!/%#LIS#h\rOBX#1#NM#a*b!c*d##10/S/9/F/x")
    assert [part[2].text for part in found.segments[1][3]] == ["b", "d"]
    assert found.segments[1][5].whole == "10*9#x"


def test_it_reads_as_the_library_reads_where_that_can(collected):
    hl7 = pytest.importorskip("hl7", reason="needs PyPI hl7, which is not installed")
    compared = 0
    for path in sorted(collected.rglob("*.hl7")):
        decoded = charset.decode(path.read_bytes())
        lines = [line for line in decoded.text.replace("\n", "\r").split("\r") if line.strip()]
        try:
            ours = message.parse(decoded.text)
        except Unreadable:
            continue
        theirs = hl7.parse("\r".join(lines))
        assert len(theirs) == len(ours.segments), path.name
        for line, segment in zip(theirs, ours.segments, strict=True):
            fields = [str(field).strip() for field in line][1:]
            assert [segment[at].raw.strip() for at in range(1, len(fields) + 1)] == fields, path.name
            compared += len(fields)
    assert compared > 20_000
