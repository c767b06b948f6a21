"""监测指标（2024版）二、同质化：影像和心电中心、村级心电、基层与牵头医院收入。"""

# isort: off
from yigongti.indicators.policy.populations import village_rooms
from yigongti.indicators.policy.signing import IN_2024, M2024, TOWNSHIPS, WIDE, YEARS, by_bureau, by_operations
from yigongti.kernel.measures.words import Awaited, Ratio
from yigongti.organisations.facts import places


CENTRES = "影像、心电诊断中心的远程诊断记录（诊断中心一章）"

remote_imaging = by_operations(
    code="remote_imaging", title="每万常住人口远程影像和心电诊断人次", family=M2024, basis=f"{IN_2024}2.2",
    means="县域影像、心电中心为基层出具的远程诊断人次（含影像、心电、超声、核医学、肌电、脑电），"
          "除以年末常住人口，乘以一万。",
    figure=Awaited(need=CENTRES), unit="人次/万人", better="higher", population="resident", place="institution",
    periods=YEARS, levels=WIDE, confidence="V2",
)  # fmt: skip

remote_imaging_count = by_operations(
    code="remote_imaging_count", title="远程影像和心电诊断人次", family=M2024, basis=f"{IN_2024}2.2",
    means="县域影像、心电中心为基层出具的远程诊断人次。",
    figure=Awaited(need=CENTRES), unit="人次", better="higher", population="none", place="institution",
    levels=TOWNSHIPS, digits=0, confidence="V2", variant_of="remote_imaging", reading="人次，不除以人口",
)  # fmt: skip

village_ecg = by_operations(
    code="village_ecg", title="心电设备村级覆盖率", family=M2024, basis=f"{IN_2024}2.2", confidence="V2",
    means="期末配有远程心电设备的村卫生室数，除以期末村卫生室总数。",
    figure=Ratio(of=places.where(village=True, remote_ecg=True).on_last_day(), over=village_rooms), unit="%",
    better="higher", population="none", place="institution", levels=TOWNSHIPS, digits=1,
)  # fmt: skip

income_ratio = by_bureau(
    code="income_ratio", title="基层与牵头医院人均收入比", family=M2024, confidence="V2",
    basis=f"{IN_2024}2.3；2020试行版 C5",
    means="基层医疗卫生机构在岗职工人均收入，除以牵头医院在岗职工人均收入。",
    figure=Awaited(need="工资和绩效发放数据（人力资源、财务两章）"), unit="比值", better="higher", population="none",
    place="institution", periods=YEARS, levels=WIDE,
)  # fmt: skip
