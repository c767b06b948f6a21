"""What referral says no to."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class DoesNotReceive(Refusal):
    """{department}目前不接收转诊，请改选其他科室。"""


class FollowUpOutOfTime(Refusal):
    """首次随访日期 {value} 不合规定：应在今天之后、{days} 天之内（{last} 以前）。"""


class FollowUpOpen(Refusal):
    """首次随访还没有完成，暂不能办结。"""


class NotInAnInstitution(Refusal):
    """您的岗位不在医疗机构内，不能办转诊。"""

    status = 403


class HasDied(Refusal):
    """{name}已于 {day} 去世，不能再转诊。登记有误的，请数据员在去世核对里撤销。"""

    status = 422


class NoReferralCentre(Refusal):
    """{institution}所在的集团还没有登记牵头机构，外转无人审核。"""


class MayNotRead(Refusal):
    """此诊断属特别保护的类别，{institution}没有可以查看的岗位，请转往有权查看的机构（如上一级卫生院）。"""

    status = 422


class NotOffered(Refusal):
    """随转资料里有不属于此人、或您无权查看的内容，请重新选择。"""

    status = 422
