"""Create, read, update, delete, history, conditions and patches, as HTTP asks and answers them."""

from __future__ import annotations

import json

from tests.exchange.fhir.conftest import patient
from yigongti.exchange.models import Message
from yigongti.residents.models import Resident


def test_a_patient_is_made_read_back_and_becomes_a_resident(hospital):
    made = hospital.post("/Patient", patient())
    assert made.status_code == 201, made.content.decode()
    body = made.json()
    assert made.headers["Location"].endswith(f"/fhir/R4/Patient/{body['id']}/_history/1")
    assert (made.headers["ETag"], body["meta"]["versionId"]) == ('W/"1"', "1")
    read = hospital.get(f"/Patient/{body['id']}")
    assert (read.status_code, read.content, read.headers["ETag"]) == (200, made.content, 'W/"1"')
    assert read.headers["Content-Type"].startswith("application/fhir+json")
    assert {k: v for k, v in read.json().items() if k not in ("id", "meta")} == patient()
    assert list(Resident.objects.values_list("name", flat=True)) == ["王秀英"]
    kept = Message.objects.get()
    assert (kept.state, kept.kind, bytes(kept.body)) == ("applied", "Patient.create", json.dumps(patient()).encode())
