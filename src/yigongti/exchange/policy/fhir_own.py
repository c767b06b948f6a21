"""本平台自己的内容用 FHIR 怎样说：代码系统、状态对照。来源：FHIR R4 代码表；国家卫生信息值域 OID（与 WS/T 500 相同）。
没有全国统一 system 的，用本平台的名字（urn:yigongti:…）[M-]。"""

from __future__ import annotations


SEX_SYSTEM, ETHNICITY_SYSTEM = "urn:oid:2.16.156.10011.2.3.3.4", "urn:oid:2.16.156.10011.2.3.3.3"
"""GB/T 2261.1 性别代码；GB/T 3304 民族代码。"""
SEX_SAID, ETHNICITY_SAID = "urn:yigongti:fhir:sex", "urn:yigongti:fhir:ethnicity"
BIRTH_ESTIMATED = "urn:yigongti:fhir:birth-date-estimated"
REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
"""姓名的写法：IDE 汉字，ABC 拼音字母。R4 没有专放拼音的位置，这是 HL7 通行的做法。"""

PAPERS = {
    "id_card": ("urn:oid:2.16.156.10011.1.3", "居民身份证号"),
    "record_no": ("urn:oid:2.16.156.10011.1.2", "居民健康档案编号"),
    "health_card": ("urn:oid:2.16.156.10011.1.19", "居民健康卡号"),
    "insurance_no": ("urn:yigongti:insurance-number", "医保编号"),
    "passport": ("urn:yigongti:passport", "护照号"),
    "residence_permit": ("urn:yigongti:residence-permit", "永久居留身份证号"),
    "birth_certificate": ("urn:yigongti:birth-certificate", "出生医学证明编号"),
    "temporary": ("urn:yigongti:temporary-number", "临时编号"),
}
"""人的证件和号码：哪一种用哪个 system。前四种与收进来时所认的相同。"""

GENDERS = {"1": "male", "2": "female", "0": "unknown", "9": "other"}

INSTITUTION_CODES = {
    "credit_code": ("urn:oid:2.16.156.10011.1.5", "统一社会信用代码或组织机构代码"),
    "ws218_code": ("urn:yigongti:ws218", "WS 218 卫生机构代码"),
}

SERIES_SYSTEM = "urn:yigongti:series"
VISIT_SYSTEM = "urn:yigongti:encounter-class"
KNOWN_SYSTEMS = {
    "icd10": "http://hl7.org/fhir/sid/icd-10", "icd9": "http://hl7.org/fhir/sid/icd-9-cm", "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct", "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "cvx": "http://hl7.org/fhir/sid/cvx",
}  # fmt: skip
"""档案里的编码体系简称与它的 system；其余的加上 urn:yigongti:code: 前缀。"""
OTHER_SYSTEM = "urn:yigongti:code:"

VISIT_CLASSES = {
    "outpatient": "AMB", "emergency": "EMER", "inpatient": "IMP", "home": "HH", "village": "AMB",
    "physical_exam": "AMB", "public_health": "AMB",
}  # fmt: skip
"""就诊类别 → v3-ActCode。"""

VITAL_SIGNS = ("blood_pressure", "heart_rate", "temperature", "respiratory_rate", "oxygen_saturation", "weight",
               "height", "bmi", "waist")  # fmt: skip
"""这些趋势是生命体征，其余的趋势是化验。"""
UCUM = {
    "blood_pressure": "mm[Hg]", "heart_rate": "/min", "temperature": "Cel", "respiratory_rate": "/min",
    "oxygen_saturation": "%", "weight": "kg", "height": "cm", "bmi": "kg/m2", "waist": "cm", "hba1c": "%",
    "fasting_glucose": "mmol/L", "postprandial_glucose": "mmol/L", "random_glucose": "mmol/L", "potassium": "mmol/L",
    "creatinine": "umol/L", "haemoglobin": "g/L", "total_cholesterol": "mmol/L", "ldl": "mmol/L",
}  # fmt: skip
"""趋势的单位按 UCUM 怎样写。"""

CASE_NUMBER, CASE_STATE = "urn:yigongti:case-number", "urn:yigongti:case-state"
REFERRAL_KIND, REFERRAL_REASON = "urn:yigongti:referral-kind", "urn:yigongti:referral-reason"
REFERRALS = {"up": "上转", "down": "下转", "out": "外转"}
PATIENT_REFERRAL = ("http://snomed.info/sct", "3457005")
"""转诊单属于 SNOMED CT 的“病人转诊”。"""
PRIORITIES = {"routine": "routine", "urgent": "urgent", "emergency": "stat"}

REQUEST_STATUS = {
    "draft": "draft", "waiting": "active", "accepted": "active", "approved": "active", "arrived": "active",
    "admitted": "active", "returned": "active", "closed": "completed", "declined": "revoked", "cancelled": "revoked",
    "expired": "revoked", "ended": "revoked",
}  # fmt: skip
"""转诊单的状态 → ServiceRequest.status。"""
TASK_STATUS = {
    "draft": "draft", "waiting": "requested", "accepted": "accepted", "approved": "in-progress",
    "arrived": "in-progress", "admitted": "in-progress", "returned": "in-progress", "closed": "completed",
    "declined": "rejected", "cancelled": "cancelled", "expired": "failed", "ended": "cancelled",
}  # fmt: skip
"""转诊单的状态 → Task.status；原来的状态写在 Task.businessStatus。"""

ACCESSION, INSTITUTION_KIND = "urn:yigongti:accession", "urn:yigongti:institution-kind"
