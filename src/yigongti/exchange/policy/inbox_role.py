"""岗位：收件箱。代外部系统办事的系统账户，只做收进来的数据要做的事。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


inbox = registry.add_role(
    Role(
        code="inbox",
        title="收件箱",
        works_at=(),
        reach=Reach.BELOW,
        does="把外部系统送来的数据对到人、记进健康档案；对不上的、看不懂的留着等数据员。",
        source="R133、R159",
        may=(
            "residents.take_in",
            "residents.register_many",
            "residents.unregister_many",
            "record.take_in",
            "fund.take_in",
            "publichealth.take_in",
            "residents.record_deaths",
            "organisations.open_outside",
            "exchange.fhir_write",
            "exchange.end_replay",
        ),
        # Children's results come as everybody's; what came of a child must be found again to be corrected.
        gates=("minors",),
        never=(
            never("other_writes", "办理转诊、随访等任何单子"),
            never("read", "查阅档案"),
        ),
    )
)
