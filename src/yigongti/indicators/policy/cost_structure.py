"""费用结构：药费、卫生材料费、检查化验费各占多少。只算费用分了类的就诊，住院记在入院日。"""

# isort: off
from yigongti.indicators.policy.beds_and_cost import FAMILY, STATISTICS
from yigongti.indicators.policy.signing import by_operations
from yigongti.kernel.measures.words import Awaited, Ratio, known
from yigongti.record.facts import visits


SPLIT = visits.where(in_county=True, total=known, drugs=known, consumables=known, tests=known)


def _share(column: str) -> Ratio:
    return Ratio(of=SPLIT.sum(column), over=SPLIT.sum("total"))


drug_share = by_operations(
    code="drug_share", title="药占比", family=FAMILY, basis=f"{STATISTICS}；R78", confidence="M",
    means="期内就诊（含住院，记在入院日）的药费，除以总费用；只算费用分了类的就诊。",
    figure=_share("drugs"), unit="%", better="lower",
    population="none", place="institution", by=("inpatient", "visit_class"), digits=1,
)  # fmt: skip

consumable_share = by_operations(
    code="consumable_share", title="卫生材料费占比", family=FAMILY, basis=f"{STATISTICS}；R78", confidence="M",
    means="期内就诊（含住院，记在入院日）的卫生材料费，除以总费用；只算费用分了类的就诊。",
    figure=_share("consumables"), unit="%", better="lower", population="none", place="institution",
    by=("inpatient", "visit_class"), digits=1,
)  # fmt: skip

test_share = by_operations(
    code="test_share", title="检查化验费占比", family=FAMILY, basis=f"{STATISTICS}；R78", confidence="M",
    means="期内就诊（含住院，记在入院日）的检查和化验费，除以总费用；只算费用分了类的就诊。", figure=_share("tests"),
    unit="%", better="lower", population="none", place="institution", by=("inpatient", "visit_class"), digits=1,
)  # fmt: skip

essential_drug_kinds = by_operations(
    code="essential_drug_kinds", title="乡镇卫生院基本药物占比（按品种）", family=FAMILY, confidence="M",
    basis="晋中信息 2021-05-19：基本药物占比 90% 以上，未写明按品种还是按金额（R73）",
    means="卫生院配备的药品中基本药物的品种数，除以全部品种数。",
    figure=Awaited(need="药品目录和库存（药事一章）"), unit="%", better="higher", population="none",
    place="institution", levels=("institution", "township", "group", "county"), digits=1,
)  # fmt: skip

essential_drug_money = by_operations(
    code="essential_drug_money", title="乡镇卫生院基本药物占比（按金额）", family=FAMILY, confidence="M",
    basis="晋中信息 2021-05-19：基本药物占比 90% 以上，未写明按品种还是按金额（R73）",
    means="卫生院使用的基本药物金额，除以全部药品金额。",
    figure=Awaited(need="药品目录和处方（药事一章）"), unit="%", better="higher", population="none",
    place="institution", digits=1, variant_of="essential_drug_kinds", reading="按金额，不按品种",
)  # fmt: skip
