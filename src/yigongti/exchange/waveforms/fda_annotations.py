"""Annotations of an aECG series: marked stretches, the device's measurements, and what it said in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from yigongti.exchange.waveforms.form import Annotation, Measurement
from yigongti.exchange.waveforms.leads import standard
from yigongti.exchange.waveforms.refusing import Unreadable
from yigongti.exchange.waveforms.times import moment


UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
# Codes whose text or coded value is an interpretation of the whole, not a mark in time.
SPOKEN = ("MDC_ECG_RHY", "MDC_ECG_INTERPRETATION")

Found = tuple[tuple[Annotation, ...], tuple[Measurement, ...], tuple[str, ...]]
Stretch = tuple[float | None, float | None, str]
NOWHERE: Stretch = (None, None, "")


def annotated(series: Element, *, started: datetime | None) -> Found:
    """Marks, measurements and statements of a series; absolute times become seconds after `started`."""
    marks: list[Annotation] = []
    measured: list[Measurement] = []
    said: list[str] = []
    for one, (begins, ends, lead) in _walk(series, started):
        code, value = _of(one.find("code"), "code"), one.find("value")
        kind = _of(value, "type").rpartition(":")[2]
        if kind == "PQ":
            measured.append(Measurement(code, _number(_of(value, "value")), _of(value, "unit"), lead, begins))
        elif code.startswith(SPOKEN):
            said.append(_words(value))
        elif begins is not None:
            marks.append(Annotation(begins, _of(value, "code") or code, _of(value, "displayName"), ends, lead))
    return tuple(marks), tuple(measured), tuple(filter(None, said))


def _walk(series: Element, started: datetime | None) -> Iterator[tuple[Element, Stretch]]:
    """Every annotation with its own stretch of time; a group without one begins where its first part does."""
    pending = [
        one for found in series.findall("subjectOf/annotationSet") for one in found.findall("component/annotation")
    ]
    pending.reverse()
    known: dict[int, Stretch] = {}
    while pending:
        one = pending.pop()
        own = _stretch(one, started)
        below = one.findall("component/annotation")
        if own == NOWHERE:
            own = known.get(id(one), NOWHERE) if not below else _first(below, started)
        known.update((id(part), own) for part in below)
        yield one, own
        pending += reversed(below)


def _first(parts: list[Element], started: datetime | None) -> Stretch:
    found = next((stretch for part in parts if (stretch := _stretch(part, started))[0] is not None), NOWHERE)
    return found[0], None, ""


def _stretch(one: Element, started: datetime | None) -> Stretch:
    begins = ends = None
    lead = ""
    for boundary in one.findall("support/supportingROI/component/boundary"):
        code, value = _of(boundary.find("code"), "code"), boundary.find("value")
        if code in ("TIME_ABSOLUTE", "TIME_RELATIVE") and value is not None:
            begins, ends = (_seconds(value.find(end), started) for end in ("low", "high"))
        elif code:
            lead = standard(code)
    # A wave of which only the end was found is marked at its end.
    return (ends, None, lead) if begins is None else (begins, ends, lead)


def _seconds(end: Element | None, started: datetime | None) -> float | None:
    text, unit = _of(end, "value"), _of(end, "unit")
    if not text:
        return None
    if unit:
        return _number(text) * UNITS[unit] if unit in UNITS else None
    then = moment(text, rule="aecg.boundary")
    if then is None or started is None or (then.tzinfo is None) != (started.tzinfo is None):
        return None
    return (then - started).total_seconds()


def _words(value: Element | None) -> str:
    if value is None:
        return ""
    return _of(value, "displayName") or " ".join("".join(value.itertext()).split()) or _of(value, "code")


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Unreadable(what="测量值", value=text, problem="不是数", rule="aecg.measurement")
    return number


def _of(found: Element | None, name: str) -> str:
    return "" if found is None else found.get(name, "")
