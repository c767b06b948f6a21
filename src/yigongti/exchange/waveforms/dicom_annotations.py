"""Annotations of a DICOM waveform: texts of the device, measurements with their unit, marks at samples.

Source: PS3.3 C.10.10. Channels are named as (group, channel), both from 1; channel 0 is the whole group. Samples
count from 1, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydicom.dataset import Dataset

from yigongti.exchange.dicom.opening import items, raw
from yigongti.exchange.dicom.texts import Reader
from yigongti.exchange.waveforms.form import Annotation, Measurement
from yigongti.exchange.waveforms.refusing import Unreadable


ANNOTATIONS = 0x0040B020
CHANNELS, POSITIONS, TEXT, CONCEPT, NUMBER, UNITS = (
    0x0040A0B0,
    0x0040A132,
    0x00700006,
    0x0040A043,
    0x0040A30A,
    0x004008EA,
)
CODE, MEANING = 0x00080100, 0x00080104

Found = tuple[tuple[Annotation, ...], tuple[Measurement, ...], tuple[str, ...]]


def annotated(marks: Sequence[Dataset], *, reader: Reader, rate: float, group: int, names: Sequence[str]) -> Found:
    """Marks, measurements and statements that concern the `group` (from 1), whose channels have these `names`."""
    found: list[Annotation] = []
    measured: list[Measurement] = []
    said: list[str] = []
    for one in marks:
        concerned = _channels(one)
        if concerned and all(first != group for first, _second in concerned):
            continue
        lead = next(
            (names[second - 1] for first, second in concerned if first == group and 0 < second <= len(names)), ""
        )
        times = [(position - 1) / rate for position in _numbers(one, POSITIONS, 4)]
        name, text = _meaning(one, CONCEPT, reader), reader.text(raw(one, TEXT))
        if raw(one, NUMBER):
            measured.append(Measurement(name, _value(one), _code(one, UNITS), lead, times[0] if times else None))
        elif times:
            found.append(Annotation(times[0], name, text, times[1] if len(times) > 1 else None, lead))
        elif text:
            said.append(text)
    return tuple(found), tuple(measured), tuple(said)


def _channels(one: Dataset) -> list[tuple[int, int]]:
    numbers = _numbers(one, CHANNELS, 2)
    return list(zip(numbers[0::2], numbers[1::2], strict=False))


def _numbers(one: Dataset, tag: int, size: int) -> list[int]:
    value, order = raw(one, tag), "big" if one.original_encoding[1] is False else "little"
    return [int.from_bytes(value[at : at + size], order) for at in range(0, len(value) - size + 1, size)]  # type: ignore[arg-type]


def _value(one: Dataset) -> float:
    text = raw(one, NUMBER).decode("ascii", "replace").strip(" \0")
    try:
        number = float(text.partition("\\")[0])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Unreadable(what="测量值", value=text, problem="不是数", rule="dicom_ecg.measurement")
    return number


def _code(one: Dataset, tag: int) -> str:
    found = items(one, tag)
    return raw(found[0], CODE).decode("ascii", "replace").strip(" \0") if found else ""


def _meaning(one: Dataset, tag: int, reader: Reader) -> str:
    found = items(one, tag)
    return (reader.text(raw(found[0], MEANING)) or reader.text(raw(found[0], CODE))) if found else ""
