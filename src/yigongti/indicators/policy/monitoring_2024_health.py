"""监测指标（2024版）五、保健康：慢病管理人群住院率，四类慢性病过早死亡率。"""

# isort: off
from yigongti.indicators.policy.needs import OUTSIDE
from yigongti.indicators.policy.populations import (
    FOUR_CHRONIC, managed, resident_deaths, residents_on_average, settled_stays,
)  # fmt: skip
from yigongti.indicators.policy.signing import IN_2024, M2024, WIDE, YEARS, by_bureau, by_cdc
from yigongti.kernel.measures.words import Premature, Ratio, codes_of
from yigongti.kernel.parameters.words import parameter


managed_hospitalised = by_bureau(
    code="managed_hospitalised", title="慢性病健康管理人群住院率", family=M2024, basis=f"{IN_2024}5.1", confidence="V2",
    means="期内在管的高血压、糖尿病患者中因任何病住过院的人数（县内外都算，以医保结算为准），"
          "除以期内在管的高血压、糖尿病患者人数。",
    figure=Ratio(of=settled_stays.people().among_those(managed), over=managed.people()), unit="%", better="lower",
    population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), least=30, needs=OUTSIDE,
)  # fmt: skip

managed_hospitalised_own = by_bureau(
    code="managed_hospitalised_own", title="慢性病健康管理人群住院率（因所管疾病）", family=M2024, confidence="M",
    basis=f"{IN_2024}5.1",
    means="期内在管的高血压、糖尿病患者中因高血压、糖尿病及其并发症（编码范围见参数）住过院的人数，"
          "除以期内在管的高血压、糖尿病患者人数。",
    figure=Ratio(
        of=settled_stays.where(diagnosis=codes_of(parameter("indicators.managed_complications"))).people()
        .among_those(managed), over=managed.people(),
    ),
    unit="%", better="lower", population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), least=30,
    variant_of="managed_hospitalised", reading="只算所管疾病及其并发症", needs=OUTSIDE,
)  # fmt: skip

FOUR = Premature(deaths=resident_deaths.where(cause=codes_of(FOUR_CHRONIC)), people=residents_on_average)

premature_mortality = by_cdc(
    code="premature_mortality", title="四类慢性病过早死亡率", family=M2024, basis=f"{IN_2024}5.2；领域参考 2.10",
    means="30 至 69 岁的人死于心脑血管病、恶性肿瘤、糖尿病、慢性呼吸系统疾病的概率：按五岁一组的死亡率用寿命表法连乘，"
          "以根本死因和年平均常住人口计算。",
    figure=FOUR, unit="%", better="lower", population="resident", place="managing", periods=YEARS, levels=WIDE,
    by=("sex",), least=10000, confidence="V",
)  # fmt: skip

premature_mortality_3y = by_cdc(
    code="premature_mortality_3y", title="四类慢性病过早死亡率（三年合并）", family=M2024, confidence="V",
    basis=f"{IN_2024}5.2；领域参考 2.10",
    means="同四类慢性病过早死亡率，死亡数和人年数都把连续三年合在一起算，小县也较稳定。",
    figure=FOUR, unit="%", better="lower", population="resident", place="managing", periods=YEARS, levels=WIDE,
    by=("sex",), least=10000, window=3, variant_of="premature_mortality", reading="三年合并",
)  # fmt: skip
