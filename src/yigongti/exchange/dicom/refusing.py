"""What is said of a DICOM file that cannot be read: the field, its value, and the rule it breaks."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


LONGEST_SHOWN = 60


class UnreadableImage(Refusal):
    """影像文件读不了：{what}“{value}”，{problem}。"""

    status = 422

    def __init__(self, *, what: str, value: object, problem: str, rule: str) -> None:
        super().__init__(field=rule, rule=rule, what=what, value=str(value)[:LONGEST_SHOWN], problem=problem)
