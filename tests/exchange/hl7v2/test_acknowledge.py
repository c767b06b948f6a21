"""Answers: which one is wanted, and that the sender can read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.exchange.hl7v2.messages import msh, taken
from yigongti.exchange.hl7v2.acknowledge import Answers, Complaint, Verdict, acknowledgement, answers
from yigongti.exchange.hl7v2.charset import decode
from yigongti.exchange.hl7v2.header import glimpse, read_header
from yigongti.exchange.hl7v2.message import parse


AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


def header(kind="ADT^A01", **how):
    return read_header(taken(msh(kind, **how)))


def answer(code, to, **more):
    raw = acknowledgement(code=code, to=to, control_id="Y1", at=AT, **more)
    return raw, parse(decode(raw).text)


@pytest.mark.parametrize(("asks", "stored", "failed", "rejected"), [
    ("|", ("AA", None), ("AE", None), ("AR", None)),
    ("AL|AL", ("CA", "AA"), ("CE", "AE"), ("CR", "AR")),
    ("AL|NE", ("CA", None), ("CE", None), ("CR", None)),
    ("NE|AL", ("AA", None), ("AE", None), ("AR", None)),
    ("ER|SU", ("AA", None), ("CE", None), ("CR", None)),
    ("SU|ER", ("CA", None), ("AE", None), ("AR", None)),
    ("NE|NE", (None, None), (None, None), (None, None)),
    ("|AL", ("AA", None), ("AE", None), ("AR", None)),
    ("|0", ("AA", None), ("AE", None), ("AR", None)),
])  # fmt: skip
def test_who_wants_which_answer(asks, stored, failed, rejected):
    to = header(asks=asks)
    found = [answers(to, verdict) for verdict in (Verdict.STORED, Verdict.FAILED, Verdict.REJECTED)]
    assert found == [Answers(*stored), Answers(*failed), Answers(*rejected)]


def test_without_a_header_it_is_rejected_in_original_mode():
    assert answers(None, Verdict.REJECTED) == Answers("AR", None)
    raw, said = answer("AR", None, complaint=Complaint("消息不以 MSH 段开头，读不出来源。", "MSH", "hl7v2.no_msh"))
    assert said.segments[1][1].text == "AR" and said.segments[1][2].text == ""
    assert said.segments[0][9].text == "ACK" and raw.endswith(b"\r") and said.first("ERR") is not None


def test_yes_echoes_the_number_and_turns_the_parties_round():
    _raw, said = answer("AA", header())
    told = read_header(said)
    assert (told.sending_application.name, told.sending_facility.name) == ("YIGONGTI", "医共体")
    assert (told.receiving_application.name, told.receiving_facility.name) == ("LIS", "介休市人民医院")
    assert (told.kind, told.structure, told.control_id, told.version) == ("ACK^A01", "ACK", "Y1", "2.4")
    assert told.time is not None and told.time.at == AT
    assert [field.text for field in said.segments[1]] == ["AA", "C1"] and said.first("ERR") is None


@pytest.mark.parametrize("written", ["gb18030", "utf-8"])
def test_no_gives_the_reason_in_the_senders_set(written):
    raw, said = answer("AE", header(), charset=written, complaint=Complaint("日期|不对", "PID-7", "hl7v2.time"))
    assert "日期".encode(written) in raw and decode(raw).charset == written and decode(raw).declared
    assert said.segments[1][3].text == "日期|不对"


def test_a_set_that_cannot_say_it_gives_way_to_utf_8():
    raw, said = answer("AE", header(), charset="iso-8859-1", complaint=Complaint("日期不对"))
    assert decode(raw).label == "UNICODE UTF-8" and said.segments[1][3].text == "日期不对"


def test_the_error_stands_where_the_version_wants_it():
    complaint = Complaint("没有这个日期或时间。", "PID-7", "hl7v2.time")
    old = answer("AE", header(version="2.3.1"), complaint=complaint)[1]
    new = answer("AE", header(version="2.5.1"), complaint=complaint)[1]
    assert old.segments[0][9][3].text == "" and [part.text for part in old.segments[2][1].first][:3] == [
        "PID",
        "1",
        "7",
    ]
    assert old.segments[2][1][4][1].text == "102"
    assert [part.text for part in new.segments[2][2].first] == ["PID", "1", "7"]
    assert (new.segments[2][3].text, new.segments[2][4].text) == ("102", "E")
    assert new.segments[2][8].text == "没有这个日期或时间。"


def test_odd_separators_are_kept_and_what_was_sent_cannot_break_the_answer():
    to = glimpse("MSH#*!/%#LIS#h#a#b#20240101##ADT*A01#9/F/9#P#2.4")
    assert to is not None and to.control_id == "9#9"
    raw, said = answer("AA", to)
    assert raw.startswith(b"MSH#*!/%#") and said.segments[1][2].text == "9#9"


def test_the_library_of_senders_reads_it():
    hl7 = pytest.importorskip("hl7", reason="needs PyPI hl7, which is not installed")
    raw, _said = answer("AA", header(), charset="utf-8")
    told = hl7.parse(raw.decode())
    assert str(told["MSA"][0][1]) == "AA" and str(told["MSA"][0][2]) == "C1"
