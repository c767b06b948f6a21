"""Whatever is asked or sent, the server answers with a resource and never falls over."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange.fhir.conftest import patient
from yigongti.exchange.fhir.answers import pretty


QUICK = settings(max_examples=60, deadline=None, database=None,
                 suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
WORDS = st.sampled_from([
    "Patient", "Observation", "_history", "_search", "$validate", "$everything", "metadata", "1", "a%00b", "%FF", "..",
    "ValueSet", "Parameters", "Binary", "", "%E7%8E%8B", "x" * 70,
])  # fmt: skip
NAMES = st.sampled_from([
    "name", "name:exact", "identifier", "birthdate", "_lastUpdated", "_sort", "_count", "_include", "_total",
    "_summary",
    "general-practitioner.name", "general-practitioner:Practitioner.identifier", "_after", "_until", "_place", "_found",
    "gender:not", "phone:missing", "link", "_id", "organization:missing", "_profile", "_tag", "_format", "a:b.c",
])  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", ",", "|", "a|b", "|||", "\\,", "ge2026", "9999-12-31", "0001-01-01", "-1", "1e400", "9" * 20,
                     "%", "_", "Patient:link", "-birthdate,name", "2026-02-30", "true", "24:00", "ltT", "\x00"]),
)  # fmt: skip


def sound(answer):
    assert answer.status_code < 500, answer.content[:500]
    if answer.content:
        assert json.loads(answer.content)["resourceType"]


@QUICK
@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    st.lists(WORDS, max_size=5),
    st.binary(max_size=40),
)
def test_any_address_and_body(hospital, method, parts, body):
    answer = hospital(method, "/" + "/".join(parts), body)
    if method != "HEAD" and "%00" not in "".join(parts):
        sound(answer)


@QUICK
@given(st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_any_search(hospital, pairs):
    query = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in pairs])
    if "%00" not in query:
        sound(hospital.get(f"/Patient?{query}"))
    sound(hospital("POST", "/Patient/_search", query.encode(), kind="application/x-www-form-urlencoded"))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
                        "resourceType", "id", "meta", "entry", "request", "method", "url", "resource", "type",
                        "fullUrl", "reference", "subject", "identifier", "value", "name", "ifMatch", "ifNoneExist",
                    ]), inner, max_size=4), max_leaves=12)  # fmt: skip


@QUICK
@given(JSON, st.sampled_from(["transaction", "batch"]), st.sampled_from(["Patient", "Observation", "Bundle"]))
def test_any_json(hospital, spoiled, kind, type_):
    sound(hospital.post(f"/{type_}", spoiled))
    sound(hospital.post(f"/{type_}/$validate", {"resourceType": "Parameters", "parameter": spoiled}))
    sound(hospital.post("", {"resourceType": "Bundle", "type": kind, "entry": spoiled}))
    sound(hospital.post("", {"resourceType": "Bundle", "type": kind, "entry": [spoiled]}))
    sound(hospital.post("", {"resourceType": "Bundle", "type": kind,
                             "entry": [{"resource": patient(), "request": spoiled}]}))  # fmt: skip
    sound(hospital.post("", {"resourceType": "Bundle", "type": kind, "entry": [
        {"resource": {**patient(), "link": spoiled},
         "request": {"method": "POST", "url": "Patient"}}]}))  # fmt: skip
    sound(hospital.put("/Patient/f", {**patient(), "id": "f", "meta": spoiled}))
    sound(hospital("PATCH", "/Patient/f", [spoiled], kind="application/json-patch+json"))


@pytest.mark.parametrize("said", ['W/"x"', "*", 'W/"999999999999"', '""', "W/"])
def test_any_version(hospital, said):
    made = hospital.made(patient())
    sound(hospital.put(f"/Patient/{made['id']}", made, If_Match=said))
    sound(hospital.get(f"/Patient/{made['id']}/_history/{said.strip('W/') or 0}"))


@given(JSON)
@settings(max_examples=200, deadline=None, database=None)
def test_pretty_is_the_same_json(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert json.loads(pretty(text)) == value
