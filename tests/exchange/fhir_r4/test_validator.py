"""One spoilt thing in a right resource is refused, at its element, by its rule."""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest

from tests.exchange.fhir_r4 import samples
from yigongti.exchange.fhir_r4.faults import MOST
from yigongti.exchange.fhir_r4.validator import check, is_refused
from yigongti.kernel.language import say, spoken


MADE = {
    "Patient": samples.patient,
    "Observation": samples.observation,
    "Bundle": samples.transaction,
    "MedicationRequest": samples.medication_request,
}
GONE = type("Gone", (), {"__repr__": lambda self: "gone"})()  # a name that every process gives alike


@pytest.mark.parametrize("kind", MADE)
def test_what_is_right_passes(kind):
    assert check(MADE[kind](), kind=kind) == []


def spoilt(kind, path, value):
    """A right resource with one thing changed; `path` as in `name.0.given`."""
    made = MADE[kind]()
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = made
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return made


CODING = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
WRONG = [
    # names
    ("Patient", "nick", "x", "r4.unknown", "Patient.nick"),
    ("Patient", "name.0.nick", "x", "r4.unknown", "Patient.name[0].nick"),
    ("Patient", "_name", [{"id": "x"}], "r4.unknown", "Patient._name"),
    ("Observation", "value", 1, "r4.unknown", "Observation.value"),
    ("Observation", "valueAddress", {"text": "x"}, "r4.unknown", "Observation.valueAddress"),
    ("Patient", "fhir_comments", ["x"], "r4.unknown", "Patient.fhir_comments"),
    # how many
    ("Observation", "status", GONE, "r4.required", "Observation.status"),
    ("Observation", "component.0.code", GONE, "r4.required", "Observation.component[0].code"),
    ("MedicationRequest", "medicationReference", GONE, "r4.required", "MedicationRequest.medication"),
    ("Patient", "name", {"text": "x"}, "r4.array", "Patient.name"),
    ("Patient", "gender", ["male"], "r4.single", "Patient.gender"),
    ("Patient", "managingOrganization", [{"display": "x"}], "r4.single", "Patient.managingOrganization"),
    ("Patient", "name.0.given", [], "r4.empty", "Patient.name[0].given"),
    # empty
    ("Patient", "contact.0", {}, "ele-1", "Patient.contact[0]"),
    ("Patient", "contact.0", {"id": "x"}, "ele-1", "Patient.contact[0]"),
    ("Patient", "birthDate", None, "r4.null", "Patient.birthDate"),
    ("Patient", "birthDate", "", "r4.empty", "Patient.birthDate"),
    ("Patient", "name.0.given", ["秀", None], "r4.null", "Patient.name[0].given[1]"),
    ("Patient", "name.1._given", [None], "r4.null", "Patient.name[1].given[0]"),
    ("Patient", "name.0", None, "r4.null", "Patient.name[0]"),
    # formats
    ("Patient", "birthDate", "2026-02-31", "r4.date", "Patient.birthDate"),
    ("Patient", "birthDate", 19900307, "r4.date", "Patient.birthDate"),
    ("Patient", "active", "true", "r4.boolean", "Patient.active"),
    ("Patient", "multipleBirthInteger", Decimal("1.5"), "r4.integer", "Patient.multipleBirth.ofType(integer)"),
    ("Patient", "id", "a_b", "r4.id", "Patient.id"),
    ("Patient", "meta.lastUpdated", "2026-02-28", "r4.instant", "Patient.meta.lastUpdated"),
    ("Patient", "photo", [{"contentType": "image/png", "data": "..."}], "r4.base64Binary", "Patient.photo[0].data"),
    ("Patient", "photo", [{"contentType": "png", "data": "QQ=="}], "r4.code", "Patient.photo[0].contentType"),
    ("Patient", "implicitRules", "a b", "r4.uri", "Patient.implicitRules"),
    ("Observation", "component.0.valueQuantity.value", "128", "r4.decimal",
     "Observation.component[0].value.ofType(Quantity).value"),
    ("Patient", "telecom.0.rank", 0, "r4.positiveInt", "Patient.telecom[0].rank"),
    ("Patient", "text.div", "<div>x</div>", "txt-1", "Patient.text.div"),
    ("Patient", "managingOrganization", "o1", "r4.object", "Patient.managingOrganization"),
    # choice
    ("Patient", "deceasedDateTime", "2026", "r4.choice", "Patient.deceased"),
    ("Observation", "_valueString", {"extension": [{"url": "http://x", "valueCode": "y"}]}, None, ""),
    # extensions
    ("Patient", "extension", [{"url": "http://x"}], "ext-1", "Patient.extension[0]"),
    ("Patient", "extension", [{"valueCode": "x"}], "r4.required", "Patient.extension[0].url"),
    ("Patient", "extension", [{"url": "x", "valueCode": "y"}], "r4.extension_url", "Patient.extension[0].url"),
    ("Patient", "extension", [{"url": "http://x", "valueCode": "y", "extension": [{"url": "z", "valueCode": "y"}]}],
     "ext-1", "Patient.extension[0]"),
    ("Patient", "extension", [{"url": "http://x", "extension": [{"url": "z", "valueCode": "y"}]}], None, ""),
    ("Patient", "extension", [{"url": "http://x", "valueCode": "y", "valueString": "z"}], "r4.choice",
     "Patient.extension[0].value"),
    ("Patient", "extension", [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueCode": "y"}],
     "r4.extension", "Patient.extension[0]"),
    ("Patient", "_birthDate", {"extension": [{"url": "http://x"}]}, "ext-1", "Patient.birthDate.extension[0]"),
    ("Patient", "_birthDate", {"value": 1}, "r4.unknown", "Patient.birthDate.value"),
    ("Patient", "_birthDate", "x", "r4.object", "Patient.birthDate"),
    ("Patient", "name.0.id", "py", "r4.element_id", "Patient.name[1].family.id"),
    # codes
    ("Patient", "gender", "xx", "r4.code", "Patient.gender"),
    ("Observation", "status", "zzz", "r4.code", "Observation.status"),
    ("Patient", "name.0.use", "x", "r4.code", "Patient.name[0].use"),
    # references
    ("Observation", "subject.reference", "Practitioner/1", "r4.target", "Observation.subject.reference"),
    ("Observation", "subject.reference", "http://x/fhir/Practitioner/1", "r4.target", "Observation.subject.reference"),
    ("Observation", "subject.reference", "p1", "r4.reference", "Observation.subject.reference"),
    ("Observation", "subject.reference", "Resident/1", "r4.reference", "Observation.subject.reference"),
    ("Observation", "subject.type", "Group", "r4.reference", "Observation.subject.type"),
    ("Observation", "performer.0.type", "Location", "r4.target", "Observation.performer[0].type"),
    ("Observation", "subject.reference", "Patient?identifier=1", None, ""),
    ("Observation", "subject.reference", "Patient/1/_history/2", None, ""),
    ("Observation", "subject.reference", "https://x/any?a=b", None, ""),
    ("Observation", "subject.reference", "#", "r4.target", "Observation.subject.reference"),
    # contained
    ("MedicationRequest", "medicationReference.reference", "#n", "ref-1",
     "MedicationRequest.medication.ofType(Reference).reference"),
    ("MedicationRequest", "contained.1", {"resourceType": "Patient", "id": "x"}, "dom-3",
     "MedicationRequest.contained[1]"),
    ("MedicationRequest", "contained.1", {"resourceType": "Patient", "id": "m"}, "r4.contained_id",
     "MedicationRequest.contained[1].id"),
    ("MedicationRequest", "contained.0.id", GONE, "r4.contained_id", "MedicationRequest.contained[0].id"),
    ("MedicationRequest", "contained.0.meta", {"versionId": "1"}, "dom-4",
     "MedicationRequest.contained[0].meta.versionId"),
    ("MedicationRequest", "contained.0.meta", {"security": [{"code": "R"}]}, "dom-5",
     "MedicationRequest.contained[0].meta.security"),
    ("MedicationRequest", "contained.0.contained", [{"resourceType": "Patient", "id": "x"}], "dom-2",
     "MedicationRequest.contained[0].contained"),
    ("MedicationRequest", "contained.0.status", "x", "r4.code", "MedicationRequest.contained[0].status"),
    ("MedicationRequest", "contained.0.resourceType", "Patient", "r4.target",
     "MedicationRequest.medication.ofType(Reference).reference"),
    ("MedicationRequest", "contained.0.resourceType", "Drug", "r4.kind", "MedicationRequest.contained[0].resourceType"),
    ("MedicationRequest", "contained.0", "x", "r4.object", "MedicationRequest.contained[0]"),
    # rules
    ("Observation", "dataAbsentReason", {"text": "x"}, None, ""),
    ("Observation", "component.0.referenceRange", [{"age": {"high": {"value": 9}}}], "obs-3",
     "Observation.component[0].referenceRange[0]"),
    ("Observation", "component.0.valueQuantity.system", GONE, "qty-3",
     "Observation.component[0].value.ofType(Quantity)"),
    ("Patient", "telecom.0.system", GONE, "cpt-2", "Patient.telecom[0]"),
    ("Patient", "name.0.period", {"start": "2026", "end": "2025"}, "per-1", "Patient.name[0].period"),
    ("Patient", "contact.0.name", {"text": "x"}, None, ""),
    ("Patient", "contact.0", {"gender": "male"}, "pat-1", "Patient.contact[0]"),
    ("MedicationRequest", "dosageInstruction.0.timing.repeat.periodUnit", GONE, "tim-2",
     "MedicationRequest.dosageInstruction[0].timing.repeat"),
    ("MedicationRequest", "dispenseRequest", {"quantity": {"value": 1, "comparator": "<"}}, "sqty-1",
     "MedicationRequest.dispenseRequest.quantity"),
    # bundles
    ("Bundle", "entry.0.fullUrl", "Patient/1", "r4.full_url", "Bundle.entry[0].fullUrl"),
    ("Bundle", "entry.2.request", GONE, "ele-1", "Bundle.entry[2]"),
    ("Bundle", "entry.1.request", GONE, "bdl-3", "Bundle"),
    ("Bundle", "entry.1.request.url", GONE, "r4.required", "Bundle.entry[1].request.url"),
    ("Bundle", "entry.2.request.method", "PUT", "r4.request", "Bundle.entry[2].resource"),
    ("Bundle", "entry.2.request.method", "MERGE", "r4.code", "Bundle.entry[2].request.method"),
    ("Bundle", "entry.1.fullUrl", samples.MOTHER, "bdl-7", "Bundle"),
    ("Bundle", "entry.1.fullUrl", "http://x/Observation/1/_history/2", "bdl-8", "Bundle.entry[1]"),
    ("Bundle", "type", "collection", "bdl-3", "Bundle"),
    ("Bundle", "total", 2, "bdl-1", "Bundle"),
    ("Bundle", "entry.1.resource.subject.reference", "urn:uuid:1", "r4.unresolved",
     "Bundle.entry[1].resource.subject.reference"),
    ("Bundle", "entry.1.resource.performer", [{"reference": samples.MOTHER}], None, ""),
    ("Bundle", "entry.1.resource.encounter", {"reference": samples.MOTHER}, "r4.target",
     "Bundle.entry[1].resource.encounter.reference"),
    ("Bundle", "entry.1.resource.status", "x", "r4.code", "Bundle.entry[1].resource.status"),
    ("Bundle", "entry.1.resource.resourceType", GONE, "r4.kind", "Bundle.entry[1].resource.resourceType"),
    ("Bundle", "entry.0.resource.id", "7", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "value", "rule", "expression"), WRONG, ids=lambda one: str(one)[:40])
def test_one_thing_spoilt_is_refused_at_its_element(kind, path, value, rule, expression):
    issues = check(spoilt(kind, path, copy.deepcopy(value) if value is not GONE else value))
    if rule is None:
        assert issues == []
    else:
        assert (rule, expression) in [(issue.rule, issue.expression) for issue in issues]
        assert is_refused(issues) and all(issue.words for issue in issues)
        # Beside the one thing nothing else is blamed, but for what follows from it.
        assert len(issues) <= 2


STORED = {
    "Condition": [
        ({"code": {"text": "x"}, "subject": {"display": "x"}, "abatementString": "x"}, "con-4"),
        ({"subject": {"display": "x"}, "clinicalStatus": CODING}, None),
        ({"subject": {"display": "x"}, "clinicalStatus": {"text": "active"}}, "r4.code"),
        ({"subject": {"display": "x"}, "clinicalStatus": {"coding": [{"code": "active"}]}}, "r4.code"),
    ],
    "AllergyIntolerance": [({"patient": {"display": "x"}}, "ait-1")],
    "Appointment": [
        ({"status": "proposed", "participant": [{"status": "accepted"}]}, "app-1"),
        ({"status": "proposed", "start": "2026-02-28T09:30:00Z",
          "participant": [{"status": "accepted", "actor": {"display": "x"}}]}, "app-2"),
    ],
    "Organization": [
        ({"active": True}, "org-1"),
        ({"name": "x", "address": [{"use": "home", "city": "y"}]}, "org-2"),
    ],
    "Task": [
        ({"status": "ready", "intent": "order", "authoredOn": "2026-02-02", "lastModified": "2026-02-01"}, "inv-1"),
        ({"status": "ready", "intent": "order", "authoredOn": "2026-02-02", "lastModified": "2026-02-02T08:00:00Z"},
         None),
    ],
    "Parameters": [
        ({"parameter": [{"name": "x", "valueCode": "y", "resource": {"resourceType": "Basic", "code": {"text": "z"}}}]},
         "inv-1"),
        ({"parameter": [{"name": "x", "resource": {"resourceType": "Basic"}}]}, "r4.required"),
    ],
    "RiskAssessment": [
        ({"status": "final", "subject": {"display": "x"}, "prediction": [{"probabilityDecimal": 101}]}, "ras-2"),
        ({"status": "final", "subject": {"display": "x"}, "prediction": [{"probabilityDecimal": Decimal("0.5")}]},
         None),
        ({"status": "final", "subject": {"display": "x"}, "prediction": [
            {"probabilityRange": {"low": {"value": 3, "code": "mg", "system": "http://unitsofmeasure.org"}}}]},
         "ras-1"),
    ],
    "Observation": [
        ({"status": "final", "code": CODING, "valueString": "x", "component": [{"code": CODING}]}, "obs-7"),
        ({"status": "final", "code": CODING, "valueString": "x", "dataAbsentReason": CODING}, "obs-6"),
        ({"status": "final", "code": CODING, "valueRatio": {"numerator": {"value": 1}}}, "rat-1"),
        ({"status": "final", "code": CODING, "valueRange": {"low": {"value": 2}, "high": {"value": 1}}}, "rng-2"),
    ],
    "Bundle": [
        ({"type": "document", "timestamp": "2026-02-28T09:30:00Z", "identifier": {"value": "x", "system": "http://y"}},
         "bdl-11"),
        ({"type": "searchset", "link": [{"relation": "self", "url": "http://x/Patient?a=b"}] * 2}, "r4.link"),
        ({"type": "searchset", "entry": [{"resource": {"resourceType": "Patient"}}]}, "r4.search_id"),
        ({"type": "searchset", "link": [{"relation": "self", "url": "http://x/Patient?a=b"}], "entry": [
            {"resource": {"resourceType": "Basic", "id": "1", "code": {"text": "x"}}, "search": {"mode": "match"}}]},
         "r4.search_kind"),
        ({"type": "searchset", "link": [{"relation": "self", "url": "http://x/Patient?a=b"}], "entry": [
            {"resource": {"resourceType": "Basic", "id": "1", "code": {"text": "x"}}, "search": {"mode": "include"}}]},
         None),
        ({"type": "collection", "entry": [
            {"fullUrl": "http://x/Patient/2", "resource": {"resourceType": "Patient", "id": "1"}}]}, "r4.full_url"),
    ],
    "Encounter": [
        ({"status": "finished", "class": {"code": "AMB"}, "period": {"start": "2026-02-02", "end": "2026-02"}}, None),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "rule"), [(k, *one) for k, many in STORED.items() for one in many])
def test_rules_of_the_standard(kind, fields, rule):
    found = [issue.rule for issue in check({"resourceType": kind, **fields})]
    assert found == ([rule] if rule else [])


def test_everything_wrong_is_told_at_once():
    made = spoilt("Patient", "gender", "x") | {"birthDate": "x", "nick": 1, "active": "x"}
    assert [issue.expression for issue in check(made)] == [
        "Patient.active", "Patient.gender", "Patient.birthDate", "Patient.nick",
    ]  # fmt: skip


def test_a_flood_of_faults_is_counted_not_listed():
    issues = check({"resourceType": "Patient", "name": [{"x": 1}] * 2000})
    assert len(issues) == MOST + 1 and str(2000 - MOST) in issues[-1].words


@pytest.mark.parametrize("more", [
    {"managingOrganization": {"reference": 1}}, {"maritalStatus": {"coding": 1}}, {"photo": [{"contentType": 1}]},
    {"extension": [{"url": 1}]}, {"contained": [1]}, {"link": [{"other": {"reference": ["x"], "type": {}}}]},
])  # fmt: skip
def test_what_comes_after_the_flood_breaks_nothing(more):
    issues = check({"resourceType": "Patient", "name": [{"x": 1}] * MOST, **more})
    assert len(issues) == MOST + 1


@pytest.mark.parametrize("made", [None, [], "x", 1, {}, {"resourceType": 1}, {"resourceType": "Resource"}])
def test_what_is_no_resource_is_refused(made):
    assert is_refused(check(made))


def test_another_type_than_asked_for_is_refused():
    (issue,) = check(samples.patient(), kind="Observation")
    assert (issue.rule, issue.expression) == ("r4.kind", "Patient.resourceType")


def test_a_reference_to_elsewhere_only_warns_outside_a_transaction():
    made = samples.transaction() | {"type": "batch"}
    made["entry"][1]["resource"]["subject"]["reference"] = "urn:uuid:1"
    (issue,) = check(made)
    assert issue.severity == "warning" and not is_refused([issue])


def test_a_value_may_be_missing_where_an_extension_says_why():
    absent = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }
    made = samples.observation() | {
        "_status": absent,
        "_effectiveDateTime": {"id": "x"},
        "issued": "2026-02-28T09:30:00Z",
    }
    del made["status"]
    assert check(made) == []
    assert check(samples.patient() | {"name": [{"given": ["a", None], "_given": [None, absent]}]}) == []


def test_faults_are_said_in_both_languages_with_the_rule_beside():
    (issue,) = check(spoilt("Patient", "telecom.0.system", GONE))
    assert issue.words == "联系方式有号码就要写种类（规则 cpt-2：value.empty() or system.exists()）。"
    with spoken("en"):
        assert say(issue.words).startswith("a contact point with a value says of which kind it is (rule cpt-2:")
    (issue,) = check(spoilt("Patient", "gender", "xx"))
    with spoken("en"):
        said = '"xx" is not in the code list administrative-gender; allowed are: female, male, other, unknown.'
        assert say(issue.words) == said
    assert issue.code == "code-invalid"


def test_nesting_without_end_does_not_break_the_check():
    inner = {"url": "http://x", "valueCode": "y"}
    for _depth in range(5000):
        inner = {"url": "http://x", "extension": [inner]}
    issues = check({"resourceType": "Patient", "extension": [inner]})
    assert "r4.depth" in [issue.rule for issue in issues]
