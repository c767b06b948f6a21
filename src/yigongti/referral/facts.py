"""What others may ask of referrals: one row each, by the day it was submitted, with how long each answer took."""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


referrals = Fact(
    code="referrals", title="转诊", means="每次提交的上转、下转、外转一行，记在提交日；草稿不算", at="at",
    person="person", born="born",
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="person", title="居民", kind="person", sensitive=True),
        Column(name="born", title="出生日期", kind="day", sensitive=True),
        Column(name="at", title="提交日期", kind="day"),
        Column(name="direction", title="方向", kind="code", options="referral.direction"),
        Column(name="urgency", title="紧急程度", kind="code", options="referral.urgency"),
        Column(name="institution", title="转出机构", kind="place"),
        Column(name="from_leads", title="由牵头机构转出", kind="yes"),
        Column(name="receiving", title="接收机构", kind="place"),
        Column(name="managing", title="管理机构", kind="place"),
        Column(name="state", title="状态", kind="code", options="referral.state"),
        Column(name="accepted", title="已接收", kind="yes"),
        Column(name="arrived", title="已到院", kind="yes"),
        Column(name="returned", title="已转回", kind="yes"),
        Column(name="minutes_to_accept", title="提交到接收", kind="whole", unit="分钟"),
        Column(name="minutes_to_arrive", title="接收到到院", kind="whole", unit="分钟"),
        Column(name="minutes_to_return", title="到院到转回", kind="whole", unit="分钟"),
    ),
)  # fmt: skip
