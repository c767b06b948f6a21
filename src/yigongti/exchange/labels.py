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
    "Unidentified": "影像或波形没有说清是谁", "OtherPatient": "同一检查、号码不同", "NothingSent": "文件没收下",
    "dicom.incomplete": "影像不完整", "StudyWithdrawn": "检查在档案里已撤销",
    "NotProduction": "测试或培训消息", "CouldNot": "系统没能处理",
    "UnknownPatient": "不知道是谁的", "NobodyNamed": "文书没有说清是谁", "OtherCount": "一批消息不完整",
    "UnknownOrder": "没有收到过的申请", "OtherPerson": "编号是另一个人的",
    "OtherThanOrdered": "申请是另一个人的", "GivenToTheWrongPerson": "对错了人，已撤回",
}  # fmt: skip


def rule_words(rule: str) -> str:
    """A rule as data staff read it; a reader's own rule is that it could not be read, with its code."""
    if rule.startswith("r4."):
        return say("不合 FHIR R4（{rule}）", rule=rule.removeprefix("r4."))
    return say(RULES[rule]) if rule in RULES else say("消息读不懂（{rule}）", rule=rule)


BATCH_STATES: dict[str, tuple[str, StateKind]] = {
    "reading": ("正在读取", "active"), "checking": ("正在检查", "active"), "checked": ("已检查，还没有收进", "waiting"),
    "running": ("正在收进", "active"), "done": ("已收进", "done"), "cancelled": ("已停下", "soon"),
    "undoing": ("正在撤销", "active"), "undone": ("已撤销", "closed"), "stopped": ("出错停下", "overdue"),
    "refused": ("读不了", "overdue"),
}  # fmt: skip
ROW_STATES: dict[str, tuple[str, StateKind]] = {
    "read": ("还没检查", "waiting"), "wrong": ("有问题", "overdue"), "alike": ("像已登记的人", "soon"),
    "good": ("可以收进", "waiting"), "known": ("已经有了", "closed"), "applied": ("已收进", "done"),
    "undone": ("已撤销", "closed"), "stays": ("不能撤销", "soon"),
}  # fmt: skip
VERDICTS = {"same": "是同一人，不再登记", "different": "不是同一人，照样登记"}
