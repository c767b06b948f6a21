"""What this chapter says no to."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class TooFew(Refusal):
    """这个数字背后的人太少，您的岗位看不到它，也打不开明细，以免认出个人。"""

    status = 403


class NotYours(Refusal):
    """明细只给管这个地方的岗位看：您可以看它的数字，看不到它的每一行。"""

    status = 403


class NothingCounted(Refusal):
    """数据还没有导出到分析库，暂时打不开明细。"""


class WindowOpen(Refusal):
    """异议期到 {until} 为止，之后才能冻结。"""


class AppealsOpen(Refusal):
    """还有 {count} 条异议没有答复，先答复再冻结。"""


class WindowShut(Refusal):
    """现在不在异议期内。"""


class NothingToRelease(Refusal):
    """{period}没有算出可以发布的数字。"""

    status = 422


class NotOver(Refusal):
    """{period}还没有结束，不能发布。"""

    status = 422


class MovedSince(Refusal):
    """审核之后数据变了（{count} 个数字不同），请先重新取数、再审核。"""


class WhyAgain(Refusal):
    """这个时期已经发布过：写明更正的理由。"""

    status = 422


class NoEvidence(Refusal):
    """没有证据文件的评定不能确认：先附上文件。"""


class OwnJudgement(Refusal):
    """自己评定的，要由别人确认。"""

    status = 403


class ConfirmedAlready(Refusal):
    """这条评定已经确认，不能再改；有变化请另作一次评定。"""


class EnoughEvidence(Refusal):
    """一次评定最多附 {most} 个文件。"""

    status = 422


class SameEvidence(Refusal):
    """这个文件已经附上了，名字是“{name}”。"""

    status = 422
