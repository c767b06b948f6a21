"""Orders of the platform as ServiceRequest and Task: what they say, who sees them, and whose word moves them."""

import json

import pytest

from tests.exchange.fhir import lives
from tests.exchange.fhir.conftest import patient
from tests.exchange.fhir.test_orders import CARD, report, request, task
from yigongti.exchange.fhir.own import sight as own_sight
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.validator import check
from yigongti.exchange.policy.fhir_own_orders import ORDERS_FROM
from yigongti.record.models import Entry


pytestmark = pytest.mark.requirement("R159")


@pytest.fixture
def person(county):
    own_sight.forget()
    return lives.lived(county)


def order(county, person, **more):
    detail = {"placer": "YG9", "state": "placed", "priority": "加快", "performer": county.hospital.pk,
              "performer_name": "县人民医院"}  # fmt: skip
    return lives.entry(person, county.township, "order", "血常规", system="loinc", code="58410-2", text="发热",
                       detail=detail, **more)  # fmt: skip


def named(entry, kind="ServiceRequest"):
    return f"/{kind}/r-{ORDERS_FROM + entry.pk}"


def test_it_says_who_asks_whom_for_what_and_leads_to_its_report(county, person, township):
    made = Entry.objects.get(title="胸部正位片", kind="order")
    asked = township.get(named(made)).json()
    assert [(one["system"], one["value"]) for one in asked["identifier"]] == [
        (f"urn:yigongti:placer:{county.township.pk}", "YG1"),
        (f"urn:yigongti:filler:{county.hospital.pk}", "F7"),
    ]
    assert (asked["status"], asked["priority"], asked["subject"]["display"]) == ("completed", "stat", "张桂兰")
    assert asked["performer"] == [{"reference": f"Organization/r-{county.hospital.pk}", "display": "县人民医院"}]
    (answer,) = township.get(f"/DiagnosticReport?based-on={named(made)[1:]}").json()["entry"]
    how = township.get(named(made, "Task")).json()
    assert how["output"][0]["valueReference"]["reference"] == f"DiagnosticReport/{answer['resource']['id']}"
    assert (how["status"], how["focus"]["reference"]) == ("completed", named(made)[1:])
    refused = township.get("/Task?business-status=refused").json()["entry"][0]["resource"]
    assert (refused["status"], refused["statusReason"]["text"]) == ("rejected", "标本溶血")
    beside = township.get("/DiagnosticReport?_include=DiagnosticReport:based-on").json()["entry"]
    assert [one["resource"]["resourceType"] for one in beside] == ["DiagnosticReport", "ServiceRequest"]
    sides = f"requester=Organization/r-{county.township.pk}&performer=Organization/r-{county.hospital.pk}"
    for query in ("status=completed", "identifier=YG1", "code=36643-5", "priority=stat", sides):
        assert township.found(f"/ServiceRequest?{query}") == [named(made).rpartition("/")[2]], query


@pytest.mark.never("fhir_client.foreign", "fhir_client.special")
def test_the_performer_sees_the_order_that_names_it_and_nothing_else_of_the_person(county, person, hospital, foreign):
    plain, secret = order(county, person), order(county, person, sensitivity="hiv")
    assert hospital.get(named(plain)).json()["subject"]["display"] == "张桂兰"
    assert hospital.found("/Task?status=requested") == [f"r-{ORDERS_FROM + plain.pk}"]
    assert hospital.get(f"/Patient/r-{person.pk}").status_code == 404
    assert hospital.found("/Condition") == []
    for kind in ("ServiceRequest", "Task"):
        assert hospital.get(named(secret, kind)).status_code == 404  # closed to machines
        assert foreign.get(named(plain, kind)).status_code == 404
        assert foreign.get(f"{named(plain, kind)}/_history").status_code == 404
        assert foreign.found(f"/{kind}") == foreign.found(f"/{kind}?identifier=YG9") == []
        assert foreign.get(f"/{kind}?_summary=count").json()["total"] == 0


def test_a_version_more_keeps_the_id_and_what_is_withdrawn_is_gone(county, person, township):
    made = order(county, person)
    new = lives.corrected(made, detail=made.detail | {"state": "in_progress"})
    for kind in ("ServiceRequest", "Task"):
        assert township.get(named(made, kind)).headers["ETag"] == 'W/"2"'
        assert len(township.get(f"{named(made, kind)}/_history").json()["entry"]) == 2
    assert township.get(named(made, "Task")).json()["status"] == "in-progress"
    assert township.put(named(made), township.get(named(made)).json()).status_code == 403
    Entry.objects.filter(pk__in=(made.pk, new.pk)).update(withdrawn=True)
    assert township.get(named(made)).status_code == 410


@pytest.fixture
def both(county, hospital, foreign):
    """The same person at the hospital and at a foreign one, each with its own Patient."""
    card = [{"system": "urn:oid:2.16.156.10011.1.3", "value": lives.CARD}]
    same = {"identifier": card, "name": [{"text": "张桂兰"}], "birthDate": "1958-03-04"}
    return hospital.made(patient(**same))["id"], foreign.made(patient(**same))["id"]


def test_the_performer_s_task_and_report_bring_the_platform_s_own_order_on_and_nobody_else_s(
    county, person, both, hospital, foreign
):
    made = order(county, person)
    here, there = both
    asked = {"id": named(made).rpartition("/")[2]}
    state = lambda: Entry.objects.get(kind="order", title="血常规", replaced_by=None).detail  # noqa: E731
    foreign.made(task(there, asked, "cancelled"))
    foreign.made(report(there, basedOn=[{"reference": named(made)[1:]}]))
    assert state()["state"] == "placed"
    hospital.made(task(here, asked, "accepted"))
    assert state()["state"] == "in_progress"
    hospital.made(report(here, basedOn=[{"reference": named(made)[1:]}]))
    assert state()["state"] == "resulted"
    assert Entry.objects.get(pk=state()["report"]).institution == county.hospital


def test_how_far_an_order_is_that_came_by_fhir_its_asker_reads_from_a_task(county, township):
    card = [{"system": "urn:oid:2.16.156.10011.1.3", "value": CARD}]
    whom = township.made(patient(identifier=card, name=[{"text": "赵老四"}], gender="male"))["id"]
    sent = township.made(request(whom))
    assert township.found("/ServiceRequest") == [sent["id"]]  # not told twice
    (how,) = township.get(f"/Task?focus=ServiceRequest/{sent['id']}").json()["entry"]
    assert how["resource"]["status"] == "requested"
    found = [issue for issue in check(read(json.dumps(how["resource"]).encode())) if issue.severity == "error"]
    assert found == []
