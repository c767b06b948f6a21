"""Create, read, update, delete, history, conditions and patches, as HTTP asks and answers them."""

from __future__ import annotations

import json

import pytest

from tests.exchange.fhir.conftest import observation, patient
from yigongti.exchange.models import Message
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.record.models import Entry
from yigongti.residents.codes import check_digit
from yigongti.residents.models import Resident


PATCH = "application/json-patch+json"


def bare(resource):
    return {name: value for name, value in resource.items() if name not in ("id", "meta")}


def test_a_patient_is_made_read_back_and_becomes_a_resident(hospital):
    made = hospital.post("/Patient", patient())
    assert made.status_code == 201, made.content.decode()
    body = made.json()
    assert made.headers["Location"].endswith(f"/fhir/R4/Patient/{body['id']}/_history/1")
    assert (made.headers["ETag"], body["meta"]["versionId"]) == ('W/"1"', "1")
    read = hospital.get(f"/Patient/{body['id']}")
    assert (read.status_code, read.content, read.headers["ETag"]) == (200, made.content, 'W/"1"')
    assert read.headers["Content-Type"].startswith("application/fhir+json")
    assert bare(read.json()) == patient()
    assert list(Resident.objects.values_list("name", flat=True)) == ["王秀英"]
    kept = Message.objects.get()
    assert (kept.state, kept.kind, bytes(kept.body)) == ("applied", "Patient.create", json.dumps(patient()).encode())
    assert hospital.get(f"/Patient/{body['id']}", If_None_Match='W/"1"').status_code == 304


def test_digits_order_and_unknown_shapes_come_back_as_they_were_sent(hospital):
    whom = hospital.made(patient())["id"]
    sent = json.dumps(observation(whom)).replace('"value": 72', '"value": 72.10')
    made = hospital.post("/Observation", sent.encode())
    assert made.status_code == 201, made.content.decode()
    assert '"value":72.10' in hospital.get(f"/Observation/{made.json()['id']}").content.decode()


def test_an_observation_reaches_the_record_and_its_deletion_withdraws_it(hospital):
    whom = hospital.made(patient())["id"]
    made = hospital.made(observation(whom))
    entry = Entry.objects.get(kind="observation")
    assert entry.resident.name == "王秀英"
    gone = hospital("DELETE", f"/Observation/{made['id']}")
    assert gone.status_code == 204
    assert hospital.get(f"/Observation/{made['id']}").status_code == 410
    assert hospital.get(f"/Observation/{made['id']}/_history/1").status_code == 200
    assert hospital.get(f"/Observation/{made['id']}/_history/2").status_code == 410
    assert hospital("DELETE", f"/Observation/{made['id']}").status_code == 204
    assert Entry.objects.filter(kind="observation", withdrawn=True, replaced_by=None).count() == 1
    past = hospital.get(f"/Observation/{made['id']}/_history").json()
    assert [one["request"]["method"] for one in past["entry"]] == ["DELETE", "POST"]
    assert "resource" not in past["entry"][0]
    revived = hospital.put(f"/Observation/{made['id']}", observation(whom) | {"id": made["id"]})
    assert (revived.status_code, revived.json()["meta"]["versionId"]) == (201, "3")


def test_updates_make_versions_and_the_same_again_makes_none(hospital):
    made = hospital.made(patient())
    changed = made | {"birthDate": "1972-11-06"}
    second = hospital.put(f"/Patient/{made['id']}", changed)
    assert (second.status_code, second.json()["meta"]["versionId"]) == (200, "2")
    again = hospital.put(f"/Patient/{made['id']}", changed)
    assert (again.status_code, again.headers["ETag"]) == (200, 'W/"2"')
    first = hospital.get(f"/Patient/{made['id']}/_history/1")
    assert first.json()["birthDate"] == "1972-11-05"
    assert hospital.get(f"/Patient/{made['id']}/_history/3").status_code == 404
    past = hospital.get(f"/Patient/{made['id']}/_history").json()
    assert [one["resource"]["meta"]["versionId"] for one in past["entry"]] == ["2", "1"]
    of_type = hospital.get("/Patient/_history?_count=1").json()
    assert len(of_type["entry"]) == 1
    following = next(one["url"] for one in of_type["link"] if one["relation"] == "next").split("/fhir/R4")[1]
    assert [one["response"]["etag"] for one in hospital.get(following).json()["entry"]] == ['W/"1"']


def test_who_goes_by_an_older_version_is_told(hospital):
    made = hospital.made(patient())
    hospital.put(f"/Patient/{made['id']}", made | {"active": True})
    late = hospital.put(f"/Patient/{made['id']}", made | {"active": False}, If_Match='W/"1"')
    assert (late.status_code, late.json()["issue"][0]["code"]) == (412, "conflict")
    assert hospital.put(f"/Patient/{made['id']}", made | {"active": False}, If_Match='W/"2"').status_code == 200
    assert hospital.put("/Patient/none", patient(id="none"), If_Match='W/"1"').status_code == 412


