"""What others may ask of the record: visits, discharges, days in bed and operations. What was withdrawn or replaced is
not among them; a person is always the one that a merge kept."""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


PERSON = (
    Column(name="person", title="居民", kind="person", sensitive=True),
    Column(name="sex", title="性别", kind="code"),
    Column(name="born", title="出生日期", kind="day", sensitive=True),
    Column(name="managing", title="管理机构", kind="place"),
    Column(name="insured", title="本县参保", kind="yes"),
    Column(name="lives", title="常住本县", kind="yes"),
)
WHERE = (
    Column(name="institution", title="就诊机构", kind="place"),
    Column(name="grassroots", title="在基层机构", kind="yes"),
    Column(name="leads", title="在牵头机构", kind="yes"),
    Column(name="in_county", title="在县域内", kind="yes"),
    Column(name="tcm", title="中医类", kind="yes"),
    Column(name="diagnosis", title="主要诊断编码", kind="code", sensitive=True),
)
MONEY = (
    Column(name="total", title="总费用", kind="money", unit="分"),
    Column(name="drugs", title="药费", kind="money", unit="分"),
    Column(name="consumables", title="卫生材料费", kind="money", unit="分"),
    Column(name="tests", title="检查化验费", kind="money", unit="分"),
    Column(name="service", title="医疗服务费", kind="money", unit="分"),
)

visits = Fact(
    code="visits", title="就诊", means="门急诊、出诊、村卫生室就诊、住院（记在入院日）、体检和公共卫生服务，每次一行",
    at="at", person="person", born="born", needs=("visit",),
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="at", title="就诊或入院日期", kind="day"),
        Column(name="until", title="出院日期", kind="day"),
        *PERSON, *WHERE,
        Column(name="visit_class", title="就诊类别", kind="code", options="record.visit_class"),
        Column(name="treatment", title="计入诊疗人次", kind="yes"),
        Column(name="inpatient", title="住院", kind="yes"),
        Column(name="bed_days", title="住院天数", kind="whole", unit="天"),
        *MONEY,
    ),
)  # fmt: skip
"""`treatment` counts as 诊疗人次: visits to a clinic, emergency room or village room and at home."""

discharges = Fact(
    code="discharges", title="出院", means="每次住院一行，记在出院日；还在住的没有", at="at",
    person="person", born="born", needs=("visit",),
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="at", title="出院日期", kind="day"),
        Column(name="admitted_on", title="入院日期", kind="day"),
        *PERSON, *WHERE,
        Column(name="bed_days", title="住院天数", kind="whole", unit="天"),
        Column(name="operated", title="有手术", kind="yes"),
        Column(name="top_grade", title="最高手术级别", kind="whole"),
        *MONEY,
    ),
)  # fmt: skip

operations = Fact(
    code="operations", title="手术", means="每台手术一行，没有手术日期的记在就诊日", at="at",
    person="person", born="born", needs=("visit",),
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="visit", title="就诊编号", kind="whole"),
        Column(name="at", title="手术日期", kind="day"),
        *PERSON,
        Column(name="institution", title="手术机构", kind="place"),
        Column(name="leads", title="在牵头机构", kind="yes"),
        Column(name="in_county", title="在县域内", kind="yes"),
        Column(name="grade", title="手术级别", kind="whole"),
        Column(name="code", title="手术编码（ICD-9-CM-3）", kind="code", sensitive=True),
        Column(name="inpatient", title="住院手术", kind="yes"),
    ),
)  # fmt: skip

bed_stays = Fact(
    code="bed_stays", title="占用床位", means="一次住院占一张床，从入院日到出院前一日", at="at", until="until",
    person="person", born="born", needs=("visit",),
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="person", title="居民", kind="person", sensitive=True),
        Column(name="born", title="出生日期", kind="day", sensitive=True),
        Column(name="institution", title="住院机构", kind="place"),
        Column(name="grassroots", title="在基层机构", kind="yes"),
        Column(name="in_county", title="在县域内", kind="yes"),
        Column(name="at", title="入院日期", kind="day"),
        Column(name="until", title="出院日期", kind="day"),
    ),
)  # fmt: skip
