"""Questions to an engine in another process, as lengths and JSON: words of facts, numbers and rows, and nothing else.

Both ends are one release on one machine, so a fact travels as its code. What arrives becomes objects of the classes
listed here alone.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yigongti.kernel.measures import sources
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Key, Wanted
from yigongti.kernel.measures.words import (
    Aged,
    Among,
    CodeList,
    CodeRange,
    Condition,
    Either,
    Fact,
    Known,
    NoneOf,
    Selection,
    Within,
)
from yigongti.kernel.parameters.words import Parameter


WORDS: dict[str, Any] = {
    one.__name__: one
    for one in (Aged, Among, Asked, CodeList, CodeRange, Condition, Either, Key, Known, NoneOf, Parameter, Period,
                Selection, Wanted, Within)
}  # fmt: skip
LENGTH = 4
"""Bytes before a message that say how long it is."""


class TooLong(Exception):
    """A message longer than whoever receives it allows."""


# --- what a message says


def packed(value: Any) -> Any:
    """As JSON has it. Raises TypeError for what is no word of a question or an answer."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [packed(one) for one in value]
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"day": value.isoformat()}
    if isinstance(value, Fact):
        return {"fact": value.code}
    kind = type(value).__name__
    if WORDS.get(kind) is not type(value):
        raise TypeError(f"{kind} does not travel")
    return {kind: [packed(getattr(value, one.name)) for one in fields(value)]}


def unpacked(told: Any) -> Any:
    """What was packed; lists come as tuples. Raises LookupError, TypeError or ValueError for anything else."""
    if isinstance(told, list):
        return tuple(unpacked(one) for one in told)
    if not isinstance(told, dict):
        return told
    ((kind, value),) = told.items()
    if kind == "decimal":
        return Decimal(value)
    if kind == "day":
        return date.fromisoformat(value)
    if kind == "fact":
        return sources.registered()[value].fact
    word = WORDS[kind]
    return word(**{one.name: unpacked(part) for one, part in zip(fields(word), value, strict=True)})


def packed_numbers(found: Sequence[Mapping[Key, Decimal]]) -> list[Any]:
    """What `measure_all` answers: there may be thousands, so they are written shorter than words."""
    return [[[key.place, key.by, str(number)] for key, number in one.items()] for one in found]


def unpacked_numbers(told: list[Any]) -> list[Mapping[Key, Decimal]]:
    """What was packed."""
    return [{Key(place, tuple(by)): Decimal(number) for place, by, number in one} for one in told]


def packed_rows(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Rows of one fact: the names once."""
    names = list(rows[0]) if rows else []
    return [names, *([packed(row[name]) for name in names] for row in rows)]


def unpacked_rows(told: list[Any]) -> list[Mapping[str, Any]]:
    """What was packed."""
    names, *rows = told
    return [dict(zip(names, map(unpacked, row), strict=True)) for row in rows]


# --- how it travels


def send(line: socket.socket, told: Mapping[str, Any]) -> None:
    """One message."""
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    line.sendall(len(body).to_bytes(LENGTH, "big") + body)


def receive(line: socket.socket, *, most: int) -> dict[str, Any]:
    """One message. Raises TooLong, ConnectionError where the other end has left, ValueError for what is none."""
    length = int.from_bytes(_exactly(line, LENGTH), "big")
    if length > most:
        raise TooLong(length)
    told = json.loads(_exactly(line, length))
    if not isinstance(told, dict):
        raise ValueError("no message")
    return told


def _exactly(line: socket.socket, count: int) -> bytes:
    held = bytearray()
    while len(held) < count:
        part = line.recv(min(count - len(held), 1 << 20))
        if not part:
            raise ConnectionResetError
        held += part
    return bytes(held)
