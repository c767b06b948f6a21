"""质控中心：核对指标和病历质量，凭职责从指标的一行看到一人；提出指标发布，自己不发布。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


quality_officer = registry.add_role(
    Role(
        code="quality_officer",
        title="质控中心",
        persona="P14",
        source="R22 R153；领域参考第三部分 P14、第四部分 14",
        does=(
            "核对指标：看数字、看背后的每一行（居民遮住），凭质量检查的职责写明理由，限时打开一人的档案，次日由数据员复核；"
            "提出指标发布和异议，评定定性指标并附证据，起草年度报告。"
        ),
        works_at=("group",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "indicators.see",
            "indicators.small_cells",
            "indicators.rows",
            "indicators.open_row",
            "indicators.appeal",
            "indicators.judge",
            "indicators.evidence",
            "indicators.write_brief",
            "residents.find",
            "residents.open_with_basis",
            "record.read",
        ),
        bases=("duty",),
        gates=(),
        reviewed_by=("data_steward",),
        overdue_to=("president",),
        never=(
            never("publish", "审核、冻结或发布指标和排名"),
            never("figures", "改动任何计算出的数字"),
            never("browse", "没有写明理由就打开档案"),
            never("own_judgement", "确认自己作的评定，审签自己起草的报告"),
        ),
    )
)
