"""医保管理中心：看本集团参保人在县内县外花了多少医保基金，找县外就医的去向；结算数据只看不改。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


insurance_officer = registry.add_role(
    Role(
        code="insurance_officer",
        title="医保管理中心",
        persona="P10",
        source="R149 R150；领域参考第三部分 P10",
        does=(
            "看本集团参保人在县内县外就医的医保结算：汇总、明细、去向。结算数据由医保局送来，"
            "只看不改；居民一律遮住姓名和证件。"
        ),
        works_at=("group",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "fund.sums",
            "fund.claims",
            "indicators.see",
        ),
        bases=(),
        gates=(),
        never=(
            never("clinical", "看到结算以外的病历内容"),
            never("named", "看到结算单上居民的全名和完整证件号"),
            never("claims", "改动或撤回医保局送来的结算数据"),
            never("codes", "改动病历或诊断编码"),
            never("frozen", "改动已冻结的考核", until="fund.assessment"),
            never("pay_alone", "未经两人批准拨付", until="fund.payment"),
        ),
    )
)
