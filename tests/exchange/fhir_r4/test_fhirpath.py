"""FHIRPath says what the standard says it says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.exchange.fhir_r4 import samples
from yigongti.exchange.fhir_r4.fhirpath.compiling import compiled
from yigongti.exchange.fhir_r4.fhirpath.nodes import Surroundings, resource_node
from yigongti.exchange.fhir_r4.fhirpath.operators import truth
from yigongti.exchange.fhir_r4.fhirpath.parsing import BadPath


def asked(expression, resource):
    node = resource_node(resource)
    return [value for value, _kind in compiled(expression)([node], Surroundings(resource, resource, node))]


PATIENT = samples.patient() | {
    "contained": [{"resourceType": "Organization", "id": "in", "name": "x"}],
    "link": [
        {"other": {"reference": "#in"}, "type": "seealso"},
        {"other": {"reference": "http://x/fhir/RelatedPerson/7/_history/1"}, "type": "seealso"},
        {"other": {"reference": "urn:uuid:1"}, "type": "seealso"},
        {"other": {"reference": "urn:uuid:2", "type": "Patient"}, "type": "refer"},
    ],
}
OBSERVATION = samples.observation() | {
    "valueQuantity": {"value": Decimal("7.0"), "code": "a"},
    "issued": "2026-02-28T01:30:00Z",
}

OF_PATIENT = {
    "name.given": ["秀英"],
    "Patient.name.family": ["王", "Wang"],
    "Observation.name": [],
    "name[1].family": ["Wang"],
    "name.first().family": ["王"],
    "name.tail().family": ["Wang"],
    "name.where(use = 'official').text": ["王秀英"],
    "name.where(use != 'official').text": [],
    "name.exists(use = 'official')": [True],
    "name.select(given.count())": [1, 0],
    "name.all(text.exists())": [True],
    "name.all(given.exists())": [False],
    "photo.all(data.exists())": [True],
    "photo.exists()": [False],
    "photo.empty()": [True],
    "photo = name": [],
    "active": [True],
    "active = true and gender = 'female'": [True],
    "active.not()": [False],
    "photo.not()": [],
    "photo.title = 'x' or active": [True],
    "photo.title = 'x' or active.not()": [],
    "photo.title = 'x' and active.not()": [False],
    "active xor active.not()": [True],
    "active implies photo.exists()": [False],
    "photo.exists() implies active.not()": [True],
    "photo.title = 'x' implies active": [True],
    "active implies photo.title = 'x'": [],
    "gender in ('male' | 'female')": [True],
    "('male' | 'other') contains gender": [False],
    "photo.title in ('a' | 'b')": [],
    "gender & '-' & photo.title & birthDate": ["female-1990-03-07"],
    "name.count() + telecom.count() > 3": [True],
    "photo.title + name.count()": [],
    "name.family.matches('^W')": [],
    "name.last": [],
    "gender.matches('^fe')": [True],
    "gender.startsWith('fe')": [True],
    "gender.contains('mal')": [True],
    "gender.substring(2)": ["male"],
    "gender.replaceMatches('e', 'o')": ["fomalo"],
    "gender.trace('x').toString()": ["female"],
    "('12' | 'x').toInteger()": [12],
    "iif(active, 'a', 'b')": ["a"],
    "iif(photo.exists(), 'a', 'b')": ["b"],
    "iif(photo.exists(), 'a')": [],
    "name.family.isDistinct()": [True],
    "(telecom.system | telecom.system).count()": [2],
    "telecom.system.combine(telecom.system).isDistinct()": [False],
    "telecom.system.combine(telecom.system).distinct()": ["phone", "email"],
    "telecom.system.intersect('phone' | 'fax')": ["phone"],
    "name.select(use = 'x').allFalse()": [True],
    "deceased": [False],
    "deceased is boolean": [True],
    "deceased.is(dateTime)": [False],
    "photo is Attachment": [],
    "(deceased as dateTime)": [],
    "deceased.ofType(boolean)": [False],
    "deceased.exists() and deceased != false": [False],
    "birthDate.hasValue()": [True],
    "name.hasValue()": [False],
    "link.other.where(resolve() is Patient).reference": ["urn:uuid:2"],
    "link.other.where(resolve() is RelatedPerson).type": [],
    "link.other.resolve().ofType(Organization).name": ["x"],
    "link.other.resolve().count()": [3],
    "%resource.id & %rootResource.id & %context.id": ["p1p1p1"],
    "name.select($this.family)": ["王", "Wang"],
    "%ucum": ["http://unitsofmeasure.org"],
    "contained.name": ["x"],
    "text.`div`.exists()": [True],
    "children().ofType(HumanName).count()": [2],
    "descendants().where($this is Reference).count()": [6],
    "1.50 = 1.5": [True],
    "'it\\'s' = 'it\\'s'": [True],
}  # fmt: skip
OF_OBSERVATION = {
    "component.value.ofType(Quantity).value": [Decimal("128.0"), 82],
    "component.value": [one["valueQuantity"] for one in samples.observation()["component"]],
    "(Observation.value as Quantity).value": [Decimal("7.0")],
    "(Observation.value as SampledData)": [],
    "value.value <= 7": [True],
    "value.value > 7.0": [False],
    "value < component.first().value": [True],
    "effective <= issued": [True],
    "effective > issued": [False],
    "issued < '2027'": [True],
    "code.coding.code = '85354-9'": [True],
    "component.code.where(coding.intersect(%resource.code.coding).exists()).empty()": [True],
    "component.value.value < 100": [],
    "status > photo": [],
}  # fmt: skip


@pytest.mark.parametrize("expression", OF_PATIENT)
def test_of_a_patient(expression):
    assert asked(expression, PATIENT) == OF_PATIENT[expression]


@pytest.mark.parametrize("expression", OF_OBSERVATION)
def test_of_an_observation(expression):
    assert asked(expression, OBSERVATION) == OF_OBSERVATION[expression]


PERIODS = {
    ("2026-01-01", "2026-01-01"): True,
    ("2026-01-02", "2026-01-01"): False,
    ("2026", "2026-01-01"): True,
    ("2027", "2026-12-31"): False,
    ("2026-01-01", "2026-01-01T08:00:00+08:00"): True,
    ("2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00Z"): True,
    ("2026-01-01T08:00:00.5+08:00", "2026-01-01T00:00:00.25Z"): False,
    ("2026-01-01T23:59:60Z", "2026-01-02T00:00:00Z"): True,
    ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"): True,
}


@pytest.mark.parametrize(("start", "end"), PERIODS)
def test_times_are_compared_as_far_as_both_tell(start, end):
    resource = {"resourceType": "Encounter", "period": {"start": start, "end": end}}
    assert asked("period.start <= period.end", resource) == [PERIODS[start, end]]


def test_units_that_differ_are_not_compared():
    low, high = {"value": 5, "unit": "mg"}, {"value": 1, "unit": "g"}
    resource = {"resourceType": "Observation", "valueRange": {"low": low, "high": high}}
    assert asked("value.low <= value.high", resource) == [True]
    high["unit"] = "mg"
    assert asked("value.low <= value.high", resource) == [False]


def test_an_extension_in_the_place_of_a_value_exists_without_one():
    resource = {"resourceType": "Patient", "_birthDate": {"extension": [{"url": "http://x", "valueCode": "y"}]}}
    assert asked("birthDate.exists()", resource) == [True]
    assert asked("birthDate.hasValue()", resource) == [False]


def test_extensions_are_found_by_address():
    resource = {"resourceType": "Patient", "extension": [{"url": "http://x", "valueCode": "y"}, {"url": "http://z"}]}
    assert asked("extension('http://x').value", resource) == ["y"]
    assert asked("hasExtension('http://y')", resource) == [False]


@pytest.mark.parametrize(
    "expression", ["name.", "name.nothing()", "(name", "name and", "%nothing", "name ^ x", "is()", "a is 1"]
)
def test_what_is_not_spoken_is_not_guessed(expression):
    with pytest.raises(BadPath):
        compiled(expression)


def test_truth_of_nodes():
    assert truth([]) is None and truth([(False, "boolean")]) is False
    assert truth([("x", "string")]) is True
