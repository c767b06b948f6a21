"""转诊接收台：在接收机构的出入院服务中心答复转诊、安排床位和号源、办理到院登记。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


referral_desk = registry.add_role(
    Role(
        code="referral_desk",
        title="转诊接收台",
        persona="P3 P5",
        source="R47 R48 R53",
        does="在接收机构的出入院服务中心答复转诊、安排床位和号源、办理到院登记。",
        works_at=(
            "county_hospital",
            "tcm_hospital",
            "maternal_child",
            "township_centre",
            "community_centre",
        ),
        reach=Reach.BELOW,
        may=(
            "residents.find",
            "residents.see",
            "capacity.see",
            "organisations.tree",
            "record.read",
            "residents.open_with_basis",
            "capacity.manage",
        ),
        bases=(
            "treated",
            "referred",
        ),
        gates=("minors",),
        never=(
            never("other_institution", "接收或办结转给别的机构的患者"),
            never("without_basis", "未打开依据就看患者的完整病历"),
            never("senders_words", "改动转出方写的内容"),
        ),
    )
)
