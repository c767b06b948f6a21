"""A claim as it was told: flat, clean values; and everything that keeps it from being taken in, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache, partial
from itertools import chain
from typing import Any

from yigongti.fund.models import AMOUNTS, AREAS, FUNDS, INSURED_KINDS, LEVELS, OWN, VISIT_KINDS
from yigongti.fund.policy.codes import BED_KINDS, area_of
from yigongti.kernel import clock
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, Refusal


MOST = 2**60
UNMATCHED = "unmatched"
"""Where the detail of a claim says why it is matched to nobody."""
OTHER_NAME = "证件是别人的：登记的姓名不同"
LABELS = {
    "total": "总费用", "in_scope": "政策范围内费用", "paid_basic": "基本医保统筹支付", "paid_serious": "大病保险支付",
    "paid_aid": "医疗救助支付", "paid_civil_servant": "公务员补助支付", "paid_other": "其他基金支付",
    "account": "个人账户支付", "self_paid": "个人现金支付", "deductible": "起付线",
}  # fmt: skip
CODED = (
    ("insured_kind", "参保类别", INSURED_KINDS), ("visit_kind", "就医类别", VISIT_KINDS), ("level", "机构级别", LEVELS),
    ("area", "就医地", ("", *AREAS)),
)  # fmt: skip
LONGEST = {
    "number": 60, "insurer": 12, "bureau_batch": 60, "name": 100, "id_card": 40, "insurance_no": 60,
    "insured_division": 12, "institution_code": 40, "institution_name": 200, "institution_division": 12,
    "diagnosis_code": 20, "diagnosis_name": 200,
}  # fmt: skip


class AmountsExceedTotal(Refusal):
    """基金支付 {paid} 元加个人支付 {own} 元超过总费用 {total} 元。"""

    status = 422


class ScopeExceedsTotal(Refusal):
    """政策范围内费用 {in_scope} 元超过总费用 {total} 元。"""

    status = 422


class NowhereTold(Refusal):
    """说不出就医地：机构区划代码和就医地都没有送来，不能算作县内，也不能算作县外。"""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldClaim:
    """One settlement of the insurance bureau.

    Who tells: `insurer` is the division code of the insurer whose number `number` is; `bureau_batch` its own batch.
    Who: `resident_id` is our match or None; name, ID card and insurance number are kept as sent.
    Where: `institution_id` is our match or None; `area` may be left out where `institution_division` says it.
    Money: whole 分; fund by kind, personal account and cash. `month` is the month it is booked in, by default that of
    `settled_on`. `cancelled`: the bureau has reversed it. `detail` holds, lossless, what the columns do not.
    """

    number: str
    insurer: str
    insured_kind: str
    visit_kind: str
    institution_name: str
    settled_on: date
    total: int
    month: date | None = None
    bureau_batch: str = ""
    cancelled: bool = False
    resident_id: int | None = None
    name: str = ""
    id_card: str = ""
    insurance_no: str = ""
    insured_division: str = ""
    institution_id: int | None = None
    institution_code: str = ""
    institution_division: str = ""
    area: str = ""
    level: str = ""
    admitted_on: date | None = None
    discharged_on: date | None = None
    diagnosis_code: str = ""
    diagnosis_name: str = ""
    other_diagnoses: tuple[str, ...] = ()
    operation_codes: tuple[str, ...] = ()
    in_scope: int = 0
    paid_basic: int = 0
    paid_serious: int = 0
    paid_aid: int = 0
    paid_civil_servant: int = 0
    paid_other: int = 0
    account: int = 0
    self_paid: int = 0
    deductible: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def numbering(self) -> str:
        """Whose number it is."""
        return self.insurer


MATCHES = ("resident_id", "institution_id")
APART = {
    "number", "insurer", "month", "name", "id_card", "insurance_no", "institution_code", "institution_name", "area",
    "other_diagnoses", "operation_codes", "detail",
}  # fmt: skip
SAME = tuple(one.name for one in fields(ToldClaim) if one.name not in APART)


def columns_of(told: ToldClaim, *, county: str) -> dict[str, Any]:
    """The row's columns."""
    return {name: getattr(told, name) for name in SAME} | {
        "month": (told.month or told.settled_on).replace(day=1),
        "name_told": told.name, "id_card_told": told.id_card, "insurance_no_told": told.insurance_no,
        "institution_code_told": told.institution_code, "institution_name_told": told.institution_name,
        "area": told.area or area_of(told.institution_division, county),
        "other_diagnoses": list(told.other_diagnoses), "operation_codes": list(told.operation_codes),
        "detail": dict(told.detail),
    }  # fmt: skip


