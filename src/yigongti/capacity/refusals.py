"""What capacity says no to."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class NoBed(Refusal):
    """{department}现在没有可留的空床。可改为门诊留号，或改转其他科室。"""


class NoSlot(Refusal):
    """{department}近期没有可留的号。可改为住院直通车，或改转其他科室。"""


class BedNotFree(Refusal):
    """{bed} 床已有人占用或保留，请另选一张。"""


class BedInUse(Refusal):
    """{bed} 床现有患者，不能停用。"""
