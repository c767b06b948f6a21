"""A client's ServiceRequest is an order of the record; Tasks move it, reports close it, and it goes to who does it."""

import pytest

from tests.exchange.fhir.conftest import patient
from tests.exchange.sending.conftest import announced, destination, reported
from tests.exchange.test_orders import standing
from yigongti.exchange.models import Message, Outgoing
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


def task(whom, made, status):
    return {"resourceType": "Task", "status": status, "intent": "order", "for": {"reference": f"Patient/{whom}"},
            "focus": {"reference": f"ServiceRequest/{made['id']}"}}  # fmt: skip


def said():
    return "".join(map(str, Message.objects.latest("pk").done))


def state():
    (order,) = standing()
    return order.detail["state"]


@pytest.fixture
def shared(county, hospital, township, foreign):
    """A person whom the hospital and the township both know, with an order of the township's for the hospital."""
    card = {"identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": CARD}], "name": [{"text": "赵老四"}]}
    here, there, elsewhere = (one.made(patient(**card, gender="male"))["id"] for one in
                              (township, hospital, foreign))  # fmt: skip
    performer = [{"reference": f"Organization/r-{county.hospital.pk}"}]
    return here, there, elsewhere, performer


def test_only_who_ordered_and_who_is_to_do_it_move_an_order(county, hospital, township, foreign, shared):
    here, there, elsewhere, performer = shared
    made = township.made(request(here, performer=performer))
    kept = foreign.made(task(elsewhere, made, "cancelled"))
    assert state() == "placed"
    assert "Task 没有改变 1 项申请的进度：只有开申请的机构和写明的执行机构能推进或取消" in said()
    assert foreign.get(f"/Task/{kept['id']}").status_code == 200
    hospital.made(task(there, made, "accepted"))
    assert state() == "in_progress"
    township.made(task(here, made, "cancelled"))
    assert state() == "cancelled"
    assert "没有改变" not in said()


def test_where_no_performer_is_named_only_who_ordered_moves_and_closes(hospital, township, shared):
    here, there, *_ = shared
    made = township.made(request(here))
    based = {"basedOn": [{"reference": f"ServiceRequest/{made['id']}"}]}
    hospital.made(task(there, made, "cancelled"))
    hospital.made(report(there, **based))
    assert state() == "placed"
    township.made(report(here, **based))
    assert state() == "resulted"


def test_a_report_that_the_performer_did_not_make_leads_to_the_order_and_does_not_close_it(
    hospital, township, foreign, shared
):
    here, there, elsewhere, performer = shared
    made = township.made(request(here, performer=performer))
    based = {"basedOn": [{"reference": f"ServiceRequest/{made['id']}"}]}
    for one, whom in ((foreign, elsewhere), (township, here)):
        one.made(report(whom, **based))
        assert "只有执行机构的报告能办结" in said()
    (order,) = standing()
    assert (order.detail["state"], order.detail.get("report")) == ("placed", None)
    assert all("order" in one.detail for one in standing("report"))
    hospital.made(report(there, conclusion="6.2 mmol/L", **based))
    (order,) = standing()
    assert (order.detail["state"], order.detail["report"]) == ("resulted", standing("report")[-1].pk)


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
