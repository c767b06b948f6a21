"""What is found is told as an OperationOutcome, which is a right resource itself."""

from __future__ import annotations

import pytest

from tests.exchange.fhir_r4 import samples
from yigongti.exchange.fhir_r4.outcomes import outcome, refused
from yigongti.exchange.fhir_r4.reading import Unreadable, read
from yigongti.exchange.fhir_r4.validator import check
from yigongti.kernel.language import spoken


def test_every_fault_is_told_with_its_element():
    told = outcome(check(samples.patient() | {"gender": "x", "birthDate": "1990-02-30"}))
    assert [(one["severity"], one["code"], one["expression"]) for one in told["issue"]] == [
        ("error", "code-invalid", ["Patient.gender"]), ("error", "value", ["Patient.birthDate"]),
    ]  # fmt: skip
    assert told["issue"][0]["diagnostics"].startswith("“x”不在代码表 administrative-gender 里")
    assert check(told) == []


def test_the_language_is_that_of_who_asks():
    issues = check(samples.patient() | {"birthDate": "1990-02-30"})
    with spoken("en"):
        (told,) = outcome(issues)["issue"]
    said = '"1990-02-30" is no date: it must be a date that exists, as YYYY, YYYY-MM or YYYY-MM-DD.'
    assert told["diagnostics"] == said


def test_nothing_wrong_is_said_too():
    told = outcome(check(samples.patient()))
    assert told["issue"] == [{"severity": "information", "code": "informational", "diagnostics": "没有发现问题。"}]
    assert check(told) == []


def test_what_could_not_be_read_is_told_alike():
    with pytest.raises(Unreadable) as raised:
        read(b"{")
    told = refused(raised.value)
    assert told["issue"][0]["code"] == "invalid" and "JSON" in told["issue"][0]["diagnostics"] and check(told) == []


@pytest.mark.parametrize("made", [
    {"resourceType": "Patient", "name": [{"x": 1}] * 600}, {"resourceType": "Patient", "contained": [{}, 1]},
    samples.transaction() | {"total": 1, "entry": [{"fullUrl": "x", "resource": {"resourceType": "Drug"}}]},
])  # fmt: skip
def test_every_kind_of_fault_has_a_code_that_r4_knows(made):
    assert check(outcome(check(made))) == []
