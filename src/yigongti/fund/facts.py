"""What others may ask of the fund: claims as settled. What the bureau reversed or replaced is not among them."""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


claims = Fact(
    code="claims", title="医保结算", means="每笔结算一行，住院记在出院日，其余记在结算日；没有对到居民的算在县",
    at="at", person="person", born="born", needs=("claim",),
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="person", title="居民", kind="person", sensitive=True),
        Column(name="sex", title="性别", kind="code"),
        Column(name="born", title="出生日期", kind="day", sensitive=True),
        Column(name="at", title="出院或结算日期", kind="day"),
        Column(name="settled_on", title="结算日期", kind="day"),
        Column(name="institution", title="就医机构", kind="place"),
        Column(name="managing", title="管理机构", kind="place"),
        Column(name="insured", title="本县参保", kind="yes"),
        Column(name="insured_kind", title="参保类别", kind="code", options="fund.insured_kind"),
        Column(name="in_county", title="县域内就医", kind="yes"),
        Column(name="grassroots", title="基层机构", kind="yes"),
        Column(name="pharmacy", title="定点药店", kind="yes"),
        Column(name="inpatient", title="住院", kind="yes"),
        Column(name="outpatient", title="门急诊", kind="yes"),
        Column(name="visit_kind", title="就医类别", kind="code", options="fund.visit_kind"),
        Column(name="level", title="机构级别", kind="code", options="fund.level"),
        Column(name="area", title="就医地", kind="code", options="fund.area"),
        Column(name="destination", title="就医地区划代码", kind="text"),
        Column(name="diagnosis", title="主要诊断编码", kind="code", sensitive=True),
        Column(name="chapter", title="主要诊断首字母", kind="text"),
        Column(name="total", title="总费用", kind="money", unit="分"),
        Column(name="in_scope", title="政策范围内费用", kind="money", unit="分"),
        Column(name="paid", title="基金支付", kind="money", unit="分"),
        Column(name="self_paid", title="个人现金支付", kind="money", unit="分"),
        Column(name="lag_days", title="结算到入库天数", kind="whole", unit="天"),
    ),
)  # fmt: skip
