"""A resource becomes JSON bytes again, equal to what was read, digits and order of elements kept."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any


# Python's own encoder is ten times as fast as ours could be, but knows no decimals: they go through it as texts behind
# a NUL, which no text of a resource holds, and lose their quotes afterwards.
MARK = "\0"
MARKED = re.compile(r'"\\u0000([^"\\]*)"')
FLOAT = re.compile(r"[:,\[]-?\d+(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)[,\]}]")
"""A number that did not go through as a text, or what looks like it inside one."""


def write(resource: Any) -> bytes:
    """UTF-8 without spaces between."""
    return written(resource).encode()


def written(resource: Any) -> str:
    """The same as text."""
    text = _encoder.encode(resource)
    if FLOAT.search(text):
        _refuse_floats(resource)
    return MARKED.sub(r"\1", text) if "\\u0000" in text else text


def _digits(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{MARK}{value!s}"
    raise TypeError(f"{type(value).__name__} is nothing that a resource holds")


def _refuse_floats(value: object) -> None:
    """Their digits are nobody's: what was read holds decimals."""
    if isinstance(value, float):
        raise TypeError("a float is nothing that a resource holds")
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_floats(child)


_encoder = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"),
                            default=_digits)  # fmt: skip
