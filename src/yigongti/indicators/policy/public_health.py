"""基本公共卫生服务：健康档案、老年人体检、出生。孕产妇、儿童、精神、结核、接种等待后面的章节，先写明等什么。"""

# isort: off
from yigongti.indicators.policy.populations import live_births, residents, residents_on_average
from yigongti.indicators.policy.signing import GONGWEI, WIDE, YEARS, by_bureau, by_cdc
from yigongti.kernel.measures.words import Awaited, Ratio, aged, at_least, below, known
from yigongti.publichealth.facts import births
from yigongti.record.facts import visits


FAMILY = "基本公共卫生服务"
FILED = residents.where(filed_on=known).on_last_day()
ELDERLY = residents.where(born=aged(at_least(65))).on_last_day()

health_record_rate = by_bureau(
    code="health_record_rate", title="居民健康档案建档率", family=FAMILY, basis=f"{GONGWEI}；领域参考 2.3.1",
    means="期末已建立健康档案的常住居民数，除以统计部门公布的常住居民数。"
          "本平台登记的人都有档案，用自己的登记作分母总是 100%。",
    figure=Awaited(need="统计部门公布的常住人口数（组织机构一章）"), unit="%", better="higher", population="resident",
    place="managing", periods=YEARS, levels=WIDE, digits=1, confidence="M+",
)  # fmt: skip

health_record_use = by_bureau(
    code="health_record_use", title="健康档案使用率", family=FAMILY, basis=f"{GONGWEI}；领域参考 2.3.1", confidence="M",
    means="年内有动态记录（就诊、体检或公共卫生服务）的档案份数，除以年末档案总份数。",
    figure=Ratio(of=FILED.people().among_those(visits.rows()), over=FILED.people()), unit="%", better="higher",
    population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), digits=1,
)  # fmt: skip

elderly_check = by_bureau(
    code="elderly_check", title="65 岁及以上老年人健康体检率", family=FAMILY, basis=f"{GONGWEI}；领域参考 2.3.4",
    means="年内做过健康体检的 65 岁及以上常住居民数，除以年末 65 岁及以上常住居民数。"
          "体检项目是否做全、有无中医辨识，另查。",
    figure=Ratio(of=ELDERLY.people().among_those(visits.where(visit_class="physical_exam")), over=ELDERLY.people()),
    unit="%", better="higher", population="resident", place="managing", periods=YEARS, by=("sex", "age_band"),
    least=30, digits=1, confidence="M",
)  # fmt: skip

hospital_delivery = by_bureau(
    code="hospital_delivery", title="住院分娩率", family=FAMILY, basis="国家卫生健康统计调查制度", confidence="M+",
    means="在医疗机构出生的活产数，除以活产总数；归母亲的管理机构。",
    figure=Ratio(of=live_births.where(place="institution"), over=live_births), unit="%", better="higher",
    population="resident", place="managing", periods=YEARS,
)  # fmt: skip

low_birth_weight = by_bureau(
    code="low_birth_weight", title="低出生体重率", family=FAMILY, basis="国家卫生健康统计调查制度", confidence="M+",
    means="出生体重不到 2500 克的活产数，除以称过体重的活产数。",
    figure=Ratio(of=live_births.where(weight=below(2500)), over=live_births.where(weight=known)), unit="%",
    better="lower", population="resident", place="managing", periods=YEARS, by=("sex",), least=100,
)  # fmt: skip

preterm = by_bureau(
    code="preterm", title="早产率", family=FAMILY, basis="国家卫生健康统计调查制度", confidence="M",
    means="孕周不满 37 周的活产数，除以孕周已知的活产数。",
    figure=Ratio(of=live_births.where(weeks=below(37)), over=live_births.where(weeks=known)), unit="%", better="lower",
    population="resident", place="managing", periods=YEARS, by=("sex",), least=100,
)  # fmt: skip

stillbirths = by_bureau(
    code="stillbirths", title="死胎死产率", family=FAMILY, basis="国家卫生健康统计调查制度", confidence="M",
    means="死胎死产数，除以活产与死胎死产之和，乘以一千。",
    figure=Ratio(of=births.where(live=False), over=births.rows(), per=1000), unit="‰",
    better="lower", population="resident", place="managing", periods=YEARS, least=300,
)  # fmt: skip

birth_rate = by_cdc(
    code="birth_rate", title="出生率", family=FAMILY, basis="国家统计局人口统计口径", confidence="M+",
    means="年内常住妇女的活产数，除以年平均常住人口，乘以一千。",
    figure=Ratio(of=live_births, over=residents_on_average, per=1000), unit="‰", better="neither",
    population="resident", place="managing", periods=YEARS, least=1000,
)  # fmt: skip
