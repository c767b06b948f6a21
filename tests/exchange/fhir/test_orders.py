"""A client's ServiceRequest is an order of the record; Tasks move it, reports close it, and it goes to who does it."""

import pytest

from tests.exchange.fhir.conftest import patient
from tests.exchange.sending.conftest import announced, destination, reported
from tests.exchange.test_orders import standing
from yigongti.exchange.models import Outgoing
from yigongti.kernel import clock
from yigongti.record.models import Entry


CARD = "140781197211050171"
LOINC = "http://loinc.org"


def request(whom, **changed):
    made = {
        "resourceType": "ServiceRequest", "status": "active", "intent": "order", "priority": "stat",
        "identifier": [{"type": {"coding": [{"code": "PLAC"}]}, "value": "P1"}],
        "code": {"coding": [{"system": LOINC, "code": "1558-6"}], "text": "空腹血糖"},
        "subject": {"reference": f"Patient/{whom}"}, "authoredOn": "2026-03-01T08:00:00+08:00",
        "requester": {"display": "张医师"}, "reasonCode": [{"text": "糖尿病复查"}],
    } | changed  # fmt: skip
    return {name: part for name, part in made.items() if part is not None}


def report(whom, **changed):
    return {
        "resourceType": "DiagnosticReport", "status": "final", "code": {"text": "空腹血糖"},
        "subject": {"reference": f"Patient/{whom}"}, "effectiveDateTime": "2026-03-01T09:00:00+08:00",
        "conclusion": "6.1 mmol/L", **changed,
    }  # fmt: skip


@pytest.fixture
def whom(hospital):
    return hospital.made(patient())["id"]


def test_it_stands_as_an_order_follows_its_tasks_and_is_closed_by_its_report(hospital, whom):
    made = hospital.made(request(whom))
    (order,) = standing()
    assert (order.title, order.system, order.code, order.author) == ("空腹血糖", "loinc", "1558-6", "张医师")
    assert {name: order.detail[name] for name in ("placer", "state", "priority")} == {
        "placer": "P1", "state": "placed", "priority": "急"}  # fmt: skip
    here = {"reference": f"ServiceRequest/{made['id']}"}
    hospital.made({"resourceType": "Task", "status": "in-progress", "intent": "order", "focus": here,
                   "for": {"reference": f"Patient/{whom}"}})  # fmt: skip
    assert standing()[0].detail["state"] == "in_progress"
    hospital.made(report(whom, basedOn=[here]))
    (order,), (answer,) = standing(), standing("report")
    assert (order.detail["state"], order.detail["report"]) == ("resulted", answer.pk)
    assert "order" in answer.detail
    # Told again with a note, it keeps what has become of it; revoked, it keeps its result.
    hospital.put(f"/ServiceRequest/{made['id']}", made | {"note": [{"text": "已交费"}]})
    hospital.put(f"/ServiceRequest/{made['id']}", made | {"status": "revoked"})
    (order,) = standing()
    assert (order.detail["state"], order.detail["report"]) == ("resulted", answer.pk)


def test_request_and_report_of_one_bundle_find_each_other(hospital, whom):
    urn = "urn:uuid:00000000-0000-4000-8000-000000000001"
    entries = [{"fullUrl": urn, "resource": request(whom), "request": {"method": "POST", "url": "ServiceRequest"}},
               {"resource": report(whom, basedOn=[{"reference": urn}], status="preliminary"),
                "request": {"method": "POST", "url": "DiagnosticReport"}}]  # fmt: skip
    answer = hospital.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status_code == 200, answer.content.decode()
    (order,) = standing()
    assert (order.detail["state"], order.detail["report"]) == ("in_progress", standing("report")[0].pk)


def test_a_revoked_order_is_cancelled_one_in_error_withdrawn_and_a_plan_is_none(hospital, whom):
    made = hospital.made(request(whom))
    hospital.put(f"/ServiceRequest/{made['id']}", made | {"status": "revoked"})
    assert [one.detail["state"] for one in standing()] == ["cancelled"]
    hospital.put(f"/ServiceRequest/{made['id']}", made | {"status": "entered-in-error"})
    assert standing() == []
    hospital.made(request(whom, intent="plan", identifier=None))
    hospital.made(request(whom, status="draft", identifier=None))
    assert standing() == []


def test_nobody_s_report_closes_the_order_of_somebody_else(hospital, whom):
    other = hospital.made(patient(identifier=[{"system": "urn:x", "value": "M2"}], name=[{"text": "李四"}],
                                  birthDate="1980-01-01"))["id"]  # fmt: skip
    made = hospital.made(request(whom))
    hospital.made(report(other, basedOn=[{"reference": f"ServiceRequest/{made['id']}"}]))
    assert standing()[0].detail["state"] == "placed"


def test_a_township_orders_by_fhir_the_laboratory_gets_it_by_hl7_and_its_result_closes_it(county, township):
    announced("LIS|检验中心", county.hospital)
    lab = destination(county.hospital, title="县检验系统", orders=True)
    card = {"system": "urn:oid:2.16.156.10011.1.3", "value": CARD}
    whom = township.made(patient(identifier=[card], name=[{"text": "赵老四"}], gender="male"))["id"]
    performer = {"reference": f"Organization/r-{county.hospital.pk}"}
    township.made(request(whom, performer=[performer], authoredOn=clock.now().isoformat(timespec="seconds")))
    sent = Outgoing.objects.get()
    assert (sent.destination, sent.kind) == (lab, "order")
    assert b"1558-6" in bytes(sent.body)
    reported(item="1558-6^空腹血糖^LN")
    (order,) = standing()
    assert (order.detail["state"], order.institution) == ("resulted", county.township)
    assert Entry.objects.filter(kind="report").count() == 1
