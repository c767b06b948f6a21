"""乡镇卫生院医生：在卫生院全科接诊，管理本乡镇（含各村）的居民，上转、接收下转、做慢病随访。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


township_doctor = registry.add_role(
    Role(
        code="township_doctor",
        title="乡镇卫生院医生",
        persona="P3",
        source="R47 R125；领域参考第三部分 P3",
        does="在卫生院全科接诊，管理本乡镇（含各村）的居民，上转、接收下转、做慢病随访。",
        works_at=(
            "township_centre",
            "community_centre",
        ),
        reach=Reach.BELOW,
        may=(
            "residents.find",
            "residents.see",
            "residents.register",
            "residents.amend",
            "residents.open_with_basis",
            "record.read",
            "record.add",
            "record.correct",
            "record.to_carry_out",
            "record.carry_out",
            "chronic.enrolled",
            "chronic.enrol",
            "capacity.see",
            "residents.newborn",
            "publichealth.births",
            "publichealth.deaths",
            "organisations.tree",
            "indicators.see",
        ),
        bases=(
            "managed",
            "treated",
            "referred",
            "present",
            "emergency",
        ),
        gates=(
            "minors",
            "tuberculosis",
            "reproductive",
            "psychiatric",
        ),
        reviewed_by=("township_head", "data_steward"),
        overdue_to=("president",),
        never=(
            never("unrelated", "无理由查看不相干居民的档案"),
            never("centre_report", "替诊断中心出具报告", until="diagnosis.models"),
            never("own_quota", "批准自己的转诊额度", until="governance"),
            never("signed_contract", "改动已签的合同", until="chronic.contracts"),
        ),
    )
)
