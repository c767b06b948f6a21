"""Formats of R4's primitive types: what a value must look like, and whether the day it names exists."""

from __future__ import annotations

import binascii
import re
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yigongti.exchange.fhir_r4.definitions import regex
from yigongti.kernel.language import Phrase, phrase


Test = Callable[[Any], bool]

LONGEST_TEXT = 1024 * 1024
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SPACE = re.compile(r"\s", re.ASCII)
INT32 = range(-(2**31), 2**31)


def _matches(primitive: str) -> Callable[[str], object]:
    return re.compile(regex(primitive), re.ASCII).fullmatch


def _is_text(value: Any) -> bool:
    if type(value) is not str or not 0 < len(value) <= LONGEST_TEXT:
        return False
    return value.isprintable() or not CONTROL.search(value)


def _is_code(value: Any) -> bool:
    if type(value) is not str or not value:
        return False
    return (" " not in value and value.isprintable()) or (_code(value) is not None and not CONTROL.search(value))


def _is_uri(value: Any) -> bool:
    return type(value) is str and value != "" and (value.isprintable() or not CONTROL.search(value)) \
        and SPACE.search(value) is None  # fmt: skip


def _is_whole(value: Any) -> bool:
    return type(value) is int and value in INT32


def _is_decimal(value: Any) -> bool:
    return type(value) is int or isinstance(value, Decimal)


def _is_day(value: str) -> bool:
    """A day that the calendar has; `value` fits the format already."""
    if len(value) < 10 or value[8:10] < "29":
        return True
    return int(value[8:10]) <= monthrange(int(value[:4]), int(value[5:7]))[1]


def _dated(primitive: str) -> Test:
    matches = _matches(primitive)
    return lambda value: type(value) is str and matches(value) is not None and _is_day(value)


def _formed(primitive: str) -> Test:
    matches = _matches(primitive)
    return lambda value: type(value) is str and matches(value) is not None


def _is_base64(value: Any) -> bool:
    if type(value) is not str or not value:
        return False
    try:
        binascii.a2b_base64("".join(value.split()), strict_mode=True)
    except ValueError:
        return False
    return True


_code = _matches("code")

TESTS: dict[str, Test] = {
    "boolean": lambda value: type(value) is bool,
    "integer": _is_whole,
    "unsignedInt": lambda value: _is_whole(value) and value >= 0,
    "positiveInt": lambda value: _is_whole(value) and value > 0,
    "decimal": _is_decimal,
    "string": _is_text,
    "markdown": _is_text,
    "code": _is_code,
    "uri": _is_uri,
    "url": _is_uri,
    "canonical": _is_uri,
    "date": _dated("date"),
    "dateTime": _dated("dateTime"),
    "instant": _dated("instant"),
    "time": _formed("time"),
    "id": _formed("id"),
    "oid": _formed("oid"),
    "uuid": _formed("uuid"),
    "base64Binary": _is_base64,
}


def wanted(primitive: str) -> Phrase:
    """What a value of this type should have been, in words."""
    return _WANTED[primitive]


_TEXT = phrase("应是非空的文字，不含控制字符，不超过 1048576 个字符")
_URI = phrase("应是没有空格的地址")
_WANTED = {
    "boolean": phrase("应是 true 或 false"),
    "integer": phrase("应是 32 位以内的整数"),
    "unsignedInt": phrase("应是不小于 0 的整数"),
    "positiveInt": phrase("应是大于 0 的整数"),
    "decimal": phrase("应是数字"),
    "string": _TEXT,
    "markdown": _TEXT,
    "code": phrase("应是代码：首尾没有空格，中间没有连续空格"),
    "uri": _URI,
    "url": _URI,
    "canonical": _URI,
    "date": phrase("应是存在的日期，写作 YYYY、YYYY-MM 或 YYYY-MM-DD"),
    "dateTime": phrase("应是存在的日期时间，写到时刻就要有秒和时区，如 2026-02-28T09:30:00+08:00"),
    "instant": phrase("应是带秒和时区的时刻，如 2026-02-28T09:30:00+08:00"),
    "time": phrase("应是时刻，写作 HH:MM:SS"),
    "id": phrase("应是 1 至 64 个字母、数字、“-”或“.”"),
    "oid": phrase("应是 urn:oid: 开头的 OID"),
    "uuid": phrase("应是 urn:uuid: 开头的小写 UUID"),
    "base64Binary": phrase("应是 Base64 编码"),
}
