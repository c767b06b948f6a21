"""来数按哪些事实来数：哪种消息算送来了哪种事实。来源：HL7 v2.5.1 消息表 0076/0354；FHIR R4 资源类型；本章各来源的种类。

一条消息算一次，不管它里面有几项结果；FHIR 的一条消息里有几种资源，就各算一次。等待处理的也算到了，重复的和不收的不算。
"""

from __future__ import annotations


FACTS = {
    "person": "身份", "visit": "就诊", "order": "申请", "result": "检验检查结果", "document": "文书",
    "vaccination": "预防接种", "appointment": "预约", "image": "影像", "recording": "心电波形", "claim": "医保结算",
    "other": "其他",
}  # fmt: skip

# 消息种类的开头，长的在前。
HL7V2 = (
    ("ADT^A28", "person"), ("ADT^A31", "person"), ("ADT^A37", "person"), ("ADT^A40", "person"), ("ADT", "visit"),
    ("ORU", "result"), ("OUL", "result"), ("MDM", "document"), ("VXU", "vaccination"), ("ORM", "order"),
    ("OML", "order"), ("SIU", "appointment"), ("DFT", "claim"),
)  # fmt: skip

FHIR = {
    "Patient": "person", "RelatedPerson": "person", "Encounter": "visit", "Observation": "result",
    "DiagnosticReport": "result", "ServiceRequest": "order", "MedicationRequest": "order",
    "DocumentReference": "document", "Composition": "document", "Immunization": "vaccination",
    "Appointment": "appointment", "ImagingStudy": "image", "Claim": "claim", "ExplanationOfBenefit": "claim",
}  # fmt: skip

CHANNELS = {"dicom": "image", "waveform": "recording", "document": "document"}

# 头尾行不是事实。
NOT_COUNTED = ("BATCH",)


def fact_of(channel: str, kind: str) -> str:
    """Which fact a kind of message of a channel is; '' for what is none."""
    if kind in NOT_COUNTED:
        return ""
    if channel == "hl7v2":
        return next((fact for begins, fact in HL7V2 if kind.startswith(begins)), "other")
    if channel == "fhir":
        return FHIR.get(kind, "other")
    return CHANNELS.get(channel, "other")
