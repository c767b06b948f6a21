"""床位和费用：平均住院日、床位周转、次均费用、诊疗人次。费用只算送来了费用的就诊。"""

# isort: off
from fractions import Fraction

from yigongti.indicators.policy.populations import beds, consultations, residents_on_average, stays
from yigongti.indicators.policy.signing import TOWNSHIPS, YEARS, by_bureau, by_operations
from yigongti.kernel.measures.words import Count, Ratio, known


FAMILY = "床位和费用"
STATISTICS = "国家卫生健康统计调查制度；领域参考 2.8"

stay_length = by_operations(
    code="stay_length", title="出院者平均住院日", family=FAMILY, basis=STATISTICS, confidence="M+",
    means="期内出院者的住院天数之和，除以出院人次。",
    figure=Ratio(of=stays.where(bed_days=known).sum("bed_days"), over=stays.where(bed_days=known), per=1,
                 spread=stays.where(bed_days=known).squares("bed_days")),
    unit="日", better="lower", population="none", place="institution", by=("sex", "age_band"), least=30, digits=1,
)  # fmt: skip

bed_turnover = by_operations(
    code="bed_turnover", title="病床周转次数", family=FAMILY, basis=STATISTICS, confidence="M+",
    means="年内出院人次，除以年平均开放床位数。", figure=Ratio(of=stays, over=beds.mid_period().sum("beds"), per=1),
    unit="次", better="neither", population="none", place="institution", periods=YEARS, digits=1,
)  # fmt: skip

CHARGED = consultations.where(total=known)
visit_cost = by_operations(
    code="visit_cost", title="次均门诊费用（全部患者）", family=FAMILY, basis=STATISTICS, confidence="M+",
    means="期内县域内诊疗的总费用，除以送来了费用的诊疗人次。",
    figure=Ratio(of=CHARGED.sum("total"), over=CHARGED, per=Fraction(1, 100), spread=CHARGED.squares("total")),
    unit="元", better="lower", population="none", place="institution", by=("visit_class", "sex", "age_band"), least=30,
)  # fmt: skip

BILLED = stays.where(total=known)
stay_cost = by_operations(
    code="stay_cost", title="次均住院费用（全部患者）", family=FAMILY, basis=STATISTICS, confidence="M+",
    means="期内县域内出院者的总费用，除以送来了费用的出院人次。",
    figure=Ratio(of=BILLED.sum("total"), over=BILLED, per=Fraction(1, 100), spread=BILLED.squares("total")),
    unit="元", better="lower", population="none", place="institution", by=("sex", "age_band"), least=30,
)  # fmt: skip

visits_count = by_operations(
    code="visits_count", title="诊疗人次", family=FAMILY, basis=STATISTICS, confidence="M+",
    figure=Count(of=consultations),
    means="期内县域内门诊、急诊、村卫生室和上门的诊疗人次；体检、接种等公共卫生服务不计。", unit="人次",
    better="neither", population="none", place="institution", by=("visit_class", "sex", "age_band"), digits=0,
)  # fmt: skip

visits_per_resident = by_bureau(
    code="visits_per_resident", title="居民年平均县域内就诊次数", family=FAMILY, basis=STATISTICS, confidence="M",
    means="全年常住居民在县域内的诊疗人次，除以年平均常住人口。",
    figure=Ratio(of=consultations.where(lives=True), over=residents_on_average, per=1), unit="次", better="neither",
    population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), least=100,
)  # fmt: skip

operated_share = by_operations(
    code="operated_share", title="出院患者手术占比", family=FAMILY, basis=STATISTICS, confidence="M+",
    means="期内做过手术的出院人次，除以出院人次。", figure=Ratio(of=stays.where(operated=True), over=stays), unit="%",
    better="neither", population="none", place="institution", levels=("institution", *TOWNSHIPS),
    by=("sex", "age_band"), digits=1,
)  # fmt: skip
