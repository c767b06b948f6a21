"""死亡年龄和粗死亡率。死亡年龄随人口老化而升高，不是预期寿命，须与四类慢性病过早死亡率并列；不足 30 例不排名。"""

# isort: off
from fractions import Fraction

from yigongti.indicators.policy.populations import resident_deaths, residents_on_average
from yigongti.indicators.policy.signing import YEARS, by_cdc
from yigongti.kernel.measures.words import Ratio, Selection, codes_of, known
from yigongti.kernel.parameters.words import parameter


JIEXIU, PART = "晋中信息 2021-05-19（介休）", "领域参考 2.10"
MANAGED = "期内死亡的常住居民中，死亡时在管的慢病患者（不论死因）"
CAUSES = "期内死亡的常住居民中，根本死因属慢性病的（编码范围见参数）"
EXACT = "死亡年龄之和除以死亡人数；年龄按天数除以 365.25，出生日期不详的不计，归死亡时的管理机构。"
POOLED = "死亡年龄之和除以死亡人数，连续三年合并；年龄按天数除以 365.25，出生日期不详的不计，归死亡时的管理机构。"


def _age(died: Selection) -> Ratio:
    """Mean age in years of 365.25 days."""
    return Ratio(of=died.sum("age_days"), over=died, per=Fraction(4, 1461), spread=died.squares("age_days"))


ALL_CAUSES = resident_deaths.where(age_days=known)
IN_CARE = ALL_CAUSES.where(chronic_managed=True)
OF_CHRONIC = ALL_CAUSES.where(cause=codes_of(parameter("indicators.chronic_causes")))

mean_age_at_death = by_cdc(
    code="mean_age_at_death", title="平均死亡年龄", family="死亡", basis=f"{JIEXIU}；{PART}（R127）", confidence="M",
    means=f"期内死亡的常住居民的{EXACT}", figure=_age(ALL_CAUSES), unit="岁", better="neither", population="resident",
    place="managing", periods=YEARS, by=("sex",), least=30,
)  # fmt: skip
mean_age_at_death_3y = by_cdc(
    code="mean_age_at_death_3y", title="平均死亡年龄（三年合并）", family="死亡", basis=f"{JIEXIU}；{PART}（R127）",
    means=f"期内死亡的常住居民的{POOLED}", figure=_age(ALL_CAUSES), unit="岁", better="neither",
    population="resident", place="managing", periods=YEARS, by=("sex",), least=30, window=3, confidence="M",
    variant_of="mean_age_at_death", reading="三年合并",
)  # fmt: skip

chronic_age_at_death = by_cdc(
    code="chronic_age_at_death", title="慢病平均死亡年龄（在管患者）", family="死亡", confidence="M-",
    basis=f"{JIEXIU}，原文未写明算谁；{PART}（b）", means=f"{MANAGED}的{EXACT}",
    figure=_age(IN_CARE), unit="岁", better="neither", population="resident", place="managing", periods=YEARS,
    by=("sex",), least=30,
)  # fmt: skip
chronic_age_at_death_3y = by_cdc(
    code="chronic_age_at_death_3y", title="慢病平均死亡年龄（在管患者，三年合并）", family="死亡", confidence="M-",
    basis=f"{JIEXIU}；{PART}（b）", means=f"{MANAGED}的{POOLED}", figure=_age(IN_CARE), unit="岁", better="neither",
    population="resident", place="managing", periods=YEARS, by=("sex",), least=30, window=3,
    variant_of="chronic_age_at_death", reading="三年合并",
)  # fmt: skip

chronic_age_at_death_by_cause = by_cdc(
    code="chronic_age_at_death_by_cause", title="慢病平均死亡年龄（按死因）", family="死亡", confidence="M-",
    basis=f"{JIEXIU}，原文未写明算谁；{PART}（a）", means=f"{CAUSES}的{EXACT}", figure=_age(OF_CHRONIC), unit="岁",
    better="neither", population="resident", place="managing", periods=YEARS, by=("sex",), least=30,
    variant_of="chronic_age_at_death", reading="按根本死因，不按是否在管",
)  # fmt: skip
chronic_age_at_death_by_cause_3y = by_cdc(
    code="chronic_age_at_death_by_cause_3y", title="慢病平均死亡年龄（按死因，三年合并）", family="死亡",
    confidence="M-", basis=f"{JIEXIU}；{PART}（a）", means=f"{CAUSES}的{POOLED}", figure=_age(OF_CHRONIC),
    unit="岁", better="neither", population="resident", place="managing", periods=YEARS, by=("sex",), least=30,
    window=3, variant_of="chronic_age_at_death", reading="按根本死因，三年合并",
)  # fmt: skip

KNOWN_YEARS = resident_deaths.where(age_years=known)
mean_age_at_death_years = by_cdc(
    code="mean_age_at_death_years", title="平均死亡年龄（整岁）", family="死亡", basis=f"{JIEXIU}；{PART}（R127）",
    means="期内死亡的常住居民的死亡整岁之和除以死亡人数；比按天数算的约低半岁，不可与之相比。", confidence="M",
    figure=Ratio(of=KNOWN_YEARS.sum("age_years"), over=KNOWN_YEARS, per=1, spread=KNOWN_YEARS.squares("age_years")),
    unit="岁", better="neither", population="resident", place="managing", periods=YEARS, by=("sex",), least=30,
    variant_of="mean_age_at_death", reading="按整岁",
)  # fmt: skip

crude_death_rate = by_cdc(
    code="crude_death_rate", title="粗死亡率", family="死亡", basis=f"{PART}：低于 6‰ 多半漏报", confidence="M",
    means="期内死亡的常住居民人数，除以年平均常住人口，乘以一千。",
    figure=Ratio(of=resident_deaths, over=residents_on_average, per=1000), unit="‰", better="neither",
    population="resident", place="managing", periods=YEARS, by=("sex", "age_band"), least=1000,
)  # fmt: skip
