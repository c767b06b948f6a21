"""Every collected recording says what it is known to say; figures computed once by other programs (wfdb 4.3.1)."""

from __future__ import annotations

import hashlib
import sys
from datetime import date, datetime

import pytest

from yigongti.exchange.waveforms import drawing, reading, storing
from yigongti.exchange.waveforms.form import Subject
from yigongti.exchange.waveforms.leads import TWELVE
from yigongti.exchange.waveforms.refusing import Unreadable


MIT = ("ecg/100.hea", "ecg/100.dat", "ecg/100.atr")
PTB = ("ecg/s0010_re.hea", "ecg/s0010_re.dat", "ecg/s0010_re.xyz")
CUT = ("ecg/ptb_s0010_0_10s.hea", "ecg/ptb_s0010_0_10s.dat")
SCP, DICOM = "ecg/example_scpinfo.scp", "dicom/waveform_ecg.dcm"
AECG = tuple(f"ecg/fda_aecg_subject1_{number}.xml" for number in range(3))
ALL = (MIT, PTB, CUT, (SCP,), (DICOM,), *((one,) for one in AECG), ("ecg/fda_minimum_aecg.xml",),
       ("ecg/fda_minimum_aecg_nouuid.xml",))  # fmt: skip


def recording(collected, *names):
    return reading.read({name.rpartition("/")[2]: data for name, data in collected(*names).items()})


def digest(recording):
    """SHA-256 of all leads' samples as 32-bit numbers, one lead after the other."""
    assert sys.byteorder == "little"
    return hashlib.sha256(b"".join(lead.samples.tobytes() for lead in recording.leads)).hexdigest()[:16]


@pytest.mark.parametrize(
    ("names", "rate", "length", "sha", "first", "last", "at_1000"),
    [
        (MIT, 360, 650_000, "826ba46325b990d8", [995, 1011], [768, 1024], [-395.0, -270.0]),
        (PTB, 1000, 38_400, "dc02b1ab1c42080c", [-489, -458], [270, 517], [-105.5, -256.5]),
        (CUT, 500, 5_000, "9452edf9e3e05e71", [-9643, 5454], [7906, 28445], [-80.499, -39.495]),
    ],
)
def test_wfdb_samples_are_those_that_wfdb_python_reads(collected, names, rate, length, sha, first, last, at_1000):
    found = recording(collected, *names)
    assert (found.rate, found.length, digest(found)) == (rate, length, sha)
    assert [lead.samples[0] for lead in found.leads[:2]] == first
    assert [lead.samples[-1] for lead in found.leads[:2]] == last
    assert [found.microvolts(lead.name)[1000] for lead in found.leads[:2]] == pytest.approx(at_1000, abs=0.001)


def test_mit_100_has_its_beats_and_its_patient(collected):
    found = recording(collected, *MIT)
    codes = [one.code for one in found.annotations]
    assert {code: codes.count(code) for code in set(codes)} == {"N": 2239, "A": 33, "V": 1, "+": 1}
    assert [round(one.at * 360) for one in found.annotations[:5]] == [18, 77, 370, 662, 946]
    assert round(found.annotations[-1].at * 360) == 649_991
    assert found.annotations[0].text == "(N"
    assert found.subject == Subject(sex="male", age="69")
    assert [lead.name for lead in found.leads] == ["MLII", "V5"]


def test_ptb_names_fifteen_leads_and_keeps_the_diagnosis_as_a_note(collected):
    found = recording(collected, *PTB)
    assert [lead.name for lead in found.leads] == [*TWELVE, "X", "Y", "Z"]
    assert found.subject == Subject(sex="female", age="81")
    assert "Acute infarction (localization): infero-latera" in found.notes
    assert found.statements == ()


def test_an_aecg_document_says_who_when_and_what_the_device_found(collected):
    found = recording(collected, AECG[0])
    assert (found.rate, found.length, found.started) == (500, 5000, datetime.fromisoformat("2002-11-22T09:10:00"))
    assert {lead.name for lead in found.leads} == set(TWELVE)
    assert found.microvolts("I")[:5].tolist() == [-5, -5, -5, -5, -7.5]
    assert found.subject == Subject("subject1", "Clark", "male", date(1953, 5, 8))
    assert found.device == "Mortara Instrument, Inc. ELI250"
    assert found.statements == ("Sinus Rhythm",)
    assert (len(found.annotations), len(found.measurements)) == (51, 96)
    assert (found.annotations[1].code, found.annotations[1].at, found.annotations[1].until) == (
        "MDC_ECG_WAVC_PWAVE", 0.122, 0.224)  # fmt: skip
    assert found.left_out == ("Representative Beat Waveforms",)


def test_the_scp_file_holds_the_very_samples_of_the_aecg_document(collected):
    """Two devices' exports of one recording: Huffman code and second differences against numbers in XML."""
    scp, aecg = recording(collected, SCP), recording(collected, AECG[0])
    assert {lead.name: lead.samples for lead in scp.leads} == {lead.name: lead.samples for lead in aecg.leads}
    assert {lead.step for lead in scp.leads} == {2.5}
    assert (scp.rate, scp.started, scp.subject.name, scp.subject.born) == (
        500, aecg.started, "Clark", date(1953, 5, 8))  # fmt: skip
    assert scp.left_out == ("SCP 5",)


def test_the_dicom_recording_says_what_its_device_printed(collected):
    found = recording(collected, DICOM)
    assert (found.rate, found.length, found.started) == (1000, 10_000, datetime.fromisoformat("2013-01-25T10:59:19"))
    assert [lead.name for lead in found.leads] == list(TWELVE)
    assert {(lead.step, lead.unit) for lead in found.leads} == {(1.25, "µV")}
    assert found.statements == ("RITMO SINUSALE", "ECG NORMALE")
    assert [(one.name, one.value) for one in found.measurements[:3]] == [
        ("RR Interval", 982), ("PP Interval", 0), ("PR Interval", 161)]  # fmt: skip
    assert found.left_out == ("MEDIAN BEAT",)
    # Einthoven holds in what was decoded, to one step: III = II - I.
    one, two, three = (found.microvolts(name) for name in ("I", "II", "III"))
    assert max(abs(c - (b - a)) for a, b, c in zip(one, two, three, strict=True)) <= 2.5


@pytest.mark.parametrize("names", ALL, ids=lambda names: names[0])
def test_every_recording_comes_back_equal_and_is_drawn_small(collected, names):
    found = recording(collected, *names)
    assert storing.from_bytes(storing.to_bytes(found)) == found
    assert storing.from_json(storing.to_json(found)) == found
    assert len(drawing.preview(found).encode()) < 40_000


def test_an_empty_document_is_refused_with_its_reason(collected):
    with pytest.raises(Unreadable, match="没有心电波形"):
        recording(collected, "ecg/fda_empty.xml")


@pytest.mark.parametrize("names", [MIT, PTB, (SCP,), (AECG[0],), (DICOM,)], ids=lambda names: names[0])
def test_half_of_a_recording_is_refused(collected, names):
    files = {name.rpartition("/")[2]: data for name, data in collected(*names).items()}
    body = next((name for name in files if name.endswith(".dat")), next(iter(files)))
    files[body] = files[body][: len(files[body]) // 2]
    with pytest.raises(Unreadable):
        reading.read(files)
