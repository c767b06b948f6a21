"""Waveform objects of DICOM: twelve-lead, general and ambulatory ECG, and other biosignals on the same pattern.

Source: PS3.3 C.10.9 (waveform), C.10.10 (annotation). The first original group of channels is the recording; the
others (median beats) are named as left out.
"""

from __future__ import annotations

import math
import re
import struct
import sys
from array import array

from pydicom.dataset import Dataset

from yigongti.exchange.dicom import reading
from yigongti.exchange.dicom.opening import items, opened, raw
from yigongti.exchange.dicom.reading import Instance
from yigongti.exchange.dicom.refusing import UnreadableImage
from yigongti.exchange.dicom.texts import Reader
from yigongti.exchange.waveforms.dicom_annotations import ANNOTATIONS, annotated
from yigongti.exchange.waveforms.form import MOST_LEADS, MOST_SAMPLES, Lead, Recording, Subject, scaled, whole
from yigongti.exchange.waveforms.leads import NUMBERED, standard
from yigongti.exchange.waveforms.refusing import Unreadable


WAVEFORMS, CHANNELS, DATA = 0x54000100, 0x003A0200, 0x54001010
ORIGINALITY, COUNT, LENGTH, RATE, LABEL = 0x003A0004, 0x003A0005, 0x003A0010, 0x003A001A, 0x003A0020
ALLOCATED, KIND, PADDING = 0x54001004, 0x54001006, 0x5400100A
SOURCE, CODE, MEANING, CHANNEL_LABEL = 0x003A0208, 0x00080100, 0x00080104, 0x003A0203
SENSITIVITY, UNITS, CORRECTION, BASELINE = 0x003A0210, 0x003A0211, 0x003A0212, 0x003A0213
# Array type codes of the sample interpretations that are plain numbers; µ-law and A-law are refused by name.
KINDS = {("SS", 16): "h", ("US", 16): "H", ("SB", 8): "b", ("UB", 8): "B", ("SL", 32): "i", ("UL", 32): "I"}
# "5.6.3-9-61" of SCPECG and "2:61" of MDC both end in SCP-ECG's number of the lead.
LEAD_CODE = re.compile(r"(?:5\.6\.3-9-|2:)(\d{1,3})", re.ASCII)


def read(data: bytes) -> Recording:
    """Read one DICOM waveform file. Raises `Unreadable`."""
    try:
        file = opened(data, wanted=(*reading.WANTED, WAVEFORMS, ANNOTATIONS))
        return _recording(reading.told(file), items(file.elements, WAVEFORMS), items(file.elements, ANNOTATIONS))
    except UnreadableImage as wrong:
        raise Unreadable(
            what=str(wrong.facts["what"]),
            value=wrong.facts["value"],
            problem=str(wrong.facts["problem"]),
            rule=wrong.rule,
        ) from wrong


def _recording(told: Instance, groups: list[Dataset], marks: list[Dataset]) -> Recording:
    if not groups:
        raise Unreadable(what="对象类别", value=told.sop_class, problem="文件里没有波形", rule="dicom_ecg.waveforms")
    chosen = next((place for place, one in enumerate(groups) if _text(one, ORIGINALITY) != "DERIVED"), 0)
    group, reader = groups[chosen], Reader(told.charsets)
    rate = _number(group, RATE)
    leads = _leads(group, reader)
    found, measured, said = annotated(
        marks, reader=reader, rate=rate, group=chosen + 1, names=[one.name for one in leads]
    )
    patient = told.patient
    return Recording(
        source="dicom",
        rate=rate,
        leads=tuple(leads),
        started=told.acquired or told.examined,
        subject=Subject(patient.identifier, patient.name.shown, patient.sex, patient.born, patient.age),
        device=" ".join(filter(None, (told.texts["manufacturer"], told.texts["model"]))),
        identifier=told.instance,
        annotations=found,
        measurements=measured,
        statements=said,
        left_out=tuple(_text(one, LABEL) or f"#{place + 1}" for place, one in enumerate(groups) if place != chosen),
    )


