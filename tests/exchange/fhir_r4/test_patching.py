"""JSON Patch, as RFC 6902 has it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.exchange.fhir_r4 import samples
from yigongti.exchange.fhir_r4.patching import BadPatch, are_equal, patched
from yigongti.kernel.language import spoken


def test_the_collected_cases_end_as_they_should(collected):
    cases = json.loads((collected / "patch" / "json-patch-tests.json").read_text(encoding="utf-8"))
    assert len(cases) == 16
    for case in cases:
        if "error" in case:
            with pytest.raises(BadPatch):
                patched(case["doc"], case["patch"])
        else:
            assert are_equal(patched(case["doc"], case["patch"]), case["expected"]), case["comment"]


def op(name, path, **more):
    return {"op": name, "path": path, **more}


RIGHT = [
    ({"a": 1}, [op("add", "/b", value=[2])], {"a": 1, "b": [2]}),
    ({"a": [1, 2]}, [op("add", "/a/1", value=9), op("add", "/a/-", value=3)], {"a": [1, 9, 2, 3]}),
    ({"a": [1, 2]}, [op("remove", "/a/0")], {"a": [2]}),
    ({"a": {"b": 1}}, [op("replace", "/a/b", value=None)], {"a": {"b": None}}),
    ({"a": 1}, [op("replace", "", value={"b": 2})], {"b": 2}),
    ({"a": {"b": 1}}, [op("move", "/c", **{"from": "/a/b"})], {"a": {}, "c": 1}),
    ({"a": 1}, [op("move", "/a", **{"from": "/a"})], {"a": 1}),
    ({"a": {"b": 1}}, [op("copy", "/c", **{"from": "/a"}), op("replace", "/c/b", value=2)],
     {"a": {"b": 1}, "c": {"b": 2}}),
    ({"": 1, "~/": 2}, [op("test", "/", value=1), op("test", "/~0~1", value=2)], {"": 1, "~/": 2}),
    ({"a": Decimal("1.10")}, [op("test", "/a", value=Decimal("1.1"))], {"a": Decimal("1.10")}),
    ({"a": {"x": 1, "y": 2}}, [op("test", "/a", value={"y": 2, "x": 1})], {"a": {"x": 1, "y": 2}}),
]  # fmt: skip
WRONG = [
    ({"a": 1}, {}, "数组"),
    ({"a": 1}, ["x"], "对象"),
    ({"a": 1}, [op("add", "/b/c", value=1)], "/b 不存在"),
    ({"a": [1]}, [op("add", "/a/2", value=1)], "/a/2 不存在"),
    ({"a": [1]}, [op("add", "/a/01", value=1)], "/a/01 不存在"),
    ({"a": [1]}, [op("replace", "/a/-", value=1)], "/a/- 不存在"),
    ({"a": [1]}, [op("remove", "/a/1")], "/a/1 不存在"),
    ({"a": 1}, [op("remove", "/b")], "/b 不存在"),
    ({"a": 1}, [op("remove", "")], "整个资源"),
    ({"a": 1}, [op("add", "/a/b", value=1)], "/a/b 不存在"),
    ({"a": 1}, [op("add", "/b")], "缺少“value”"),
    ({"a": 1}, [op("add", "b", value=1)], "“path”"),
    ({"a": 1}, [op("copy", "/b")], "“from”"),
    ({"a": 1}, [op("swap", "/a")], "“swap”"),
    ({"a": {"b": 1}}, [op("move", "/a/b/c", **{"from": "/a"})], "它自己"),
    ({"a": 1}, [op("test", "/a", value=True)], "不同"),
    ({"a": "1"}, [op("test", "/a", value=1)], "不同"),
    ({"a": 1}, [op("add", "/b", value=1)] * 1001, "1000"),
    ({"a": "x" * 100_000}, [op("copy", f"/{n}", **{"from": ""}) for n in range(20)], "太多"),
    ({"a": {}}, [op("add", "/a" * n, value={}) for n in range(2, 80)], "嵌套"),
]


@pytest.mark.parametrize(("document", "patch", "wanted"), RIGHT, ids=str)
def test_operations_do_what_they_say(document, patch, wanted):
    before = json.dumps(document, default=str)
    assert patched(document, patch) == wanted
    assert json.dumps(document, default=str) == before


@pytest.mark.parametrize(("document", "patch", "said"), WRONG, ids=lambda one: str(one)[:30])
def test_what_cannot_be_done_is_refused_and_nothing_is_changed(document, patch, said):
    before = json.dumps(document)
    with pytest.raises(BadPatch) as refused:
        patched(document, patch)
    assert said in refused.value.sentence and json.dumps(document) == before


def test_the_operation_that_failed_is_named():
    patch = [op("replace", "/gender", value="male"), op("remove", "/photo")]
    with pytest.raises(BadPatch) as refused, spoken("en"):
        patched(samples.patient(), patch)
    with spoken("en"):
        assert refused.value.sentence == "Operation 2 of the patch cannot be carried out: /photo does not exist."
