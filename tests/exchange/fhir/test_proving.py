"""A write asks in its first statement whether its token still holds: before that nothing is written, kept or said."""

from __future__ import annotations

import pytest

from tests.exchange.fhir.conftest import observation, patient
from tests.exchange.fhir.test_straight import WAYS_OUT, rows
from yigongti.exchange.fhir import clients, sight
from yigongti.exchange.models import Message, Resource
from yigongti.kernel.audit.models import Entry as Trail


@pytest.fixture
def whom(hospital):
    """Somebody whose hospital has just written, and is remembered for it."""
    found = hospital.made(patient())["id"]
    hospital.made(observation(found))
    return found


def bundle(kind, *entries):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def posted(resource):
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}


def writes(whom):
    """Ways to write, to be refused, and to ask whether something is there."""
    told, known = observation(whom), {"If_None_Exist": "identifier=http://his.example.org/mrn|M1"}
    return [
        ("POST", "/Observation", told, {}), ("POST", "/Observation", told, {"Idempotency_Key": "k"}),
        ("POST", "/Patient", patient(), known), ("PUT", f"/Patient/{whom}", patient(id=whom), {}),
        ("PUT", f"/Patient/{whom}", patient(id=whom), {"If_Match": 'W/"7"'}),
        ("POST", "/Observation", observation("nobody"), {}), ("POST", "/Observation", {**told, "status": "?"}, {}),
        ("POST", "/Observation", b"{", {}), ("POST", "/Nothing", told, {}), ("POST", "", bundle("transaction"), {}),
        ("POST", "", bundle("transaction", posted(told)), {}), ("POST", "", bundle("batch", posted(told)), {}),
        ("POST", "", bundle("batch", {"request": {"method": "GET", "url": f"Patient/{whom}"}}), {}),
        ("POST", "", told, {}),
    ]  # fmt: skip


@pytest.mark.parametrize("out", WAYS_OUT)
def test_who_is_out_writes_no_more_and_learns_nothing(hospital, whom, out):
    out(hospital)
    before = Resource.objects.count(), Message.objects.count(), Trail.objects.count(), rows()
    for method, path, body, headers in writes(whom):
        assert clients.claimed(f"Bearer {hospital.token}")  # as in another process, which was not told
        assert hospital(method, path, body, **headers).status_code == 401, (method, path)
    assert (Resource.objects.count(), Message.objects.count(), Trail.objects.count(), rows()) == before


def test_the_answers_are_those_that_a_token_asked_for_first_gets(hospital, whom, monkeypatch):
    def answers():
        sight.forget()
        told = [hospital(method, path, body, **headers) for method, path, body, headers in writes(whom)]
        return [(one.status_code, [issue["details"] for issue in one.json().get("issue", ())] if one.content else "")
                for one in told]  # fmt: skip

    quick = answers()
    assert {status for status, _ in quick} >= {200, 201, 400, 404, 412, 422}
    monkeypatch.setattr(clients, "FRESH_SECONDS", -1.0)
    assert clients.claimed(f"Bearer {hospital.token}") is None
    assert quick == answers()
