"""能力增长：住院、三级和四级手术同比，床位和护士配备。同比总把两年的数一并列出（R96）。"""

# isort: off
from yigongti.indicators.policy.populations import beds, residents_at_end, stays, surgery
from yigongti.indicators.policy.signing import TOWNSHIPS, YEARS, by_bureau
from yigongti.kernel.measures.words import Awaited, Count, Growth, Ratio
from yigongti.organisations.facts import staff


JIEXIU = "晋中信息 2021-05-19（介休）"
GRADES = "《医疗机构手术分级管理办法》"
LEVELS = ("institution", "group", "county")

discharges_count = by_bureau(
    code="discharges_count", title="出院人次", family="服务能力", basis="国家卫生健康统计调查制度", confidence="M+",
    means="期内县域内机构的出院人次；还在住的不算。", figure=Count(of=stays), unit="人次", better="neither",
    population="none", place="institution", digits=0, by=("sex", "age_band"),
)  # fmt: skip

discharges_growth = by_bureau(
    code="discharges_growth", title="住院诊疗人次同比", family="服务能力", basis=f"{JIEXIU}：住院增长 30%（R96）",
    means="县域内机构出院人次比上年同期增长的百分比；两期人次一并列出。", figure=Growth(of=Count(of=stays)), unit="%",
    better="neither", population="none", place="institution", digits=1, confidence="M",
)  # fmt: skip

grade_three_surgery = by_bureau(
    code="grade_three_surgery", title="三级手术台次", family="服务能力", basis=GRADES, confidence="M+",
    means="期内县域内机构的三级手术台次，按登记的手术级别。", figure=Count(of=surgery.where(grade=3)), unit="台",
    better="higher", population="none", place="institution", levels=LEVELS, digits=0, by=("sex", "age_band"),
)  # fmt: skip

grade_three_surgery_growth = by_bureau(
    code="grade_three_surgery_growth", title="三级手术同比", family="服务能力", basis=f"{JIEXIU}：增长 81%；{GRADES}",
    means="县域内机构三级手术台次比上年同期增长的百分比；两期台次一并列出。",
    figure=Growth(of=Count(of=surgery.where(grade=3))), unit="%", better="higher", population="none",
    place="institution", levels=LEVELS, digits=1, confidence="M",
)  # fmt: skip

grade_four_surgery = by_bureau(
    code="grade_four_surgery", title="四级手术台次", family="服务能力", basis=GRADES, confidence="M+",
    means="期内县域内机构的四级手术台次，按登记的手术级别。", figure=Count(of=surgery.where(grade=4)), unit="台",
    better="higher", population="none", place="institution", levels=LEVELS, digits=0, by=("sex", "age_band"),
)  # fmt: skip

grade_four_surgery_growth = by_bureau(
    code="grade_four_surgery_growth", title="四级手术同比", family="服务能力", basis=f"{JIEXIU}：增长 325%；{GRADES}",
    means="县域内机构四级手术台次比上年同期增长的百分比；两期台次一并列出，上年同期没有的不出增长率。",
    figure=Growth(of=Count(of=surgery.where(grade=4))), unit="%", better="higher", population="none",
    place="institution", levels=LEVELS, digits=1, confidence="M",
)  # fmt: skip

beds_per_thousand = by_bureau(
    code="beds_per_thousand", title="每千常住人口床位（实际开放）", family="服务能力", confidence="M",
    basis="蒲政办发〔2023〕26号：3.5 张/千人，未写明哪一种床位",
    means="期末县域内机构实际开放床位数，除以期末常住人口，乘以一千。",
    figure=Ratio(of=beds.on_last_day().sum("beds"), over=residents_at_end, per=1000), unit="张/千人", better="higher",
    population="resident", place="institution managing", levels=TOWNSHIPS,
)  # fmt: skip

beds_per_thousand_approved = by_bureau(
    code="beds_per_thousand_approved", title="每千常住人口床位（编制）", family="服务能力", confidence="M-",
    basis="蒲政办发〔2023〕26号：3.5 张/千人，未写明哪一种床位",
    means="期末县域内公立机构编制床位数，除以期末常住人口，乘以一千。",
    figure=Awaited(need="各机构的编制床位数（组织机构一章只登记实际开放床位）"), unit="张/千人", better="higher",
    population="resident", place="institution", levels=TOWNSHIPS, variant_of="beds_per_thousand", reading="按编制床位",
)  # fmt: skip

area_per_bed = by_bureau(
    code="area_per_bed", title="床均建筑面积", family="服务能力", confidence="S",
    basis="蒲政办发〔2023〕26号：不小于建标110-2021、建标106-2021、建标189-2017（R32）",
    means="医疗用房建筑面积，除以床位数。", figure=Awaited(need="各机构的建筑面积（资产一章）"), unit="平方米/张",
    better="higher", population="none", place="institution", periods=YEARS, levels=LEVELS, digits=1,
)  # fmt: skip

nurses_per_thousand = by_bureau(
    code="nurses_per_thousand", title="每千常住人口注册护士", family="服务能力", basis="国家卫生健康统计调查制度",
    means="期末在本县机构工作的注册护士人数，除以期末常住人口，乘以一千。", confidence="M",
    figure=Ratio(of=staff.where(nurse=True).on_last_day().people(), over=residents_at_end, per=1000), unit="人/千人",
    better="higher", population="resident", place="institution managing", levels=TOWNSHIPS,
)  # fmt: skip
