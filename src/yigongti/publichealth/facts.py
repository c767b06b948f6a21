"""What others may ask of public health: births and deaths as certified, described column by column."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, what people call it, its unit, and whether it names or betrays a person."""

    name: str
    title: str
    unit: str = ""
    sensitive: bool = False


births = (
    Column(name="mother", title="母亲", sensitive=True),
    Column(name="newborn", title="新生儿", sensitive=True),
    Column(name="born_at", title="出生时间"),
    Column(name="sex", title="性别"),
    Column(name="weight", title="出生体重", unit="克"),
    Column(name="weeks", title="孕周"),
    Column(name="place", title="出生地点"),
    Column(name="institution", title="接生机构"),
    Column(name="outcome", title="出生结局", sensitive=True),
)

deaths = (
    Column(name="resident", title="死者", sensitive=True),
    Column(name="sex", title="性别"),
    Column(name="born_on", title="出生日期"),
    Column(name="died_on", title="死亡日期"),
    Column(name="place", title="死亡地点"),
    Column(name="institution", title="死亡机构"),
    Column(name="underlying_code", title="根本死因编码", sensitive=True),
    Column(name="how_known", title="诊断依据"),
    Column(name="effect", title="对居民登记"),
)
