"""What others may ask of the organisation: places and their belonging, open beds, staff, and who is stationed where.

Every span stands from `at` through the day before `until`.
"""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


AT = Column(name="at", title="起", kind="day")
UNTIL = Column(name="until", title="止（不含当日）", kind="day")

places = Fact(
    code="places", title="机构归属",
    means="每个机构某段时间属于哪个乡镇、哪个医共体、哪个县；县和医共体自己也各有一行，供只知道到县的数归属",
    at="at", until="until",
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="institution", title="机构", kind="place"),
        Column(name="name", title="名称"),
        Column(name="kind", title="机构类别", kind="code", options="organisations.kind"),
        Column(name="level", title="机构层级", kind="code", options="organisations.level"),
        Column(name="grassroots", title="基层医疗卫生机构", kind="yes"),
        Column(name="tcm", title="中医医院", kind="yes"),
        Column(name="leads", title="牵头机构", kind="yes"),
        Column(name="village", title="村卫生室", kind="yes"),
        Column(name="centre", title="乡镇卫生院或社区卫生服务中心", kind="yes"),
        Column(name="remote_ecg", title="有远程心电", kind="yes"),
        Column(name="township", title="所属卫生院", kind="whole"),
        Column(name="group", title="所属医共体", kind="whole"),
        Column(name="county", title="所属县", kind="whole"),
        Column(name="longitude", title="经度", kind="decimal"),
        Column(name="latitude", title="纬度", kind="decimal"),
        AT, UNTIL,
    ),
)  # fmt: skip

open_beds = Fact(
    code="open_beds", title="实际开放床位", means="机构某段时间开放的床位数；在外机构不在内", at="at", until="until",
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="institution", title="机构", kind="place"),
        Column(name="grassroots", title="基层医疗卫生机构", kind="yes"),
        Column(name="leads", title="牵头机构", kind="yes"),
        Column(name="beds", title="开放床位", kind="whole", unit="张"),
        AT, UNTIL,
    ),
)  # fmt: skip

STAFF = (
    Column(name="staff", title="人员", kind="whole"),
    Column(name="institution", title="实际工作机构", kind="place"),
    Column(name="establishment", title="编制所在机构", kind="place"),
    Column(name="profession", title="专业类别", kind="text"),
    Column(name="doctor", title="执业（助理）医师", kind="yes"),
    Column(name="nurse", title="注册护士", kind="yes"),
    Column(name="rank", title="职称级别", kind="code", options="organisations.rank"),
    Column(name="grassroots", title="在基层工作", kind="yes"),
)

staff = Fact(
    code="staff", title="卫生人员", means="每人某段时间在哪里工作、编制和工资在哪里；派驻期间算在派驻的机构",
    at="at", until="until", person="staff",
    columns=(
        Column(name="id", title="编号", kind="whole"), *STAFF,
        Column(name="payroll", title="发工资机构", kind="place"),
        Column(name="leads", title="在牵头机构工作", kind="yes"),
        AT, UNTIL,
    ),
)  # fmt: skip

stationings = Fact(
    code="stationings", title="派驻满六个月",
    means="县级及以上机构的人一年内在同一家基层机构连续派驻满 183 天，记在满 183 天的那天；巡诊不算",
    at="at", person="staff",
    columns=(
        Column(name="id", title="编号", kind="whole"), *STAFF,
        Column(name="at", title="当年满 183 天的日期", kind="day"),
    ),
)  # fmt: skip
"""`rank` is senior, middle, junior or unknown; read from the title."""
