"""县外就医：多少人次、多少基金流出，什么病、去哪里、花多少；与县域内同口径对照（R171）。"""

# isort: off
from fractions import Fraction

from yigongti.indicators.policy.needs import OUTSIDE
from yigongti.indicators.policy.populations import settled, settled_stays
from yigongti.indicators.policy.signing import by_insurance
from yigongti.kernel.measures.words import Count, Ratio, codes_of, known
from yigongti.kernel.parameters.words import parameter


FAMILY = "县外就医"
BASIS = "蒲政办发〔2023〕26号：重点病种患者跨省、跨区域就诊大幅减少（R171）"
ELSEWHERE = settled_stays.where(in_county=False)
KEY = settled_stays.where(diagnosis=codes_of(parameter("indicators.key_diseases")))
BY = ("chapter", "area", "destination", "level", "insured_kind", "sex", "age_band")

outside_stays = by_insurance(
    code="outside_stays", title="县外住院人次", family=FAMILY, basis=BASIS, confidence="M", figure=Count(of=ELSEWHERE),
    means="本县参保人期内在县外住院出院结算的人次；可按病种、去向、机构级别看。", unit="人次", better="lower",
    population="insured", place="managing", by=BY, digits=0, needs=OUTSIDE,
)  # fmt: skip

outside_stay_share = by_insurance(
    code="outside_stay_share", title="县外住院占比", family=FAMILY, basis=BASIS, confidence="M",
    means="本县参保人期内在县外住院出院结算的人次，除以县内外住院出院结算的总人次。",
    figure=Ratio(of=ELSEWHERE, over=settled_stays), unit="%", better="lower", population="insured", place="managing",
    by=("chapter", "insured_kind", "sex", "age_band"), least=30, needs=OUTSIDE,
)  # fmt: skip

other_province_stay_share = by_insurance(
    code="other_province_stay_share", title="跨省住院占比", family=FAMILY, basis=BASIS, confidence="M",
    means="本县参保人期内在省外住院出院结算的人次，除以县内外住院出院结算的总人次。",
    figure=Ratio(of=settled_stays.where(area="outside"), over=settled_stays), unit="%", better="lower",
    population="insured", place="managing", by=("chapter", "insured_kind", "sex", "age_band"), least=30,
    needs=OUTSIDE,
)  # fmt: skip

key_disease_outside_share = by_insurance(
    code="key_disease_outside_share", title="重点病种县外住院占比", family=FAMILY, basis=BASIS, confidence="M-",
    means="本县参保人期内因重点病种（编码范围见参数）在县外住院的人次，除以因重点病种住院的总人次。",
    figure=Ratio(of=KEY.where(in_county=False), over=KEY), unit="%", better="lower", population="insured",
    place="managing", by=("chapter", "insured_kind", "sex", "age_band"), least=30, needs=OUTSIDE,
)  # fmt: skip

key_disease_other_province_share = by_insurance(
    code="key_disease_other_province_share", title="重点病种跨省住院占比", family=FAMILY, basis=BASIS, confidence="M-",
    means="本县参保人期内因重点病种（编码范围见参数）在省外住院的人次，除以因重点病种住院的总人次。",
    figure=Ratio(of=KEY.where(area="outside"), over=KEY), unit="%", better="lower", population="insured",
    place="managing", by=("chapter", "insured_kind", "sex", "age_band"), least=30, needs=OUTSIDE,
)  # fmt: skip

outside_fund = by_insurance(
    code="outside_fund", title="县外就医基金支付额", family=FAMILY, basis=BASIS, confidence="M",
    means="本县参保人期内在县外医疗机构就医由基金支付的金额；药店不计。",
    figure=Count(of=settled.where(in_county=False).sum("paid"), per=Fraction(1, 100)), unit="元", better="lower",
    population="insured", place="managing", by=(*BY, "visit_kind"), needs=OUTSIDE,
)  # fmt: skip

BILLED = ELSEWHERE.where(total=known)
outside_stay_cost = by_insurance(
    code="outside_stay_cost", title="县外次均住院费用", family=FAMILY, basis=BASIS, confidence="M",
    means="本县参保人期内在县外住院的总费用，除以出院结算人次；与参保人县域内次均住院费用同口径。",
    figure=Ratio(of=BILLED.sum("total"), over=BILLED, per=Fraction(1, 100), spread=BILLED.squares("total")), unit="元",
    better="lower", population="insured", place="managing", by=BY, least=30, needs=OUTSIDE,
)  # fmt: skip

outside_patients = by_insurance(
    code="outside_patients", title="县外住院人数", family=FAMILY, basis=BASIS, confidence="M",
    means="本县参保人期内在县外住过院的人数，一人多次算一人。", figure=Count(of=ELSEWHERE.people()), unit="人",
    better="lower", population="insured", place="managing", by=BY, digits=0, needs=OUTSIDE,
)  # fmt: skip
