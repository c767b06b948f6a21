"""What data staff read for channels, states and rules."""

from __future__ import annotations

from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import StateKind


CHANNELS = {
    "hl7v2": "HL7 v2", "table": "表格", "dicom": "DICOM", "waveform": "波形", "fhir": "FHIR", "document": "共享文档",
}  # fmt: skip
STATES: dict[str, tuple[str, StateKind]] = {
    "received": ("已收到", "waiting"), "applied": ("已收进", "done"), "waiting": ("等待处理", "soon"),
    "superseded": ("重复", "closed"), "refused": ("不收", "closed"),
}  # fmt: skip
RULES = {
    "BadValue": "值不合规定", "Missing": "缺少必需的内容", "NameDiffers": "同一号码、姓名不同",
    "TwoPersons": "号码对到不同的人",
    "OtherBytes": "同一编号、内容不同", "NoRuleYet": "还没有处理规则", "hl7v2.no_rule": "还没有处理规则的消息类型",
    "NotProduction": "测试或培训消息", "CouldNot": "系统没能处理",
}  # fmt: skip


def rule_words(rule: str) -> str:
    """A rule as data staff read it; a reader's own rule is that it could not be read, with its code."""
    return say(RULES[rule]) if rule in RULES else say("消息读不懂（{rule}）", rule=rule)
