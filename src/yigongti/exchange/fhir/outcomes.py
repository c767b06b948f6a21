"""What the server says no with: refusals with the HTTP status and issue type of R4, told as an OperationOutcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from yigongti.exchange.fhir_r4.faults import ERROR, Issue
from yigongti.kernel.language import say
from yigongti.kernel.refusal import Refusal, Refusals


Resource = dict[str, Any]

CODES = {400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
         409: "conflict", 410: "deleted", 412: "conflict", 413: "too-long", 415: "not-supported",
         422: "business-rule"}  # fmt: skip
"""HTTP status → issue type."""


class Unfit(Refusal):
    """{count} 处不符合 FHIR R4 的规定。"""

    status = 422

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__(rule="fhir.unfit", count=sum(one.severity in (ERROR, "fatal") for one in issues))


class UnknownType(Refusal):
    """“{kind}”不是 R4 的资源类型，或这里不存。"""

    status = 404


class UnknownAddress(Refusal):
    """没有这个网址：{address}"""

    status = 404


class NotThisWay(Refusal):
    """这个网址不接受 {method}。"""

    status = 405


class NotThere(Refusal):
    """没有 {place}，或您无权查看。"""

    status = 404


class Gone(Refusal):
    """{place} 已删除。"""

    status = 410


class OtherVersion(Refusal):
    """{place} 现在是第 {version} 版，您依据的是 {told}：请重新读取后再改。"""

    status = 412


class NotOne(Refusal):
    """条件“{criteria}”对到不止一个资源，请写得更确定。"""

    status = 412


class NotYours(Refusal):
    """{place} 是别的机构送来的，只能由它改。"""

    status = 403


class OursToChange(Refusal):
    """{place} 是本平台自己的记录，接口只读：请在本平台的页面上改。"""

    status = 403


class OutOfScope(Refusal):
    """这个令牌不含对 {kind} 的“{what}”范围。"""

    status = 403


class BadParameter(Refusal):
    """查询参数“{parameter}”不能这样用：{problem}"""

    status = 400


class BadContent(Refusal):
    """内容不能照收：{problem}"""

    status = 400


class Unsupported(Refusal):
    """不认识的格式“{format}”：请用 application/fhir+json。"""

    status = 415


class Unresolved(Refusal):
    """{element} 引用的 {place} 不存在，或您无权查看。"""

    status = 422


class IdTaken(Refusal):
    """{place} 正由别人同时写入，请重试。"""

    status = 409


class NotAsRegistered(Refusal):
    """姓名、出生日期或证件与登记的不一致，已留给数据员核对，没有写入。"""

    status = 422


DISCREET = frozenset({"NameDiffers", "TwoPersons", "AlreadyRegistered", "RegisteredElsewhere"})
"""Refusals of the register that name whom it knows: in the inbox in full, to a client in one sentence for all."""


def outcome_of(refusal: Refusal) -> Resource:
    """An OperationOutcome with every problem at once, in the reader's language."""
    each = refusal.all if isinstance(refusal, Refusals) else (refusal,)
    return {"resourceType": "OperationOutcome", "issue": [issue for one in each for issue in _issues(one)]}


def _issues(refusal: Refusal) -> Iterable[Resource]:
    if isinstance(refusal, Unfit):
        return [told(one) for one in refusal.issues]
    if refusal.code in DISCREET:
        refusal = NotAsRegistered(field=refusal.field, rule="fhir.person")
    made: Resource = {
        "severity": "error",
        "code": CODES.get(refusal.status, "processing"),
        "details": {"coding": [{"code": refusal.rule or refusal.code}], "text": refusal.sentence},
        "diagnostics": refusal.sentence,
    }
    return [made | {"expression": [refusal.field]} if refusal.field else made]


def told(issue: Issue) -> Resource:
    """One fault of a resource as R4 tells it."""
    return {
        "severity": issue.severity,
        "code": issue.code,
        "details": {"coding": [{"code": issue.rule}], "text": say(issue.words)},
        "diagnostics": say(issue.words),
        "expression": [issue.expression],
    }


def all_well(words: str) -> Resource:
    """An OperationOutcome that says only that nothing is wrong."""
    issue = {"severity": "information", "code": "informational", "diagnostics": words}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
