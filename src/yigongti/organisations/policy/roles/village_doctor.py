"""乡村医生：在村卫生室接诊和随访本村居民，把需要上级诊治的患者送上去，把转回来的患者接住。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


village_doctor = registry.add_role(
    Role(
        code="village_doctor",
        title="乡村医生",
        persona="P1",
        source="R20 R47；领域参考第三部分 P1",
        does="在村卫生室接诊和随访本村居民，把需要上级诊治的患者送上去，把转回来的患者接住。",
        works_at=("village_room",),
        reach=Reach.UNIT,
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
            "organisations.tree",
            "indicators.see",
        ),
        bases=(
            "managed",
            "present",
            "emergency",
        ),
        gates=(
            "minors",
            "reproductive",
        ),
        reviewed_by=("township_head", "data_steward"),
        overdue_to=("president",),
        never=(
            never("other_village", "看到其他村居民的档案"),
            never("special", "看到精神、艾滋病、性病、结核的专门记录"),
            never("silent_change", "悄悄改动已提交的随访"),
            never("report", "出具诊断报告", until="diagnosis.models"),
            never("death", "独自办结死亡登记"),
        ),
    )
)
