"""What others may ask of public health: births and deaths as certified; what was cancelled or replaced is not there."""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


deaths = Fact(
    code="deaths", title="死亡", means="每份有效的死亡医学证明一行，记在死亡日；没有对到居民的没有管理机构",
    at="at", person="person", born="born", needs=("death",),
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="person", title="死者", kind="person", sensitive=True),
        Column(name="at", title="死亡日期", kind="day"),
        Column(name="born", title="出生日期", kind="day", sensitive=True),
        Column(name="sex", title="性别", kind="code"),
        Column(name="managing", title="死亡时的管理机构", kind="place"),
        Column(name="cause", title="根本死因编码", kind="code", sensitive=True),
        Column(name="age_days", title="死亡年龄", kind="whole", unit="天"),
        Column(name="age_years", title="死亡年龄（整岁）", kind="whole", unit="岁"),
        Column(name="chronic_managed", title="死亡时在管慢病患者", kind="yes"),
        Column(name="maternal", title="孕产妇死亡", kind="yes"),
        Column(name="lives", title="常住本县", kind="yes"),
        Column(name="place", title="死亡地点", kind="code", options="publichealth.death_place"),
    ),
)  # fmt: skip

births = Fact(
    code="births", title="出生", means="每份有效的出生医学证明一行，归母亲的管理机构；死胎死产也在内，以活产列区分",
    at="at", person="mother",
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="mother", title="母亲", kind="person", sensitive=True),
        Column(name="newborn", title="新生儿", kind="person", sensitive=True),
        Column(name="at", title="出生日期", kind="day"),
        Column(name="managing", title="母亲的管理机构", kind="place"),
        Column(name="institution", title="接生机构", kind="place"),
        Column(name="sex", title="性别", kind="code"),
        Column(name="live", title="活产", kind="yes"),
        Column(name="weight", title="出生体重", kind="whole", unit="克"),
        Column(name="weeks", title="孕周", kind="whole", unit="周"),
        Column(name="place", title="出生地点", kind="code", options="publichealth.birth_place"),
    ),
)  # fmt: skip
