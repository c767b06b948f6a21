"""What others may ask of the fund: claims as settled, described column by column."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, what people call it, its unit, and whether it names or betrays a person."""

    name: str
    title: str
    unit: str = ""
    sensitive: bool = False


claims = (
    Column(name="month", title="结算月份"),
    Column(name="resident", title="居民", sensitive=True),
    Column(name="insured_kind", title="参保类别"),
    Column(name="insured_division", title="参保地"),
    Column(name="institution", title="就医机构"),
    Column(name="area", title="就医地"),
    Column(name="level", title="机构级别"),
    Column(name="visit_kind", title="就医类别"),
    Column(name="admitted_on", title="入院日期"),
    Column(name="discharged_on", title="出院日期"),
    Column(name="settled_on", title="结算日期"),
    Column(name="diagnosis_code", title="主要诊断编码", sensitive=True),
    Column(name="operation_codes", title="手术编码", sensitive=True),
    Column(name="total", title="总费用", unit="分"),
    Column(name="in_scope", title="政策范围内费用", unit="分"),
    Column(name="paid", title="基金支付", unit="分"),
    Column(name="account", title="个人账户支付", unit="分"),
    Column(name="self_paid", title="个人现金支付", unit="分"),
    Column(name="deductible", title="起付线", unit="分"),
)
