"""What a client sent, only its institution's clients change: whoever else tries moves no fact of the platform."""

import json

import pytest

from tests.exchange.fhir.conftest import observation, patient, speaker
from tests.exchange.fhir.test_orders import CARD, report, request, standing, task
from tests.exchange.taking_fhir.test_settlements import settled
from yigongti.fund.models import Claim
from yigongti.kernel import clock
from yigongti.record.models import Entry


PATCH = "application/json-patch+json"


def visit(whom):
    return {"resourceType": "Encounter", "status": "finished", "subject": {"reference": f"Patient/{whom}"},
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "period": {"start": clock.now().isoformat(timespec="seconds")},
            "reasonCode": [{"text": "头晕"}]}  # fmt: skip


def appointment(whom):
    actor = {"reference": f"Patient/{whom}"}
    return {"resourceType": "Appointment", "status": "booked", "start": "2026-04-01T09:00:00+08:00",
            "end": "2026-04-01T09:10:00+08:00", "participant": [{"actor": actor, "status": "accepted"}]}  # fmt: skip


def condition(whom):
    return {"resourceType": "Condition", "code": {"text": "高血压"}, "subject": {"reference": f"Patient/{whom}"}}


def claim(whom):
    inside = [settled()["contained"][0] | {"beneficiary": {"reference": f"Patient/{whom}"}}]
    made = settled() | {"patient": {"reference": f"Patient/{whom}"}, "contained": inside}
    return {name: part for name, part in made.items() if name != "id"}


def facts():
    """All that stands in the record and in the fund."""
    rows = Entry.objects.filter(replaced_by=None).order_by("pk")
    claims = Claim.objects.order_by("pk").values_list("pk", "number", "version", "stands", "withdrawn_at")
    return [(one.pk, one.kind, one.version, one.withdrawn, one.detail.get("state")) for one in rows], list(claims)


@pytest.fixture
def known(county, hospital, township, foreign):
    """A person whom the township, the hospital (by a visit) and a foreign hospital know, each under its own Patient."""
    card = {"identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": CARD}], "name": [{"text": "赵老四"}]}
    made = [one.made(patient(**card, gender="male"))["id"] for one in (township, hospital, foreign)]
    hospital.made(visit(made[1]))
    return made


@pytest.mark.requirement("R159")
@pytest.mark.never("fhir_client.overwrite")
def test_nobody_else_s_put_patch_delete_bundle_or_task_changes_anything(county, hospital, township, foreign, known):
    here, there, elsewhere = known
    performer = [{"reference": f"Organization/r-{county.hospital.pk}"}]
    mine = [township.made(one) for one in (
        request(here, performer=performer), visit(here), appointment(here), condition(here), observation(here),
        report(here), claim(here),
    )]  # fmt: skip
    mine.append(township.made(task(here, mine[0], "requested")))
    before = facts()
    assert len(before[0]) > 5 and before[1]
    for client, whom, seen in ((hospital, there, 403), (foreign, elsewhere, 404)):
        for one in mine:
            place = f"/{one['resourceType']}/{one['id']}"
            status = {"Appointment": "cancelled", "Condition": None}.get(one["resourceType"], "entered-in-error")
            stolen = json.loads(json.dumps(one).replace(f"Patient/{here}", f"Patient/{whom}"))
            stolen |= {"status": status} if status else {"code": {"text": "糖尿病"}}
            patch = json.dumps([{"op": "replace", "path": "/meta/tag", "value": []},
                                {"op": "add", "path": "/language", "value": "zh"}])  # fmt: skip
            entry = {"resource": stolen, "request": {"method": "PUT", "url": place[1:]}}
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
            tried = {
                "PUT": client.put(place, stolen), "PATCH": client("PATCH", place, patch, kind=PATCH),
                "DELETE": client("DELETE", place), "Bundle": client.post("", bundle),
                "PUT ?": client.put(f"/{one['resourceType']}?_id={one['id']}", stolen),
            }  # fmt: skip
            for way, answer in tried.items():
                assert answer.status_code in (seen, 404), (
                    way,
                    place,
                    answer.status_code,
                    answer.content.decode()[:300],
                )
            client("DELETE", f"/{one['resourceType']}?_id={one['id']}")
        assert facts() == before
        for one in mine:
            assert township.get(f"/{one['resourceType']}/{one['id']}").json()["meta"]["versionId"] == "1"


def test_another_client_of_the_same_institution_changes_the_same_fact(county, township, known):
    here, *_ = known
    made = township.made(request(here))
    second = speaker(county.township)
    answer = second.put(f"/ServiceRequest/{made['id']}", made | {"code": {"text": "尿常规"}})
    assert answer.status_code == 200, answer.content.decode()
    (order,) = standing()
    assert (order.title, order.version) == ("尿常规", 2)
    visited = township.made(visit(here))
    second.made(observation(here, encounter={"reference": f"Encounter/{visited['id']}"}))
    (measured,) = Entry.objects.filter(kind="observation")
    assert measured.encounter is not None
    paid = township.made(claim(here))
    second.put(f"/ExplanationOfBenefit/{paid['id']}", paid | {"payment": {"date": "2026-03-21"}})
    assert [(one.version, str(one.settled_on)) for one in Claim.objects.filter(stands=True)] == [(2, "2026-03-21")]
    for one in (made, paid):
        assert second("DELETE", f"/{one['resourceType']}/{one['id']}").status_code == 204
    assert standing() == []
    assert not Claim.objects.filter(stands=True).exists()
