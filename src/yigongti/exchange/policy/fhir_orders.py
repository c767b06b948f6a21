"""检查检验申请在 FHIR 里怎样写：ServiceRequest 的哪些算申请，它和 Task 的状态是申请的哪一步，报告的状态办结到哪一步。
谁能推进、谁能办结，见 orders 一页。
来源：FHIR R4 RequestStatus、RequestIntent、TaskStatus、DiagnosticReportStatus 代码表。"""

from __future__ import annotations


ORDERS = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
"""intent 是这些才是申请；建议、计划不是。"""

ORDER_STATES = {"active": "placed", "on-hold": "placed", "completed": "resulted", "revoked": "cancelled"}
"""ServiceRequest.status → 申请的进度；draft、unknown 不进档案。"""

TASK_STATES = {
    "accepted": "in_progress", "ready": "in_progress", "in-progress": "in_progress", "on-hold": "in_progress",
    "completed": "resulted", "rejected": "cancelled", "cancelled": "cancelled", "failed": "cancelled",
}  # fmt: skip
"""开申请的机构或执行机构用 Task（focus 或 basedOn 指向申请）说办到哪一步；其余状态和别的机构的 Task 不改变申请。"""

REPORT_STATES = {
    "final": "resulted", "amended": "resulted", "corrected": "resulted", "appended": "resulted",
    "registered": "in_progress", "partial": "in_progress", "preliminary": "in_progress",
}  # fmt: skip
"""DiagnosticReport.status → 它所答复（basedOn）的申请的进度；别的机构的报告连到申请，不办结它。"""

PRIORITIES = {"routine": "普通", "urgent": "加快", "asap": "加快", "stat": "急"}
PLACER, FILLER = "PLAC", "FILL"
"""identifier.type：申请方编号、执行方编号（v2-0203）。没有写类型的第一个号码算申请方的；没有号码的用资源自己的 id。"""
