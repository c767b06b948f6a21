"""监测指标（2020试行版）有序就医：就诊留县、基层门急诊、中医药、慢病在基层管理、下转。编号是本项目自编 [M]。"""

# isort: off
from yigongti.chronic.facts import enrolments
from yigongti.indicators.policy.needs import OUTSIDE
from yigongti.indicators.policy.populations import CHRONIC, consultations, settled, stays
from yigongti.indicators.policy.signing import ALL, IN_2020, M2020, WIDE, YEARS, by_bureau, by_insurance
from yigongti.kernel.measures.words import Ratio, aged, among, at_least, below, either
from yigongti.record.facts import visits
from yigongti.referral.facts import referrals


in_county_visit_share = by_insurance(
    code="in_county_visit_share", title="县域就诊率", family=M2020, confidence="M",
    basis=f"{IN_2020} A1；蒲政办发〔2023〕26号；省级意见 2020；晋中信息 2021-05-19（市内就诊率）",
    means="本县参保人在县域内医疗机构就医结算的人次（门急诊和住院），除以他们在县内外全部医疗机构就医结算的人次；"
          "药店不计。县外结算没有到的，不出数。",
    figure=Ratio(of=settled.where(in_county=True), over=settled), unit="%", better="higher", population="insured",
    place="managing", by=("sex", "age_band", "insured_kind", "visit_kind", "chapter"), least=30, needs=OUTSIDE,
)  # fmt: skip

WOMEN_AND_CHILDREN = settled.where(either({"sex": "2", "born": aged(at_least(15))}, {"born": aged(below(15))}))
in_county_visit_share_women_children = by_insurance(
    code="in_county_visit_share_women_children", title="妇女儿童县域就诊率", family=M2020, confidence="M-",
    basis="晋中信息 2021-05-19（妇女儿童就诊率 97%）；年龄界限为本平台的读法",
    means="本县参保的 15 岁及以上女性和 15 岁以下儿童在县域内就医结算的人次，除以他们在县内外就医结算的人次；"
          "药店不计。",
    figure=Ratio(of=WOMEN_AND_CHILDREN.where(in_county=True), over=WOMEN_AND_CHILDREN), unit="%", better="higher",
    population="insured", place="managing", by=("sex", "age_band", "visit_kind"), least=30,
    variant_of="in_county_visit_share", reading="只算妇女和儿童", needs=OUTSIDE,
)  # fmt: skip

CLINIC = visits.where(in_county=True, visit_class=among("outpatient", "emergency", "village"))
grassroots_clinic_share = by_bureau(
    code="grassroots_clinic_share", title="县域内基层门急诊占比", family=M2020, basis=f"{IN_2020} A3", confidence="M",
    means="期内县域内基层机构的门诊、急诊人次（含村卫生室），除以县域内全部机构的门诊、急诊人次。",
    figure=Ratio(of=CLINIC.where(grassroots=True), over=CLINIC), unit="%", better="higher", population="none",
    place="institution", levels=WIDE, by=("sex", "age_band"),
)  # fmt: skip

grassroots_tcm_share = by_bureau(
    code="grassroots_tcm_share", title="基层中医药诊疗占比", family=M2020, basis=f"{IN_2020} A4", confidence="M",
    means="期内县域内基层机构的中医类诊疗人次，除以县域内基层机构的诊疗人次。",
    figure=Ratio(of=consultations.where(grassroots=True, tcm=True), over=consultations.where(grassroots=True)),
    unit="%", better="higher", population="none", place="institution", by=("sex", "age_band"),
)  # fmt: skip

grassroots_managed_share = by_bureau(
    code="grassroots_managed_share", title="在管慢病患者由基层管理的占比", family=M2020, confidence="M-",
    basis=f"{IN_2020} A5",
    means="期末由基层机构管理的高血压、糖尿病患者人数，除以期末全部在管的高血压、糖尿病患者人数。",
    figure=Ratio(of=enrolments.where(disease=CHRONIC, grassroots=True).on_last_day().people(),
                 over=enrolments.where(disease=CHRONIC).on_last_day().people()),
    unit="%", better="higher", population="resident", place="managing", by=("sex", "age_band"),
)  # fmt: skip

down_referral_share = by_bureau(
    code="down_referral_share", title="牵头医院下转住院患者占比", family=M2020, basis=f"{IN_2020} A6", confidence="M",
    means="期内由牵头医院下转、已被接收的转诊人次，除以牵头医院同期出院人次。",
    figure=Ratio(of=referrals.where(direction="downward", from_leads=True, accepted=True),
                 over=stays.where(leads=True)),
    unit="%", better="higher", population="none", place="institution", levels=("institution", "group", "county"),
)  # fmt: skip

in_county_visit_share_of_people = by_insurance(
    code="in_county_visit_share_of_people", title="就过诊的参保人中在县域内就诊的占比", family=M2020, confidence="M-",
    basis=f"{IN_2020} A1", means="期内在县域内就医结算过的本县参保人数，除以期内在县内外就医结算过的本县参保人数。",
    figure=Ratio(of=settled.where(in_county=True).people(), over=settled.people()), unit="%", better="higher",
    population="insured", place="managing", levels=ALL, periods=YEARS, by=("sex", "age_band"), least=30,
    variant_of="in_county_visit_share", reading="按人，不按人次", needs=OUTSIDE,
)  # fmt: skip
