"""The kinds of value that a resource is searched by."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Token(NamedTuple):
    """A code within its system; `text` is what stands beside it for people. None: the resource does not say."""

    system: str | None
    code: str | None
    text: str | None = None


class Span(NamedTuple):
    """From `low` until before `high`, as a date or time covers; None is open."""

    low: datetime | None
    high: datetime | None


class Link(NamedTuple):
    """Another resource: by type and id where the address tells them, by its address, by an identifier."""

    kind: str | None
    id: str | None
    address: str | None
    identifier: Token | None = None


class Number(NamedTuple):
    """A number with the range that its written digits stand for; None is open."""

    value: Decimal
    low: Decimal | None
    high: Decimal | None


class Amount(NamedTuple):
    """A quantity: its number, as for Number, and its unit, coded and as written."""

    number: Number
    system: str | None
    code: str | None
    unit: str | None


Value = Token | Span | Link | Number | Amount | str
