"""本平台开出的检查检验申请用 FHIR 怎样说：状态对照、编号的 system。来源：FHIR R4 代码表；R22、R133。"""

from __future__ import annotations


ORDER_STATUS = {"placed": "active", "in_progress": "active", "resulted": "completed", "cancelled": "revoked",
                "refused": "revoked"}  # fmt: skip
"""检查检验申请的进度 → ServiceRequest.status；refused 是执行机构说明不能执行的。"""
ORDER_TASK_STATUS = {"placed": "requested", "in_progress": "in-progress", "resulted": "completed",
                     "cancelled": "cancelled", "refused": "rejected"}  # fmt: skip
"""检查检验申请的进度 → Task.status。"""
ORDER_STATE = "urn:yigongti:order-state"
PLACER_OF, FILLER_OF = "urn:yigongti:placer:", "urn:yigongti:filler:"
"""申请单号、执行单号的 system：后面接给号的机构在本平台的编号，因为号码只在给它的机构之内唯一。"""
NUMBER_KINDS = "http://terminology.hl7.org/CodeSystem/v2-0203"
ORDERS_FROM = 10**14
"""申请的资源编号是 r-（这个数加上它第一版记录的号），与转诊单的编号分开。"""
