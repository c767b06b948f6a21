"""What a client sees is what its institution sees: searches, counts, chains, includes and histories reveal no more."""

from __future__ import annotations

import base64

import pytest
from django.test import Client as Browser

from tests import factories
from tests.exchange.fhir.conftest import observation, patient, speaker
from yigongti.exchange.fhir import sight
from yigongti.exchange.fhir.clients import caller_of, end_client, make_client
from yigongti.exchange.models import AccessToken, Message
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotAllowed, NotFound
from yigongti.kernel.workflow import engine
from yigongti.organisations import queries as organisations
from yigongti.organisations.models import Institution
from yigongti.residents.codes import check_digit
from yigongti.residents.models import Resident


HIV = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20"}]}


def another():
    number = [{"system": "http://his.example.org/mrn", "value": "M2"}]
    return patient(identifier=number, name=[{"text": "李建国"}], gender="male", birthDate="1950-01-01")


@pytest.fixture
def told(hospital):
    """What the hospital has sent: a patient, an observation, a practitioner."""
    whom = hospital.made(patient())["id"]
    doctor = hospital.made({"resourceType": "Practitioner", "name": [{"text": "赵医生"}]})["id"]
    seen = hospital.made(observation(whom, performer=[{"reference": f"Practitioner/{doctor}"}]))["id"]
    hospital.put(f"/Observation/{seen}", observation(whom, status="amended") | {"id": seen})
    return {"Patient": whom, "Practitioner": doctor, "Observation": seen}


@pytest.mark.requirement("R5")
@pytest.mark.never("fhir_client.foreign")
def test_a_foreign_institution_learns_nothing(told, foreign):
    whom, seen = told["Patient"], told["Observation"]
    never_was = {path: foreign.get(path) for path in ("/Patient/none", "/Observation/none")}
    for path in (f"/Patient/{whom}", f"/Patient/{whom}/_history", f"/Patient/{whom}/_history/1",
                 f"/Patient/{whom}/$everything", f"/Observation/{seen}",
                 f"/Observation/{seen}/_history/2"):  # fmt: skip
        answer = foreign.get(path)
        assert answer.status_code == 404, path
    said, other = foreign.get(f"/Patient/{whom}").json(), never_was["/Patient/none"].json()
    assert str(said).replace(whom, "none") == str(other)
    for path in ("/Patient", "/Observation", "/Patient?_total=accurate", "/Patient?_summary=count", "/Patient/_history",
                 "/Observation/_history", f"/Patient?_id={whom}", "/Observation?subject:Patient.gender=female",
                 f"/Observation?patient={whom}", "/Patient?_sort=birthdate",
                 "/Observation?_include=Observation:patient",
                 "/Patient?identifier=http://his.example.org/mrn|M1"):  # fmt: skip
        body = foreign.get(path).json()
        assert (body.get("entry"), body.get("total") or 0) == (None, 0), path
    assert foreign.found("/Practitioner") == [told["Practitioner"]]
    assert not Trail.objects.filter(kind="read", persons__overlap=list(Resident.objects.values_list("pk", flat=True)))


def test_a_foreign_reference_reveals_nothing_and_writes_nothing(told, foreign):
    """An observation about a patient of another institution: the same words as for one who does not exist."""
    refused = foreign.post("/Observation", observation(told["Patient"]))
    unknown = foreign.post("/Observation", observation("none"))
    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert str(refused.json()).replace(told["Patient"], "none") == str(unknown.json())


def test_a_card_number_with_another_name_does_not_tell_whose_it_is(county, hospital, foreign):
    number = "14078119721105046"
    card = [{"system": "urn:oid:2.16.156.10011.1.3", "value": number + check_digit(number)}]
    hospital.made(patient(identifier=card))
    guess = foreign.post("/Patient", patient(identifier=card, name=[{"text": "李建国"}]))
    assert guess.status_code == 422
    assert "王秀英" not in guess.content.decode()
    assert "王秀英" in Message.objects.get(state="waiting").reason


