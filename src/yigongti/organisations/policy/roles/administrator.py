"""系统管理员：开立、停用和重置账号，维护机构、科室、岗位、日历和参数；不碰病历。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


administrator = registry.add_role(
    Role(
        code="administrator",
        title="系统管理员",
        persona="P13",
        source="R162；领域参考第三部分 P13",
        does="开立、停用和重置账号，维护机构、科室、岗位、日历和参数；不碰病历。",
        works_at=(
            "county",
            "group",
        ),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "organisations.manage",
            "accounts.manage",
            "accounts.cover",
            "parameters.manage",
            "exchange.tables",
            "exchange.tables_work",
            "audit.see",
            "audit.verify",
        ),
        bases=(),
        gates=(),
        never=(
            never("person", "看到居民的姓名或病历"),
            never("clinical_post", "给自己临床岗位"),
            never("trail", "改动审计记录或已发布的指标"),
        ),
        second_factor=True,
    )
)