def test_a_client_may_choose_a_free_id(hospital):
    made = hospital.put("/Organization/ward-7", {"resourceType": "Organization", "id": "ward-7", "name": "七病区"})
    assert (made.status_code, made.json()["id"]) == (201, "ward-7")
    other = hospital.put("/Organization/ward-8", {"resourceType": "Organization", "id": "ward-7", "name": "七病区"})
    assert other.status_code == 400


def test_all_faults_are_told_at_once_and_what_was_sent_waits(hospital):
    answer = hospital.post("/Patient", patient(gender="xx", birthDate="72-11", fruit=1))
    assert answer.status_code == 422
    told = {one["expression"][0] for one in answer.json()["issue"] if one["severity"] == "error"}
    assert {"Patient.gender", "Patient.birthDate"} <= told
    assert not Resident.objects.exists()
    kept = Message.objects.get()
    assert (kept.state, "Patient.gender" in kept.reason) == ("waiting", True)


def test_a_name_that_differs_for_a_known_number_waits_and_nothing_is_stored(hospital):
    made = hospital.made(patient())
    answer = hospital.put(f"/Patient/{made['id']}", made | {"name": [{"text": "李建国"}]})
    assert answer.status_code == 422
    assert hospital.get(f"/Patient/{made['id']}").headers["ETag"] == 'W/"1"'
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["applied", "waiting"]


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("GET", "/Fruit/1", None, 404),
    ("GET", "/Patient/none", None, 404),
    ("GET", "/Patient/none/_history", None, 404),
    ("POST", "/OperationOutcome", {"resourceType": "OperationOutcome"}, 404),
    ("PUT", "/Patient", {"resourceType": "Patient"}, 405),
    ("PUT", "/Patient/a b", {"resourceType": "Patient", "id": "a b"}, 400),
    ("POST", "/Patient", {"resourceType": "Observation"}, 422),
    ("POST", "/Patient", b"{", 400),
    ("POST", "/Patient", b"\xff\xfe", 400),
    ("POST", "/Patient", b"[]", 400),
    ("GET", "/Patient/1/2/3/4", None, 404),
    ("PATCH", "/Patient/none", [], 415),
    ("POST", "", {"resourceType": "Patient"}, 400),
    ("GET", "", None, 405),
])  # fmt: skip
def test_every_refusal_is_an_operation_outcome(hospital, method, path, body, status):
    answer = hospital(method, path, body)
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")
    assert all(one["diagnostics"] for one in answer.json()["issue"])


def test_xml_is_refused_both_ways(hospital):
    assert hospital.get("/Patient", Accept="application/fhir+xml").status_code == 406
    assert hospital.get("/Patient?_format=xml").status_code == 406
    assert hospital.get("/Patient?_format=json", Accept="text/html,*/*").status_code == 200
    assert hospital("POST", "/Patient", b"<Patient/>", kind="application/fhir+xml").status_code == 415


def test_preferences_of_the_answer(hospital):
    minimal = hospital.post("/Patient", patient(), Prefer="return=minimal")
    assert (minimal.status_code, minimal.content) == (201, b"")
    assert "Location" in minimal.headers
    told = hospital.post("/Basic", {"resourceType": "Basic", "code": {"text": "甲"}}, Prefer="return=OperationOutcome")
    assert (told.status_code, told.json()["resourceType"]) == (201, "OperationOutcome")
    pretty = hospital.get("/Patient?_pretty=true").content.decode()
    assert '\n  "type": "searchset"' in pretty
    assert json.loads(pretty)["entry"]


def test_a_patch_is_whole_or_nothing(hospital):
    made = hospital.made(patient())
    path = f"/Patient/{made['id']}"
    good = [
        {"op": "replace", "path": "/birthDate", "value": "1972-12-01"},
        {"op": "add", "path": "/active", "value": True},
    ]
    answer = hospital("PATCH", path, good, kind=PATCH)
    assert (answer.status_code, answer.json()["birthDate"], answer.json()["meta"]["versionId"]) == (
        200,
        "1972-12-01",
        "2",
    )
    wrong = [{"op": "replace", "path": "/birthDate", "value": "1970-01-01"}, {"op": "remove", "path": "/fruit"}]
    assert hospital("PATCH", path, wrong, kind=PATCH).status_code == 422
    assert hospital("PATCH", path, [{"op": "replace", "path": "/gender", "value": "xx"}], kind=PATCH).status_code == 422
    assert hospital("PATCH", path, [{"op": "replace", "path": "/id", "value": "other"}], kind=PATCH).status_code == 400
    assert hospital.get(path).headers["ETag"] == 'W/"2"'


