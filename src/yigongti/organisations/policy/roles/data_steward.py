"""信息数据中心数据员：核对疑似重复的居民、合并与撤销合并、核查紧急查阅，管理主数据。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


data_steward = registry.add_role(
    Role(
        code="data_steward",
        title="信息数据中心数据员",
        persona="P13",
        source="R133 R164；领域参考第四部分 8",
        does="核对疑似重复的居民、合并与撤销合并、复核紧急查阅和履职查阅，管理主数据。",
        works_at=("group",),
        reach=Reach.BELOW,
        may=(
            "residents.find",
            "residents.see",
            "residents.duplicates",
            "residents.merge",
            "residents.unmerge",
            "residents.decide_suspicion",
            "residents.deaths",
            "residents.emergency_review",
            "residents.open_with_basis",
            "organisations.tree",
            "indicators.see",
            "indicators.small_cells",
            "indicators.rows",
            "exchange.inbox",
            "exchange.inbox_work",
            "exchange.tables",
            "exchange.tables_work",
            "exchange.table_residents",
            "exchange.table_measurements",
            "exchange.table_follow_ups",
            "exchange.table_onsets",
            "exchange.table_visits",
            "exchange.table_claims",
            "exchange.table_births",
            "exchange.table_deaths",
        ),
        bases=("registered",),
        gates=(),
        never=(
            never("record", "看到病历内容"),
            never("clinical_post", "给自己临床权限"),
            never("trail", "改动审计记录"),
            never("test_data", "把生产数据用于测试"),
        ),
    )
)
