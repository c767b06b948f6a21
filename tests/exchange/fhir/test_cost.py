"""What a write, a read and a search cost in statements; and that the way a search is walked changes nothing found."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.exchange.fhir.conftest import observation, patient
from yigongti.exchange.fhir import near


NUMBER = "http://his.example.org/mrn"
WEIGHED = "told AS MATERIALIZED"
"""A part of the question that weighs somebody against the whole register."""


@pytest.fixture
def asked():
    """The statements of a call, the second of its kind: what is asked once in a while is not its own."""

    def ask(call):
        call()
        with CaptureQueriesContext(connection) as seen:
            answer = call()
        assert answer.status_code in (200, 201), answer.content.decode()
        return [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]  # a test's own transaction

    return ask


def bundle(number, rest=20):
    whole = [patient(identifier=[{"system": NUMBER, "value": number}])] + [observation("x") for _ in range(rest)]
    for one in whole[1:]:
        one["subject"] = {"reference": "urn:uuid:7d0a2c8e-0000-4000-8000-000000000000"}
    entries = [{"resource": one, "request": {"method": "POST", "url": one["resourceType"]}} for one in whole]
    entries[0]["fullUrl"] = "urn:uuid:7d0a2c8e-0000-4000-8000-000000000000"
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def test_a_read_is_one_statement_with_the_token_and_the_trail(hospital, asked):
    whom = hospital.made(patient())["id"]
    assert len(asked(lambda: hospital.get(f"/Patient/{whom}"))) == 1


def test_a_search_by_a_number_costs_no_more(hospital, asked):
    hospital.made(patient())
    assert len(asked(lambda: hospital.get(f"/Patient?identifier={NUMBER}|M1"))) == 1


def test_a_create_weighs_nobody_against_the_register(hospital, asked):
    whom = hospital.made(patient())["id"]
    statements = asked(lambda: hospital.post("/Observation", observation(whom)))
    assert len(statements) <= 2
    assert not any(WEIGHED in sql for sql in statements)


def test_what_the_record_does_not_enter_costs_less(hospital, asked):
    whom = hospital.made(patient())["id"]
    goal = {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "减重"},
            "subject": {"reference": f"Patient/{whom}"}}  # fmt: skip
    statements = asked(lambda: hospital.post("/Goal", goal))
    assert len(statements) <= 2
    assert not any("INSERT INTO record_entry" in sql for sql in statements)


def test_a_patient_who_is_known_by_number_is_not_weighed(hospital, asked):
    again = patient(telecom=[{"system": "phone", "value": "13900000000"}])
    hospital.made(again)
    statements = asked(lambda: hospital.post("/Patient", again))
    assert len(statements) <= 4
    assert not any(WEIGHED in sql for sql in statements)


def test_a_bundle_costs_as_many_statements_with_one_observation_as_with_twenty(hospital):
    seen = []
    for number, rest in (("A", 20), ("B", 20), ("C", 1)):
        with CaptureQueriesContext(connection) as queries:
            answer = hospital.post("", bundle(number, rest))
        assert answer.status_code == 200, answer.content.decode()
        seen.append(len(queries))
    assert seen[1] <= 15
    assert seen[1] == seen[2]


SEARCHES = ("/Observation", "/Patient", "/Patient?gender=female", "/Observation?_total=accurate&_count=1",
            "/Observation?_summary=count", "/Observation?_sort=-date", "/Observation?code=8867-4&_count=2",
            "/Observation?subject:Patient.gender=female", "/Practitioner")  # fmt: skip


def test_the_way_a_search_is_walked_changes_nothing_found(hospital, township, foreign, monkeypatch):
    for number, speaker in (("1", hospital), ("2", township), ("3", foreign)):
        whom = speaker.made(patient(identifier=[{"system": NUMBER, "value": number}]))["id"]
        for _ in range(3):
            speaker.made(observation(whom))
        speaker.made({"resourceType": "Practitioner", "name": [{"text": "赵医生"}]})

    def found():
        near._few.clear()
        return [(said.get("total"), [one["resource"]["id"] for one in said.get("entry", ())])
                for speaker in (hospital, township, foreign) for path in SEARCHES
                for said in (speaker.get(path).json(),)]  # fmt: skip

    from_own_side = found()
    monkeypatch.setattr(near, "FEW", -1)
    assert found() == from_own_side
    assert {len(ids) for _, ids in from_own_side} >= {1, 3}
