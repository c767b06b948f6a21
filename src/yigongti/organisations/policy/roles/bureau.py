"""卫生健康局：监管与规划，看各集团的汇总情况。"""

from yigongti.kernel.access.words import Reach, Role, registry


bureau = registry.add_role(
    Role(
        code="bureau",
        title="卫生健康局",
        persona="P15",
        source="R18；领域参考第三部分 P15",
        does="监管与规划，看各集团的汇总情况。",
        works_at=("county",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "referral.board",
        ),
        bases=(),
        gates=(),
        never=(
            "默认看到具名的临床数据",
            "在医院和卫生院的业务记录里写入",
            "代替别级发布数据",
            "管理集团的人事和薪酬",
        ),
    )
)
