"""What follow-up says no to."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class NothingMeasured(Refusal):
    """面对面随访请至少填写血压或血糖一项；确实没有测量的，请改选“电话”。"""

    status = 422


class UpsideDown(Refusal):
    """血压“{value}”不合规定：收缩压应高于舒张压。"""

    status = 422


class AlreadyEnrolled(Refusal):
    """{name}的{disease}自 {since} 起已经在管，不能重复纳入。"""


class EnrolledBefore(Refusal):
    """{name}的{disease}在 {since} 到 {until} 已经在管：纳入日期应在此之后。"""

    status = 422


class NotEnrolled(Refusal):
    """{name}的{disease}现在不在管，可能已被他人结束：请刷新后再看。"""


class NoLongerAlive(Refusal):
    """{name}已登记去世，不再纳入管理。"""


class NothingToTakeBack(Refusal):
    """没有可以撤回的：只能撤回您本岗位当天办理、其后没有改动的纳入或结束。"""
