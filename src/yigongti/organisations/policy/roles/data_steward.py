"""信息数据中心数据员：核对疑似重复的居民、合并与撤销合并、核查紧急查阅，管理主数据。"""

from yigongti.kernel.access.words import Reach, Role, registry


data_steward = registry.add_role(
    Role(
        code="data_steward",
        title="信息数据中心数据员",
        persona="P13",
        source="R133 R164；领域参考第四部分 8",
        does="核对疑似重复的居民、合并与撤销合并、核查紧急查阅，管理主数据。",
        works_at=("group",),
        reach=Reach.BELOW,
        may=(
            "residents.find",
            "residents.see",
            "residents.duplicates",
            "residents.merge",
            "residents.unmerge",
            "residents.decide_suspicion",
            "residents.emergency_review",
            "residents.open_with_basis",
            "organisations.tree",
        ),
        bases=("registered",),
        gates=(),
        never=(
            "看到病历内容",
            "给自己临床权限",
            "改动审计记录",
            "把生产数据用于测试",
        ),
    )
)
