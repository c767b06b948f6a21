"""集团院长：看集团的例外情况，协调床位、人员和设备，督办到底。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


president = registry.add_role(
    Role(
        code="president",
        title="集团院长",
        persona="P14",
        source="领域参考第三部分 P14",
        does=(
            "看集团的例外情况，协调床位、人员和设备，督办到底。平时不看任何居民；投诉、质量检查、死亡病例等职责需要时，"
            "凭完整证件号找到一人，写明事由，限时打开一份档案，次日由数据员复核。"
        ),
        works_at=("group",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "organisations.approve_charter",
            "capacity.see",
            "referral.board",
            "fund.sums",
            "indicators.see",
            "indicators.screen",
            "indicators.write_brief",
            "indicators.rows",
            "indicators.evidence",
            "residents.find",
            "residents.open_with_basis",
            "residents.overdue_reviews",
            "record.read",
        ),
        bases=("duty",),
        gates=(),
        reviewed_by=("data_steward",),
        overdue_to=("bureau",),
        never=(
            never("browse", "无职责依据浏览具名病历"),
            never("minors", "查阅未成年人（不满十四周岁）的档案"),
            never("figures", "改动任何数字、评分、排名或报告", until="indicators"),
            never("own_submission", "批准自己提交的事项"),
            never("frozen", "重开已冻结的考核", until="fund.assessment"),
        ),
    )
)
