"""What the platform itself holds as FHIR: what it says, how it is found, who sees it, and that nobody changes it."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import quote

import pytest

from tests import factories
from tests.exchange.fhir import lives
from tests.exchange.fhir.conftest import observation, patient, speaker
from yigongti.exchange.fhir import indexing
from yigongti.exchange.fhir.clients import caller_of
from yigongti.exchange.fhir.own import fetching, tables
from yigongti.exchange.fhir.own import sight as own_sight
from yigongti.exchange.fhir.statements import fetched
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.search_values import Amount, Link, Span, Token
from yigongti.exchange.fhir_r4.searching import values_of
from yigongti.exchange.fhir_r4.validator import check
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.workflow import engine
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


@pytest.fixture
def person(county):
    own_sight.forget()
    return lives.lived(county)


@pytest.fixture
def referral(county, person):
    """The number of a referral upward that waits for the hospital."""
    doctor = factories.actor("village_doctor", county.village)
    Resident.objects.filter(pk=person.pk).update(managing=county.village)
    number = factories.submitted(doctor, person, county.cardiology, summary="血压控制不满意")
    Resident.objects.filter(pk=person.pk).update(managing=county.township)
    return number


def whole(client, who):
    """All that $everything shows, over its pages, by type."""
    page, found = f"/Patient/{who}/$everything?_count=3", []
    while page:
        body = client.get(page).json()
        found += [one["resource"] for one in body.get("entry", ()) if one["search"]["mode"] == "match"]
        page = next((one["url"].split("/fhir/R4")[1] for one in body["link"] if one["relation"] == "next"), "")
    return found


def all_of(client, path):
    return [one["resource"] for one in client.get(path).json().get("entry", ()) if one["search"]["mode"] == "match"]


def only(client, path):
    (found,) = all_of(client, path)
    return found


# --- what it says


@pytest.mark.requirement("R159")
def test_a_resident_is_a_patient_with_numbers_names_and_national_codes(person, township):
    found = township.get(f"/Patient/r-{person.pk}").json()
    numbers = {one["system"]: one["value"] for one in found["identifier"]}
    assert numbers == {"urn:oid:2.16.156.10011.1.3": lives.CARD, "urn:oid:2.16.156.10011.1.2": person.record_no,
                       "urn:oid:2.16.156.10011.1.19": "HC1", "urn:yigongti:insurance-number": "YB1"}  # fmt: skip
    written, spelled = found["name"]
    assert (written["family"], written["given"], written["text"]) == ("张", ["桂兰"], "张桂兰")
    assert [one["extension"][0]["valueCode"] for one in (written, spelled)] == ["IDE", "ABC"]
    assert spelled["text"] == "zhangguilan"
    codes = [(one["valueCoding"]["system"], one["valueCoding"]["code"]) for one in found["extension"]]
    assert codes == [("urn:oid:2.16.156.10011.2.3.3.4", "2"), ("urn:oid:2.16.156.10011.2.3.3.3", "01")]
    assert found["managingOrganization"]["display"] == "城关卫生院"
    for query in (f"identifier=urn:oid:2.16.156.10011.1.3|{lives.CARD}", "identifier=YB1", "name=zhanggui",
                  f"identifier={person.record_no}", "family=张&birthdate=1958-03-04", "gender=female&name=张桂",
                  f"_id=r-{person.pk}", "phone=13800000001&active=true"):  # fmt: skip
        assert township.found("/Patient?" + quote(query, safe="=&|:")) == [f"r-{person.pk}"], query
    assert township.found("/Patient?gender=male") == []


def test_every_entry_and_the_referral_are_sound_resources_and_all_of_them_come(county, person, referral, township):
    found = whole(township, f"r-{person.pk}")
    kinds = [one["resourceType"] for one in found]
    ordered = Entry.objects.filter(
        kind="order"
    ).count()  # each a request and a task; the referral is not the township's
    assert sorted(set(kinds)) == sorted({"Patient", "ServiceRequest", "Task", *tables.KINDS.values()})
    assert len(kinds) == 1 + Entry.objects.count() + ordered
    village = speaker(county.village)
    for one in [*found, only(village, "/Task?status=requested"), only(village, "/ServiceRequest?category=3457005"),
                *all_of(village, "/Organization")]:  # fmt: skip
        assert [issue for issue in check(read(str_of(one))) if issue.severity in ("error", "fatal")] == [], one


def str_of(resource):
    return json.dumps(resource).encode()


def test_numbers_are_told_with_loinc_ucum_and_range(person, township):
    pressure = only(township, f"/Observation?patient=r-{person.pk}&code=http://loinc.org|85354-9")
    assert [(one["code"]["coding"][0]["code"], one["valueQuantity"]["value"]) for one in pressure["component"]] == [
        ("8480-6", 148), ("8462-4", 92)]  # fmt: skip
    glucose = only(township, f"/Observation?patient=r-{person.pk}&value-quantity=ge7|http://unitsofmeasure.org|mmol/L")
    assert (glucose["valueQuantity"]["value"], glucose["referenceRange"][0]["high"]["value"]) == (7.2, 6.1)
    assert glucose["encounter"]["reference"].startswith("Encounter/r-")
    assert township.found("/Observation?value-quantity=gt7.2") == []


def test_a_search_finds_by_what_the_resource_says(county, person, referral, township, hospital):
    """Every value that the index would hold of one of ours is what its sub-query yields, and there is no other."""
    lives.merged(county, person)
    callers = [caller_of(f"Bearer {client.token}") for client in (township, speaker(county.village))]
    found = {row.address: row for kind in tables.TABLES for caller in callers for row in
             fetching.page(kind, ["{r}.stands"] if kind == "Patient" else [], {}, most=100, for_=caller)}  # fmt: skip
    assert {row.type for row in found.values()} == set(tables.TABLES)
    assert [one for row in found.values() for one in otherwise_indexed(tables.TABLES[row.type], row)] == []


COLUMNS = {"token": "i.code, i.system", "text": "i.value", "link": "i.target", "amount": "i.value",
           "span": "i.low, nullif(i.high, 'infinity')"}  # fmt: skip
YIELDED = "SELECT {columns} FROM ({rows}) r, LATERAL ({source}) i WHERE r.key = %(key)s"


def otherwise_indexed(table, row):
    """The parameters by which the index would find it otherwise than its sub-queries do."""
    resource = read(row.body.encode())
    for code in indexing.parameters(row.type).keys() - indexing.OF_THE_STORE - set(table.persons) - table.unasked:
        values = {plain(value) for value in values_of(resource, code)} - {(None, None)}
        if code in table.sources:
            name, source = table.sources[code]
            sql = YIELDED.format(columns=COLUMNS[name], rows=table.rows, source=source.replace("{r}", "r"))
            yielded = set(fetched(sql, {"key": row.key}))
        else:
            yielded = set()
        if yielded != values:
            yield row.type, code, yielded, values


def plain(value):
    """A value as the index would hold it."""
    match value:
        case Token():
            return (value.code, value.system)
        case Link():
            return (value.address,)
        case Span():
            return (value.low, value.high)
        case Amount():
            return (value.number.value,)
    return (indexing.plain(value),)


# --- how it is found


def test_pages_go_on_from_what_clients_sent_to_the_record(person, township):
    card = [{"system": "urn:oid:2.16.156.10011.1.3", "value": lives.CARD}]
    whom = township.made(patient(name=[{"text": "张桂兰"}], birthDate="1958-03-04", identifier=card))["id"]
    sent = [township.made(observation(whom))["id"] for _ in range(2)]
    page, seen = f"/Observation?patient={whom}&_count=2&_total=accurate", []
    while page:
        body = township.get(page).json()
        assert body["total"] == 5
        seen += [one["resource"]["id"] for one in body["entry"]]
        page = next((one["url"].split("/fhir/R4")[1] for one in body["link"] if one["relation"] == "next"), "")
    assert seen[:2] == sent and all(one.startswith("r-") for one in seen[2:]) and len(set(seen)) == 5
    newest = township.get(f"/Observation?patient={whom}&_sort=-date,code&_count=3").json()["entry"]
    dates = [one["resource"]["effectiveDateTime"] for one in newest]
    assert dates[0].startswith("2026-03-01T08:30") and dates == sorted(dates, reverse=True)
    assert township.get("/Observation?_summary=count").json()["total"] == 5
    assert township.found("/Patient?name=" + quote("张")) == [
        whom
    ]  # one person, once: as the client's institution sent them
    linked = township.get(f"/Patient/r-{person.pk}").json()["link"]
    assert linked == [{"other": {"reference": f"Patient/{whom}"}, "type": "seealso"}]


def test_chains_includes_and_reverse_searches_reach_the_record(person, township):
    who = f"r-{person.pk}"
    assert len(township.found("/Observation?patient.identifier=HC1")) == 3
    assert township.found("/Observation?patient.identifier=HC2") == []
    assert len(township.found("/Condition?subject:Patient.name=zhanggui&clinical-status=active")) == 1
    beside = township.get("/Condition?code=I10.x00&_include=Condition:patient&_include=Condition:encounter").json()
    assert [one["resource"]["resourceType"] for one in beside["entry"]] == ["Condition", "Patient", "Encounter"]
    behind = township.get(f"/Patient?_id={who}&_revinclude=Observation:patient&_revinclude=AllergyIntolerance:patient")
    kinds = [one["resource"]["resourceType"] for one in behind.json()["entry"]]
    assert kinds == ["Patient", "Observation", "Observation", "Observation", "AllergyIntolerance"]
    assert township.found("/Patient?_has:Observation:patient:code=http://loinc.org|85354-9") == [who]
    assert township.found("/Patient?_has:Observation:patient:code=http://loinc.org|8867-4") == []


def test_what_ours_are_not_searched_by_is_said(person, township):
    body = township.get("/Patient?_lastUpdated=gt2020-01-01").json()
    (one,) = body["entry"]
    assert (one["search"]["mode"], one["resource"]["resourceType"]) == ("outcome", "OperationOutcome")
    assert "_lastUpdated" in one["resource"]["issue"][0]["diagnostics"]


def test_some_elements_alone(person, township):
    found = township.get(f"/Patient/r-{person.pk}?_elements=birthDate,name").json()
    assert set(found) == {"resourceType", "id", "meta", "birthDate", "name"}
    assert found["meta"]["tag"][0]["code"] == "SUBSETTED"
    (one,) = township.get("/Observation?code=http://loinc.org|85354-9&_elements=component").json()["entry"]
    assert set(one["resource"]) == {"resourceType", "id", "meta", "status", "code", "component"}


# --- versions


def test_a_correction_is_a_version_of_the_same_id_and_a_withdrawal_is_gone(county, person, township, hospital):
    old = Entry.objects.get(kind="allergy")
    new = lives.corrected(old, title="青霉素类", correction_reason="写全")
    place = f"/AllergyIntolerance/r-{old.pk}"
    now = township.get(place)
    assert (now.json()["code"]["text"], now.headers["ETag"]) == ("青霉素类", 'W/"2"')
    assert township.get(f"{place}/_history/1").json()["code"]["text"] == "青霉素"
    versions = [one["resource"]["meta"]["versionId"] for one in township.get(f"{place}/_history").json()["entry"]]
    assert versions == ["2", "1"]
    for query in ("", f"?_id=r-{old.pk}"):
        assert township.found(f"/AllergyIntolerance{query}") == [f"r-{old.pk}"]
    assert township.get(f"/AllergyIntolerance/r-{new.pk}").status_code == 404  # the id is that of the first version
    Entry.objects.filter(pk__in=(old.pk, new.pk)).update(withdrawn=True)
    assert township.get(place).status_code == 410
    assert township.found("/AllergyIntolerance") == []
    assert hospital.get(place).status_code == 404


def test_a_merged_registration_points_to_the_one_that_stands(county, person, township):
    other = lives.merged(county, person)
    old = township.get(f"/Patient/r-{other.pk}").json()
    assert (old["active"], old["link"]) == (
        False, [{"other": {"reference": f"Patient/r-{person.pk}"}, "type": "replaced-by"}])  # fmt: skip
    standing = township.get(f"/Patient/r-{person.pk}").json()
    assert standing["link"] == [{"other": {"reference": f"Patient/r-{other.pk}"}, "type": "replaces"}]
    assert {one["value"] for one in standing["identifier"] if one["use"] == "old"} == {other.record_no}
    assert township.found(f"/Patient?identifier={other.record_no}") == [f"r-{person.pk}"]
    for who in (person, other):
        assert len(township.found(f"/Condition?patient=r-{who.pk}")) == 3
    assert only(township, f"/Condition?patient=r-{other.pk}&onset-date=2026-01-06")["subject"]["reference"] == (
        f"Patient/r-{person.pk}")  # fmt: skip


# --- referrals


@pytest.mark.requirement("R47")
def test_a_referral_is_a_request_and_a_task_for_both_its_sides(county, person, referral, hospital, township):
    village = speaker(county.village)
    for client in (village, hospital):
        asked = only(client, "/ServiceRequest?status=active&category=3457005")
        task = only(client, f"/Task?focus=ServiceRequest/{asked['id']}")
        assert (task["status"], task["businessStatus"]["text"]) == ("requested", "待接收")
        assert (task["requester"]["display"], task["owner"]["display"]) == ("南街村卫生室", "县人民医院")
        assert task["for"]["reference"] == f"Patient/r-{person.pk}" == asked["subject"]["reference"]
        assert asked["identifier"][0]["value"] == referral
    seen = [*all_of(township, "/Task"), *all_of(township, "/ServiceRequest")]
    assert {one["identifier"][0]["system"] for one in seen} == {f"urn:yigongti:placer:{county.township.pk}"}  # orders
    desk = factories.actor("referral_desk", county.hospital)
    engine.take(by=desk, number=referral, step="accept", given={})
    now = only(hospital, "/Task?status=accepted")
    assert (now["meta"]["versionId"], hospital.found("/Task?business-status=waiting")) == ("2", [])
    where = hospital.get(f"/{now['owner']['reference']}").json()
    assert where["name"] == "县人民医院"
    assert hospital.found(f"/Task?status=accepted&owner={now['owner']['reference']}") == [now["id"]]


# --- who sees it


@pytest.mark.requirement("R5")
@pytest.mark.never("fhir_client.foreign")
def test_nobody_learns_of_those_whom_no_basis_opens(person, referral, foreign):
    for path in (f"/Patient/r-{person.pk}", f"/Condition/r-{Entry.objects.filter(kind='condition')[0].pk}",
                 f"/Patient/r-{person.pk}/$everything", f"/Patient/r-{person.pk}/_history"):  # fmt: skip
        assert foreign.get(path).status_code == 404, path
    for path in ("/Patient", "/Observation", "/Condition?_summary=count", "/Observation?patient.name=zhang", "/Task",
                 f"/Patient?identifier={lives.CARD}", f"/Observation?patient=r-{person.pk}", "/Condition?_sort=code",
                 "/ServiceRequest?_include=ServiceRequest:subject", "/Patient?_has:Condition:patient:code=I10.x00",
                 "/Organization?_revinclude=Task:owner"):  # fmt: skip
        shown = {one["resource"]["resourceType"] for one in foreign.get(path).json().get("entry", ())}
        assert shown <= {"Organization"}, path
    assert not Trail.objects.filter(kind="read", persons__contains=[person.pk]).exists()


def test_a_total_of_all_counts_whom_each_row_s_own_condition_shows(
    county, person, referral, hospital, township, foreign
):
    """Everybody at once or one row after another: minors, merged registrations and special classes among them."""
    lives.merged(county, person)
    child = factories.resident(county.township, name="小明", born=date(2021, 5, 1))
    lives.entry(child, county.township, "condition", "手足口病", system="icd10", code="B08.401")
    lives.entry(person, county.hospital, "condition", "抑郁发作", system="icd10", code="F32.900",
                sensitivity="psychiatric")  # fmt: skip
    for client in (hospital, township, foreign):
        caller = caller_of(f"Bearer {client.token}")
        for kind in tables.TABLES:
            one, all_ = (fetching.count(kind, [], {}, few=few, for_=caller) for few in (True, False))
            assert one == all_, kind
    assert fetching.count("Patient", [], {}, few=False, for_=caller_of(f"Bearer {township.token}")) > 0


@pytest.mark.never("fhir_client.special")
def test_special_classes_stay_with_who_wrote_them_here_too(county, person, township, hospital):
    lives.entry(person, county.hospital, "condition", "抑郁发作", system="icd10", code="F32.900",
                sensitivity="psychiatric")  # fmt: skip
    secret = Entry.objects.get(code="F32.900")
    assert township.found("/Condition?code=F32.900") == []
    assert township.get(f"/Condition/r-{secret.pk}").status_code == 404
    assert len(township.found("/Condition")) == 2
    lives.visit(person, county.hospital, at=factories.clock.now())  # treated there now, so its own is open to it
    assert hospital.found("/Condition?code=F32.900") == [f"r-{secret.pk}"]
    assert "F32.900" not in str(whole(township, f"r-{person.pk}"))


def test_scopes_hold_and_reads_are_in_the_trail(county, person, township):
    narrow = speaker(county.township, "system/Observation.rs")
    assert narrow.get(f"/Patient/r-{person.pk}").status_code == 403
    assert narrow.get("/Patient?_has:Observation:patient:code=1").status_code == 403
    beside = narrow.get("/Observation?_include=Observation:patient").json()["entry"]
    assert {one["resource"]["resourceType"] for one in beside} == {"Observation"}
    last = Trail.objects.filter(kind="read").order_by("-pk")[0]
    assert list(last.persons) == [person.pk]


def test_nobody_changes_what_is_the_platforms(person, township):
    one = township.get(f"/Patient/r-{person.pk}").json()
    assert township.put(f"/Patient/r-{person.pk}", one).status_code == 403
    assert township("DELETE", f"/Patient/r-{person.pk}").status_code == 403
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": one, "request": {"method": "PUT", "url": f"Patient/r-{person.pk}"}}]}  # fmt: skip
    assert township.post("", bundle).status_code == 403


def test_a_client_writes_about_a_resident_without_telling_who_that_is(county, person, township, foreign):
    subject = {"reference": f"Patient?identifier=urn:oid:2.16.156.10011.1.3|{lives.CARD}"}
    one = {"resource": observation("") | {"subject": subject}, "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [one]}
    assert foreign.post("", bundle).status_code == 422
    answer = township.post("", bundle, Prefer="return=representation").json()["entry"][0]["resource"]
    assert answer["subject"]["reference"] == f"Patient/r-{person.pk}"
    made = township.made(observation(f"r-{person.pk}", status="preliminary"))
    assert len(township.found(f"/Observation?patient=r-{person.pk}")) == 5
    both = township.get(f"/Observation?_id={made['id']}&_include=Observation:patient").json()["entry"]
    assert [one["resource"]["id"] for one in both] == [made["id"], f"r-{person.pk}"]
    assert Entry.objects.filter(resident=person, detail__fhir__id=made["id"]).exists()
    assert len(Resident.objects.all()) == 1
    refused = foreign.post("/Observation", observation(f"r-{person.pk}"))
    never = foreign.post("/Observation", observation("r-999999999"))
    assert (refused.status_code, never.status_code) == (422, 422)
    assert str(refused.json()).replace(f"r-{person.pk}", "x") == str(never.json()).replace("r-999999999", "x")
