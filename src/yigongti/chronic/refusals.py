"""What follow-up says no to."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class NothingMeasured(Refusal):
    """面对面随访请至少填写血压或血糖一项；确实没有测量的，请改选“电话”。"""

    status = 422


class UpsideDown(Refusal):
    """血压“{value}”不合规定：收缩压应高于舒张压。"""

    status = 422