def _leads(group: Dataset, reader: Reader) -> list[Lead]:
    count, length = _whole(group, COUNT, "<H"), _whole(group, LENGTH, "<L")
    channels = items(group, CHANNELS)
    if not 0 < count <= MOST_LEADS or len(channels) != count:
        raise Unreadable(what="导联数", value=count, problem="与通道定义不符", rule="dicom_ecg.channels")
    if not 0 < count * length <= MOST_SAMPLES:
        raise Unreadable(what="采样点数", value=length, problem="没有采样点或超过上限", rule="dicom_ecg.length")
    samples = _samples(group, count * length)
    gap = _padding(group)
    return [_lead(channel, whole(samples[place::count]), gap, reader) for place, channel in enumerate(channels)]


def _samples(group: Dataset, wanted: int) -> array[int]:
    key = (_text(group, KIND), _whole(group, ALLOCATED, "<H"))
    if key not in KINDS:
        raise Unreadable(what="采样格式", value=f"{key[0]} {key[1]}", problem="这种格式不读", rule="dicom_ecg.format")
    found: array[int] = array(KINDS[key])
    data = raw(group, DATA)
    if len(data) < wanted * found.itemsize:
        raise Unreadable(what="采样点数", value=len(data), problem="波形数据比所说的短", rule="dicom_ecg.truncated")
    found.frombytes(data[: wanted * found.itemsize])
    if _big(group) != (sys.byteorder == "big"):
        found.byteswap()
    return found


def _lead(channel: Dataset, samples: array[int], gap: int | None, reader: Reader) -> Lead:
    """Physical value = sample x sensitivity x correction + baseline, the last in the sensitivity's unit."""
    stated = SENSITIVITY in channel
    step = (
        _number(channel, SENSITIVITY) * (_number(channel, CORRECTION) if raw(channel, CORRECTION) else 1.0)
        if stated
        else 1.0
    )
    origin = _number(channel, BASELINE) if raw(channel, BASELINE) else 0.0
    units = items(channel, UNITS)
    step, origin, unit = scaled(step=step, origin=origin, unit=_text(units[0], CODE) if units else "")
    return Lead(_name(channel, reader), samples, step, origin, unit, gap=gap, calibrated=stated)


def _name(channel: Dataset, reader: Reader) -> str:
    for source in items(channel, SOURCE):
        numbered = LEAD_CODE.fullmatch(_text(source, CODE))
        if numbered and int(numbered[1]) in NUMBERED:
            return NUMBERED[int(numbered[1])]
        if raw(source, MEANING):
            return standard(reader.text(raw(source, MEANING)))
    return standard(reader.text(raw(channel, CHANNEL_LABEL)))


def _padding(group: Dataset) -> int | None:
    """The value that stands for "no sample", stored like a sample."""
    value, (kind, bits) = raw(group, PADDING), (_text(group, KIND), _whole(group, ALLOCATED, "<H"))
    if len(value) * 8 < bits or not value:
        return None
    return int.from_bytes(value[: bits // 8], "big" if _big(group) else "little", signed=kind.startswith("S"))


def _big(group: Dataset) -> bool:
    return group.original_encoding[1] is False


def _text(elements: Dataset, tag: int) -> str:
    return raw(elements, tag).decode("ascii", "replace").strip(" \0")


def _number(elements: Dataset, tag: int) -> float:
    text = _text(elements, tag)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Unreadable(what="数值", value=text, problem="不是数", rule=f"dicom_ecg.{tag:08x}")
    return number


def _whole(elements: Dataset, tag: int, form: str) -> int:
    value, size = raw(elements, tag), struct.calcsize(form)
    return int.from_bytes(value[:size], "big" if _big(elements) else "little") if len(value) >= size else 0
