"""Whatever the JSON door's own description allows is answered in its own form: it never falls, and tells why not."""

from __future__ import annotations

import json
import uuid

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core import NOT_SET

from tests.access.conftest import signed_in
from tests.factories import actor, resident, submitted
from tests.factories import county as make_county


ANSWERS = {200, 400, 403, 404, 405, 409, 412, 422}


@pytest.fixture
def told(db):
    """The session of a township doctor, and the number of a case that is there."""
    county = make_county()
    doctor = actor("township_doctor", county.township)
    number = submitted(doctor, resident(county.township), county.cardiology)
    return signed_in(doctor), number


def test_whatever_the_description_allows_is_answered(told):
    client, number = told
    described = client.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(described)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == sum(len(methods) for methods in described["paths"].values()) >= 5
    for operation in operations:
        ask(operation, client, number)


def ask(operation, client, number):
    """Some calls of one operation, as its description allows; half of them of a case that is there."""

    @given(case=operation.as_strategy(), there=st.booleans())
    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def one(case, there):
        if there and "number" in case.path_parameters:
            case.path_parameters["number"] = number
        body = b"" if case.body is NOT_SET else json.dumps(case.body)
        answer = client.generic(case.method, case.formatted_path, body, content_type="application/json",
                                query_params=case.query, headers={"Idempotency-Key": str(uuid.uuid4())})  # fmt: skip
        said = answer.json()
        assert answer.status_code in ANSWERS, said
        assert answer.status_code == 200 or said.keys() & {"refused", "detail"}, said

    one()


@pytest.mark.parametrize("path", ["/api/worklist", "/api/workflows", "/api/cases/SZ1"])
def test_without_a_session_nothing_of_it_is_answered(db, path):
    assert Client().get(path).status_code == 401
