"""A large resource takes as long as it is large: no rule asks everything again of everything."""

from __future__ import annotations

import time

import pytest

from yigongti.exchange.fhir_r4.faults import MOST
from yigongti.exchange.fhir_r4.validator import check


MANY = 4000
TEXT = {"text": "x"}


def elements():
    named = [{"id": f"K.e{n}", "path": f"K.e{n}", "min": 0, "max": "1", "definition": "x",
              "base": {"path": "K", "min": 0, "max": "1"}} for n in range(MANY)]  # fmt: skip
    return [{**named[0], "id": "K", "path": "K"}, *named[1:]]


def definition():
    return {
        "resourceType": "StructureDefinition", "url": "http://k", "name": "K", "status": "draft", "kind": "resource",
        "abstract": False, "type": "K", "baseDefinition": "http://b", "derivation": "constraint",
        "snapshot": {"element": elements()}, "differential": {"element": elements()},
    }  # fmt: skip


def observation():
    return {
        "resourceType": "Observation", "status": "final", "valueString": "x",
        "code": {"coding": [{"code": f"a{n}"} for n in range(MANY)]},
        "component": [{"code": {"coding": [{"code": f"b{n}"}]}} for n in range(MANY)],
    }  # fmt: skip


def guide():
    return {
        "resourceType": "ImplementationGuide", "url": "http://k", "name": "K", "status": "draft", "packageId": "k",
        "fhirVersion": ["4.0.1"],
        "definition": {
            "grouping": [{"id": f"g{n}", "name": "x"} for n in range(MANY)],
            "resource": [{"reference": TEXT, "groupingId": f"g{n}"} for n in range(MANY)],
        },
    }  # fmt: skip


def contained():
    return {
        "resourceType": "List", "status": "current", "mode": "working",
        "contained": [{"resourceType": "Basic", "id": f"c{n}", "code": TEXT} for n in range(MANY)],
        "entry": [{"item": {"reference": f"#c{n}"}} for n in range(MANY)],
    }  # fmt: skip


def bundle():
    return {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": f"urn:uuid:{n}", "request": {"method": "POST", "url": "Basic"},
         "resource": {"resourceType": "Basic", "code": TEXT, "subject": {"reference": f"urn:uuid:x{n}"}}}
        for n in range(MANY)
    ]}  # fmt: skip


def rubbish():
    return {"resourceType": "Patient", "name": [{"given": [{"x": [n]}]} for n in range(MANY)]}


@pytest.mark.parametrize(
    "made", [definition, observation, guide, contained, bundle, rubbish], ids=lambda one: one.__name__
)
def test_what_is_large_is_checked_in_seconds(made):
    resource = made()
    began = time.process_time()
    issues = check(resource)
    assert time.process_time() - began < 2
    assert len(issues) <= MOST + 1 and (made in (guide, bundle, rubbish) or issues == [])
