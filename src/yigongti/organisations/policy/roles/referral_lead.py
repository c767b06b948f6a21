"""转诊中心主任：管转诊中心：逾期未答复的单由他催办或代接，外转由他审核。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


referral_lead = registry.add_role(
    Role(
        code="referral_lead",
        title="转诊中心主任",
        persona="P14",
        source="R47 R15",
        does="管转诊中心：逾期未答复的单由他催办或代接，外转由他审核。",
        works_at=(
            "county_hospital",
            "tcm_hospital",
            "maternal_child",
        ),
        reach=Reach.BELOW,
        may=(
            "residents.find",
            "residents.see",
            "capacity.see",
            "organisations.tree",
            "record.read",
            "residents.open_with_basis",
            "referral.board",
            "capacity.manage",
            "accounts.cover",
        ),
        bases=(
            "treated",
            "referred",
        ),
        gates=("minors",),
        never=(
            never("own_request", "批准自己提交的外转"),
            never("unrelated", "查看与转诊无关的病历"),
        ),
    )
)
