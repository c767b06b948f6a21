"""Each format as we write it ourselves is read back; what a reader cannot do it refuses by name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from tests.exchange.waveforms import making
from yigongti.exchange.waveforms import reading
from yigongti.exchange.waveforms.refusing import Unreadable


WAVE = [0, 3, -8, 100, -127, 2000, -2048 + 1, 7, 7, 8, -1, 40]
OTHER = [5, 5, 5, 6, 5, 4, 5, 5, 5, 9, 5, -300]
CHINA = timezone(timedelta(hours=8))


def refused(problem, files):
    with pytest.raises(Unreadable, match=problem) as caught:
        reading.read(files if isinstance(files, dict) else {"own": files})
    assert caught.value.rule
    assert "“" in str(caught.value)


def test_formats_are_known_by_their_first_bytes():
    assert reading.sniff(making.wfdb({"I": WAVE})["own.hea"], "own.hea") == "wfdb"
    assert reading.sniff(making.aecg({"MDC_ECG_LEAD_I": WAVE}), "x") == "aecg"
    assert reading.sniff(making.scp({1: WAVE}), "x") == "scp"
    assert reading.sniff(making.dicom_ecg({1: WAVE}), "x") == "dicom"
    assert reading.sniff(b"MSH|^~\\&|", "x.hl7") == ""
    assert reading.sniff(b"", "x.hea") == ""


# --- WFDB


@pytest.mark.parametrize("form", [16, 212])
def test_a_wfdb_record_is_read(form):
    found = reading.read(making.wfdb({"I": WAVE, "avr": OTHER}, form=form, comments=("age: 68", "sex: F")))
    assert [lead.samples.tolist() for lead in found.leads] == [WAVE, OTHER]
    assert [lead.name for lead in found.leads] == ["I", "aVR"]
    assert found.microvolts("I")[3] == 500
    assert (found.started, found.subject.age, found.subject.sex) == (
        datetime.fromisoformat("2026-11-22T09:30:00"),
        "68",
        "female",
    )


def test_a_wfdb_gain_has_its_baseline_and_unit():
    found = reading.read(making.wfdb({"I": WAVE, "V1": OTHER}, gain="400(100)/mV"))
    assert found.microvolts("I")[3] == 0
    assert found.microvolts("V1")[0] == (5 - 100) / 400 * 1000
    assert reading.read(making.wfdb({"BP": WAVE, "x": OTHER}, gain="10/mmHg")).leads[0].unit == "mmHg"


def test_a_wfdb_record_without_gain_is_read_as_uncalibrated():
    assert [lead.calibrated for lead in reading.read(making.wfdb({"I": WAVE, "II": OTHER}, gain="0")).leads] == [
        False
    ] * 2


def test_the_value_that_stands_for_none_is_a_gap():
    samples = [-32768, *WAVE[1:]]
    assert str(reading.read(making.wfdb({"I": samples, "II": OTHER})).microvolts("I")[0]) == "nan"


def test_annotations_have_skips_texts_and_their_own_clock():
    files = making.wfdb({"I": WAVE * 100, "II": OTHER * 100})
    marks = making.atr((22, 0), (63, 24), b"## time resolution: 1000", (1, 500), (59, 0), b"\0\0\x90\1", (5, 10),
                       (61, 3), (63, 3), b"(VT\0", (0, 0), b"junk")  # fmt: skip
    found = reading.read(files | {"own.atr": marks}).annotations
    assert [(one.at, one.code, one.text) for one in found] == [(0.5, "N", ""), (0.91, "V", "(VT")]


def test_wfdb_refusals_say_why():
    good = making.wfdb({"I": WAVE, "II": OTHER})
    head = good["own.hea"]
    refused("校验和", making.wfdb({"I": WAVE, "II": OTHER}, checksum=1))
    refused("与头文件不符", good | {"own.hea": head.replace(b" 16 0 0 ", b" 16 0 1 ")})
    refused("没有送来", {"own.hea": head})
    refused("短", good | {"own.dat": good["own.dat"][:-1]})
    refused("多段", good | {"own.hea": head.replace(b"own 2", b"own/3 2")})
    refused("只读16和212", good | {"own.hea": head.replace(b"own.dat 16", b"own.dat 80")})
    refused("每帧多点", good | {"own.hea": head.replace(b"own.dat 16", b"own.dat 16x4")})
    refused("晚于", good | {"own.atr": making.atr((1, 1000))})
    refused("中间断了", good | {"own.atr": making.atr((59, 0), b"\0")})
    refused("不是数", good | {"own.hea": head.replace(b" 250 ", b" fast ")})
    refused("只有一个", good | {"second.hea": head})


def test_a_header_reaches_no_file_but_those_handed_over():
    files = making.wfdb({"I": WAVE, "II": OTHER})
    refused("没有送来", files | {"own.hea": files["own.hea"].replace(b"own.dat", b"/etc/passwd")})


# --- aECG


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "GB18030"])
def test_an_aecg_document_is_read_in_its_encoding(encoding):
    found = reading.read(
        {"x.xml": making.aecg({"MDC_ECG_LEAD_AVR": WAVE, "MDC_ECG_LEAD_V1": OTHER}, encoding=encoding)}
    )
    assert [lead.samples.tolist() for lead in found.leads] == [WAVE, OTHER]
    assert found.microvolts("aVR")[1] == 10 + 3 * 2.5
    assert (found.rate, found.subject.name, found.subject.born) == (500, "张桂兰", date(1958, 3, 4))
    assert found.started == datetime(2026, 11, 22, 9, 30, 0, 500_000, tzinfo=CHINA)
    assert found.started.astimezone(UTC).hour == 1


def test_columns_recorded_one_after_the_other_begin_where_their_clock_says():
    later = (
        '<component><sequenceSet><component><sequence><code code="TIME_ABSOLUTE"/><value>'
        '<head value="20261122093003.000+0800"/><increment value="2" unit="ms"/></value></sequence></component>'
        '<component><sequence><code code="MDC_ECG_LEAD_V6"/><value><scale value="2500" unit="nV"/>'
        "<digits>1 2</digits></value></sequence></component></sequenceSet></component>"
    )
    found = reading.read({"x": making.aecg({"MDC_ECG_LEAD_I": WAVE}, extra=later)})
    assert (found.lead("V6").begins, found.length, found.microvolts("V6").tolist()) == (1250, 1252, [2.5, 5.0])


def test_aecg_refusals_say_why():
    one = {"MDC_ECG_LEAD_I": WAVE}
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    refused("DOCTYPE", making.aecg(one, head=bomb))
    refused("DOCTYPE", making.aecg(one, head=bomb, encoding="UTF-16"))
    refused("完整", making.aecg(one)[:-20])
    refused("整数", making.aecg({"MDC_ECG_LEAD_I": [1.5]}))
    refused("整数", making.aecg({"MDC_ECG_LEAD_I": [2**40]}))
    refused("没有采样点", making.aecg({"MDC_ECG_LEAD_I": []}))
    refused("大于零", making.aecg(one, increment="0"))
    refused("不是数", making.aecg(one, increment="nan"))
    refused("过深", b"<AnnotatedECG>" + b"<a>" * 200)
    refused("过多", b"<AnnotatedECG>" + b"<a/>" * 300_001)


# --- SCP-ECG


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("packed", [True, False])
def test_an_scp_file_is_read_in_every_coding_it_may_have(order, packed):
    found = reading.read({"x.scp": making.scp({1: WAVE, 62: OTHER}, order=order, packed=packed)})
    assert [lead.samples.tolist() for lead in found.leads] == [WAVE, OTHER]
    assert [lead.name for lead in found.leads] == ["I", "aVR"]
    assert found.microvolts("I")[3] == 500
    assert (found.rate, found.started) == (500, datetime.fromisoformat("2026-11-22T09:30:00"))
    assert (found.subject.name, found.subject.sex, found.subject.identifier) == ("张桂兰", "female", "JK-7")


def test_scp_texts_are_chinese_in_either_set():
    found = reading.read(
        {"x": making.scp({1: WAVE}, name="张桂兰".encode("gb18030"), said=("窦性心律".encode(), b"Normal"))}
    )
    assert (found.subject.name, found.statements) == ("张桂兰", ("窦性心律", "Normal"))


def test_scp_refusals_say_why():
    good = making.scp({1: WAVE})
    refused("路上坏了", good[:-3] + bytes((good[-3] ^ 1,)) + good[-2:])
    refused("长度不符", good + b"\0")
    refused("自带的哈夫曼表", making.scp({1: WAVE}, own_table=True))
    refused("参考心搏", making.scp({1: WAVE}, flags=0x05))
    refused("双模", making.scp({1: WAVE}, bimodal=1))
    refused("没有这一段", making.scp_file({1: making.field(255, b"")}))
    refused(
        "比段还长",
        making.scp_file({1: b"\0\xff\xff", 3: b"\1\4" + b"\1\0\0\0" * 2 + b"\1", 6: b"\x88\x13\xd0\7\0\0\2\0\0\0"}),
    )


def test_bits_that_end_too_early_are_refused():
    bodies = {
        1: making.field(255, b""),
        2: b"\x1f\x4e",
        3: b"\1\4\1\0\0\0\xe8\3\0\0\1",
        6: b"\x88\x13\xd0\7\0\0\2\0\0\0",
    }
    refused("少于导联表", making.scp_file(bodies))


# --- DICOM


def test_a_dicom_waveform_is_read():
    found = reading.read({"x": making.dicom_ecg({1: WAVE, 64: OTHER}, baseline="-2.5")})
    assert [lead.samples.tolist() for lead in found.leads] == [WAVE, OTHER]
    assert [lead.name for lead in found.leads] == ["I", "aVF"]
    assert found.microvolts("I")[:2].tolist() == [-2.5, 12.5]
    assert (found.subject.name, found.subject.sex, found.subject.born) == ("张桂兰", "female", date(1958, 3, 4))
    assert found.statements == ("窦性心律",)


def test_dicom_refusals_say_why():
    refused("短", making.dicom_ecg({1: WAVE}, length=13))
    refused("超过上限", making.dicom_ecg({1: WAVE}, length=2**31))
    refused("不读", making.dicom_ecg({1: WAVE}, kind="MB"))
    refused("不为零", making.dicom_ecg({1: WAVE}, sensitivity="0"))


def test_several_files_that_are_no_record_are_refused():
    refused("不是一份记录", {"a": making.scp({1: WAVE}), "b": making.scp({1: WAVE})})
    refused("不认识", b"")


def test_waves_of_these_tests_use_every_code_of_the_table():
    """Small steps, a signed byte and a signed word all occur, so that no branch of the decoder is left out."""
    jumps = {abs(b - a) for a, b in pairwise(WAVE)}
    assert min(jumps) == 0 and any(8 < one < 128 for one in jumps) and max(jumps) > 1000
