"""双向转诊的量和时限：没有答复的算不及时；中位数之外总看第九十百分位（R47、R172）。"""

# isort: off
from decimal import Decimal
from functools import partial

from yigongti.indicators.policy.signing import by_operations
from yigongti.kernel.measures.words import Awaited, Count, Ratio, among, below, known
from yigongti.kernel.parameters.words import parameter
from yigongti.referral.facts import referrals


MEDIAN, NINTH = Decimal("0.5"), Decimal("0.9")
clock = partial(by_operations, family="双向转诊", confidence="M", population="none", place="institution")
UPWARD = referrals.where(direction="upward")
DOWNWARD = referrals.where(direction="downward")
ANSWERED = referrals.where(minutes_to_accept=known, direction=among("upward", "downward"))
BASIS = "R47；各县《双向转诊管理办法》"
BY = ("direction", "urgency")

upward_referrals = clock(
    code="upward_referrals", title="上转人次", basis=BASIS, means="期内提交的上转人次，归转出机构。",
    figure=Count(of=UPWARD), unit="人次", better="neither", digits=0, by=("urgency",),
)  # fmt: skip
downward_referrals = clock(
    code="downward_referrals", title="下转人次", basis=BASIS, means="期内提交的下转人次，归转出机构。",
    figure=Count(of=DOWNWARD), unit="人次", better="higher", digits=0, by=("urgency",),
)  # fmt: skip
outward_referrals = clock(
    code="outward_referrals", title="外转人次", basis=BASIS, means="期内提交的转往县外的人次，归转出机构。",
    figure=Count(of=referrals.where(direction="outward")), unit="人次", better="lower", digits=0, by=("urgency",),
)  # fmt: skip
referral_accept_median = clock(
    code="referral_accept_median", title="转诊接收用时中位数", basis=f"{BASIS}；R172",
    means="期内提交并已接收的转诊，自提交到接收用时的中位数，归转出机构。",
    figure=Count(of=ANSWERED.quantile("minutes_to_accept", MEDIAN)), unit="分钟", better="lower", by=BY, digits=0,
)  # fmt: skip
referral_accept_p90 = clock(
    code="referral_accept_p90", title="转诊接收用时第九十百分位", basis=f"{BASIS}；R172",
    means="期内提交并已接收的转诊，九成在多少分钟内接收，归转出机构。",
    figure=Count(of=ANSWERED.quantile("minutes_to_accept", NINTH)), unit="分钟", better="lower", by=BY, digits=0,
)  # fmt: skip
referral_timely = clock(
    code="referral_timely", title="转诊及时接收率", basis=f"{BASIS}；领域参考 5.1", digits=1,
    means="提交后在时限内（见参数）接收的上转、下转人次，除以期内提交的上转、下转人次；没有答复和退回的算不及时。",
    figure=Ratio(
        of=ANSWERED.where(minutes_to_accept=below(parameter("indicators.referral_answered_before"))),
        over=referrals.where(direction=among("upward", "downward")),
    ), unit="%", better="higher", by=BY, least=30,
)  # fmt: skip
referral_arrival = clock(
    code="referral_arrival", title="转诊到院率", basis=BASIS, digits=1, unit="%", better="higher", by=BY, least=30,
    means="期内提交、已被接收的上转中患者已到院的人次，除以已被接收的上转人次。",
    figure=Ratio(of=UPWARD.where(accepted=True, arrived=True), over=UPWARD.where(accepted=True)),
)  # fmt: skip
referral_arrive_median = clock(
    code="referral_arrive_median", title="转诊到院用时中位数", basis=f"{BASIS}；R172", by=BY, digits=0, unit="分钟",
    means="期内提交并已到院的转诊，自接收到到院用时的中位数，归转出机构。", better="lower",
    figure=Count(of=referrals.where(minutes_to_arrive=known).quantile("minutes_to_arrive", MEDIAN)),
)  # fmt: skip
referral_returned = clock(
    code="referral_returned", title="上转后转回率", basis=BASIS, digits=1, unit="%", better="higher", least=30,
    means="期内提交、已到院的上转中已转回的人次，除以已到院的上转人次；还在治疗的也在分母里。", by=("urgency",),
    figure=Ratio(of=UPWARD.where(arrived=True, returned=True), over=UPWARD.where(arrived=True)),
)  # fmt: skip
referral_declined = clock(
    code="referral_declined", title="转诊退回率", basis=BASIS, digits=1, unit="%", better="lower", by=BY, least=30,
    means="期内提交的上转、下转中被退回的人次，除以期内提交的上转、下转人次。",
    figure=Ratio(of=referrals.where(direction=among("upward", "downward"), state="declined"),
                 over=referrals.where(direction=among("upward", "downward"))),
)  # fmt: skip
clinic_wait = clock(
    code="clinic_wait", title="门诊等候时间中位数", basis="R52、R172", unit="分钟", better="lower", digits=0,
    means="自报到到接诊用时的中位数。", figure=Awaited(need="报到和接诊的时间（床位与号源一章）"),
)  # fmt: skip
surgery_wait = clock(
    code="surgery_wait", title="术前等待时间中位数", basis="R52、R172", unit="日", better="lower", digits=0,
    means="自入院到手术用时的中位数。", figure=Awaited(need="手术与所属住院的入院时间（健康档案一章）"),
)  # fmt: skip
