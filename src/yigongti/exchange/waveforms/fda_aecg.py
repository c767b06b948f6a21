"""HL7 annotated ECG (FDA aECG): XML with leads as lists of numbers, and what a device or a reader annotated.

Source: HL7 v3 Implementation Guide: Annotated ECG, R1 (2005-03-21). The first series with leads is the recording;
derived series (representative beats) are named as left out.
"""

from __future__ import annotations

import math
from datetime import datetime
from xml.etree.ElementTree import Element

from yigongti.exchange.waveforms.fda_annotations import annotated
from yigongti.exchange.waveforms.form import Lead, Recording, Subject, scaled, whole
from yigongti.exchange.waveforms.leads import standard
from yigongti.exchange.waveforms.refusing import Unreadable
from yigongti.exchange.waveforms.safe_xml import tree
from yigongti.exchange.waveforms.times import day, moment


SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
SEXES = {"M": "male", "F": "female"}


def read(data: bytes) -> Recording:
    """Read one aECG document. Raises `Unreadable`, also where the document holds no leads."""
    root = tree(data)
    if root.tag != "AnnotatedECG":
        raise Unreadable(what="XML", value=root.tag, problem="不是心电文件", rule="aecg.root")
    series = [one for one in root.iter("series") if one.find("component/sequenceSet") is not None]
    if not series:
        raise Unreadable(what="XML", value=root.tag, problem="没有心电波形", rule="aecg.series")
    return _recording(root, series[0], [*series[1:], *root.iter("derivedSeries")])


def _recording(root: Element, series: Element, others: list[Element]) -> Recording:
    sets = [_sequences(one) for one in series.findall("component/sequenceSet")]
    rate, started = sets[0][0], sets[0][1]
    leads = tuple(lead for found in sets for lead in _placed(found, rate=rate, started=started))
    marks, measured, said = annotated(series, started=started)
    return Recording(
        source="aecg",
        rate=rate,
        leads=leads,
        started=started or moment(_value(root, "effectiveTime/center"), rule="aecg.effectiveTime"),
        subject=_subject(root),
        device=_device(series),
        identifier=_identifier(root.find("id")),
        annotations=marks,
        measurements=measured,
        statements=said,
        notes=tuple(filter(None, (text.strip() for text in map(_text, root.iter("subjectFindingComment"))))),
        left_out=tuple(_title(one) for one in others),
    )


def _sequences(found: Element) -> tuple[float, datetime | None, list[Lead]]:
    """Rate, start and leads of one set of sequences recorded together."""
    rate, started, leads = None, None, []
    for sequence in found.findall("component/sequence"):
        code, value = _code(sequence), sequence.find("value")
        if value is None:
            raise Unreadable(what="导联", value=code, problem="没有数值", rule="aecg.value")
        if code in ("TIME_ABSOLUTE", "TIME_RELATIVE"):
            rate, started = _clock(value, absolute=code == "TIME_ABSOLUTE")
        else:
            leads.append(_lead(code, value))
    if rate is None:
        raise Unreadable(what="采样率", value="", problem="没有时间序列", rule="aecg.time")
    return rate, started, leads


def _clock(value: Element, *, absolute: bool) -> tuple[float, datetime | None]:
    step = value.find("increment")
    seconds = _number(_attribute(step, "value"), "采样间隔") * SECONDS.get(_attribute(step, "unit"), math.nan)
    if not 1e-6 <= seconds <= 3600:
        raise Unreadable(what="采样间隔", value=seconds, problem="必须大于零，单位为秒", rule="aecg.increment")
    # 1 / 0.002 is 500 exactly; 1 / (2 x 0.001) must be, too.
    started = moment(_value(value, "head"), rule="aecg.head") if absolute else None
    return round(1 / seconds, 6), started


def _lead(code: str, value: Element) -> Lead:
    scale, origin, digits = value.find("scale"), value.find("origin"), value.findtext("digits") or ""
    unit = _attribute(scale, "unit")
    if origin is not None and _attribute(origin, "unit") != unit:
        raise Unreadable(what="单位", value=unit, problem="零点和刻度的单位不同", rule="aecg.unit")
    zero = _number(_attribute(origin, "value"), "零点") if origin is not None else 0.0
    step, base, named = scaled(step=_number(_attribute(scale, "value"), "刻度"), origin=zero, unit=unit)
    try:
        samples = whole(map(int, digits.split()))
    except (ValueError, OverflowError) as wrong:
        raise Unreadable(what="导联", value=code, problem="数值不是整数", rule="aecg.digits") from wrong
    return Lead(name=standard(code), samples=samples, step=step, origin=base, unit=named)


def _placed(found: tuple[float, datetime | None, list[Lead]], *, rate: float, started: datetime | None) -> list[Lead]:
    """Leads of a later set (three by four, one column after the other) begin where their own clock says."""
    own_rate, own_start, leads = found
    if own_rate != rate:
        raise Unreadable(what="采样率", value=own_rate, problem="各组导联的采样率不同", rule="aecg.one_rate")
    try:
        late = (own_start - started).total_seconds() if own_start and started else 0.0
    except TypeError as wrong:
        raise Unreadable(what="时间", value=own_start, problem="有的带时区，有的不带", rule="aecg.zone") from wrong
    begins = round(late * rate)
    return [Lead(one.name, one.samples, one.step, one.origin, one.unit, begins) for one in leads] if begins else leads


def _subject(root: Element) -> Subject:
    person = root.find(".//trialSubject")
    if person is None:
        return Subject()
    return Subject(
        identifier=_identifier(person.find("id")),
        name=_text(person.find("subjectDemographicPerson/name")),
        sex=SEXES.get(_attribute(person.find("subjectDemographicPerson/administrativeGenderCode"), "code"), ""),
        born=day(_value(person, "subjectDemographicPerson/birthTime"), rule="aecg.birthTime"),
    )


def _device(series: Element) -> str:
    author = series.find("author/seriesAuthor")
    if author is None:
        return ""
    paths = ("manufacturerOrganization/name", "manufacturedSeriesDevice/manufacturerModelName")
    return " ".join(filter(None, (_text(author.find(path)) for path in paths)))


def _title(other: Element) -> str:
    code = other.find("code")
    return _attribute(code, "displayName") or _attribute(code, "code") or other.tag


def _identifier(found: Element | None) -> str:
    return _attribute(found, "extension") or _attribute(found, "root")


def _code(found: Element) -> str:
    return _attribute(found.find("code"), "code")


def _value(found: Element, path: str) -> str:
    return _attribute(found.find(path), "value")


def _attribute(found: Element | None, name: str) -> str:
    return "" if found is None else found.get(name, "")


def _text(found: Element | None) -> str:
    return "" if found is None else " ".join("".join(found.itertext()).split())


def _number(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Unreadable(what=what, value=text, problem="不是数", rule="aecg.number")
    return number
