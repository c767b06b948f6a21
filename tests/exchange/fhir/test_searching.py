"""Searches: every kind of parameter, order, pages that do not shift, what comes along, totals."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.exchange.fhir.conftest import observation, patient
from yigongti.exchange.fhir import indexing
from yigongti.exchange.fhir_r4.definitions import resource_kinds, search_parameters


def number(value):
    return [{"system": "http://his.example.org/mrn", "value": value}]


def named(text, family, given, born, **more):
    name = [{"text": text, "family": family, "given": [given]}]
    return patient(name=name, identifier=number(text), birthDate=born, **more)


@pytest.fixture
def people(hospital):
    made = [
        named("王秀英", "王", "秀英", "1972-11-05"),
        named("王小明", "王", "小明", "1990-02-01", gender="male"),
        named("Anna Müller", "Müller", "Anna", "1985-06", telecom=[{"system": "phone", "value": "13800000000"}]),
    ]
    return {one["name"][0]["text"]: hospital.made(one)["id"] for one in made}


@pytest.mark.parametrize(("query", "wanted"), [
    ("name=王", "王秀英 王小明"),
    ("family=王&given=小明", "王小明"),
    ("name=muller", "Anna Müller"),
    ("name:exact=müller", ""),
    ("family:exact=Müller", "Anna Müller"),
    ("name:contains=秀", "王秀英"),
    ("name=王秀,anna", "王秀英 Anna Müller"),
    ("identifier=http://his.example.org/mrn|王小明", "王小明"),
    ("identifier=王小明", "王小明"),
    ("identifier=http://other|王小明", ""),
    ("identifier=|王小明", ""),
    ("identifier=http://his.example.org/mrn|", "王秀英 王小明 Anna Müller"),
    ("gender=male", "王小明"),
    ("gender:not=male", "王秀英 Anna Müller"),
    ("phone=13800000000", "Anna Müller"),
    ("phone:missing=false", "Anna Müller"),
    ("phone:missing=true", "王秀英 王小明"),
    ("birthdate=1972-11-05", "王秀英"),
    ("birthdate=1972", "王秀英"),
    ("birthdate=ge1985-06-15", "王小明 Anna Müller"),
    ("birthdate=lt1985-06-15", "王秀英 Anna Müller"),
    ("birthdate=sa1985-06", "王小明"),
    ("birthdate=eb1985-06", "王秀英"),
    ("birthdate=ne1972", "王小明 Anna Müller"),
    ("birthdate=gt1980&birthdate=lt1989", "Anna Müller"),
    ("_lastUpdated=gt2020-01-01", "王秀英 王小明 Anna Müller"),
    ("_lastUpdated=lt2020-01-01", ""),
    ("name=%25", ""),
    ("name=王&_sort=-birthdate", "王小明 王秀英"),
    ("_sort=birthdate", "王秀英 Anna Müller 王小明"),
    ("_sort=gender,-birthdate", "Anna Müller 王秀英 王小明"),
])  # fmt: skip
def test_people_are_found(hospital, people, query, wanted):
    found = hospital.found("/Patient?" + quote(query, safe="=&%:,|"))
    by_id = {pk: name for name, pk in people.items()}
    shown = [by_id[pk] for pk in found]
    assert " ".join(shown) == wanted


def test_by_id_and_by_a_posted_form(hospital, people):
    pk = people["王秀英"]
    assert hospital.found(f"/Patient?_id={pk},{people['王小明']}") == [pk, people["王小明"]]
    answer = hospital("POST", "/Patient/_search", b"gender=male", kind="application/x-www-form-urlencoded")
    assert [one["resource"]["id"] for one in answer.json()["entry"]] == [people["王小明"]]


@pytest.mark.parametrize("query", [
    "fruit=1", "name:fuzzy=a", "birthdate=soon", "birthdate=ap2020", "_count=many", "_sort=fruit", "_total=maybe",
    "_include=Patient:fruit", "general-practitioner.fruit=1", "name.name=1", "identifier=a|b|c", "name=",
    "_sort=_fruit",
    "general-practitioner.organization.name=a", "_found=x&_sort=name", "name=" + "a" * 300,
])  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(hospital, query):
    answer = hospital.get(f"/Patient?{query}")
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome"), answer.content
    assert answer.json()["issue"][0]["diagnostics"]


def test_all_that_is_wrong_is_told_at_once(hospital):
    assert len(hospital.get("/Patient?fruit=1&birthdate=soon&_count=x").json()["issue"]) == 3


@pytest.fixture
def measured(hospital, people):
    def one(value, day, **more):
        whom = people["王秀英"] if value < 100 else people["王小明"]
        quantity = {"value": value, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"}
        return hospital.made(observation(whom, valueQuantity=quantity, effectiveDateTime=day, **more))["id"]

    return {72: one(72, "2026-03-01"), 90: one(90, "2026-03-02"), 110: one(110, "2026-03-03")}


@pytest.mark.parametrize(("query", "wanted"), [
    ("value-quantity=72", [72]),
    ("value-quantity=gt80", [90, 110]),
    ("value-quantity=le90", [72, 90]),
    ("value-quantity=ge90|http://unitsofmeasure.org|/min", [90, 110]),
    ("value-quantity=ge90|http://unitsofmeasure.org|kg", []),
    ("value-quantity=ge90||/min", [90, 110]),
    ("code=http://loinc.org|8867-4", [72, 90, 110]),
    ("code=8867-4&date=2026-03-02", [90]),
    ("date=ge2026-03-02T00:00:00%2B08:00", [90, 110]),
    ("patient={王秀英}", [72, 90]),
    ("subject=Patient/{王秀英}", [72, 90]),
    ("subject:Patient={王小明}", [110]),
    ("subject=Group/{王小明}", []),
    ("patient={王秀英}&_sort=-date", [90, 72]),
    ("subject:Patient.name=王小", [110]),
    ("patient.identifier=http://his.example.org/mrn|王秀英", [72, 90]),
    ("patient.birthdate=1972", [72, 90]),
    ("subject.name=王小", [110]),
    ("status:not=final", []),
])  # fmt: skip
def test_observations_are_found(hospital, people, measured, query, wanted):
    path = "/Observation?" + quote(query.format(**people), safe="=&%:,|/")
    assert hospital.found(path) == [measured[value] for value in wanted]


def test_what_is_referred_to_comes_along_once(hospital, people, measured):
    body = hospital.get("/Observation?_include=Observation:subject&_include=Observation:patient:Patient").json()
    modes = [(one["search"]["mode"], one["resource"]["resourceType"]) for one in body["entry"]]
    assert modes.count(("match", "Observation")) == 3
    assert modes.count(("include", "Patient")) == 2
    assert body["total"] == 3


def pages(speaker, path):
    while path:
        body = speaker.get(path).json()
        yield [one["resource"]["id"] for one in body.get("entry", ())]
        path = next((one["url"].split("/fhir/R4")[1] for one in body["link"] if one["relation"] == "next"), "")


@pytest.mark.parametrize("query", ["", "&_sort=-_lastUpdated", "&_sort=date"])
def test_pages_do_not_shift_while_data_arrives(hospital, people, query):
    whom = people["王秀英"]
    made = [hospital.made(observation(whom, effectiveDateTime=f"2026-01-0{day}"))["id"] for day in range(1, 7)]
    seen = []
    for page in pages(hospital, f"/Observation?_count=2{query}"):
        seen += page
        hospital.made(observation(whom, effectiveDateTime="2026-01-01"))
        hospital.put(f"/Observation/{made[-1]}", observation(whom, effectiveDateTime="2026-01-09") | {"id": made[-1]})
    assert sorted(seen) == sorted(made)


def test_totals(hospital, people):
    assert hospital.get("/Patient?_summary=count").json() == {
        "resourceType": "Bundle", "type": "searchset", "total": 3,
        "link": [{"relation": "self", "url": "http://testserver/fhir/R4/Patient?_summary=count"}],
    }  # fmt: skip
    assert "total" not in hospital.get("/Patient?_count=1").json()
    assert hospital.get("/Patient?_count=1&_total=accurate").json()["total"] == 3


def test_a_later_page_of_a_sorted_search_is_only_for_who_asked(hospital, township, people):
    body = hospital.get("/Patient?_sort=name&_count=1").json()
    link = next(one["url"].split("/fhir/R4")[1] for one in body["link"] if one["relation"] == "next")
    assert hospital.get(link).status_code == 200
    assert township.get(link).status_code == 400
    assert hospital.get(link.replace("_sort=name", "_sort=birthdate")).status_code == 400


def test_no_two_parameters_have_the_same_number():
    numbers = [indexing.number_of(kind, code) for kind in resource_kinds() for code in search_parameters(kind)]
    assert len(numbers) == len(set(numbers))
