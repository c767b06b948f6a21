"""What is said of a recording that cannot be read: the field, its value, and the rule it breaks."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


LONGEST_SHOWN = 60


class Unreadable(Refusal):
    """心电文件读不了：{what}“{value}”，{problem}。"""

    status = 422

    def __init__(self, *, what: str, value: object, problem: str, rule: str, field: str = "") -> None:
        shown = value if isinstance(value, str) else repr(value) if isinstance(value, bytes) else str(value)
        super().__init__(field=field or rule, rule=rule, what=what, value=shown[:LONGEST_SHOWN], problem=problem)
