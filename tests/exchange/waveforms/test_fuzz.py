"""No broken recording hangs a reader or falls out of its own refusals."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.exchange.waveforms import making
from tests.exchange.waveforms.fuzzing import broken, try_all
from yigongti.exchange.waveforms import dicom_ecg, drawing, fda_aecg, reading, scp, storing, wfdb
from yigongti.exchange.waveforms.wfdb_annotations import beats


WAVE = [0, 3, -8, 100, -127, 2000, -2047, 7, 7, 8, -1, 40]
OTHER = [5, 5, 5, 6, 5, 4, 5, 5, 5, 9, 5, -300]


def drawn_and_kept(recording):
    """What can be read can be kept and drawn."""
    assert storing.from_bytes(storing.to_bytes(recording)) == recording
    assert len(drawing.preview(recording).encode()) < 40_000


def test_any_wfdb_record_is_read_or_refused(pytestconfig):
    good = [making.wfdb({"I": WAVE, "II": OTHER}, form=form) for form in (16, 212)]
    heads, data = [one["own.hea"] for one in good], [one["own.dat"] for one in good]
    marks = [making.atr((22, 0), (63, 24), b"## time resolution: 1000", (1, 50), (59, 0), b"\0\0\5\0", (5, 10), (0, 0))]
    files = st.fixed_dictionaries(
        {"own.hea": broken(heads), "own.dat": broken(data)}, optional={"own.atr": broken(marks)}
    )
    try_all(lambda given: drawn_and_kept(wfdb.read(given)), files, pytestconfig)


def test_any_annotation_file_is_read_or_refused(pytestconfig):
    try_all(lambda data: beats(data, rate=250.0), st.binary(max_size=200), pytestconfig)


def test_any_aecg_document_is_read_or_refused(pytestconfig):
    good = [making.aecg({"MDC_ECG_LEAD_I": WAVE}, encoding=one) for one in ("UTF-8", "UTF-16", "GB18030")]
    marks = (
        '<subjectOf><annotationSet><component><annotation><code code="MDC_ECG_RHY"/><value displayName="x"/>'
        '</annotation></component><component><annotation><code code="P"/><value type="PQ" value="3" unit="ms"/>'
        '<support><supportingROI><component><boundary><code code="TIME_ABSOLUTE"/><value>'
        '<low value="20261122093000+0800"/>'
        "</value></boundary></component></supportingROI></support></annotation></component></annotationSet></subjectOf>"
    )
    good.append(making.aecg({"MDC_ECG_LEAD_I": WAVE}, extra=marks))
    try_all(lambda data: drawn_and_kept(fda_aecg.read(data)), broken(good), pytestconfig)


def test_any_scp_file_is_read_or_refused(pytestconfig):
    good = [making.scp({1: WAVE, 2: OTHER}, order=order, said=(b"x",)) for order in (1, 2)]
    try_all(lambda data: drawn_and_kept(scp.read(data)), broken(good), pytestconfig)


def test_any_section_of_an_scp_file_is_read_or_refused(pytestconfig):
    """With checksums that fit, so that what lies behind them is reached."""
    good = scp.sections(making.scp({1: WAVE, 2: OTHER}, said=(b"x", b"y")))
    good[7] = b"\1\0\x20\3\x20\3" + b"\x10\0" * 8
    bodies = st.fixed_dictionaries({number: broken([body]) for number, body in good.items()})
    try_all(lambda drawn: drawn_and_kept(scp.read(making.scp_file(drawn))), bodies, pytestconfig)


def test_any_dicom_waveform_is_read_or_refused(pytestconfig):
    good = [making.dicom_ecg({1: WAVE, 2: OTHER}), making.dicom_ecg({1: WAVE}, charset="ISO_IR 192")]
    try_all(lambda data: drawn_and_kept(dicom_ecg.read(data)), broken(good), pytestconfig)


def test_any_archive_is_opened_or_refused(pytestconfig):
    kept = [
        storing.to_bytes(scp.read(making.scp({1: WAVE, 2: OTHER}))),
        storing.to_bytes(reading.read(making.wfdb({"I": WAVE}))),
    ]
    try_all(storing.from_bytes, broken(kept), pytestconfig)


def test_any_bytes_have_a_format_or_none(pytestconfig):
    try_all(lambda data: reading.read({"a.hea": data}), st.binary(max_size=300), pytestconfig)
