"""标识系统：FHIR 里人的证件和号码用哪些 system，哪个等于本平台的哪种证件。

Sources: GB 11643 and GB/T 16262 arcs of the national health OIDs (WS/T 500 shared documents use the same ones):
2.16.156.10011.1.3 is the resident ID card, 1.2 the health record's number, 1.19 the health card. The insurance number
has no national OID in use; ours is a name of this house, as long as none is published [M-].
"""

from __future__ import annotations


ID_CARD = frozenset({"urn:oid:2.16.156.10011.1.3", "2.16.156.10011.1.3", "http://www.gov.cn/id-card"})
"""居民身份证号：值合规且与性别、出生日期一致时，凭它认人。"""

RECORD_NUMBER = frozenset({"urn:oid:2.16.156.10011.1.2"})
"""居民健康档案编号。"""

HEALTH_CARD = frozenset({"urn:oid:2.16.156.10011.1.19"})
"""电子健康卡号。"""

INSURANCE_NUMBER = frozenset({"urn:yigongti:insurance-number"})
"""医保编号：全国没有公布通用的 system，先用本平台的名字。"""

SHOWN = {
    "居民身份证号": ID_CARD,
    "健康档案编号": RECORD_NUMBER,
    "电子健康卡号": HEALTH_CARD,
    "医保编号": INSURANCE_NUMBER,
}

ICD10 = frozenset({
    "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cn", "http://hl7.org/fhir/sid/icd-10-cm",
    "urn:oid:2.16.840.1.113883.6.3", "urn:oid:2.16.156.10011.2.3.3.11",
})  # fmt: skip
"""疾病编码按 ICD-10 或其国家版书写的 system：特别保护类按编码判定。"""

REGISTERS = frozenset({
    "ActivityDefinition", "CatalogEntry", "CodeSystem", "ConceptMap", "Endpoint", "HealthcareService", "InsurancePlan",
    "Library", "Location", "Measure", "Medication", "MedicationKnowledge", "NamingSystem", "Organization",
    "OrganizationAffiliation", "PlanDefinition", "Practitioner", "PractitionerRole", "Questionnaire",
    "SearchParameter", "StructureDefinition", "Substance", "ValueSet",
})  # fmt: skip
"""不属于任何人的登记和定义：有范围的客户端都可以读。其余不属于人的资源只有送来的机构能读。"""
