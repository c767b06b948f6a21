"""县疾控：依法收集全县的出生和死亡，核对死因编码；不看调查以外的病历。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


cdc_officer = registry.add_role(
    Role(
        code="cdc_officer",
        title="县疾控",
        persona="P16",
        source="R127 R128 R129；领域参考 2.10、第三部分 P16",
        does=(
            "依法收集全县的死亡，看死因链和根本死因是否编对；看全县的出生，母亲姓名遮住。"
            "精神、性病和生殖方面的死因不在这里显示。"
        ),
        works_at=("county",),
        reach=Reach.BELOW,
        may=(
            "organisations.tree",
            "indicators.see",
            "publichealth.births",
            "publichealth.deaths",
        ),
        bases=(),
        gates=(
            "minors",
            "hiv",
            "tuberculosis",
        ),
        never=(
            never("clinical", "打开调查以外的病历"),
            never("mothers", "看到与职责无关的妇产细节"),
            never("diagnosis", "改动临床医生写的诊断或死亡证明"),
            never("void", "无理由作废报告卡", until="publichealth.cards"),
            never("publish", "公布个案的个人信息", until="governance"),
        ),
    )
)
