"""JSON comes in with nothing lost and goes out equal; what is no JSON is refused with a sentence."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.fhir_r4 import samples
from yigongti.exchange.fhir_r4.patching import patched
from yigongti.exchange.fhir_r4.reading import DEEPEST, Unreadable, read
from yigongti.exchange.fhir_r4.writing import write
from yigongti.kernel.language import spoken


@pytest.mark.parametrize(
    "text",
    ["1.10", "1.0", "100.00", "0.0000001", "1e5", "1E+5", "1.50e-7", "-0", "-0.0", "0", "12345678901234567890.1"],
)
def test_numbers_keep_the_digits_they_were_written_with(text):
    assert write(read(f'{{"value":{text}}}'.encode())).decode() == f'{{"value":{text}}}'


def test_numbers_can_be_calculated_with_however_they_were_written():
    assert read(b'{"value":1.50e-2}')["value"] + 1 == Decimal("1.015")
    assert read(b'{"value":-0}')["value"] == 0


def test_the_digits_survive_copying_and_other_processes():
    found = read(b'{"value":1e5}')
    sent = pickle.loads(pickle.dumps(found))  # noqa: S301 - what we packed ourselves
    for same in (copy.deepcopy(found), sent, patched(found, [])):
        assert write(same) == b'{"value":1e5}'


def test_order_unknown_elements_and_all_letters_stay():
    said = '{"z":"é\\"\\\\\\n中𠮷","a":[null,true,false,{},[]],"unknown":{"x":1}}'
    assert write(read(said.encode())).decode() == said


def test_a_byte_order_mark_is_passed_over():
    assert read(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


REFUSED = {
    b'{"a":1,"b":{"c":1,"c":2}}': ("fhir.duplicate", "“c”"),
    b'{"a":NaN}': ("fhir.number", "NaN"),
    b'{"a":-Infinity}': ("fhir.number", "-Infinity"),
    b'{"a":1e999999999}': ("fhir.number", "太大"),
    b'{"a":' + b"9" * 5000 + b"}": ("fhir.number", "太长"),
    b'{"a":"\xff"}': ("fhir.utf8", "第 7 字节"),
    b'{"a":"\\ud800"}': ("fhir.utf8", "UTF-16"),
    b'{"\\udc00":1}': ("fhir.utf8", "UTF-16"),
    b'{"a":"\\u0000"}': ("fhir.nul", "空字符"),
    b'{"a":[1,}': ("fhir.json", "第 1 行第 9 列"),
    b'{"a":1} x': ("fhir.json", "第 1 行"),
    b"": ("fhir.json", "第 1 行"),
    b"[]": ("fhir.not_an_object", "对象"),
    b'{"a":' + b"[" * 100_000: ("fhir.depth", str(DEEPEST)),
    b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1): ("fhir.depth", str(DEEPEST)),
}


@pytest.mark.parametrize("data", REFUSED, ids=lambda data: data[:12].decode("latin-1"))
def test_what_is_no_resource_in_json_is_refused_with_a_sentence(data):
    rule, part = REFUSED[data]
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert refused.value.rule == rule and part in refused.value.sentence
    with spoken("en"):
        assert refused.value.sentence.startswith("What came cannot be read as FHIR JSON: ")


def test_more_bytes_than_allowed_are_not_looked_at():
    with pytest.raises(Unreadable) as refused:
        read(b'{"a":"' + b"x" * 100 + b'"}', largest=50)
    assert refused.value.rule == "fhir.too_large"


def test_six_plain_letters_are_not_an_escape():
    assert read(b'{"a":"\\\\u0000 \\\\ud800"}') == {"a": "\\u0000 \\ud800"}


def test_as_deep_as_allowed_is_read():
    data = b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST
    assert write(read(data)) == data


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.integers(-(10**20), 10**20) | st.decimals(allow_nan=False, allow_infinity=False, places=3)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, JSON))
def test_what_was_written_is_read_equal(found):
    assert read(write(found)) == found
    assert write(read(write(found))) == write(found)


def test_nothing_but_json_is_written():
    with pytest.raises(TypeError):
        write({"a": 1.5})


@pytest.mark.parametrize("made", [samples.patient, samples.observation, samples.transaction])
def test_samples_come_back_equal(made):
    assert read(write(made())) == made()
