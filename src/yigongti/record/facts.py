"""What others may ask of the record: described columns, thin until the indicators bring their language of facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, what people call it, its unit, and whether it names or betrays a person."""

    name: str
    title: str
    unit: str = ""
    sensitive: bool = False


entries = (
    Column(name="resident", title="居民", sensitive=True),
    Column(name="kind", title="记录种类"),
    Column(name="system", title="编码系统"),
    Column(name="code", title="编码", sensitive=True),
    Column(name="title", title="名称", sensitive=True),
    Column(name="at", title="发生时间"),
    Column(name="until", title="结束时间"),
    Column(name="entered_at", title="录入时间"),
    Column(name="institution", title="机构"),
    Column(name="department", title="科室"),
    Column(name="source", title="来源"),
    Column(name="sensitivity", title="保密类别", sensitive=True),
    Column(name="version", title="版本"),
)

encounters = (
    Column(name="resident", title="居民", sensitive=True),
    Column(name="institution", title="就诊机构"),
    Column(name="encounter_class", title="就诊类别"),
    Column(name="at", title="就诊时间"),
    Column(name="until", title="离院时间"),
    Column(name="diagnosis_code", title="主要诊断编码", sensitive=True),
    Column(name="out_of_county", title="县外就诊"),
)

observations = (
    Column(name="resident", title="居民", sensitive=True),
    Column(name="series", title="测量项目"),
    Column(name="value", title="测量值", sensitive=True),
    Column(name="second_value", title="第二个值", sensitive=True),
    Column(name="unit", title="单位"),
    Column(name="at", title="测量时间"),
)

visit_charges = (
    Column(name="entry", title="就诊"),
    Column(name="charge_class", title="费用类别"),
    Column(name="amount", title="金额", unit="分"),
)

operations = (
    Column(name="entry", title="就诊"),
    Column(name="number", title="第几个"),
    Column(name="code", title="手术编码（ICD-9-CM-3）", sensitive=True),
    Column(name="name", title="手术名称", sensitive=True),
    Column(name="grade", title="手术级别"),
    Column(name="day", title="手术日期"),
    Column(name="operator", title="术者"),
    Column(name="incision", title="切口等级"),
)
