"""JSON Patch (RFC 6902) on a resource: all operations or none; the resource that was given stays as it is."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

from yigongti.exchange.fhir_r4.reading import DEEPEST, LARGEST, is_too_deep
from yigongti.exchange.fhir_r4.writing import write
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Refusal


MOST = 1000
"""So many operations in one patch."""


class BadPatch(Refusal):
    """补丁的第 {number} 步不能执行：{problem}"""

    status = 422


class _Impossible(Exception):
    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


def patched(resource: Any, patch: Any) -> Any:
    """The resource after all operations; `patch` is the list as it was sent."""
    if not isinstance(patch, list):
        raise BadPatch(rule="fhir.patch", number=1, problem=phrase("补丁应是操作的数组。"))
    work = _Work(copy.deepcopy(resource))
    for number, operation in enumerate(patch, 1):
        try:
            if number > MOST:
                raise _Impossible(phrase("一个补丁最多 {most} 步。", most=MOST))
            _apply(work, operation)
        except _Impossible as trouble:
            raise BadPatch(rule="fhir.patch", number=number, problem=trouble.problem) from None
    return work.holder[""]


class _Work:
    """What is being patched, and how much it has been made to grow by copying."""

    def __init__(self, whole: Any) -> None:
        self.holder = {"": whole}
        self.copied = 0

    def copy(self, value: Any) -> Any:
        """A few short operations could double a resource again and again."""
        self.copied += len(write(value))
        if self.copied > LARGEST:
            raise _Impossible(phrase("复制出来的内容太多。"))
        return copy.deepcopy(value)


def _apply(work: _Work, operation: Any) -> None:
    """One operation; nothing may become deeper than what can be read."""
    if not isinstance(operation, dict):
        raise _Impossible(phrase("每一步应是一个对象。"))
    path, holder = _pointer(operation, "path"), work.holder
    match operation.get("op"):
        case "add":
            _add(holder, path, copy.deepcopy(_value(operation)))
        case "remove":
            _remove(holder, path)
        case "replace":
            _get(holder, path)
            _put(holder, path, copy.deepcopy(_value(operation)))
        case "move":
            _move(holder, _pointer(operation, "from"), path)
        case "copy":
            _add(holder, path, work.copy(_get(holder, _pointer(operation, "from"))))
        case "test":
            if not are_equal(_get(holder, path), _value(operation)):
                raise _Impossible(phrase("{path} 的值与所测的不同。", path=_said(path)))
        case other:
            raise _Impossible(phrase("没有“{name}”这种操作。", name=str(other)[:80]))
    if is_too_deep(holder[""]):
        raise _Impossible(phrase("对象和数组的嵌套超过 {most} 层。", most=DEEPEST))


def are_equal(left: Any, right: Any) -> bool:
    """As JSON: 1.10 is 1.1, but true is not 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(are_equal(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(are_equal, left, right))
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


# --- where


def _pointer(operation: dict[str, Any], name: str) -> list[str]:
    """The steps of a JSON pointer, below the empty name that holds the whole."""
    said = operation.get(name)
    if not isinstance(said, str) or (said and not said.startswith("/")):
        raise _Impossible(phrase("“{name}”应是 / 开头的位置。", name=name))
    return [step.replace("~1", "/").replace("~0", "~") for step in said.split("/")]


def _value(operation: dict[str, Any]) -> Any:
    if "value" not in operation:
        raise _Impossible(phrase("缺少“{name}”。", name="value"))
    return operation["value"]


def _get(found: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list):
            found = found[_place(step, len(found) - 1, path)]
        else:
            raise _nothing(path)
    return found


def _place(step: str, most: int, path: list[str]) -> int:
    """The place in an array, which is written without leading zeros."""
    if step.isascii() and step.isdigit() and len(step) < 10 and str(int(step)) == step and int(step) <= most:
        return int(step)
    raise _nothing(path)


def _nothing(path: list[str]) -> _Impossible:
    return _Impossible(phrase("{path} 不存在。", path=_said(path)))


def _said(path: list[str]) -> str:
    return ("/".join(path) or "/")[:200]


# --- what


def _add(holder: dict[str, Any], path: list[str], value: Any) -> None:
    target = _get(holder, path[:-1])
    if isinstance(target, list):
        target.insert(len(target) if path[-1] == "-" else _place(path[-1], len(target), path), value)
    else:
        _put(holder, path, value)


def _put(holder: dict[str, Any], path: list[str], value: Any) -> None:
    target = _get(holder, path[:-1])
    if isinstance(target, list):
        target[_place(path[-1], len(target) - 1, path)] = value
    elif isinstance(target, dict):
        target[path[-1]] = value
    else:
        raise _nothing(path)


def _remove(holder: dict[str, Any], path: list[str]) -> None:
    _get(holder, path)
    if len(path) == 1:
        raise _Impossible(phrase("不能删除整个资源。"))
    target = _get(holder, path[:-1])
    del target[int(path[-1]) if isinstance(target, list) else path[-1]]


def _move(holder: dict[str, Any], source: list[str], path: list[str]) -> None:
    if path[: len(source)] == source and len(path) > len(source):
        raise _Impossible(phrase("不能把一个元素移到它自己里面。"))
    value = _get(holder, source)
    if source != path:
        _remove(holder, source)
        _add(holder, path, value)