def test_a_shared_register_shows_none_of_those_who_refer_to_it(told, foreign):
    own = foreign.made(
        {"resourceType": "PractitionerRole", "practitioner": {"reference": f"Practitioner/{told['Practitioner']}"}}
    )
    assert own["id"]
    body = foreign.get("/PractitionerRole?_include=PractitionerRole:practitioner").json()
    assert [one["search"]["mode"] for one in body["entry"]] == ["match", "include"]


@pytest.mark.never("fhir_client.overwrite")
def test_only_the_institution_that_sent_it_changes_or_deletes(told, foreign, hospital):
    doctor = told["Practitioner"]
    changed = {"resourceType": "Practitioner", "id": doctor, "name": [{"text": "钱医生"}]}
    assert foreign.put(f"/Practitioner/{doctor}", changed).status_code == 403
    assert foreign("DELETE", f"/Practitioner/{doctor}").status_code == 403
    for method, body in (("PUT", patient(id=told["Patient"])), ("DELETE", None)):
        assert foreign(method, f"/Patient/{told['Patient']}", body).status_code == 404
    conditional = foreign("DELETE", "/Patient?identifier=http://his.example.org/mrn|M1")
    assert conditional.status_code == 204  # for this client there is nobody to delete
    assert hospital.get(f"/Practitioner/{doctor}").headers["ETag"] == 'W/"1"'
    assert hospital.get(f"/Patient/{told['Patient']}").status_code == 200
    assert Trail.objects.filter(kind="refusal", action="fhir").count() == 2


@pytest.mark.requirement("R5")
def test_a_basis_opens_what_another_institution_sent(county, hospital, township):
    """The township manages the person: it sees what the hospital sent, and may write about them."""
    whom = hospital.made(patient())["id"]
    seen = hospital.made(observation(whom))["id"]
    assert township.found("/Observation") == []
    Resident.objects.update(managing=county.township)
    assert township.found("/Observation") == [seen]
    assert township.found("/Observation?patient.gender=female") == [seen]
    entries = township.get(f"/Patient/{whom}/$everything").json()["entry"]
    assert len(entries) == 3  # what the hospital sent, and the person as the register has them
    assert township.get(f"/Patient/{whom}/$everything?_after=%C2%B2").json()["entry"] == entries  # a digit
    own = township.made(observation(whom))
    assert township.found("/Observation") == [seen, own["id"]]
    assert hospital.found("/Observation") == [seen]  # its own; it neither manages the person any more nor treats them
    assert township.put(f"/Observation/{seen}", observation(whom) | {"id": seen}).status_code == 403


