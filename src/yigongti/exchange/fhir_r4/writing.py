"""A resource becomes JSON bytes again, equal to what was read, digits and order of elements kept."""

from __future__ import annotations

from decimal import Decimal
from json.encoder import encode_basestring as quoted
from typing import Any


def write(resource: Any) -> bytes:
    """UTF-8 without spaces between."""
    parts: list[str] = []
    _write(resource, parts.append)
    return "".join(parts).encode()


def _write(value: Any, say: Any) -> None:
    kind = type(value)
    if kind is str:
        say(quoted(value))
    elif kind is dict:
        _object(value, say)
    elif kind is list:
        _array(value, say)
    elif kind is bool:
        say("true" if value else "false")
    elif value is None:
        say("null")
    elif isinstance(value, int | Decimal):
        say(str(value))
    elif isinstance(value, str):
        say(quoted(str(value)))
    else:
        raise TypeError(f"{kind.__name__} is nothing that a resource holds")


def _object(value: dict[str, Any], say: Any) -> None:
    before = "{"
    for name, child in value.items():
        say(f"{before}{quoted(name)}:")
        _write(child, say)
        before = ","
    say("}" if value else "{}")


def _array(value: list[Any], say: Any) -> None:
    before = "["
    for child in value:
        say(before)
        _write(child, say)
        before = ","
    say("]" if value else "[]")
