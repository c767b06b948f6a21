"""监测指标（2024版）一、紧密型，二、同质化。名称见于公开转述 [V2]，文号不详；三项定性的由人评定并附证据。"""

# isort: off
from yigongti.indicators.policy.populations import residents_at_end
from yigongti.indicators.policy.signing import IN_2024, M2024, TOWNSHIPS, WIDE, YEARS, by_bureau
from yigongti.kernel.measures.words import Count, Judged, Question, Ratio, among
from yigongti.organisations.facts import stationings


unified_resources = by_bureau(
    code="unified_resources", title="资源统一管理", family=M2024, basis=f"{IN_2024}1.1", confidence="V2",
    means="人、财、物、信息是否由医共体统一管理；逐项评定为是、部分、否，并附证据。",
    figure=Judged(questions=(
        Question(code="staff", text="人员是否统一招聘、统一岗位管理、统一调配使用？"),
        Question(code="money", text="财务是否统一预算、统一核算，各机构分账清楚？"),
        Question(code="goods", text="药品、耗材、设备是否统一目录、统一采购、统一配送？"),
        Question(code="information", text="信息系统是否互联互通，居民的健康档案和病历能否共享？"),
    )),
    unit="项", better="higher", population="none", place="institution", periods=YEARS, levels=WIDE,
)  # fmt: skip

internal_democracy = by_bureau(
    code="internal_democracy", title="医共体内部民主决策", family=M2024, basis=f"{IN_2024}1.2", confidence="V2",
    means="成员单位是否参加医共体的议事决策；逐项评定为是、部分、否，并附证据。",
    figure=Judged(questions=(
        Question(code="charter", text="是否有全体成员单位认可的章程，写明议事决策办法？"),
        Question(code="members", text="重大事项是否有成员单位代表参加讨论和表决？"),
        Question(code="minutes", text="会议是否有记录，决议是否有人督办、有结果？"),
    )),
    unit="项", better="higher", population="none", place="institution", periods=YEARS, levels=WIDE,
)  # fmt: skip

service_coordination = by_bureau(
    code="service_coordination", title="服务协同联动", family=M2024, basis=f"{IN_2024}1.3", confidence="V2",
    means="转诊、互认、远程服务到村、传染病监测是否运行；逐项评定为是、部分、否，并附证据。",
    figure=Judged(questions=(
        Question(code="referral", text="双向转诊是否有标准、有流程、有回音？"),
        Question(code="recognition", text="检查检验结果是否在医共体内互认？"),
        Question(code="remote", text="远程服务是否到村？"),
        Question(code="surveillance", text="传染病监测预警是否联动？"),
    )),
    unit="项", better="higher", population="none", place="institution", periods=YEARS, levels=WIDE,
)  # fmt: skip

STATIONED = stationings.where(doctor=True, grassroots=True)
MIDDLE_AND_ABOVE = STATIONED.where(rank=among("senior", "middle")).people()

stationed_doctors = by_bureau(
    code="stationed_doctors", title="每万常住人口派驻基层的中级及以上医师", family=M2024, basis=f"{IN_2024}2.1",
    means="二级及以上机构中级及以上医师当年在同一家基层机构连续派驻满六个月的人数（每人一次，巡诊不算），"
          "除以年末常住人口，乘以一万。职称不详的不在内，另列。",
    figure=Ratio(of=MIDDLE_AND_ABOVE, over=residents_at_end, per=10000), unit="人/万人", better="higher",
    population="resident", place="institution managing", periods=YEARS, levels=TOWNSHIPS, confidence="V2",
)  # fmt: skip

stationed_doctors_count = by_bureau(
    code="stationed_doctors_count", title="派驻基层的中级及以上医师人数", family=M2024, basis=f"{IN_2024}2.1",
    means="二级及以上机构中级及以上医师当年在同一家基层机构连续派驻满六个月的人数，每人一次，巡诊不算。",
    figure=Count(of=MIDDLE_AND_ABOVE), unit="人", better="higher", population="none", place="institution",
    periods=YEARS, levels=TOWNSHIPS, digits=0, confidence="V2",
    variant_of="stationed_doctors", reading="人数，不除以人口",
)  # fmt: skip

stationed_doctors_unknown = by_bureau(
    code="stationed_doctors_unknown", title="派驻基层的职称不详医师人数", family=M2024, basis=f"{IN_2024}2.1",
    means="派驻满六个月、职称没有登记或看不出级别的医师人数；补登职称后才能计入派驻人数。",
    figure=Count(of=STATIONED.where(rank="unknown").people()), unit="人", better="lower", population="none",
    place="institution", periods=YEARS, levels=TOWNSHIPS, digits=0, confidence="M",
    variant_of="stationed_doctors", reading="职称不详的，另列",
)  # fmt: skip
