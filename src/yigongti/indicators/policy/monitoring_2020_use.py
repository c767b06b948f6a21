"""监测指标（2020试行版）资源有效利用：床位、医师负担、人员支出、服务收入、补助、满意度。"""

# isort: off
from fractions import Fraction

from yigongti.indicators.policy.populations import beds, consultations, doctors
from yigongti.indicators.policy.signing import IN_2020, M2020, WIDE, YEARS, by_bureau, by_operations
from yigongti.kernel.measures.words import Awaited, Ratio, known
from yigongti.organisations.facts import open_beds
from yigongti.record.facts import bed_stays, visits


bed_use = by_operations(
    code="bed_use", title="床位使用率", family="床位和费用", basis="国家卫生健康统计调查制度；领域参考 2.8",
    means="期内实际占用总床日数（入院当日算，出院当日不算），除以期内实际开放总床日数。",
    figure=Ratio(of=bed_stays.where(in_county=True).days(), over=beds.days().sum("beds")), unit="%", better="neither",
    population="none", place="institution", digits=1, confidence="M+",
)  # fmt: skip

grassroots_bed_use = by_operations(
    code="grassroots_bed_use", title="基层医疗卫生机构床位使用率", family=M2020, basis=f"{IN_2020} C1", confidence="M",
    means="期内基层机构实际占用总床日数，除以基层机构实际开放总床日数。",
    figure=Ratio(of=bed_stays.where(in_county=True, grassroots=True).days(),
                 over=open_beds.where(grassroots=True).days().sum("beds")),
    unit="%", better="higher", population="none", place="institution", digits=1,
)  # fmt: skip

visits_per_doctor_day = by_operations(
    code="visits_per_doctor_day", title="基层医师日均担负诊疗人次", family=M2020, basis=f"{IN_2020} C2", confidence="M",
    means="基层机构全年诊疗人次，除以基层机构年平均执业（助理）医师人数，再除以 251 个工作日。",
    figure=Ratio(of=consultations.where(grassroots=True), over=doctors.where(grassroots=True).mid_period().people(),
                 per=Fraction(1, 251)),
    unit="人次/日", better="neither", population="none", place="institution", periods=YEARS,
)  # fmt: skip

staff_cost_share = by_operations(
    code="staff_cost_share", title="牵头医院人员支出占业务支出比例", family=M2020, basis=f"{IN_2020} C3",
    means="牵头医院人员支出，除以业务支出。", figure=Awaited(need="各机构的收入和支出账（财务一章）"), unit="%",
    better="higher", population="none", place="institution", periods=YEARS, levels=WIDE, confidence="M",
)  # fmt: skip

CHARGED = visits.where(leads=True, total=known, service=known)
service_income_share = by_operations(
    code="service_income_share", title="牵头医院医疗服务收入占医疗收入比例", family=M2020, basis=f"{IN_2020} C4",
    means="牵头医院期内就诊费用中医疗服务费（不含药品、卫生材料、检查、化验），除以总费用；"
          "只算费用分了类的就诊，住院记在入院日。",
    figure=Ratio(of=CHARGED.sum("service"), over=CHARGED.sum("total")), unit="%", better="higher", population="none",
    place="institution", levels=("institution", "group", "county"), confidence="M",
)  # fmt: skip

fiscal_share = by_operations(
    code="fiscal_share", title="财政补助收入占总支出比例", family=M2020, basis=f"{IN_2020} C6",
    means="财政补助收入，除以总支出。", figure=Awaited(need="各机构的收入和支出账（财务一章）"), unit="%",
    better="higher", population="none", place="institution", periods=YEARS, confidence="M",
)  # fmt: skip

patient_satisfaction = by_bureau(
    code="patient_satisfaction", title="患者满意度", family=M2020, basis=f"{IN_2020} C7",
    means="满意度调查中患者的得分。", figure=Awaited(need="患者满意度调查（门户一章）"), unit="分", better="higher",
    population="none", place="institution", periods=YEARS, levels=WIDE, confidence="M",
)  # fmt: skip

staff_satisfaction = by_bureau(
    code="staff_satisfaction", title="医务人员满意度", family=M2020, basis=f"{IN_2020} C7",
    means="满意度调查中医务人员的得分。", figure=Awaited(need="医务人员满意度调查（人力资源一章）"), unit="分",
    better="higher", population="none", place="institution", periods=YEARS, levels=WIDE, confidence="M",
)  # fmt: skip
