"""县级医院医生：在县级医院接诊、收治转来的患者，诊治结束把患者和计划一起转回基层。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


county_doctor = registry.add_role(
    Role(
        code="county_doctor",
        title="县级医院医生",
        persona="P5",
        source="R47；领域参考第三部分 P5",
        does="在县级医院接诊、收治转来的患者，诊治结束把患者和计划一起转回基层。",
        works_at=("department",),
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
            "capacity.see",
            "organisations.tree",
        ),
        bases=(
            "treated",
            "referred",
            "present",
            "emergency",
        ),
        gates=(
            "minors",
            "psychiatric",
            "hiv",
            "tuberculosis",
            "sexual_health",
            "reproductive",
        ),
        reviewed_by=("data_steward",),
        overdue_to=("president",),
        never=(
            never("no_relation", "没有诊治关系就打开档案"),
            never("other_hospital", "接收转给别的医院的患者"),
            never("issued_report", "删除或改动已签发的报告"),
            never("kin", "看到同事或亲属的档案而无诊治关系"),
        ),
    )
)
