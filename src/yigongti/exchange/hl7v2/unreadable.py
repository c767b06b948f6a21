"""What this reader of HL7 v2 says when a message cannot be read: where, what stood there, which rule."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


SHOWN = 80
"""So many characters of a bad value are quoted; the whole stands in the inbox."""


class Unreadable(Refusal):
    """{place}：{problem}"""

    status = 422

    def __init__(self, *, place: str, problem: str, rule: str, value: str = "") -> None:
        """`place`: a segment or field as `PID-7`; `problem`: a Chinese sentence of ours; `rule`: a stable code."""
        self.value = value
        super().__init__(field=place, rule=rule, place=place, problem=problem, value=value[:SHOWN])


class BadField(Unreadable):
    """{place}“{value}”：{problem}"""


class NoRuleYet(Unreadable):
    """还没有处理 {value} 消息的规则。"""

    def __init__(self, *, kind: str) -> None:
        """`kind` is the message type and event, as `BAR^P01`."""
        super().__init__(place="MSH-9", problem="", rule="hl7v2.no_rule", value=kind)
