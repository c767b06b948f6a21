"""指标靠哪些外来数据才算得准：数据的种类与本平台收数的种类相同，迟到多久见参数。"""

from yigongti.kernel.measures.completeness import Need
from yigongti.kernel.parameters.words import parameter


OUTSIDE = ("outside_claim",)
NEEDS = {
    one.code: one
    for one in (
        Need(code="visit", title="各机构的就诊和出院数据"),
        Need(code="claim", title="医保结算数据（含县外）", lag=parameter("indicators.claims_lag_months")),
        # 没有一笔县外结算，是县外数据没有到，不是人人都在县内就医：不出数，不出 100%。
        Need(
            code="outside_claim",
            title="县外就医的医保结算（近十二个月至少有）",
            lag=parameter("indicators.claims_lag_months"),
            within=12,
        ),
        Need(code="death", title="死亡登记（含补报）", lag=parameter("indicators.deaths_lag_months"), announced=False),
    )
}
