"""高血压健康管理：管理率、规范管理率、控制率。失访的算未控制；65 岁及以上的控制目标不同。"""

# isort: off
from yigongti.chronic.facts import follow_ups
from yigongti.indicators.policy.populations import managed_hypertension as managed
from yigongti.indicators.policy.signing import GONGWEI, YEARS, by_cdc
from yigongti.kernel.measures.words import Ratio, aged, at_least, below, codes, either, known
from yigongti.kernel.parameters.words import parameter
from yigongti.record.facts import visits


FAMILY = "高血压和糖尿病管理"
BASIS = f"{GONGWEI}高血压患者健康管理；领域参考 2.3.2"
FOLLOWED = follow_ups.where(disease="hypertension").among_those(managed)
PATIENTS = visits.where(diagnosis=codes("I10-I15"), born=aged(at_least(35))).people()
MEASURED = FOLLOWED.where(systolic=known, diastolic=known).latest()

hypertension_management = by_cdc(
    code="hypertension_management", title="高血压患者健康管理率", family=FAMILY, basis=BASIS, confidence="M-",
    means="年内因高血压就诊的 35 岁及以上患者中年内在管的人数，除以年内因高血压就诊的 35 岁及以上患者人数。"
          "规范的分母是辖区患者总数，本平台只知道来就诊的。",
    figure=Ratio(of=PATIENTS.among_those(managed), over=PATIENTS), unit="%", better="higher", population="resident",
    place="managing", periods=YEARS, by=("sex", "age_band"), least=30, digits=1,
)  # fmt: skip

hypertension_standard = by_cdc(
    code="hypertension_standard", title="高血压患者规范管理率", family=FAMILY, basis=BASIS, confidence="M",
    means="年内面对面随访并测血压四次及以上的在管高血压患者人数，除以年内在管的高血压患者人数（含年内新纳入的）。"
          "只看次数，间隔和年度体检另查。",
    figure=Ratio(of=FOLLOWED.where(valid=True).people(times=4), over=managed.people()), unit="%", better="higher",
    population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), least=30, digits=1,
)  # fmt: skip

CONTROLLED = MEASURED.where(
    either(
        {"born": aged(below(65)), "systolic": below(parameter("record.systolic_below"))},
        {"born": aged(at_least(65)), "systolic": below(parameter("record.systolic_below_65_and_over"))},
    ),
    diastolic=below(parameter("record.diastolic_below")),
)  # fmt: skip

hypertension_control = by_cdc(
    code="hypertension_control", title="高血压管理人群血压控制率", family=FAMILY, basis=BASIS, confidence="M+",
    means="在管高血压患者中年内最近一次随访血压达标（65 岁以下低于 140/90，65 岁及以上低于 150/90）的人数，"
          "除以年内在管的高血压患者人数；年内没有随访到血压的算未控制。",
    figure=Ratio(of=CONTROLLED, over=managed.people()), unit="%", better="higher", population="resident",
    place="managing", periods=YEARS, by=("sex", "age_band"), least=30, digits=1,
)  # fmt: skip

hypertension_control_140 = by_cdc(
    code="hypertension_control_140", title="高血压管理人群血压控制率（一律 140/90）", family=FAMILY, basis=BASIS,
    means="在管高血压患者中年内最近一次随访血压低于 140/90 的人数，不分年龄，除以年内在管的高血压患者人数；"
          "年内没有随访到血压的算未控制。",
    figure=Ratio(of=MEASURED.where(systolic=below(parameter("record.systolic_below")),
                                   diastolic=below(parameter("record.diastolic_below"))), over=managed.people()),
    unit="%", better="higher", population="resident", place="managing", periods=YEARS, by=("sex", "age_band"),
    least=30, digits=1, confidence="M", variant_of="hypertension_control", reading="不分年龄一律 140/90",
)  # fmt: skip

hypertension_control_of_measured = by_cdc(
    code="hypertension_control_of_measured", title="随访到的高血压患者血压控制率", family=FAMILY, basis=BASIS,
    means="在管高血压患者中年内最近一次随访血压达标的人数，除以年内随访到血压的在管患者人数；失访的两边都不算，"
          "因此总比控制率好看，只供对照。",
    figure=Ratio(of=CONTROLLED, over=MEASURED), unit="%", better="higher", population="resident", place="managing",
    periods=YEARS, by=("sex", "age_band"), least=30, digits=1, confidence="M",
    variant_of="hypertension_control", reading="分母只算随访到的",
)  # fmt: skip

hypertension_followed = by_cdc(
    code="hypertension_followed", title="高血压患者随访覆盖率", family=FAMILY, basis="考核过程指标（R156）",
    means="期内至少随访一次的在管高血压患者人数，除以期内在管的高血压患者人数。",
    figure=Ratio(of=FOLLOWED.people(), over=managed.people()), unit="%", better="higher", population="resident",
    place="managing", by=("sex", "age_band"), least=30, digits=1, confidence="M-",
)  # fmt: skip