def test_conditional_create_update_and_delete(hospital):
    told = {"If_None_Exist": "identifier=http://his.example.org/mrn|M1"}
    first = hospital.post("/Patient", patient(), **told)
    second = hospital.post("/Patient", patient(), **told)
    assert (first.status_code, second.status_code, second.json()["id"]) == (201, 200, first.json()["id"])
    query = "/Patient?identifier=http://his.example.org/mrn|M1"
    changed = hospital.put(query, patient(active=True))
    assert (changed.status_code, changed.json()["id"]) == (200, first.json()["id"])
    fresh = hospital.put("/Patient?identifier=http://his.example.org/mrn|M2",
                         patient(identifier=[{"system": "http://his.example.org/mrn", "value": "M2"}]))  # fmt: skip
    assert fresh.status_code == 201
    assert hospital.put("/Patient?name=%E7%8E%8B", patient()).status_code == 412
    assert hospital("DELETE", query).status_code == 204
    assert hospital("DELETE", query).status_code == 204
    assert hospital.get(f"/Patient/{first.json()['id']}").status_code == 410


def test_a_repeat_under_the_same_key_has_no_second_effect(hospital):
    key = {"Idempotency_Key": "7d1a"}
    first = hospital.post("/Patient", patient(), **key)
    again = hospital.post("/Patient", patient(), **key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert hospital.post("/Patient", patient(active=True), **key).status_code == 409
    assert hospital.found("/Patient") == [first.json()["id"]]
    refused = {"Idempotency_Key": "8"}
    assert hospital.post("/Patient", patient(gender="xx"), **refused).status_code == 422
    assert hospital.post("/Patient", patient(gender="xx"), **refused).status_code == 422


def test_one_human_behind_two_systems_patients(hospital, township):
    value = "14078119721105046" + check_digit("14078119721105046")
    card = {"system": "urn:oid:2.16.156.10011.1.3", "value": value}
    hospital.made(patient(identifier=[card]))
    township.made(patient(identifier=[card, {"system": "http://town", "value": "7"}]))
    assert Resident.objects.count() == 1


def test_validate_says_what_is_wrong_and_keeps_nothing(hospital):
    wrong = hospital.post("/Patient/$validate", patient(gender="xx"))
    assert (wrong.status_code, wrong.json()["issue"][0]["severity"]) == (200, "error")
    good = hospital.post("/Patient/$validate", patient())
    assert good.json()["issue"][0]["severity"] == "information"
    assert hospital.found("/Patient") == []
    assert not Message.objects.exists()


def test_everything_of_a_patient_page_by_page(hospital):
    whom = hospital.made(patient())["id"]
    doctor = hospital.made({"resourceType": "Practitioner", "name": [{"text": "赵医生"}]})["id"]
    for _ in range(3):
        hospital.made(observation(whom, performer=[{"reference": f"Practitioner/{doctor}"}]))
    page, kinds = f"/Patient/{whom}/$everything?_count=2", []
    while page:
        body = hospital.get(page).json()
        kinds += [one["resource"]["resourceType"] for one in body["entry"] if one["search"]["mode"] == "match"]
        page = next((one["url"].split("/fhir/R4")[1] for one in body["link"] if one["relation"] == "next"), "")
    assert kinds == ["Patient", "Observation", "Observation", "Observation", "Patient"]  # as sent, and as registered
    whole = hospital.get(f"/Patient/{whom}/$everything").json()["entry"]
    assert {one["resource"]["resourceType"] for one in whole} == {"Patient", "Observation", "Practitioner"}


def test_the_capability_statement_is_right_and_names_only_what_answers(hospital, client):
    told = client.get("/fhir/R4/metadata")
    assert told.status_code == 200
    checked = hospital.post("/CapabilityStatement/$validate", told.content)
    assert [one["diagnostics"] for one in checked.json()["issue"] if one["severity"] == "error"] == []
    observation_ = next(one for one in told.json()["rest"][0]["resource"] if one["type"] == "Observation")
    assert not any(one["type"] in ("composite", "special") for one in observation_["searchParam"])
    for one in observation_["searchParam"]:
        value = {"date": "2026-01-01", "number": "1", "quantity": "1", "reference": "Patient/1"}.get(one["type"], "a")
        assert hospital.get(f"/Observation?{one['name']}={value}").status_code == 200, one


def test_every_read_is_in_the_trail_with_whom_it_showed(hospital):
    whom = hospital.made(patient())["id"]
    person = Resident.objects.get().pk
    before = Trail.objects.filter(kind="read").count()
    hospital.get(f"/Patient/{whom}")
    hospital.get("/Patient?name=%E7%8E%8B")
    hospital.get(f"/Patient/{whom}/_history")
    hospital.get(f"/Patient/{whom}/$everything")
    shown = Trail.objects.filter(kind="read").order_by("pk")[before:]
    assert [one.action for one in shown] == ["fhir.read", "fhir.search", "fhir.history", "fhir.everything"]
    assert all(one.persons == [person] and one.role == "fhir_client" for one in shown)


def test_english_for_who_asks_for_it(hospital):
    assert "There is no Patient/none" in hospital.get("/Patient/none", Accept_Language="en").content.decode()
