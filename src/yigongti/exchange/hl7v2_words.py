"""HL7 v2's words in ours: classes of visits, who issues ID cards, results as a line to read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yigongti.exchange.hl7v2 import facts
from yigongti.exchange.hl7v2.datatypes import Identifier


# HL7 table 0004, patient class.
ENCOUNTER_CLASS = {
    "I": "inpatient", "B": "inpatient", "O": "outpatient", "R": "outpatient", "E": "emergency", "P": "outpatient",
}  # fmt: skip
_ID_CARD_TYPES = ("NI", "NNCHN", "NN", "ID", "身份证")
_STATUS = {"P": "初步", "C": "更正", "X": "未出结果", "D": "已删除", "W": "错发"}


def is_id_card(one: Identifier) -> bool:
    """Whether it is a Chinese ID card number: by its type, of a length that one has."""
    return one.type in _ID_CARD_TYPES and len(one.value) in (15, 18) and one.value[:-1].isdecimal()


def is_icd10(system: str) -> bool:
    """Whether a diagnosis code is of ICD-10, in the spellings of the field."""
    return system.upper().replace("-", "").startswith(("ICD10", "I10"))


def report_text(report: facts.Report) -> str:
    """The report as lines to read: status where it is not final, each result, notes."""
    head = [f"【{_STATUS[report.status]}报告】"] if report.status in _STATUS else []
    return "\n".join([*head, *(result_line(one) for one in report.results), *report.notes])


def result_line(result: facts.Result) -> str:
    """One result: name, value, unit, range, flag."""
    values = "；".join(filter(None, map(value_words, result.values)))
    unit = result.unit.code or result.unit.text
    span = f"（参考 {result.range}）" if result.range else ""
    flags = " ".join(
        {"H": "↑", "HH": "↑↑", "L": "↓", "LL": "↓↓"}.get(flag, flag) for flag in result.flags if flag != "N"
    )
    status = f"【{_STATUS[result.status]}】" if result.status in _STATUS else ""
    said = " ".join(part for part in (f"{values} {unit}".strip(), flags) if part)
    return f"{status}{result.name}：{said}{span}" + "".join(f"\n  {note}" for note in result.notes)


def value_words(value: facts.Value) -> str:
    """A value as a person reads it."""
    match value:
        case facts.Number():
            return str(value.number)
        case facts.Words():
            return value.text
        case facts.Structured():
            parts = (value.comparator, value.first, value.separator, value.second)
            return "".join(str(part) for part in parts if part not in (None, ""))
        case facts.Time():
            return f"{value.time.at:%Y-%m-%d %H:%M}"
        case facts.Attachment():
            return f"附件（{value.media}/{value.subtype}）"
        case _:
            return value.says


def plain(thing: Any) -> Any:
    """The same as JSON holds it: numbers and times as they were written; what was not sent is left out."""
    if isinstance(thing, dict):
        kept = {name: plain(part) for name, part in thing.items()}
        return {name: part for name, part in kept.items() if part not in ("", None, [], {})}
    if isinstance(thing, list | tuple):
        return [plain(part) for part in thing]
    if isinstance(thing, Decimal):
        return str(thing)
    return thing.isoformat() if isinstance(thing, date | datetime) else thing


_PRIORITY = {"S": "急", "STAT": "急", "A": "加快", "ASAP": "加快", "P": "术前", "C": "回电", "T": "定时"}  # table 0027


def priority(code: str) -> str:
    """How urgent an order is, where it is not routine."""
    return _PRIORITY.get(code.upper(), "" if code.upper() in ("R", "") else code[:20])


_SEVERITY = {"SV": "重度", "MO": "中度", "MI": "轻度"}  # table 0128


def severity(code: str) -> str:
    """How bad an allergy is, in words; '' where it is not known."""
    return _SEVERITY.get(code, "")
