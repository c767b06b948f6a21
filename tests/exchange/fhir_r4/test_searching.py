"""What a resource is found by, for each type of search parameter."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.exchange.fhir_r4 import samples
from yigongti.exchange.fhir_r4.definitions import search_parameters
from yigongti.exchange.fhir_r4.fhirpath.nodes import Surroundings, resource_node
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.search_values import Amount, Link, Number, Span, Token
from yigongti.exchange.fhir_r4.searching import UnknownParameter, _plan, values_of
from yigongti.exchange.fhir_r4.spans import span_of


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


# --- token


def test_tokens_of_codes_identifiers_and_numbers_to_call():
    patient = samples.patient()
    assert values_of(patient, "gender") == [Token(None, "female")]
    assert values_of(patient, "active") == [Token(None, "true")]
    assert values_of(patient, "identifier") == [Token("urn:oid:2.16.156.10011.1.3", "140781199003071234")]
    assert values_of(patient, "phone") == [Token(None, "13800000000")]
    assert values_of(patient, "email") == [Token(None, "w@example.org")]
    assert values_of(patient, "telecom") == [Token(None, "13800000000"), Token(None, "w@example.org")]
    assert values_of(patient, "_id") == [Token(None, "p1")]


def test_tokens_of_concepts_carry_their_text():
    observation = samples.observation()
    assert values_of(observation, "code") == [Token(samples.LOINC, "85354-9", "血压")]
    assert values_of(observation, "category") == [Token("http://example.org/c", "vital-signs", "体征")]
    assert [token.code for token in values_of(observation, "combo-code")] == ["85354-9", "8480-6", "8462-4"]
    assert values_of({"resourceType": "Condition", "code": {"text": "高血压"}}, "code") == [Token(None, None, "高血压")]


def test_one_value_said_twice_is_one():
    twice = {"coding": [{"system": "s", "code": "c"}]}
    assert values_of({"resourceType": "Observation", "category": [twice, twice]}, "category") == [Token("s", "c")]


@pytest.mark.parametrize(("said", "code"), [({"deceasedBoolean": True}, "true"), ({"deceasedBoolean": False}, "false"),
                                            ({"deceasedDateTime": "2026"}, "true"), ({}, "false")])  # fmt: skip
def test_whether_somebody_has_died(said, code):
    assert values_of({"resourceType": "Patient", **said}, "deceased") == [Token(None, code)]


# --- string and uri


def test_strings_of_names_and_addresses():
    patient = samples.patient()
    assert values_of(patient, "name") == ["王秀英", "王", "秀英", "Wang Xiuying", "Wang"]
    assert values_of(patient, "family") == ["王", "Wang"]
    assert values_of(patient, "address") == ["晋中市介休市绵山镇", "晋中市", "介休市"]
    assert values_of(patient, "address-city") == ["晋中市"]


def test_strings_of_values():
    assert values_of({"resourceType": "Observation", "valueString": "阴性"}, "value-string") == ["阴性"]
    coded = {"resourceType": "Observation", "valueCodeableConcept": {"text": "阳性"}}
    assert values_of(coded, "value-string") == ["阳性"]


def test_uris():
    value_set = {"resourceType": "ValueSet", "url": "http://example.org/v", "meta": {"profile": ["http://p"]}}
    assert values_of(value_set, "url") == ["http://example.org/v"]
    assert values_of(value_set, "_profile") == ["http://p"]


# --- date


SPANS = {
    "2026": ("2026-01-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00"),
    "2026-02": ("2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00"),
    "2026-12": ("2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00"),
    "2024-02-29": ("2024-02-29T00:00:00+08:00", "2024-03-01T00:00:00+08:00"),
    "2026-02-28T09:30:00Z": ("2026-02-28T09:30:00+00:00", "2026-02-28T09:30:01+00:00"),
    "2026-02-28T23:59:60+08:00": ("2026-03-01T00:00:00+08:00", "2026-03-01T00:00:01+08:00"),
    "2026-02-28T09:30:00.12+08:00": ("2026-02-28T09:30:00.120+08:00", "2026-02-28T09:30:00.130+08:00"),
    "2026-02-28T09:30:00.1234567Z": ("2026-02-28T09:30:00.123456+00:00", "2026-02-28T09:30:00.123457+00:00"),
}


@pytest.mark.parametrize("text", SPANS)
def test_dates_are_spans(text):
    low, high = SPANS[text]
    assert span_of(text) == Span(at(low), at(high))


@pytest.mark.parametrize("text", ["", "x", "2026-13", "2026-02-30", "2026-02-28T09:30", None, 2026])
def test_what_is_no_date_is_found_by_none(text):
    assert span_of(text) is None


def test_the_calendar_ends_openly():
    assert span_of("9999").high is None and span_of("9999-12-31").high is None
    assert span_of("0001-01-01T00:00:00+14:00") is None


def test_dates_of_moments_periods_and_plans():
    period = {"start": "2026-02-01", "end": "2026-02"}
    begins, ends = at("2026-02-01T00:00:00+08:00"), at("2026-03-01T00:00:00+08:00")
    assert values_of(samples.observation(), "date")[0].low == at("2026-02-28T09:30:00+08:00")
    assert values_of({"resourceType": "Encounter", "period": period}, "date") == [Span(begins, ends)]
    assert values_of({"resourceType": "Encounter", "period": {"end": "2026-02"}}, "date") == [Span(None, ends)]
    planned = {
        "resourceType": "ServiceRequest",
        "occurrenceTiming": {"event": ["2026-02"], "repeat": {"boundsPeriod": period}},
    }
    assert values_of(planned, "occurrence") == [Span(begins, ends)]
    assert values_of(samples.patient(), "_lastUpdated")[0].low == at("2026-02-28T09:30:00.120+08:00")


# --- reference


def test_references_by_type_and_id_address_and_identifier():
    observation = samples.observation()
    assert values_of(observation, "subject") == [Link("Patient", "p1", "Patient/p1")]
    assert values_of(observation, "patient") == [Link("Patient", "p1", "Patient/p1")]
    assert values_of(observation, "performer") == [Link("Practitioner", None, None, Token("http://example.org/n", "7"))]
    group = {**observation, "subject": {"reference": "http://other/fhir/Group/7/_history/2"}}
    assert values_of(group, "subject") == [Link("Group", "7", "http://other/fhir/Group/7/_history/2")]
    assert values_of(group, "patient") == []
    assert values_of({**observation, "subject": {"display": "x"}}, "subject") == []
    assert values_of(samples.medication_request(), "medication") == []


def test_canonical_addresses_are_links():
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": "http://example.org/Questionnaire/q|1"}
    assert values_of(response, "questionnaire") == [Link(None, None, "http://example.org/Questionnaire/q|1")]


# --- number and quantity


def test_numbers_stand_for_the_range_of_their_digits():
    def risk(number):
        return {"resourceType": "RiskAssessment", "prediction": [{"probabilityDecimal": number}]}

    assert values_of(risk(Decimal("5.40")), "probability") == [
        Number(Decimal("5.40"), Decimal("5.395"), Decimal("5.405"))
    ]
    assert values_of(risk(100), "probability") == [Number(Decimal(100), Decimal("99.5"), Decimal("100.5"))]
    written = read(b'{"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":1e2}]}')
    assert values_of(written, "probability") == [Number(Decimal(100), Decimal(50), Decimal(150))]


def test_quantities_with_unit_and_comparator():
    (upper, lower) = values_of(samples.observation(), "component-value-quantity")
    assert upper == Amount(
        Number(Decimal("128.0"), Decimal("127.95"), Decimal("128.05")), samples.UCUM, "mm[Hg]", "mmHg"
    )
    assert lower.number.low == Decimal("81.5")
    below = {"resourceType": "Observation", "valueQuantity": {"value": 5, "comparator": "<", "unit": "mg"}}
    assert values_of(below, "value-quantity") == [Amount(Number(Decimal(5), None, Decimal(5)), None, None, "mg")]
    above = {"resourceType": "Observation", "valueQuantity": {"value": 5, "comparator": ">="}}
    assert values_of(above, "value-quantity")[0].number == Number(Decimal(5), Decimal(5), None)


def test_money_and_ranges_are_quantities():
    invoice = {"resourceType": "Invoice", "totalNet": {"value": Decimal("12.50"), "currency": "CNY"}}
    (money,) = values_of(invoice, "totalnet")
    assert (money.number.value, money.system, money.code) == (Decimal("12.50"), "urn:iso:std:iso:4217", "CNY")
    condition = {"resourceType": "Condition", "onsetRange": {"low": {"value": 3, "unit": "a"}, "high": {"value": 5}}}
    (span,) = values_of(condition, "onset-age")
    assert (span.number.low, span.number.high, span.unit) == (Decimal(3), Decimal(5), "a")


# --- all


def test_a_parameter_that_the_standard_does_not_know_is_refused():
    for parameter in ("nick", "code-value-quantity"):
        with pytest.raises(UnknownParameter) as refused:
            values_of(samples.observation(), parameter)
        assert refused.value.sentence == f"Observation 不能按“{parameter}”查询。"


def test_synthea_is_found_by_every_type_of_parameter(collected):
    """Each resource by every parameter of its type; what is counted was counted by plain reading of the JSON."""
    kinds, found, resources = defaultdict(set), Counter(), Counter()
    for path in sorted((collected / "synthea").glob("*.json")):
        for entry in read(path.read_bytes())["entry"]:
            resource = entry["resource"]
            resources[resource["resourceType"]] += 1
            for code, parameter in search_parameters(resource["resourceType"]).items():
                if parameter.type in ("composite", "special"):
                    continue
                values = values_of(resource, code)
                kinds[parameter.type] |= {type(value) for value in values}
                found[f"{resource['resourceType']}.{code}"] += bool(values)
            _compare(resource)
    assert kinds["token"] == {Token} and kinds["string"] == {str} and kinds["date"] == {Span}
    assert kinds["reference"] == {Link} and kinds["quantity"] == {Amount}
    assert found["Patient.birthdate"] == found["Patient.identifier"] == found["Patient.name"] == 22
    assert found["Encounter.date"] == resources["Encounter"] > 300
    assert found["Observation.code"] == resources["Observation"] > found["Observation.value-quantity"] > 2000


def _compare(resource):
    if resource["resourceType"] == "Observation":
        quantity, codings = resource.get("valueQuantity"), resource["code"]["coding"]
        assert [(token.system, token.code) for token in values_of(resource, "code")] == [
            (coding["system"], coding["code"]) for coding in codings
        ]
        assert [(one.number.value, one.code) for one in values_of(resource, "value-quantity")] == (
            [(Decimal(quantity["value"]), quantity["code"])] if quantity else []
        )
        assert [one.address for one in values_of(resource, "subject")] == [resource["subject"]["reference"]]
        assert values_of(resource, "date")[0].low == at(resource["effectiveDateTime"])
    if resource["resourceType"] == "Encounter":
        (span,) = values_of(resource, "date")
        assert span.low == at(resource["period"]["start"]) and span.high > at(resource["period"]["end"])


def test_the_short_way_finds_what_the_long_one_finds():
    """Parameters of elements that are absent are not asked, which may change no answer."""
    for made in (samples.patient(), samples.observation(), samples.medication_request(), {"resourceType": "Patient"}):
        node = resource_node(made)
        for code, parameter in search_parameters(node[1]).items():
            if parameter.type not in ("composite", "special"):
                plan = _plan(node[1], code)
                nodes = plan.expression([node], Surroundings(made, made, node))
                found = [value for one in nodes for value in plan.read(one)]
                assert values_of(made, code) == list(dict.fromkeys(found))


@pytest.mark.parametrize("made", [samples.patient, samples.observation])
def test_a_way_through_a_resource_finds_what_its_expression_finds(made):
    """Most parameters are walked and not asked by FHIRPath; both find the same."""
    resource = made()
    node, walked = resource_node(resource), 0
    for code in search_parameters(resource["resourceType"]):
        plan = _plan(resource["resourceType"], code)
        if plan is not None and plan.ways is not None:
            around = Surroundings(resource, resource, node)
            found = plan.nodes(resource, [node], around)
            assert [one for one in plan.expression([node], around) if one not in found] == [], code
            assert {value for one in found for value in plan.read(one)} == set(values_of(resource, code)), code
            walked += bool(found)
    assert walked >= 5
