"""监测指标（2020试行版）能力提升：服务能力达标、三四级手术、优质服务基层行、新技术、远程、医师。"""

# isort: off
from yigongti.indicators.policy.populations import doctors, residents_at_end, stays
from yigongti.indicators.policy.signing import IN_2020, M2020, TOWNSHIPS, WIDE, YEARS, by_bureau, by_operations
from yigongti.kernel.measures.words import Awaited, Ratio, at_least


CLAUSES = "服务能力标准的逐条自评和证据（质量一章）"
STANDARD = "《县级医院医疗服务能力基本标准和推荐标准》"

basic_standard = by_bureau(
    code="basic_standard", title="县级医院医疗服务能力基本标准达标率", family=M2020, confidence="M",
    basis=f"{IN_2020} B1；{STANDARD}；蒲政办发〔2023〕26号（100%）",
    means="已达到的基本标准条款数，除以适用的基本标准条款数；不适用的条款不计，每条有自评和证据。",
    figure=Awaited(need=CLAUSES), unit="%", better="higher", population="none", place="institution",
    periods=YEARS, levels=("institution", "group", "county"), digits=1,
)  # fmt: skip

recommended_standard = by_bureau(
    code="recommended_standard", title="县级医院医疗服务能力推荐标准达标率", family=M2020, confidence="M",
    basis=f"{IN_2020} B1；{STANDARD}；蒲政办发〔2023〕26号（70%）",
    means="已达到的推荐标准条款数，除以适用的推荐标准条款数；不适用的条款不计，每条有自评和证据。",
    figure=Awaited(need=CLAUSES), unit="%", better="higher", population="none", place="institution",
    periods=YEARS, levels=("institution", "group", "county"), digits=1,
)  # fmt: skip

high_grade_surgery_share = by_bureau(
    code="high_grade_surgery_share", title="牵头医院出院患者三、四级手术占比", family=M2020, confidence="M",
    basis=f"{IN_2020} B2；《医疗机构手术分级管理办法》",
    means="牵头医院期内出院患者中做过三级或四级手术的人次，除以做过手术的出院人次；手术级别没有登记的算手术，不算三、四级。",
    figure=Ratio(of=stays.where(leads=True, operated=True, top_grade=at_least(3)),
                 over=stays.where(leads=True, operated=True)),
    unit="%", better="higher", population="none", place="institution", levels=("institution", "group", "county"),
)  # fmt: skip

quality_grassroots_share = by_bureau(
    code="quality_grassroots_share", title="基层达到优质服务基层行标准的占比", family=M2020, basis=f"{IN_2020} B3",
    means="达到“优质服务基层行”基本标准或推荐标准的卫生院和社区卫生服务机构数，除以其总数。",
    figure=Awaited(need="优质服务基层行的评定结果（质量一章）"), unit="%", better="higher", population="none",
    place="institution", periods=YEARS, levels=WIDE, digits=1, confidence="M",
)  # fmt: skip

new_techniques = by_bureau(
    code="new_techniques", title="牵头医院帮助基层开展的新技术、新项目", family=M2020, basis=f"{IN_2020} B4；R97",
    means="当年在牵头医院帮助下基层首次开展并获准的技术和项目数。",
    figure=Awaited(need="新技术和新项目准入记录（质量一章）"), unit="项", better="higher", population="none",
    place="institution", periods=YEARS, levels=TOWNSHIPS, digits=0, confidence="M",
)  # fmt: skip

remote_services = by_operations(
    code="remote_services", title="为基层提供的远程医疗服务量", family=M2020, basis=f"{IN_2020} B5", confidence="M",
    means="期内为基层办结的远程会诊、远程诊断人次。",
    figure=Awaited(need="远程会诊和远程诊断的办结记录（会诊、诊断中心两章）"), unit="人次", better="higher",
    population="none", place="institution", levels=TOWNSHIPS, digits=0,
)  # fmt: skip

doctors_per_thousand = by_bureau(
    code="doctors_per_thousand", title="每千常住人口执业（助理）医师", family=M2020, basis=f"{IN_2020} B6",
    means="期末在本县机构工作的执业（助理）医师人数，除以期末常住人口，乘以一千；派驻期间算在派驻的机构。",
    figure=Ratio(of=doctors.on_last_day().people(), over=residents_at_end, per=1000), unit="人/千人", better="higher",
    population="resident", place="institution managing", levels=TOWNSHIPS, confidence="M",
)  # fmt: skip
