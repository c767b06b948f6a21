"""Observations: quantities of known codes become measurements of the record's series, all else stays to be read."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from yigongti.exchange.fhir_facts.calls import joined
from yigongti.exchange.fhir_facts.conversions import Units
from yigongti.exchange.fhir_facts.words import (
    Resource,
    code_of,
    codes_in,
    listed,
    notes_of,
    number,
    range_of,
    said,
    said_all,
    text,
    value_of,
)
from yigongti.exchange.policy.known_codes import DIASTOLIC, KNOWN, PRESSURE, PRESSURE_PANELS, SPELLINGS, SYSTOLIC
from yigongti.record.queries.vocabulary import SERIES


LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
THOUSANDTH = Decimal("0.001")
"""As far as a series keeps a number: not to the whole, which would make 140 of 139.6."""
STATUSES = {
    "registered": "未出结果", "partial": "部分结果", "preliminary": "初步", "amended": "已修订", "corrected": "更正",
    "cancelled": "已取消", "unknown": "状态不明", "appended": "已补充",
}  # fmt: skip
INTERPRETATIONS = ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                   "http://terminology.hl7.org/CodeSystem/v2-0078")  # fmt: skip
FLAGS = {"H": "↑", "HH": "↑↑", "HU": "↑↑", "L": "↓", "LL": "↓↓", "LU": "↓↓", "N": ""}


def observed(resource: Resource) -> dict[str, Any]:
    """The columns of an observation's entry: a number of a series, or what there is to read."""
    system, code = code_of(resource.get("code"))
    columns = {"title": said(resource.get("code")) or "观察", "system": system, "code": code}
    measured = _measured(resource)
    if measured is None:
        parts = map(_component, listed(resource.get("component")))
        return columns | {"text": _text(resource, value_of(resource), *parts)}
    text_beside = _text(resource, _as_sent(resource, measured))
    return columns | {"title": SERIES[measured["series"]].title, "measured": measured, "text": text_beside}


def _text(resource: Resource, value: str, *parts: str) -> str:
    return joined([head(resource), _judged(resource, value), *parts, *notes_of(resource)])


def head(resource: Resource) -> str:
    """The status in brackets, where it is not the usual one."""
    status = STATUSES.get(text(resource.get("status")))
    return f"【{status}】" if status else ""


def line(resource: Resource) -> str:
    """Value, flag and range of an observation or a component."""
    return _judged(resource, value_of(resource))


def _judged(resource: Resource, value: str) -> str:
    span, flags = range_of(resource), _flags(resource)
    return " ".join(filter(None, [value, *flags, f"（参考 {span}）" if span else ""]))


def named_line(resource: Resource) -> str:
    """One result within a report."""
    parts = "；".join(map(_component, listed(resource.get("component"))))
    return f"{head(resource)}{said(resource.get('code'))}：{joined([line(resource), parts], ' ')}"


def _component(one: Resource) -> str:
    return f"{said(one.get('code'))}：{line(one)}"


def _flags(resource: Resource) -> list[str]:
    """HL7's letters for high and low; any other interpretation in its words."""
    found = listed(resource.get("interpretation"))
    letters = [code for system in INTERPRETATIONS for code in codes_in(found, system)]
    return [FLAGS.get(one, one) for one in letters] or [said_all(found)]


# --- numbers of series


def _measured(resource: Resource) -> dict[str, Any] | None:
    codes = codes_in(resource.get("code"), LOINC)
    if any(code in PRESSURE_PANELS for code in codes):
        return _pressure(listed(resource.get("component")))
    known = next((KNOWN[code] for code in codes if code in KNOWN), None)
    if known is None:
        return None
    value = _converted(resource.get("valueQuantity"), known.units)
    if value is None or not _can_be(known.series, [value]):
        return None
    return {"series": known.series, "value": value, "unit": SERIES[known.series].unit} | _limits(resource, known.units)


def _pressure(components: Iterable[Resource]) -> dict[str, Any] | None:
    told = {code: _converted(one.get("valueQuantity"), PRESSURE)
            for one in components for code in codes_in(one.get("code"), LOINC)}  # fmt: skip
    upper, lower = told.get(SYSTOLIC), told.get(DIASTOLIC)
    if upper is None or lower is None or upper <= lower or not _can_be("blood_pressure", [upper, lower]):
        return None
    return {"series": "blood_pressure", "value": upper, "second_value": lower, "unit": SERIES["blood_pressure"].unit}


def _can_be(series: str, numbers: list[Decimal]) -> bool:
    """Whether a living person can show it."""
    measures = SERIES[series].measures
    return all(one.least <= value <= one.greatest for one, value in zip(measures, numbers, strict=True))


def _converted(value: Any, units: Units) -> Decimal | None:
    """The number in the series' unit; None for other units, for < and >, for no number."""
    if not isinstance(value, dict) or value.get("comparator"):
        return None
    given, unit = number(value.get("value")), units.get(_unit(value))
    if given is None or unit is None or abs(given.adjusted()) > len("123456789"):
        return None
    return unit.converted(given).quantize(THOUSANDTH, ROUND_HALF_EVEN)


def _unit(value: Resource) -> str:
    """The UCUM code; where none is coded, what its spelling stands for."""
    if value.get("system") == UCUM and text(value.get("code")):
        return text(value["code"])
    written = text(value.get("unit")) or text(value.get("code"))
    return SPELLINGS.get(written, written)


def _limits(resource: Resource, units: Units) -> dict[str, Decimal]:
    """The range that the sender held it against, in the series' unit."""
    for one in listed(resource.get("referenceRange")):
        ends = {name: _converted(one.get(name), units) for name in ("low", "high")}
        return {name: value for name, value in ends.items() if value is not None}
    return {}


def _as_sent(resource: Resource, measured: dict[str, Any]) -> str:
    """The quantity as it was sent, where its unit was another one; '' where the entry's number is the one sent."""
    sent = number((resource.get("valueQuantity") or {}).get("value"))
    same = sent is None or sent.quantize(THOUSANDTH, ROUND_HALF_EVEN) == measured["value"]
    return "" if same else f"原文 {value_of(resource)}"
