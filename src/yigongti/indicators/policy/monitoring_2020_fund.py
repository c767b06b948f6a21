"""监测指标（2020试行版）医保基金使用效能：次均费用、实际报销比、住院率。基金留县和留基层见 2024 版 3.2、3.3。"""

# isort: off
from fractions import Fraction

from yigongti.indicators.policy.needs import OUTSIDE
from yigongti.indicators.policy.populations import insured_at_end, settled_clinic, settled_stays
from yigongti.indicators.policy.signing import IN_2020, M2020, YEARS, by_insurance
from yigongti.kernel.measures.words import Growth, Ratio, known


CLINIC = settled_clinic.where(in_county=True, total=known)
PER_VISIT = Ratio(of=CLINIC.sum("total"), over=CLINIC, per=Fraction(1, 100), spread=CLINIC.squares("total"))

clinic_cost_per_visit = by_insurance(
    code="clinic_cost_per_visit", title="参保人县域内门诊次均费用", family=M2020, basis=f"{IN_2020} D3", confidence="M",
    means="本县参保人期内在县域内门诊、急诊结算的总费用，除以结算人次；药店不计。",
    figure=PER_VISIT, unit="元", better="lower", population="insured", place="managing", least=30,
    by=("insured_kind", "level", "visit_kind", "sex", "age_band"),
)  # fmt: skip

clinic_cost_per_visit_growth = by_insurance(
    code="clinic_cost_per_visit_growth", title="参保人县域内门诊次均费用增长率", family=M2020, basis=f"{IN_2020} D3",
    means="参保人县域内门诊次均费用比上年同期增长的百分比；本期和上年同期的次均费用一并列出。",
    figure=Growth(of=PER_VISIT), unit="%", better="lower", population="insured", place="managing", least=30,
    confidence="M",
)  # fmt: skip

PAID = settled_stays.where(total=known, paid=known)
actual_reimbursement = by_insurance(
    code="actual_reimbursement", title="参保人员住院费用实际报销比", family=M2020, basis=f"{IN_2020} D4",
    means="本县参保人住院（县内外）由基金支付的金额（基本、大病、救助），除以住院总费用。",
    figure=Ratio(of=PAID.sum("paid"), over=PAID.sum("total")), unit="%", better="higher", population="insured",
    place="managing", by=("insured_kind", "area", "level"), confidence="M", needs=OUTSIDE,
)  # fmt: skip

hospitalisation_rate = by_insurance(
    code="hospitalisation_rate", title="参保人员年住院率", family=M2020, basis=f"{IN_2020} D5", confidence="M",
    means="本县参保人全年住院出院结算人次（县内外），除以年末参保人数。",
    figure=Ratio(of=settled_stays, over=insured_at_end), unit="人次/百人", better="lower", population="insured",
    place="managing", periods=YEARS, by=("sex", "age_band"), least=100, needs=OUTSIDE,
)  # fmt: skip

hospitalisation_rate_of_people = by_insurance(
    code="hospitalisation_rate_of_people", title="参保人员年住院率（按人）", family=M2020, basis=f"{IN_2020} D5",
    means="全年住过院的本县参保人数（县内外），除以年末参保人数。",
    figure=Ratio(of=settled_stays.people(), over=insured_at_end), unit="%", better="lower", population="insured",
    place="managing", periods=YEARS, by=("sex", "age_band"), least=100, confidence="M",
    variant_of="hospitalisation_rate", reading="按人，不按人次", needs=OUTSIDE,
)  # fmt: skip

out_of_pocket_share = by_insurance(
    code="out_of_pocket_share", title="参保人住院个人现金支付占比", family=M2020, confidence="M",
    basis="省级意见 2020：居民医药费用负担合理控制（R23）",
    means="本县参保人住院（县内外）个人现金支付的金额，除以住院总费用。",
    figure=Ratio(of=settled_stays.where(total=known, self_paid=known).sum("self_paid"),
                 over=settled_stays.where(total=known, self_paid=known).sum("total")),
    unit="%", better="lower", population="insured", place="managing", by=("insured_kind", "area", "level"),
    needs=OUTSIDE,
)  # fmt: skip
