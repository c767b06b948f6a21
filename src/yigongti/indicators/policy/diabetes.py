"""2 型糖尿病健康管理：管理率、规范管理率、控制率。规范按空腹血糖，按糖化血红蛋白的是另一种读法。"""

# isort: off
from yigongti.chronic.facts import follow_ups
from yigongti.indicators.policy.populations import managed_diabetes as managed
from yigongti.indicators.policy.signing import GONGWEI, YEARS, by_cdc
from yigongti.kernel.measures.words import Ratio, aged, at_least, below, codes, known
from yigongti.kernel.parameters.words import parameter
from yigongti.record.facts import visits


FAMILY = "高血压和糖尿病管理"
BASIS = f"{GONGWEI}2 型糖尿病患者健康管理；领域参考 2.3.3"
FOLLOWED = follow_ups.where(disease="diabetes").among_those(managed)
PATIENTS = visits.where(diagnosis=codes("E11-E14"), born=aged(at_least(35))).people()
GLUCOSE = FOLLOWED.where(glucose=known).latest()
HBA1C = FOLLOWED.where(hba1c=known).latest()

diabetes_management = by_cdc(
    code="diabetes_management", title="2 型糖尿病患者健康管理率", family=FAMILY, basis=BASIS, confidence="M-",
    means="年内因糖尿病（E11–E14）就诊的 35 岁及以上患者中年内在管的人数，"
          "除以年内因糖尿病就诊的 35 岁及以上患者人数。规范的分母是辖区患者总数，本平台只知道来就诊的。",
    figure=Ratio(of=PATIENTS.among_those(managed), over=PATIENTS), unit="%", better="higher", population="resident",
    place="managing", periods=YEARS, by=("sex", "age_band"), least=30, digits=1,
)  # fmt: skip

diabetes_standard = by_cdc(
    code="diabetes_standard", title="2 型糖尿病患者规范管理率", family=FAMILY, basis=BASIS, confidence="M",
    means="年内面对面随访并测空腹血糖四次及以上的在管糖尿病患者人数，除以年内在管的糖尿病患者人数（含年内新纳入的）。"
          "只看次数，间隔和年度体检另查。",
    figure=Ratio(of=FOLLOWED.where(valid=True).people(times=4), over=managed.people()), unit="%", better="higher",
    population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), least=30, digits=1,
)  # fmt: skip

diabetes_control = by_cdc(
    code="diabetes_control", title="糖尿病管理人群血糖控制率", family=FAMILY, basis=BASIS, confidence="M+",
    means="在管糖尿病患者中年内最近一次随访空腹血糖低于 7.0 mmol/L 的人数，除以年内在管的糖尿病患者人数；"
          "年内没有随访到空腹血糖的算未控制。",
    figure=Ratio(of=GLUCOSE.where(glucose=below(parameter("record.fasting_glucose_managed"))), over=managed.people()),
    unit="%", better="higher", population="resident", place="managing", periods=YEARS, by=("sex", "age_band"),
    least=30, digits=1,
)  # fmt: skip

diabetes_control_hba1c = by_cdc(
    code="diabetes_control_hba1c", title="糖尿病管理人群血糖控制率（糖化血红蛋白）", family=FAMILY, confidence="M",
    basis="国家基层糖尿病防治管理指南",
    means="在管糖尿病患者中年内最近一次糖化血红蛋白低于 7.0% 的人数，除以年内测过糖化血红蛋白的在管患者人数；"
          "规范不要求每人都测，没有测的两边都不算。",
    figure=Ratio(of=HBA1C.where(hba1c=below(parameter("record.hba1c_managed"))), over=HBA1C), unit="%",
    better="higher", population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), least=30,
    digits=1, variant_of="diabetes_control", reading="按糖化血红蛋白低于 7.0%，分母只算测过的",
)  # fmt: skip

diabetes_followed = by_cdc(
    code="diabetes_followed", title="糖尿病患者随访覆盖率", family=FAMILY, basis="考核过程指标（R156）",
    means="期内至少随访一次的在管糖尿病患者人数，除以期内在管的糖尿病患者人数。",
    figure=Ratio(of=FOLLOWED.people(), over=managed.people()), unit="%", better="higher", population="resident",
    place="managing", by=("sex", "age_band"), least=30, digits=1, confidence="M-",
)  # fmt: skip

face_to_face_share = by_cdc(
    code="face_to_face_share", title="慢病随访面对面占比", family=FAMILY, basis=f"{GONGWEI}：每年至少四次面对面随访",
    means="期内办完的慢病随访中面对面的次数，除以全部随访次数；电话随访只作联系。",
    figure=Ratio(of=follow_ups.where(face_to_face=True), over=follow_ups.rows()), unit="%", better="higher",
    population="resident", place="managing", by=("disease",), least=30, digits=1, confidence="M",
)  # fmt: skip
