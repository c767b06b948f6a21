"""资源共享中心：互认、远程心电、会诊、危急值。业务记录还没有，先写明定义和等什么。"""

# isort: off
from functools import partial

from yigongti.indicators.policy.signing import REVIEW, TOWNSHIPS, WIDE, YEARS
from yigongti.kernel.measures.words import Awaited, Indicator


RECOGNITION = Awaited(need="检查检验互认的提示和医生的选择（诊断中心一章）")
READING = Awaited(need="心电、影像诊断的各步时间（诊断中心一章）")
declared = partial(
    Indicator, family="资源共享中心", owner="医共体运营管理中心", checker="医共体质控中心", review_before=REVIEW,
    population="none", place="institution", confidence="M",
)  # fmt: skip

recognition_rate = declared(
    code="recognition_rate", title="检查检验结果互认率", basis="《医疗机构检查检验结果互认管理办法》；领域参考 2.6.1",
    means="医生采用互认结果的次数，除以系统提示有可互认结果的次数；不以全部检查作分母。", figure=RECOGNITION, unit="%",
    better="higher", digits=1,
)  # fmt: skip
recognition_saved = declared(
    code="recognition_saved", title="互认节约费用", basis="《医疗机构检查检验结果互认管理办法》；领域参考 2.6.1",
    means="被互认而没有重复做的项目的价格之和。", figure=RECOGNITION, unit="元", better="higher",
)  # fmt: skip
ecg_minutes = declared(
    code="ecg_minutes", title="远程心电诊断用时中位数", basis="领域参考 2.6.3：急诊不超过 10 分钟", unit="分钟",
    means="自诊断中心收到心电图到发出报告用时的中位数，急诊和常规分开。", figure=READING, better="lower", digits=0,
)  # fmt: skip
imaging_coverage = declared(
    code="imaging_coverage", title="县域影像中心覆盖卫生院占比", basis="国卫办基层函〔2025〕121号：80% 以上（转述）",
    means="当年由县域影像中心出具过诊断报告的卫生院数，除以卫生院总数。", figure=READING, unit="%", better="higher",
    periods=YEARS, levels=WIDE, digits=1,
)  # fmt: skip
consultations_done = declared(
    code="consultations_done", title="远程会诊人次", basis="R68", means="期内办结的远程会诊人次。",
    figure=Awaited(need="会诊的办结记录（会诊一章）"), unit="人次", better="higher", levels=TOWNSHIPS, digits=0,
)  # fmt: skip
critical_values_closed = declared(
    code="critical_values_closed", title="危急值及时处置率", basis="领域参考 2.6.2；18 项核心制度",
    means="在本县规定的时限内确认并处置的危急值数，除以全部危急值数。", unit="%", better="higher", digits=1,
    figure=Awaited(need="危急值的通知、确认和处置时间（诊断中心一章）"),
)  # fmt: skip
fund_paid_out_days = declared(
    code="fund_paid_out_days", title="公共卫生经费拨付用时", basis="忻州市八大行动：公共卫生经费拨付基层不及时（R158）",
    means="自县里收到资金到拨付到基层机构的天数的中位数。", unit="天", better="lower", digits=0,
    figure=Awaited(need="公共卫生经费的到账和拨付记录（财务一章）"),
)  # fmt: skip
