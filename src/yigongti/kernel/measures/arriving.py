"""How complete what came is, by sender, fact and month: the fact that says which figures may be believed.

The exchange fills it; it stands here because those who read it stand below the exchange.
"""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


arrivals = Fact(
    code="arrivals", title="来数",
    means="每个来源方每种数据每月应来多少、来了多少；应来算不出的留空，没有来的月份是一行 0",
    at="at",
    columns=(
        Column(name="id", title="编号", kind="text"),
        Column(name="at", title="月份", kind="day"),
        Column(name="sender", title="来源方", kind="text"),
        Column(name="fact", title="数据", kind="code"),
        Column(name="institution", title="机构", kind="place"),
        Column(name="expected", title="应来", kind="whole", unit="条"),
        Column(name="received", title="收到", kind="whole", unit="条"),
        Column(name="waiting", title="待处理", kind="whole", unit="条"),
        Column(name="complete", title="收到的不少于应来的", kind="yes"),
        Column(name="lag_days", title="到数天数的中位数", kind="whole", unit="天"),
    ),
)  # fmt: skip
"""`fact` is what the needs of other facts name: visit, claim, and what interfaces deliver."""
