"""基本公共卫生服务里本平台还没有业务记录的：先写明定义和等什么，不出数，不填零。"""

# isort: off
from functools import partial

from yigongti.indicators.policy.signing import GONGWEI, REVIEW, YEARS
from yigongti.kernel.measures.words import Awaited, Indicator


MATERNAL = Awaited(need="孕产妇保健记录（公共卫生一章）")
CHILD = Awaited(need="儿童保健记录（公共卫生一章）")
SIGNED = Awaited(need="家庭医生签约（慢病一章）")
CARDS = Awaited(need="传染病报告卡（公共卫生一章）")
declared = partial(
    Indicator, family="基本公共卫生服务", owner="县卫生健康局", checker="县疾病预防控制中心", review_before=REVIEW,
    unit="%", better="higher", population="resident", place="managing", periods=YEARS, digits=1, confidence="M+",
)  # fmt: skip

early_booking = declared(
    code="early_booking", title="早孕建册率", basis=f"{GONGWEI}；领域参考 2.3.5", figure=MATERNAL,
    means="孕 13 周之前建册并进行第一次产前检查的产妇人数，除以同期活产数。",
)  # fmt: skip
postpartum_visit = declared(
    code="postpartum_visit", title="产后访视率", basis=f"{GONGWEI}；领域参考 2.3.5", figure=MATERNAL,
    means="出院后 28 天内接受过产后访视的产妇人数，除以同期活产数。",
)  # fmt: skip
newborn_visit = declared(
    code="newborn_visit", title="新生儿访视率", basis=f"{GONGWEI}；领域参考 2.3.6", figure=CHILD,
    means="接受一次及以上访视的新生儿人数，除以同期活产数。",
)  # fmt: skip
child_management = declared(
    code="child_management", title="0 至 6 岁儿童健康管理率", basis=f"{GONGWEI}；领域参考 2.3.6", figure=CHILD,
    means="年内接受一次及以上随访的 0 至 6 岁儿童数，除以 0 至 6 岁儿童总数。",
)  # fmt: skip
mental_management = declared(
    code="mental_management", title="严重精神障碍患者规范管理率", basis=f"{GONGWEI}；领域参考 2.3.7",
    means="按规范管理的患者数，除以登记在册的确诊患者数。", figure=Awaited(need="严重精神障碍管理记录（公共卫生一章）"),
)  # fmt: skip
tb_management = declared(
    code="tb_management", title="肺结核患者管理率", basis=f"{GONGWEI}；领域参考 2.3.8",
    means="已管理的患者数，除以经定点机构确诊并通知基层管理的患者数。",
    figure=Awaited(need="肺结核管理记录（公共卫生一章）"),
)  # fmt: skip
tb_regular_medicine = declared(
    code="tb_regular_medicine", title="肺结核患者规则服药率", basis=f"{GONGWEI}；领域参考 2.3.8",
    means="规则服药（实服达到应服九成）的患者数，除以已完成治疗的患者数。",
    figure=Awaited(need="肺结核管理记录（公共卫生一章）"),
)  # fmt: skip
vaccination_rate = declared(
    code="vaccination_rate", title="免疫规划疫苗接种率", basis=f"{GONGWEI}；领域参考 2.3.10",
    means="某种疫苗某一剂的实际接种人数，除以应接种人数。", figure=Awaited(need="应种名单和接种记录（公共卫生一章）"),
)  # fmt: skip
infectious_timely = declared(
    code="infectious_timely", title="传染病报告及时率", basis=f"{GONGWEI}；领域参考 2.3.9", figure=CARDS,
    means="自诊断起按时限报告的病例数，除以报告病例数。",
)  # fmt: skip
tcm_elderly = declared(
    code="tcm_elderly", title="老年人中医药健康管理率", basis=f"{GONGWEI}；领域参考 2.3.11",
    means="年内做过体质辨识的 65 岁及以上常住居民数，除以 65 岁及以上常住居民数。",
    figure=Awaited(need="中医体质辨识记录（公共卫生一章）"),
)  # fmt: skip
contract_rate = declared(
    code="contract_rate", title="家庭医生签约率", basis="领域参考 2.4", figure=SIGNED,
    means="期末有效签约的常住居民数，除以期末常住居民数。",
)  # fmt: skip
contract_performed = declared(
    code="contract_performed", title="家庭医生签约履约率", basis="领域参考 2.4", figure=SIGNED,
    means="签约服务包中已完成的项目次数，除以到期应完成的项目次数。",
)  # fmt: skip
