"""Each primitive type takes what R4 writes and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yigongti.exchange.fhir_r4.definitions import is_primitive
from yigongti.exchange.fhir_r4.primitives import TESTS, wanted


RIGHT = {
    "boolean": [True, False],
    "integer": [0, -5, 2**31 - 1, -(2**31)],
    "unsignedInt": [0, 7],
    "positiveInt": [1],
    "decimal": [0, Decimal("1.10"), Decimal("-1E+5")],
    "string": ["a", " ", "一\n二\t三", "　", "x" * 1024 * 1024],
    "markdown": ["# 一"],
    "code": ["final", "a b", "中", "mm[Hg]"],
    "uri": ["urn:oid:1.2", "http://x/?a=1#b", "Patient/1", "中文"],
    "url": ["http://x"],
    "canonical": ["http://x|1.0", "#a"],
    "date": ["2026", "2026-02", "2026-02-28", "2024-02-29", "1900-12-31", "0001-01-01"],
    "dateTime": ["2026", "2026-02", "2026-02-28", "2026-02-28T23:59:60Z", "2026-02-28T00:00:00.123+08:00"],
    "instant": ["2026-02-28T09:30:00+08:00", "2026-02-28T09:30:00.1234567Z"],
    "time": ["09:30:00", "23:59:60.5"],
    "id": ["a", "A-1.b", "x" * 64],
    "oid": ["urn:oid:1.2.156.10011"],
    "uuid": ["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"],
    "base64Binary": ["QQ==", "QUJD", "QU\nJD "],
}
WRONG = {
    "boolean": ["true", 1, 0, None],
    "integer": [True, 2**31, -(2**31) - 1, Decimal("1.0"), "1"],
    "unsignedInt": [-1, True],
    "positiveInt": [0, -1, True],
    "decimal": ["1.0", True, None, 1.5],
    "string": ["", "a\x00", "a\x0bb", 1, None, [], "x" * (1024 * 1024 + 1)],
    "markdown": [""],
    "code": ["", " a", "a ", "a  b", "a\x01", 1],
    "uri": ["", "a b", " a", "a\n", 1, "a\x07"],
    "url": ["a b"],
    "canonical": ["a b"],
    "date": ["", "2026-2-1", "2026-13", "2026-02-29", "2100-02-29", "2026-04-31", "2026-00-01", "0000", "20260228",
             "2026-02-28T09:30:00+08:00", 2026],
    "dateTime": ["2026-02-28T09:30+08:00", "2026-02-28T09:30:00", "2026-02-28T24:00:00Z", "2026-02-30T09:30:00Z",
                 "2026-02-28T09:30:00+15:00", "2026-02-28 09:30:00Z"],
    "instant": ["2026-02-28", "2026-02-28T09:30:00", "2026-02-31T09:30:00Z"],
    "time": ["9:30:00", "09:30", "24:00:00", "09:30:00Z"],
    "id": ["", "a_b", "a b", "x" * 65, "中"],
    "oid": ["1.2.3", "urn:oid:3.1", "urn:oid:1.02"],
    "uuid": ["urn:uuid:0C3151BD-1CBF-4D64-B04D-CD9187A4C6E0", "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"],
    "base64Binary": ["", "...", "QQ=", "QQ==QQ==", "Q", "%%%2@()()"],
}  # fmt: skip


def _each(listed):
    return [(code, value) for code, values in listed.items() for value in values]


@pytest.mark.parametrize(("code", "value"), _each(RIGHT), ids=lambda one: str(one)[:20])
def test_what_r4_writes_is_taken(code, value):
    assert TESTS[code](value)


@pytest.mark.parametrize(("code", "value"), _each(WRONG), ids=lambda one: repr(one)[:20])
def test_what_it_does_not_write_is_refused(code, value):
    assert not TESTS[code](value)


def test_every_primitive_type_of_the_standard_is_looked_at_and_said():
    assert set(TESTS) == set(RIGHT) == set(WRONG)
    assert all(is_primitive(code) and wanted(code) for code in TESTS)
