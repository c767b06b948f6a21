"""What is kept comes back equal, in both forms, and an archive unpacks to no more than it says."""

from __future__ import annotations

import json
import math
import struct
import zlib
from array import array
from datetime import UTC, date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yigongti.exchange.waveforms import storing
from yigongti.exchange.waveforms.form import Annotation, Lead, Measurement, Recording, Subject
from yigongti.exchange.waveforms.refusing import Unreadable


INT32 = st.integers(-(2**31), 2**31 - 1)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SAMPLES = st.lists(st.one_of(INT32, st.integers(-9, 9)), min_size=1).map(lambda one: array("i", one))
SUBJECT = st.builds(
    Subject, st.text(), st.text(), st.sampled_from(["male", "female", ""]), st.none() | st.dates(), st.text()
)
LEAD = st.builds(
    Lead, name=st.text(max_size=5), samples=SAMPLES,
    step=NUMBER.filter(bool), origin=NUMBER, unit=st.sampled_from(["µV", "mmHg", ""]), begins=st.integers(0, 1000),
    gap=st.none() | INT32, calibrated=st.booleans(),
)  # fmt: skip
RECORDING = st.builds(
    Recording, source=st.text(), rate=st.floats(0.001, 1e6), leads=st.lists(LEAD, min_size=1, max_size=3).map(tuple),
    started=st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC)),
    subject=SUBJECT,
    device=st.text(), identifier=st.text(),
    annotations=st.lists(st.builds(Annotation, NUMBER, st.text(), st.text(), st.none() | NUMBER, st.text())).map(tuple),
    measurements=st.lists(st.builds(Measurement, st.text(), NUMBER, st.text())).map(tuple),
    statements=st.lists(st.text()).map(tuple), notes=st.lists(st.text()).map(tuple), left_out=st.just(("x",)),
)  # fmt: skip


def small(samples=(1, 2, 3)):
    return Recording("own", 250.0, (Lead("I", array("i", samples), 5.0),), subject=Subject(born=date(1958, 3, 4)))


@settings(max_examples=60, deadline=None)
@given(RECORDING)
def test_any_recording_comes_back_equal(recording):
    assert storing.from_bytes(storing.to_bytes(recording)) == recording
    assert storing.from_json(json.loads(json.dumps(storing.to_json(recording)))) == recording


def test_a_day_of_quiet_is_kept_in_little():
    lead = Lead("I", array("i", [0, 1, 0, -1] * 100_000), 5.0)
    assert len(storing.to_bytes(Recording("own", 250.0, (lead,)))) < 10_000


def test_an_archive_that_unpacks_to_more_than_it_says_is_refused():
    kept = storing.to_bytes(small())
    size = struct.unpack_from(">I", kept, 5)[0]
    with pytest.raises(Unreadable, match="存档"):
        storing.from_bytes(kept[: 9 + size] + zlib.compress(bytes(50_000_000)))


@pytest.mark.parametrize("wrong", [b"", b"YGTW", b"YGTW\2\0\0\0\0", b"PK\3\4" + bytes(20)])
def test_what_is_no_archive_is_refused(wrong):
    with pytest.raises(Unreadable, match="存档"):
        storing.from_bytes(wrong)


@pytest.mark.parametrize(
    "changed", [{"rate": 0}, {"rate": math.inf}, {"leads": []}, {"started": "gestern"}, {"subject": 3}]
)
def test_json_that_is_no_recording_is_refused(changed):
    with pytest.raises(Unreadable):
        storing.from_json(storing.to_json(small()) | changed)


def test_a_lead_says_where_it_is_no_voltage_or_not_there():
    found = Recording("own", 250.0, (Lead("BP", array("i", [1]), 1.0, unit="mmHg"),))
    with pytest.raises(Unreadable, match="不是电压"):
        found.microvolts("BP")
    with pytest.raises(Unreadable, match="没有这个导联"):
        found.microvolts("I")


def test_length_and_duration_count_to_the_end_of_the_last_lead():
    late = Lead("II", array("i", [1, 2]), 1.0, begins=498)
    found = Recording("own", 250.0, (Lead("I", array("i", [1]), 1.0), late))
    assert (found.length, found.duration) == (500, 2.0)
