"""What others may ask of the exchange, column by column: how complete what came is, by institution, fact and month."""

from __future__ import annotations

from yigongti.record.facts import Column


coverage = (
    Column(name="institution", title="机构"),
    Column(name="sender", title="来源方"),
    Column(name="fact", title="事实"),
    Column(name="month", title="月份"),
    Column(name="expected", title="应来", unit="条"),
    Column(name="received", title="收到", unit="条"),
    Column(name="last_arrival", title="最近一次"),
)
"""`expected` is empty where it can't be computed yet; read by `exchange.queries.covered`."""
