"""JSON bytes become a resource with nothing lost: digits, order and unknown elements stay; no JSON, no resource."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NoReturn

from yigongti.exchange.fhir_r4.numerals import TooLong, decimal, whole
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Refusal


LARGEST = 32 * 1024 * 1024
DEEPEST = 60
BOM = b"\xef\xbb\xbf"

LONE_HALF = re.compile(r"\\u[dD][89a-fA-F]")
NUL = re.compile(r"\\u0000")


class Unreadable(Refusal):
    """收到的内容不能作为 FHIR JSON 读取：{problem}"""

    status = 400


def read(data: bytes, *, largest: int = LARGEST) -> dict[str, Any]:
    """The resource in these bytes; whether R4 allows it is for the validator to say."""
    if len(data) > largest:
        raise _unreadable("too_large", phrase("内容超过 {most} 字节的上限。", most=largest))
    text = _decoded(data)
    found = _parsed(text)
    if not isinstance(found, dict):
        raise _unreadable("not_an_object", phrase("最外层应是一个 JSON 对象。"))
    if is_too_deep(found):
        raise _too_deep()
    if "\\u" in text:
        _refuse_halves(text, found)
    return found


def is_too_deep(found: Any) -> bool:
    """Whether objects and arrays are nested beyond what a reader can be asked to follow."""
    level = [found] if isinstance(found, dict | list) else []
    for _depth in range(DEEPEST):
        level = [
            child
            for one in level
            for child in (one.values() if type(one) is dict else one)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _decoded(data: bytes) -> str:
    try:
        return data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as bad:
        raise _unreadable("utf8", phrase("第 {place} 字节不是有效的 UTF-8。", place=bad.start + 1)) from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_float=decimal, parse_int=whole, parse_constant=_constant
        )
    except json.JSONDecodeError as bad:
        said = phrase("第 {line} 行第 {column} 列不是有效的 JSON。", line=bad.lineno, column=bad.colno)
        raise _unreadable("json", said) from None
    except TooLong:
        raise _unreadable("number", phrase("其中一个数太长或太大。")) from None
    except RecursionError:
        raise _too_deep() from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = Counter(name for name, _value in pairs)
        twice = names.most_common(1)[0][0]
        raise _unreadable("duplicate", phrase("同一个对象里“{name}”出现了两次。", name=twice[:80]))
    return made


def _constant(name: str) -> NoReturn:
    raise _unreadable("number", phrase("{name} 不是 JSON 里可以写的数。", name=name))


def _refuse_halves(text: str, found: dict[str, Any]) -> None:
    """Escapes can say what no UTF-8 and no store can hold: half a character, or NUL."""
    if NUL.search(text) and _says(found, "\0"):
        raise _unreadable("nul", phrase("文字里有空字符（\\u0000）。"))
    if LONE_HALF.search(text):
        try:
            json.dumps(found, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            raise _unreadable("utf8", phrase("文字里有不成对的 UTF-16 代理字符。")) from None


def _says(found: Any, letter: str) -> bool:
    """Whether a text or a name anywhere holds this letter; `\\\\u0000` in the source may be six plain letters."""
    if isinstance(found, dict):
        return any(letter in name or _says(value, letter) for name, value in found.items())
    if isinstance(found, list):
        return any(_says(value, letter) for value in found)
    return isinstance(found, str) and letter in found


def _too_deep() -> Unreadable:
    return _unreadable("depth", phrase("对象和数组的嵌套超过 {most} 层。", most=DEEPEST))


def _unreadable(rule: str, problem: str) -> Unreadable:
    return Unreadable(rule=f"fhir.{rule}", problem=problem)
