"""监测指标（2024版）三、促分工：基层诊疗人次，医保基金留在县域和基层多少。"""

# isort: off
from yigongti.indicators.policy.needs import OUTSIDE
from yigongti.indicators.policy.populations import consultations, settled
from yigongti.indicators.policy.signing import ALL, IN_2024, M2024, WIDE, by_bureau, by_insurance
from yigongti.fund.facts import claims
from yigongti.kernel.measures.words import Ratio


grassroots_visit_share = by_bureau(
    code="grassroots_visit_share", title="县域内基层诊疗人次占比", family=M2024, confidence="V2",
    basis=f"{IN_2024}3.1；基层就诊率（蒲政办发〔2023〕26号、省级意见 2020）",
    means="期内县域内基层机构（卫生院、社区卫生服务机构、村卫生室）的诊疗人次，除以县域内全部机构的诊疗人次。"
          "体检、接种等公共卫生服务不计；县外就诊两边都不计。",
    figure=Ratio(of=consultations.where(grassroots=True), over=consultations), unit="%", better="higher",
    population="none", place="institution", levels=WIDE, by=("sex", "age_band", "tcm"),
)  # fmt: skip

grassroots_visit_share_of_residents = by_bureau(
    code="grassroots_visit_share_of_residents", title="本地居民县域内就诊中在基层的占比", family=M2024, confidence="M-",
    basis=f"{IN_2024}3.1",
    means="管理在本机构的居民期内在县域内基层机构的诊疗人次，除以他们在县域内全部机构的诊疗人次。",
    figure=Ratio(of=consultations.where(grassroots=True), over=consultations), unit="%", better="higher",
    population="resident", place="managing", levels=ALL, by=("sex", "age_band"), least=30,
    variant_of="grassroots_visit_share", reading="按居民的管理机构，可比到乡镇和村",
)  # fmt: skip

fund_in_county_share = by_insurance(
    code="fund_in_county_share", title="医保基金县域内支出占比", family=M2024, confidence="V2",
    basis=f"{IN_2024}3.2；2020试行版 D1",
    means="本县参保人在县域内医疗机构就医的基金支付额，除以他们在县内外全部医疗机构就医的基金支付额；药店不计。",
    figure=Ratio(of=settled.where(in_county=True).sum("paid"), over=settled.sum("paid")), unit="%", better="higher",
    population="insured", place="managing", by=("insured_kind", "visit_kind"), needs=OUTSIDE,
)  # fmt: skip

fund_in_county_share_with_pharmacies = by_insurance(
    code="fund_in_county_share_with_pharmacies", title="医保基金县域内支出占比（含药店）", family=M2024, confidence="M",
    basis=f"{IN_2024}3.2",
    means="本县参保人在县域内医疗机构和药店的基金支付额，除以在县内外全部医疗机构和药店的基金支付额。",
    figure=Ratio(of=claims.where(insured=True, in_county=True).sum("paid"),
                 over=claims.where(insured=True).sum("paid")),
    unit="%", better="higher", population="insured", place="managing", by=("insured_kind",),
    variant_of="fund_in_county_share", reading="含药店", needs=OUTSIDE,
)  # fmt: skip

fund_grassroots_share = by_insurance(
    code="fund_grassroots_share", title="县域内基层医保基金支出占比", family=M2024, confidence="V2",
    basis=f"{IN_2024}3.3；2020试行版 D2",
    means="本县参保人在县域内基层机构就医的基金支付额，除以他们在县域内全部医疗机构就医的基金支付额；药店不计。",
    figure=Ratio(of=settled.where(in_county=True, grassroots=True).sum("paid"),
                 over=settled.where(in_county=True).sum("paid")),
    unit="%", better="higher", population="insured", place="managing", by=("insured_kind", "visit_kind"),
)  # fmt: skip

fund_grassroots_share_of_all = by_insurance(
    code="fund_grassroots_share_of_all", title="县域内基层支出占全部医保基金支出的比例", family=M2024, confidence="M",
    basis=f"{IN_2024}3.3",
    means="本县参保人在县域内基层机构就医的基金支付额，除以他们在县内外全部医疗机构就医的基金支付额；药店不计。",
    figure=Ratio(of=settled.where(in_county=True, grassroots=True).sum("paid"), over=settled.sum("paid")),
    unit="%", better="higher", population="insured", place="managing", by=("insured_kind",),
    variant_of="fund_grassroots_share", reading="分母含县外", needs=OUTSIDE,
)  # fmt: skip
