"""孕产妇、婴儿、新生儿、5 岁以下儿童死亡。人数和率并列：小县一例就是很高的率，所以人数、活产数和三年合并都要看。"""

# isort: off
from yigongti.indicators.policy.populations import live_births, resident_deaths
from yigongti.indicators.policy.signing import YEARS, by_bureau
from yigongti.kernel.measures.words import Count, Growth, Ratio, aged, below


SOURCE = "领域参考 2.10；晋中信息 2021-05-19（R128）"
FAMILY = "孕产妇和儿童死亡"
MOTHERS = resident_deaths.where(maternal=True)
INFANTS = resident_deaths.where(born=aged(below(1)))
NEWBORNS = resident_deaths.where(age_days=below(28))
UNDER_FIVE = resident_deaths.where(born=aged(below(5)))

maternal_deaths = by_bureau(
    code="maternal_deaths", title="孕产妇死亡人数", family=FAMILY, basis=SOURCE, confidence="M",
    means="妊娠期至妊娠结束后 42 天内死亡的常住妇女人数，不论何地，意外死亡不计。", figure=Count(of=MOTHERS),
    unit="人", better="lower", population="resident", place="managing", periods=YEARS, digits=0,
)  # fmt: skip

maternal_mortality = by_bureau(
    code="maternal_mortality", title="孕产妇死亡率", family=FAMILY, basis=SOURCE, confidence="M",
    means="孕产妇死亡人数，除以同年活产数，乘以十万。", figure=Ratio(of=MOTHERS, over=live_births, per=100000),
    unit="1/10万", better="lower", population="resident", place="managing", periods=YEARS, least=1000,
)  # fmt: skip

maternal_mortality_3y = by_bureau(
    code="maternal_mortality_3y", title="孕产妇死亡率（三年合并）", family=FAMILY, basis=SOURCE, confidence="M",
    means="连续三年的孕产妇死亡人数，除以同三年活产数，乘以十万。", window=3,
    figure=Ratio(of=MOTHERS, over=live_births, per=100000), unit="1/10万", better="lower", population="resident",
    place="managing", periods=YEARS, least=1000, variant_of="maternal_mortality", reading="三年合并",
)  # fmt: skip

infant_deaths = by_bureau(
    code="infant_deaths", title="婴儿死亡人数", family=FAMILY, basis=SOURCE, confidence="M",
    means="未满一周岁死亡的常住婴儿人数。", figure=Count(of=INFANTS), unit="人", better="lower", population="resident",
    place="managing", periods=YEARS, digits=0,
)  # fmt: skip

INFANT_RATE = Ratio(of=INFANTS, over=live_births, per=1000)
infant_mortality = by_bureau(
    code="infant_mortality", title="婴儿死亡率", family=FAMILY, basis=SOURCE, confidence="M",
    means="未满一周岁死亡的常住婴儿人数，除以同年活产数，乘以一千。", figure=INFANT_RATE, unit="‰", better="lower",
    population="resident", place="managing", periods=YEARS, least=300,
)  # fmt: skip

infant_mortality_3y = by_bureau(
    code="infant_mortality_3y", title="婴儿死亡率（三年合并）", family=FAMILY, basis=SOURCE, confidence="M",
    means="连续三年未满一周岁死亡的常住婴儿人数，除以同三年活产数，乘以一千。", figure=INFANT_RATE, unit="‰",
    better="lower", population="resident", place="managing", periods=YEARS, least=300, window=3,
    variant_of="infant_mortality", reading="三年合并",
)  # fmt: skip

infant_mortality_change = by_bureau(
    code="infant_mortality_change", title="婴儿死亡率升降", family=FAMILY, confidence="M",
    basis="晋中信息 2021-05-19：婴儿死亡率下降三分之一（R128）",
    means="婴儿死亡率比上年升降的百分比；两年的率一并列出。", figure=Growth(of=INFANT_RATE), unit="%", better="lower",
    population="resident", place="managing", periods=YEARS, levels=("group", "county"), least=300, digits=1,
)  # fmt: skip

neonatal_mortality = by_bureau(
    code="neonatal_mortality", title="新生儿死亡率", family=FAMILY, basis=SOURCE, confidence="M",
    means="出生后未满 28 天死亡的常住婴儿人数，除以同年活产数，乘以一千。",
    figure=Ratio(of=NEWBORNS, over=live_births, per=1000), unit="‰", better="lower", population="resident",
    place="managing", periods=YEARS, least=300,
)  # fmt: skip

under_five_mortality = by_bureau(
    code="under_five_mortality", title="5 岁以下儿童死亡率", family=FAMILY, basis=SOURCE, confidence="M",
    means="未满五周岁死亡的常住儿童人数，除以同年活产数，乘以一千。",
    figure=Ratio(of=UNDER_FIVE, over=live_births, per=1000), unit="‰", better="lower", population="resident",
    place="managing", periods=YEARS, least=300,
)  # fmt: skip
