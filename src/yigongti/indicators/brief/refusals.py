"""What briefs say no to."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class NothingPublished(Refusal):
    """{where}的{when}还没有已发布的数字，先发布，再写简报。"""

    status = 422


class NoSuchFigure(Refusal):
    """{slot}后面没有数字：先用“添一个数字”把它添上。"""

    status = 422


class TypedOver(Refusal):
    """“{number}”不能手写：这句话说的是“{named}”，它的数字只能用【】引用。"""

    status = 422


class Moved(Refusal):
    """{who}已于{when}改过这份简报，请看最新的文字，再改。"""


class Issued(Refusal):
    """简报已经发出，不能再改；要改请出一份更正。"""


class NotReleased(Refusal):
    """{slots}引用的数字没有发布，或已被更正，换成已发布的再发出。"""


class Unread(Refusal):
    """简报里的{slots}背后的人太少，不能写进简报。"""


class AlreadyThere(Refusal):
    """这个数字已经在简报里，是{slot}。"""


class NotWritten(Refusal):
    """报告还没有写：先写初稿。"""


class ReportedAlready(Refusal):
    """{year}年的年度工作情况已经开始，在办件里继续。"""


class Held(Refusal):
    """报告已经送出，在退回之前不能改。"""
