"""数据本身：来得齐不齐、及时不及时、认不认得出人。别的指标靠这些才可信。"""

# isort: off
from decimal import Decimal
from functools import partial

from yigongti.kernel.measures.arriving import arrivals
from yigongti.fund.facts import claims
from yigongti.indicators.policy.populations import consultations, resident_deaths, stays, surgery
from yigongti.indicators.policy.signing import YEARS, by_data
from yigongti.kernel.measures.words import Count, Ratio, at_least, below, codes, known, unknown
from yigongti.kernel.parameters.words import parameter


quality = partial(by_data, family="数据质量", confidence="M-", population="none")
EXPECTED = arrivals.where(expected=known)
OWN = "本平台数据质量指标；领域参考第四部分 1、2.2.3"

senders_complete = quality(
    code="senders_complete", title="来数到齐率", basis=OWN, unit="%", better="higher", by=("fact",), digits=1,
    means="来源方、数据种类、月份三者的每一格中收到的不少于应来的格数，除以知道应来多少的格数。",
    figure=Ratio(of=EXPECTED.where(complete=True), over=EXPECTED), place="institution",
)  # fmt: skip
senders_silent = quality(
    code="senders_silent", title="一条也没有来的来源月份", basis=OWN, unit="个", better="lower", by=("fact",), digits=0,
    means="来源方、数据种类、月份三者的每一格中一条也没有收到的格数。", place="institution",
    figure=Count(of=arrivals.where(received=below(1))),
)  # fmt: skip
arrival_lag = quality(
    code="arrival_lag", title="到数天数中位数", basis=OWN, unit="天", better="lower", by=("fact",), digits=0,
    means="各来源方每月数据自发生到收到天数的中位数，再取其中位数。", place="institution",
    figure=Count(of=arrivals.where(lag_days=known).quantile("lag_days", Decimal("0.5"))),
)  # fmt: skip
messages_waiting = quality(
    code="messages_waiting", title="待处理的来数", basis=OWN, unit="条", better="lower", by=("fact",), digits=0,
    means="期内各月收到而还没有处理好的条数。", figure=Count(of=arrivals.rows().sum("waiting")), place="institution",
)  # fmt: skip
claims_lag = quality(
    code="claims_lag", title="医保结算到库天数中位数", basis=OWN, unit="天", better="lower", by=("area",), digits=0,
    means="期内的结算自结算日到入库的天数的中位数。", place="managing", population="insured",
    figure=Count(of=claims.where(lag_days=known).quantile("lag_days", Decimal("0.5"))),
)  # fmt: skip
claims_late = quality(
    code="claims_late", title="医保结算迟到占比", basis=OWN, unit="%", better="lower", by=("area",), digits=1,
    means="期内的结算中自结算日到入库超过时限（见参数）的笔数，除以知道到库天数的笔数。", population="insured",
    figure=Ratio(of=claims.where(lag_days=at_least(parameter("indicators.claims_late_after"))),
                 over=claims.where(lag_days=known)),
    place="managing",
)  # fmt: skip
claims_unmatched = quality(
    code="claims_unmatched", title="没有对到居民的结算占比", basis=OWN, unit="%", better="lower", by=("area",),
    means="期内没有对到居民的结算笔数，除以全部结算笔数；没有对到的算在县。", place="managing", levels=("county",),
    figure=Ratio(of=claims.where(person=unknown), over=claims.rows()), population="insured", digits=1,
)  # fmt: skip
visits_without_diagnosis = quality(
    code="visits_without_diagnosis", title="没有诊断的诊疗人次占比", basis=OWN, unit="%", better="lower", digits=1,
    means="期内没有主要诊断编码的诊疗人次，除以诊疗人次。", by=("visit_class",), place="institution",
    figure=Ratio(of=consultations.where(diagnosis=unknown), over=consultations),
)  # fmt: skip
stays_without_bill = quality(
    code="stays_without_bill", title="没有费用的出院人次占比", basis=OWN, unit="%", better="lower", digits=1,
    means="期内没有送来总费用的出院人次，除以出院人次。", place="institution",
    figure=Ratio(of=stays.where(total=unknown), over=stays),
)  # fmt: skip
surgery_without_grade = quality(
    code="surgery_without_grade", title="没有级别的手术占比", basis=OWN, unit="%", better="lower", digits=1,
    means="期内没有登记手术级别的手术台次，除以手术台次。", place="institution",
    figure=Ratio(of=surgery.where(grade=unknown), over=surgery),
)  # fmt: skip
deaths_without_cause = quality(
    code="deaths_without_cause", title="没有根本死因的死亡占比", basis=f"{OWN}；2.10", unit="%", digits=1,
    means="期内常住居民死亡中没有根本死因编码的例数，除以死亡例数。", place="managing", population="resident",
    figure=Ratio(of=resident_deaths.where(cause=unknown), over=resident_deaths), periods=YEARS, better="lower",
)  # fmt: skip
deaths_ill_defined = quality(
    code="deaths_ill_defined", title="根本死因不明确的死亡占比", basis=f"{OWN}；2.10", unit="%", better="lower",
    means="期内常住居民死亡中根本死因为症状体征类（R00–R99）的例数，除以有根本死因的死亡例数。", periods=YEARS,
    figure=Ratio(of=resident_deaths.where(cause=codes("R00-R99")), over=resident_deaths.where(cause=known)),
    place="managing", population="resident", digits=1,
)  # fmt: skip
