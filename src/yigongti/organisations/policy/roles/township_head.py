"""乡镇卫生院院长：看本院超期的和质量上的事，管本院职工与村医，签答督办。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


township_head = registry.add_role(
    Role(
        code="township_head",
        title="乡镇卫生院院长",
        persona="P4",
        source="领域参考第三部分 P4",
        does="看本院超期的和质量上的事，管本院职工与村医，签答督办。",
        works_at=(
            "township_centre",
            "community_centre",
        ),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "organisations.approve_charter",
            "indicators.see",
            "indicators.rows",
            "indicators.appeal",
            "residents.emergency_review",
            "chronic.follow_up.follow",
            "referral.upward.follow",
            "referral.downward.follow",
            "accounts.cover",
        ),
        bases=(),
        gates=(),
        never=(
            never("other_township", "看到其他乡镇的职工薪酬或患者明细"),
            never("indicators", "改动计算出的指标", until="indicators"),
            never("own_performance", "批准自己的绩效", until="finance"),
            never("ranking", "改动排名", until="indicators"),
            never("clinical", "查看居民的病历内容"),
        ),
    )
)
