"""A client library of others, over a real connection."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import factories
from tests.exchange.fhir.conftest import observation, patient, speaker
from yigongti.exchange.fhir import sight
from yigongti.organisations import queries as organisations


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def spoken(live_server):
    fhirpy = pytest.importorskip("fhirpy")
    sight.forget()
    client = speaker(factories.county().hospital)
    yield fhirpy.SyncFHIRClient(f"{live_server.url}/fhir/R4", authorization=f"Bearer {client.token}",
                                extra_headers={"Connection": "close"})  # fmt: skip
    with connection.cursor() as cursor:  # no model of Django's manages it, so none empties it
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()


def made(spoken, resource):
    return spoken.resource(resource["resourceType"], **{k: v for k, v in resource.items() if k != "resourceType"})


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_fhirpy_makes_searches_changes_includes_and_deletes(spoken):
    whom = made(spoken, patient())
    whom.save()
    assert whom["meta"]["versionId"] == "1"
    for day in range(1, 6):
        made(spoken, observation(whom["id"], effectiveDateTime=f"2026-03-0{day}")).save()
    found = spoken.resources("Observation").search(patient=whom["id"], date__gt="2026-03-02").sort("-date").limit(2)
    assert [one["effectiveDateTime"] for one in found.fetch()] == ["2026-03-05", "2026-03-04"]
    assert len(found.fetch_all()) == 3
    assert spoken.resources("Observation").search(patient=whom["id"]).count() == 5
    beside = spoken.resources("Observation").include("Observation", "patient").limit(1).fetch_raw()
    assert [one["resource"]["resourceType"] for one in beside["entry"]] == ["Observation", "Patient"]
    whom["active"] = True
    whom.save()
    assert spoken.reference("Patient", whom["id"]).to_resource()["meta"]["versionId"] == "2"
    same, fresh = (
        spoken.resources("Patient")
        .search(identifier="http://his.example.org/mrn|M1")
        .get_or_create(made(spoken, patient()))
    )
    assert (fresh, same["id"]) == (False, whom["id"])
    first = spoken.resources("Observation").sort("date").first()
    first.delete()
    assert spoken.resources("Observation").count() == 4
    with pytest.raises(__import__("fhirpy").base.exceptions.OperationOutcome):
        made(spoken, patient(gender="xx")).save()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_fhirpy_sends_a_transaction(spoken):
    urn = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    answer = spoken.execute("/", method="post", data={"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": urn, "resource": patient(), "request": {"method": "POST", "url": "Patient"}},
        {"resource": observation("x") | {"subject": {"reference": urn}},
         "request": {"method": "POST", "url": "Observation"}},
    ]})  # fmt: skip
    assert [one["response"]["status"] for one in answer["entry"]] == ["201", "201"]
    assert spoken.resources("Observation").search(patient__identifier="M1").count() == 1
