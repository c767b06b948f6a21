"""人力资源中心：维护职工台账和三处归属、排班、派驻与合同。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


hr_officer = registry.add_role(
    Role(
        code="hr_officer",
        title="人力资源中心",
        persona="P11",
        source="R79；领域参考第三部分 P11",
        does="维护职工台账和三处归属、排班、派驻与合同。",
        works_at=("group",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "organisations.staff",
            "organisations.duty",
            "exchange.tables",
            "exchange.tables_work",
        ),
        bases=(),
        gates=(),
        never=(
            never("patients", "看到任何患者数据"),
            never("reporter", "看到不良事件报告人", until="quality"),
            never("own_pay", "批准自己的薪酬", until="workforce"),
            never("frozen_attendance", "改动已用于冻结考核的考勤", until="workforce"),
        ),
    )
)