@pytest.mark.never("fhir_client.special")
def test_special_classes_stay_with_who_wrote_them(county, hospital, township):
    whom = hospital.made(patient())["id"]
    Resident.objects.update(managing=county.township)
    visit = {"resourceType": "Encounter", "status": "finished", "subject": {"reference": f"Patient/{whom}"},
             "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}}  # fmt: skip
    visited = hospital.made(visit)["id"]
    here = {"reference": f"Encounter/{visited}"}
    open_, close = hospital.made(observation(whom))["id"], hospital.made(observation(whom, encounter=here))["id"]
    assert township.found("/Observation") == [open_, close]
    sick = {"resourceType": "Condition", "subject": {"reference": f"Patient/{whom}"}, "code": HIV, "encounter": here}
    hospital.made(sick)
    late = hospital.made(observation(whom, encounter=here))["id"]
    assert hospital.found("/Observation") == [open_, close, late]
    for path in ("/Condition", "/Encounter", "/Observation?encounter.status=finished"):
        assert township.found(path) == [], path
    assert township.found("/Observation") == [open_]
    assert township.get("/Condition?_summary=count").json()["total"] == 0
    assert township.get(f"/Encounter/{visited}/_history").status_code == 404
    kinds = [one["resource"]["resourceType"] for one in township.get(f"/Patient/{whom}/$everything").json()["entry"]]
    assert sorted(kinds) == ["Observation", "Patient", "Patient"]  # as sent, and as registered


def test_words_without_a_code_close_too(county, hospital, township):
    whom = hospital.made(patient())["id"]
    Resident.objects.update(managing=county.township)
    hospital.made(
        {"resourceType": "Condition", "subject": {"reference": f"Patient/{whom}"}, "code": {"text": "精神分裂症"}}
    )
    assert township.found("/Condition") == []


def test_what_names_two_people_opens_only_to_who_may_see_both(county, hospital, township):
    one = hospital.made(patient())["id"]
    other = hospital.made(another())["id"]
    meeting = hospital.made({
        "resourceType": "Appointment", "status": "booked", "start": "2026-03-01T08:00:00+08:00",
        "end": "2026-03-01T08:30:00+08:00",
        "participant": [{"actor": {"reference": f"Patient/{pk}"}, "status": "accepted"} for pk in (one, other)],
    })["id"]  # fmt: skip
    Resident.objects.filter(name="王秀英").update(managing=county.township)
    assert township.found("/Appointment") == []
    Resident.objects.update(managing=county.township)
    assert township.found("/Appointment") == [meeting]


def test_a_history_hides_the_versions_about_somebody_else(county, hospital, township):
    """Corrected to another patient: who manages the second does not read of the first."""
    one = hospital.made(patient())["id"]
    other = hospital.made(another())["id"]
    Resident.objects.filter(name="李建国").update(managing=county.township)
    seen = hospital.made(observation(one))["id"]
    assert hospital.put(f"/Observation/{seen}", observation(other) | {"id": seen}).status_code == 200
    assert [
        v["resource"]["meta"]["versionId"] for v in township.get(f"/Observation/{seen}/_history").json()["entry"]
    ] == ["2"]
    assert township.get(f"/Observation/{seen}/_history/1").status_code == 404
    assert len(hospital.get(f"/Observation/{seen}/_history").json()["entry"]) == 2


@pytest.mark.requirement("R3")
def test_the_wall_of_a_social_run_member_holds_here_too(county, monkeypatch):
    """On a basis that does not pass the wall allergies pass, all else stays, both ways."""
    usual = values.value
    told = {sight.PASSES_ON: ("treated",)}
    monkeypatch.setattr(values, "value", lambda code, **more: told.get(code) or usual(code, **more))
    private = factories.institution(county.group, "康复医院", kind="rehabilitation", level="county")
    Institution.objects.filter(pk=private.pk).update(ownership="private")
    organisations.forget()
    behind, hospital = speaker(private), speaker(county.hospital)
    for sends, reads, manages in ((behind, hospital, county.hospital), (hospital, behind, private)):
        number = [{"system": "http://his.example.org/mrn", "value": sends.code}]
        whom = sends.made(patient(identifier=number, birthDate=f"19{50 + manages.pk % 40}-01-01"))["id"]
        sends.made(observation(whom))
        active = {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
        allergy = sends.made({"resourceType": "AllergyIntolerance", "patient": {"reference": f"Patient/{whom}"},
                              "code": {"text": "青霉素"}, "clinicalStatus": {"coding": [active]}})  # fmt: skip
        Resident.objects.update(managing=manages)
        assert reads.found(f"/Observation?patient={whom}") == []
        assert reads.found(f"/AllergyIntolerance?patient={whom}") == [allergy["id"]]


# --- tokens and scopes


def test_without_a_token_nothing_is_answered(county, hospital):
    for headers in ({}, {"Authorization": "Bearer " + "x" * 43}, {"Authorization": "Basic abc"}):
        answer = Browser().get("/fhir/R4/Patient", headers=headers)
        assert (answer.status_code, answer.json()["resourceType"]) == (401, "OperationOutcome")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    AccessToken.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert hospital.get("/Patient").status_code == 401


def test_a_closed_client_is_out_at_once(county, hospital):
    end_client(code=hospital.code)
    assert hospital.get("/Patient").status_code == 401


def test_tokens_are_given_for_the_secret_alone_and_kept_as_hashes(county):
    made = make_client(institution="县人民医院", scopes="system/Patient.rs system/Observation.read")
    asked = {"grant_type": "client_credentials", "client_id": made.code, "client_secret": made.secret}
    browser = Browser()
    good = browser.post("/fhir/token", asked).json()
    assert (good["token_type"], good["scope"]) == ("Bearer", "system/Patient.rs system/Observation.rs")
    assert not AccessToken.objects.filter(hash=good["access_token"]).exists()
    basic = base64.b64encode(f"{made.code}:{made.secret}".encode()).decode()
    narrow = browser.post("/fhir/token", {"grant_type": "client_credentials", "scope": "system/Patient.r"},
                          headers={"Authorization": f"Basic {basic}"}).json()  # fmt: skip
    assert narrow["scope"] == "system/Patient.r"
    for wrong, error in (({"client_secret": "x"}, "invalid_client"), ({"client_id": "fhir-0"}, "invalid_client"),
                         ({"grant_type": "password"}, "unsupported_grant_type"),
                         ({"scope": "system/Condition.rs"}, "invalid_scope"),
                         ({"scope": "all"}, "invalid_scope")):  # fmt: skip
        answer = browser.post("/fhir/token", asked | wrong)
        assert (answer.status_code in (400, 401), answer.json()["error"]) == (True, error)
    assert Trail.objects.filter(action="fhir.token_refused").count() == 2


def test_scopes_hold_for_every_interaction(county, told):
    reader = speaker(county.hospital, "system/Observation.rs")
    seen = told["Observation"]
    assert reader.get(f"/Observation/{seen}").status_code == 200
    assert reader.found("/Observation") == [seen]
    for method, path, body in [
        ("GET", f"/Patient/{told['Patient']}", None), ("GET", "/Patient", None), ("GET", "/Patient/_history", None),
        ("GET", f"/Patient/{told['Patient']}/$everything", None), ("POST", "/Patient", patient()),
        ("POST", "/Observation", observation(told["Patient"])), ("DELETE", f"/Observation/{seen}", None),
        ("PUT", f"/Observation/{seen}", observation(told["Patient"], id=seen)),
        ("GET", "/Observation?patient.gender=female", None),
        ("GET", "/Observation?_include=Observation:patient:Patient", None),
        ("PUT", "/Observation?status=final", observation(told["Patient"])),
    ]:  # fmt: skip
        assert reader(method, path, body).status_code == 403, (method, path)
    body = reader.get("/Observation?_include=Observation:patient").json()
    assert [one["resource"]["resourceType"] for one in body["entry"]] == ["Observation"]
    creator = speaker(county.hospital, "system/Organization.c")
    assert creator.post("/Organization", {"resourceType": "Organization", "name": "甲"}).status_code == 201
    assert creator.get("/Organization").status_code == 403


@pytest.mark.never("fhir_client.other_writes")
def test_a_client_takes_no_step_of_any_case_and_signs_in_nowhere(county, hospital):
    doctor = factories.actor("township_doctor", county.township)
    number = factories.submitted(doctor, factories.resident(county.township), county.cardiology)
    client = caller_of(f"Bearer {hospital.token}").actor
    for step in ("accept", "decline", "cancel"):
        with pytest.raises((NotAllowed, NotFound)):
            engine.take(by=client, number=number, step=step, given={})
    assert Browser().post("/sign-in", {"login": hospital.code, "password": ""}).status_code != 303
    assert Browser().get("/roles", headers={"Authorization": f"Bearer {hospital.token}"}).status_code == 302