Check = Callable[[ToldClaim], Iterator[Refusal]]


def wrong_with(told: ToldClaim, *, county: str) -> Iterator[Refusal]:
    """Everything that is wrong with a claim."""
    return chain.from_iterable(check(told) for check in checks(county=county))


@cache
def checks(*, county: str) -> tuple[Check, ...]:
    """All that may be wrong with a claim, each asked by itself: of a claim read in part, what can be asked is."""
    named = (("number", "结算编号"), ("insurer", "医保经办区划"), ("institution_name", "就医机构"))
    return (
        *(partial(_named, name, label) for name, label in named),
        *(partial(_coded, *one) for one in CODED),
        *(partial(_short, name, most) for name, most in LONGEST.items()),
        partial(_short_codes, "other_diagnoses"), partial(_short_codes, "operation_codes"),
        partial(_placed, county), partial(_agreeing_place, county),
        _settled, _in_order, _with_a_bed,
        *(partial(_possible, name) for name in (*AMOUNTS, "deductible")),
        _scope_within, _paid_within,
    )  # fmt: skip


def _named(name: str, label: str, told: ToldClaim) -> Iterator[Refusal]:
    if not getattr(told, name).strip():
        yield Missing(field=name, label=label)


def _coded(name: str, label: str, known: Container[str], told: ToldClaim) -> Iterator[Refusal]:
    if getattr(told, name) not in known:
        yield BadValue(field=name, label=label, value=getattr(told, name)[:40], problem="没有这一类")


def _short(name: str, most: int, told: ToldClaim) -> Iterator[Refusal]:
    if len(getattr(told, name)) > most:
        problem = phrase("超过 {most} 个字", most=most)
        yield BadValue(field=name, label="送来的文字", value=getattr(told, name)[:40], problem=problem)


def _short_codes(name: str, told: ToldClaim) -> Iterator[Refusal]:
    for one in getattr(told, name):
        if len(one) > 20:
            yield BadValue(field=name, label="其他诊断和手术编码", value=one[:40], problem="超过 20 个字")


def _placed(county: str, told: ToldClaim) -> Iterator[Refusal]:
    if not told.area and not area_of(told.institution_division, county):
        yield NowhereTold(field="area")


def _agreeing_place(county: str, told: ToldClaim) -> Iterator[Refusal]:
    read = area_of(told.institution_division, county)
    if told.area in AREAS and read and told.area != read:
        yield BadValue(
            field="area", label="就医地", value=told.institution_division, problem="就医地与机构区划代码说的不一样"
        )


def _settled(told: ToldClaim) -> Iterator[Refusal]:
    if told.settled_on > clock.today():
        yield BadValue(field="settled_on", label="结算日期", value=told.settled_on, problem="在今天之后")


def _in_order(told: ToldClaim) -> Iterator[Refusal]:
    if told.admitted_on and told.discharged_on and told.admitted_on > told.discharged_on:
        yield BadValue(field="discharged_on", label="出院日期", value=told.discharged_on, problem="早于入院日期")


def _with_a_bed(told: ToldClaim) -> Iterator[Refusal]:
    if told.visit_kind in BED_KINDS and not told.admitted_on:
        yield Missing(field="admitted_on", label="入院日期")


def _possible(name: str, told: ToldClaim) -> Iterator[Refusal]:
    amount = getattr(told, name) or 0
    if not 0 <= amount < MOST:
        problem = "不能为负：冲正请按作废送来" if amount < 0 else "大得不可能"
        yield BadValue(field=name, label=LABELS[name], value=yuan(amount), problem=problem)


def _scope_within(told: ToldClaim) -> Iterator[Refusal]:
    if _all_possible(told.in_scope, told.total) and told.in_scope > told.total:
        yield ScopeExceedsTotal(field="in_scope", in_scope=yuan(told.in_scope), total=yuan(told.total))


def _paid_within(told: ToldClaim) -> Iterator[Refusal]:
    paid, own = ([getattr(told, name) for name in names] for names in (FUNDS, OWN))
    if _all_possible(*paid, *own, told.total) and sum(paid) + sum(own) > told.total:
        yield AmountsExceedTotal(field="total", paid=yuan(sum(paid)), own=yuan(sum(own)), total=yuan(told.total))


def _all_possible(*amounts: int) -> bool:
    """An impossible amount has been named; a sum of it says nothing more."""
    return all(0 <= one < MOST for one in amounts)


def yuan(fen: int) -> str:
    """分 as yuan: 123456 → 1,234.56."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
