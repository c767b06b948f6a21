"""Addresses of a transaction's entries become those that its resources got."""

from __future__ import annotations

import copy

import pytest

from tests.exchange.fhir_r4 import samples
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.relinking import relinked
from yigongti.exchange.fhir_r4.validator import check
from yigongti.exchange.fhir_r4.writing import write


URN = samples.MOTHER
NEW = {URN: "Patient/7"}
HEAD = '<div xmlns="http://www.w3.org/1999/xhtml">'


@pytest.mark.parametrize(("before", "after"), [
    ({"subject": {"reference": URN}}, {"subject": {"reference": "Patient/7"}}),
    ({"subject": {"reference": f"{URN}#part"}}, {"subject": {"reference": "Patient/7#part"}}),
    ({"subject": {"reference": "urn:uuid:other"}}, {"subject": {"reference": "urn:uuid:other"}}),
    ({"performer": [{"reference": URN}, {"display": URN}]},
     {"performer": [{"reference": "Patient/7"}, {"display": URN}]}),
    ({"identifier": [{"system": URN, "value": URN}]}, {"identifier": [{"system": "Patient/7", "value": URN}]}),
    ({"valueString": URN}, {"valueString": URN}),
    ({"extension": [{"url": "http://x", "valueUri": URN}]},
     {"extension": [{"url": "http://x", "valueUri": "Patient/7"}]}),
    ({"extension": [{"url": "http://x", "valueReference": {"reference": URN}}]},
     {"extension": [{"url": "http://x", "valueReference": {"reference": "Patient/7"}}]}),
    ({"_status": {"extension": [{"url": "http://x", "valueUri": URN}]}},
     {"_status": {"extension": [{"url": "http://x", "valueUri": "Patient/7"}]}}),
    ({"contained": [{"resourceType": "Specimen", "id": "s", "subject": {"reference": URN}}]},
     {"contained": [{"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/7"}}]}),
    ({"component": [{"code": {"coding": [{"system": URN}]}}]},
     {"component": [{"code": {"coding": [{"system": "Patient/7"}]}}]}),
    ({"text": {"div": f'{HEAD}<a href="{URN}">{URN}</a><img src="#i"/></div>'}},
     {"text": {"div": f'{HEAD}<a href="Patient/7">{URN}</a><img src="#i"/></div>'}}),
    ({"unknown": {"reference": URN}, "contained": [1, {"resourceType": "x"}]},
     {"unknown": {"reference": URN}, "contained": [1, {"resourceType": "x"}]}),
])  # fmt: skip
def test_addresses_are_replaced_and_what_only_looks_like_one_is_not(before, after):
    given = {"resourceType": "Observation", **before}
    kept = copy.deepcopy(given)
    assert relinked(given, NEW) == {"resourceType": "Observation", **after}
    assert given == kept


def test_a_transaction_of_synthea_refers_to_nothing_by_urn_any_more(collected):
    path = sorted((collected / "synthea").glob("*.json"))[2]
    entries = read(path.read_bytes())["entry"]
    new = {one["fullUrl"]: f"{one['resource']['resourceType']}/{number}" for number, one in enumerate(entries)}
    for one in entries:
        made = relinked(one["resource"], new)
        assert b'"reference":"urn:' not in write(made) and check(made) == []
