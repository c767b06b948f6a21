"""A county with clients of its institutions, who speak to the server over the test client."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from django.test import Client as Browser

from tests import factories
from yigongti.exchange.fhir import sight
from yigongti.exchange.fhir.clients import make_client, token_for


FHIR = "application/fhir+json"
ALL = "system/*.cruds"


@dataclass
class Speaker:
    """A client with a token."""

    token: str
    code: str

    def __call__(self, method, path, body=None, *, kind=FHIR, **headers):
        data = body if isinstance(body, bytes | str) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Browser().generic(method, f"/fhir/R4{path}", data, content_type=kind if body is not None else "",
                                 headers={"Authorization": f"Bearer {self.token}", **named})  # fmt: skip

    def get(self, path, **headers):
        return self("GET", path, **headers)

    def post(self, path, body, **headers):
        return self("POST", path, body, **headers)

    def put(self, path, body, **headers):
        return self("PUT", path, body, **headers)

    def made(self, resource, **headers):
        """A resource created; as it stands."""
        answer = self.post(f"/{resource['resourceType']}", resource, **headers)
        assert answer.status_code == 201, answer.content.decode()
        return answer.json()

    def found(self, path):
        """The ids that a search finds, in order."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content.decode()
        return [one["resource"]["id"] for one in answer.json().get("entry", ()) if one["search"]["mode"] == "match"]


def speaker(institution, scopes=ALL):
    made = make_client(institution=institution.name, scopes=scopes)
    return Speaker(token_for(code=made.code, secret=made.secret).token, made.code)


@pytest.fixture
def county(db):
    sight.forget()
    return factories.county()


@pytest.fixture
def hospital(county):
    return speaker(county.hospital)


@pytest.fixture
def township(county):
    return speaker(county.township)


@pytest.fixture
def foreign(county):
    return speaker(county.foreign_hospital)


def patient(**changes):
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "http://his.example.org/mrn", "value": "M1"}],
        "name": [{"text": "王秀英", "family": "王", "given": ["秀英"]}],
        "gender": "female", "birthDate": "1972-11-05", **changes,
    }  # fmt: skip


def observation(whom, **changes):
    return {
        "resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{whom}"}, "effectiveDateTime": "2026-03-01T08:00:00+08:00",
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
        **changes,
    }  # fmt: skip
