"""What another system tells of a person, as clean values; and what is wrong with it, told by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, Refusal
from yigongti.record.policy.charge_classes import UNCLASSIFIED, charge_class
from yigongti.record.visit_facts import CHARGE_CLASSES, GRADES, INCISIONS


ICD9 = re.compile(r"\d{2}(\.\d{1,4}([xX]\d{1,4})?)?")
MOST = 2**62


class ChargesDoNotAddUp(Refusal):
    """各类费用合计 {added} 元，与总费用 {total} 元不符。"""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOperation:
    """An operation of a visit: ICD-9-CM-3 code as sent, grade 1 to 4 or unknown, incision '0' to '3' or ''."""

    name: str
    code: str = ""
    grade: int | None = None
    on: date | None = None
    operator: str = ""
    incision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry as it was told; `detail` holds, lossless, what the columns do not.

    A visit may carry what it cost: `charges` by class (record.charge_class) and `total`, both in 分; where both are
    told they must agree, and a total alone is kept as not classified.

    `reason` is why there is a version more; `whole` says that nothing of the version before still holds unsaid.
    """

    resident_id: int
    institution_id: int
    kind: str
    title: str
    at: datetime
    source: str
    until: datetime | None = None
    system: str = ""
    code: str = ""
    text: str = ""
    author: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    encounter_class: str = ""
    diagnosis_code: str = ""
    out_of_county: bool = False
    measured: Mapping[str, Any] | None = None
    encounter_id: int | None = None
    follows: int | None = None
    withdrawn: bool = False
    reason: str = ""
    whole: bool = False
    charges: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    operations: Sequence[ToldOperation] = ()


def charges_of(told: Told) -> dict[str, int]:
    """What is kept of the charges: the classes that cost something; a bare total stands as not classified."""
    if told.charges:
        return {code: amount for code, amount in told.charges.items() if amount}
    return {UNCLASSIFIED: told.total} if told.total else {}


def said_yuan(fen: int) -> str:
    """分 as yuan: 123456 → 1234.56."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def wrong_with(told: Told) -> Iterator[Refusal]:
    """Everything that keeps the visit's facts from being written, each by its name."""
    if (told.charges or told.total is not None or told.operations) and not told.encounter_class:
        yield BadValue(field="charges", label="费用和手术", value=told.kind, problem="只随就诊送来")
    for code, amount in told.charges.items():
        if code not in CHARGE_CLASSES:
            yield BadValue(field="charges", label="费用类别", value=code[:40], problem="没有这一类")
        elif not 0 <= amount < MOST:
            label = charge_class.label(code)
            yield BadValue(field="charges", label=label, value=said_yuan(amount), problem="不能小于 0 或大得不可能")
    added = sum(told.charges.values())
    if told.total is not None and not 0 <= told.total < MOST:
        yield BadValue(field="total", label="总费用", value=said_yuan(told.total), problem="不能小于 0 或大得不可能")
    elif told.charges and told.total is not None and added != told.total:
        yield ChargesDoNotAddUp(field="total", added=said_yuan(added), total=said_yuan(told.total))
    for number, one in enumerate(told.operations, 1):
        yield from _wrong_operation(number, one)


def _wrong_operation(number: int, one: ToldOperation) -> Iterator[Refusal]:
    place = f"operations.{number}"
    if not one.name.strip() and not one.code:
        yield Missing(field=place, label=phrase("第 {n} 个手术的名称", n=number))
    if one.code and not ICD9.fullmatch(one.code):
        yield BadValue(field=place, label="手术编码", value=one.code[:40], problem="不是 ICD-9-CM-3 编码")
    if one.grade is not None and one.grade not in GRADES:
        yield BadValue(field=place, label="手术级别", value=one.grade, problem="应为一级至四级")
    if one.incision not in INCISIONS:
        yield BadValue(field=place, label="切口等级", value=one.incision[:40], problem="应为 0、I、II、III 类")
