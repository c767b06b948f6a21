"""监测指标（2024版）四、提效能：住院费用、住院留县、中医类诊疗量。"""

# isort: off
from fractions import Fraction

from yigongti.indicators.policy.needs import OUTSIDE
from yigongti.indicators.policy.populations import consultations, settled_stays
from yigongti.indicators.policy.signing import IN_2024, M2024, TOWNSHIPS, by_bureau, by_insurance
from yigongti.kernel.measures.words import Growth, Ratio, either, known
from yigongti.record.facts import visits


IN_COUNTY = settled_stays.where(in_county=True, total=known)
PER_PERSON = Ratio(of=IN_COUNTY.sum("total"), over=IN_COUNTY.people(), per=Fraction(1, 100))
PER_STAY = Ratio(of=IN_COUNTY.sum("total"), over=IN_COUNTY, per=Fraction(1, 100), spread=IN_COUNTY.squares("total"))

stay_cost_per_person = by_insurance(
    code="stay_cost_per_person", title="参保人县域内住院人均费用", family=M2024, basis=f"{IN_2024}4.1", confidence="V2",
    means="本县参保人期内在县域内出院结算的住院总费用，除以这些参保人的人数（一人多次住院算一人）。",
    figure=PER_PERSON, unit="元", better="lower", population="insured", place="managing", least=30,
    by=("insured_kind", "sex", "age_band"),
)  # fmt: skip

stay_cost_per_person_growth = by_insurance(
    code="stay_cost_per_person_growth", title="参保人县域内住院人均费用增长率", family=M2024, basis=f"{IN_2024}4.1",
    means="参保人县域内住院人均费用比上年同期增长的百分比；本期和上年同期的人均费用一并列出。",
    figure=Growth(of=PER_PERSON), unit="%", better="lower", population="insured", place="managing", least=30,
    confidence="V2",
)  # fmt: skip

stay_cost_per_stay = by_insurance(
    code="stay_cost_per_stay", title="参保人县域内次均住院费用", family=M2024, basis=f"{IN_2024}4.1；2020试行版 D3",
    means="本县参保人期内在县域内出院结算的住院总费用，除以出院结算人次。",
    figure=PER_STAY, unit="元", better="lower", population="insured", place="managing", least=30, confidence="M",
    by=("insured_kind", "level", "sex", "age_band"), variant_of="stay_cost_per_person", reading="按人次，不按人",
)  # fmt: skip

stay_cost_per_stay_growth = by_insurance(
    code="stay_cost_per_stay_growth", title="参保人县域内次均住院费用增长率", family=M2024, confidence="M",
    basis=f"{IN_2024}4.1；2020试行版 D3",
    means="参保人县域内次均住院费用比上年同期增长的百分比；本期和上年同期的次均费用一并列出。",
    figure=Growth(of=PER_STAY), unit="%", better="lower", population="insured", place="managing", least=30,
    variant_of="stay_cost_per_person_growth", reading="按人次，不按人",
)  # fmt: skip

in_county_stay_share = by_insurance(
    code="in_county_stay_share", title="参保人县域内住院人次占比", family=M2024, confidence="V2",
    basis=f"{IN_2024}4.2；2020试行版 A2；县域内住院就诊率（晋中信息 2021-05-19 等）",
    means="本县参保人在县域内住院出院结算的人次，除以他们在县内外住院出院结算的总人次。",
    figure=Ratio(of=settled_stays.where(in_county=True), over=settled_stays), unit="%", better="higher",
    population="insured", place="managing", by=("insured_kind", "sex", "age_band", "chapter"), least=30,
    needs=OUTSIDE,
)  # fmt: skip

in_county_stay_share_of_people = by_insurance(
    code="in_county_stay_share_of_people", title="住过院的参保人中在县域内住院的占比", family=M2024, confidence="M-",
    basis=f"{IN_2024}4.2", means="期内在县域内住过院的本县参保人数，除以期内在县内外住过院的本县参保人数。",
    figure=Ratio(of=settled_stays.where(in_county=True).people(), over=settled_stays.people()), unit="%",
    better="higher", population="insured", place="managing", by=("sex", "age_band"), least=30,
    variant_of="in_county_stay_share", reading="按人，不按人次", needs=OUTSIDE,
)  # fmt: skip

tcm_share = by_bureau(
    code="tcm_share", title="县域内中医类诊疗量占比", family=M2024, basis=f"{IN_2024}4.3", confidence="V2",
    means="期内县域内中医类诊疗人次，除以县域内全部机构的诊疗人次。",
    figure=Ratio(of=consultations.where(tcm=True), over=consultations), unit="%", better="higher", population="none",
    place="institution", by=("sex", "age_band"),
)  # fmt: skip

CARE = visits.where(either({"treatment": True}, {"inpatient": True}), in_county=True)
tcm_share_with_stays = by_bureau(
    code="tcm_share_with_stays", title="县域内中医类诊疗量占比（含住院）", family=M2024, basis=f"{IN_2024}4.3",
    means="期内县域内中医类诊疗人次与入院人次之和，除以县域内全部诊疗人次与入院人次之和。",
    figure=Ratio(of=CARE.where(tcm=True), over=CARE), unit="%", better="higher", population="none", confidence="M",
    place="institution", by=("sex", "age_band"), levels=TOWNSHIPS, variant_of="tcm_share", reading="含住院",
)  # fmt: skip
