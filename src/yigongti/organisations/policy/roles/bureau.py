"""卫生健康局：监管与规划，看各集团的汇总情况。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


bureau = registry.add_role(
    Role(
        code="bureau",
        title="卫生健康局",
        persona="P15",
        source="R18；领域参考第三部分 P15",
        does=(
            "监管与规划，看各集团的汇总情况。平时不看任何居民；投诉、法定监督检查等职责需要时，"
            "凭完整证件号找到一人，写明事由，限时打开一份档案，次日由管理该居民的集团数据员复核。"
        ),
        works_at=("county",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "referral.board",
            "fund.sums",
            "indicators.see",
            "indicators.screen",
            "indicators.write_brief",
            "indicators.issue_brief",
            "indicators.set_target",
            "indicators.judge",
            "indicators.confirm_judgement",
            "indicators.evidence",
            "indicators.answer_appeal",
            "residents.find",
            "residents.open_with_basis",
            "residents.overdue_reviews",
            "record.read",
        ),
        bases=("duty",),
        gates=(),
        reviewed_by=("data_steward",),
        overdue_to=("president",),
        never=(
            never("named", "默认看到具名的临床数据"),
            never("minors", "查阅未成年人（不满十四周岁）的档案"),
            never("write", "在医院和卫生院的业务记录里写入"),
            never("publish", "代替别级发布数据", until="governance"),
            never("staff", "管理集团的人事和薪酬"),
        ),
    )
)
