"""医保结算在 FHIR 里怎样写：哪种资源算一次结算，参保类别、就医类别、各项金额用哪些代码。

来源：FHIR R4 Claim、ClaimResponse、ExplanationOfBenefit 及其代码表；医保业务编码（险种、医疗类别、定点机构）[M]。

只有写明已结算的才进医保结算：ExplanationOfBenefit，或 ClaimResponse 连同它所答复的 Claim；单独的 Claim 只是申报。
金额只收人民币，不折算。说不全的原样存着，收件箱里写明缺什么。
"""

from __future__ import annotations


SETTLED = ("ExplanationOfBenefit", "ClaimResponse")
CURRENCY = "CNY"

INSURED_KINDS = {
    "310": "employee", "390": "resident", "employee": "employee", "resident": "resident",
    "职工基本医疗保险": "employee", "职工医保": "employee", "城乡居民基本医疗保险": "resident", "居民医保": "resident",
}  # fmt: skip
"""Coverage.type：险种类型编码、本平台的代码或文字 → 参保类别。"""

VISIT_KINDS = {
    "11": "outpatient", "12": "outpatient", "13": "emergency", "14": "chronic_outpatient", "21": "inpatient",
    "22": "inpatient", "41": "pharmacy", "51": "outpatient", "52": "maternity", "pharmacy": "pharmacy",
    **{code: code for code in ("outpatient", "emergency", "chronic_outpatient", "inpatient", "day_case", "maternity",
                               "other")},
}  # fmt: skip
"""type、subType：医疗类别编码的前两位、本平台的代码或 FHIR 的 pharmacy → 就医类别。"""
BY_ENCOUNTER = {"IMP": "inpatient", "ACUTE": "inpatient", "NONAC": "inpatient", "SS": "day_case", "EMER": "emergency",
                "AMB": "outpatient"}  # fmt: skip
"""没有写就医类别的，看它的就诊（v3-ActCode）。"""

AMOUNTS = {
    "submitted": "total", "eligible": "in_scope", "benefit": "paid_basic", "deductible": "deductible",
    "paidbypatient": "self_paid",
    **{name: name for name in ("total", "in_scope", "paid_basic", "paid_serious", "paid_aid", "paid_civil_servant",
                               "paid_other", "account", "self_paid")},
}  # fmt: skip
"""total.category：FHIR adjudication 代码或本平台的代码 → 结算单的金额。本平台的代码优先。"""

INSTITUTION_CODE = r"[HP](\d{6})\d{5}"
"""定点医疗机构（H）、定点零售药店（P）编码：第 2 至 7 位是行政区划。"""
CREDIT_CODE = r"[0-9A-HJ-NPQRTUWXY]{2}(\d{6})[0-9A-HJ-NPQRTUWXY]{10}"
"""统一社会信用代码：第 3 至 8 位是登记机关的行政区划。"""
DIVISION = r"\d{6}"
