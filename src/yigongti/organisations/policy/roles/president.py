"""集团院长：看集团的例外情况，协调床位、人员和设备，督办到底。"""

from yigongti.kernel.access.words import Reach, Role, registry


president = registry.add_role(
    Role(
        code="president",
        title="集团院长",
        persona="P14",
        source="领域参考第三部分 P14",
        does="看集团的例外情况，协调床位、人员和设备，督办到底。",
        works_at=("group",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "organisations.approve_charter",
            "capacity.see",
            "referral.board",
        ),
        bases=(),
        gates=(),
        never=(
            "无职责依据浏览具名病历",
            "改动任何数字、评分、排名或报告",
            "批准自己提交的事项",
            "重开已冻结的考核",
        ),
    )
)
