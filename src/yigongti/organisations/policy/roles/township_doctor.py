"""乡镇卫生院医生：在卫生院全科接诊，管理本乡镇（含各村）的居民，上转、接收下转、做慢病随访。"""

from yigongti.kernel.access.words import Reach, Role, registry


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
            "capacity.see",
            "residents.newborn",
            "organisations.tree",
        ),
        bases=(
            "managed",
            "treated",
            "referred",
            "present",
            "emergency",
        ),
        gates=(
            "tuberculosis",
            "reproductive",
            "psychiatric",
        ),
        never=(
            "无理由查看不相干居民的档案",
            "替诊断中心出具报告",
            "批准自己的转诊额度",
            "改动已签的合同",
        ),
    )
)
