"""What others may ask of residents: who is there, managed by whom, from birth or first knowledge to death."""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


people = Fact(
    code="people", title="居民",
    means="每个人由哪个机构管理的一段时间，合并登记只算一人；从出生算起，到去世当日止；没有登记迁入日期的，照已在本县算",
    at="at", until="until", person="person", born="born",
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="person", title="居民", kind="person", sensitive=True),
        Column(name="sex", title="性别", kind="code"),
        Column(name="born", title="出生日期", kind="day", sensitive=True),
        Column(name="managing", title="管理机构", kind="place"),
        Column(name="lives", title="常住本县", kind="yes"),
        Column(name="insured", title="本县参保", kind="yes"),
        Column(name="registered", title="本县户籍", kind="yes"),
        Column(name="filed_on", title="建档日期", kind="day"),
        Column(name="at", title="起", kind="day"),
        Column(name="until", title="止（不含当日）", kind="day"),
    ),
)  # fmt: skip
