"""Those of HL7's own examples of R4 that R4 forbids: the rules they break, and why that is no fault of ours."""

from __future__ import annotations


NO_TEXT = ({"txt-1"}, "its narrative is an empty div, which txt-2 forbids")
OTHER_ID = ({"r4.full_url"}, "a fullUrl tells another id than the resource has")
NO_BASE = ({"r4.required"}, "SearchParameter.base is missing; it is 1..*")
NO_PARENT = ({"sdf-4"}, "a logical model that is not abstract and has no baseDefinition")
LONG_ID = (
    "refers to a SearchParameter whose id has 67 letters, where 64 are allowed; two elements with 1..1 are missing"
)

WRONG = {
    "ActivityDefinition-blood-tubes-supply.json": NO_TEXT,
    "ActivityDefinition-heart-valve-replacement.json": NO_TEXT,
    "Bundle-10bb101f-a121-4264-a920-67be9cb82c74.json": OTHER_ID,
    "Bundle-3a0707d3-549e-4467-b8b8-5a2ab3800efe.json": OTHER_ID,
    "Bundle-dataelements.json": ({"bdl-7"}, "the same fullUrl stands more than once"),
    "Bundle-lri-example.json": OTHER_ID,
    "DeviceMetric-example.json": ({"r4.target"}, "parent is a DeviceDefinition; R4 allows a Device"),
    "DeviceUseStatement-example.json": ({"r4.target"}, "reasonReference is a Procedure, which R4 does not allow"),
    "EventDefinition-example.json": NO_TEXT,
    "ImplementationGuide-fhir.json": ({"r4.reference", "r4.required"}, LONG_ID),
    "MedicationRequest-medrx0301.json": ({"r4.target"}, "the dispenser is a Practitioner; R4 allows an Organization"),
    "Observation-clinical-gender.json": ({"r4.target"}, "performer is an Encounter, which R4 does not allow"),
    "Questionnaire-qs1.json": ({"r4.required"}, "items without linkId, which is 1..1"),
    "Questionnaire-zika-virus-exposure-assessment.json": NO_TEXT,
    "SearchParameter-codesystem-extensions-CodeSystem-author.json": NO_BASE,
    "SearchParameter-codesystem-extensions-CodeSystem-effective.json": NO_BASE,
    "SearchParameter-codesystem-extensions-CodeSystem-end.json": NO_BASE,
    "SearchParameter-codesystem-extensions-CodeSystem-keyword.json": NO_BASE,
    "SearchParameter-codesystem-extensions-CodeSystem-workflow.json": NO_BASE,
    "SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json": (
        {"r4.id"}, "its id has 67 letters, where 64 are allowed",
    ),
    "SearchParameter-valueset-extensions-ValueSet-author.json": NO_BASE,
    "SearchParameter-valueset-extensions-ValueSet-effective.json": NO_BASE,
    "SearchParameter-valueset-extensions-ValueSet-end.json": NO_BASE,
    "SearchParameter-valueset-extensions-ValueSet-keyword.json": NO_BASE,
    "SearchParameter-valueset-extensions-ValueSet-workflow.json": NO_BASE,
    "StructureDefinition-Definition.json": NO_PARENT,
    "StructureDefinition-Event.json": NO_PARENT,
    "StructureDefinition-FiveWs.json": NO_PARENT,
    "StructureDefinition-Request.json": NO_PARENT,
    "ig-r4.json": ({"r4.reference", "r4.required"}, LONG_ID),
}  # fmt: skip
