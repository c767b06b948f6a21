"""Equality and order of nodes; what cannot be told, as of a day against a time on it, breaks no rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from yigongti.exchange.fhir_r4.fhirpath.nodes import Kept, Node, Nodes


TIMED = frozenset({"date", "dateTime", "instant"})
NUMBERS = (int, Decimal)
QUANTITIES = frozenset({"Quantity", "SimpleQuantity", "Age", "Duration", "Count", "Distance", "MoneyQuantity"})
MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def identity(value: Any) -> Hashable:
    """Equal for values that FHIRPath calls equal."""
    if type(value) is dict:
        return frozenset((name, identity(child)) for name, child in value.items())
    if type(value) is list:
        return tuple(identity(child) for child in value)
    return (type(value) is bool, value)


def among(nodes: Nodes) -> frozenset[Hashable]:
    """The values of nodes, to look others up in."""
    if not isinstance(nodes, Kept):
        return frozenset(identity(value) for value, _kind in nodes)
    if nodes.among is None:
        nodes.among = frozenset(identity(value) for value, _kind in nodes)
    return nodes.among


def are_equal(left: Nodes, right: Nodes) -> bool | None:
    """None where one side is empty."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    return all(identity(a[0]) == identity(b[0]) for a, b in zip(left, right, strict=True))


def united(left: Nodes, right: Nodes) -> Nodes:
    """Both, each value once."""
    return distinct(left + right)


def distinct(nodes: Nodes) -> Nodes:
    """Each value once, in order."""
    if len(nodes) < 2:
        return nodes
    seen: dict[Hashable, Node] = {}
    for node in nodes:
        seen.setdefault(identity(node[0]), node)
    return list(seen.values())


def ordered(left: Nodes, right: Nodes, holds: Callable[[Any, Any], bool]) -> bool | None:
    """`left < right` and its like; `holds` is the operator."""
    if len(left) != 1 or len(right) != 1:
        return None
    (a, kind), (b, other) = left[0], right[0]
    if a is None or b is None:
        return None
    if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
        return holds(a, b)
    if kind in QUANTITIES and other in QUANTITIES and type(a) is dict and type(b) is dict:
        return _by_quantity(a, b, holds)
    if type(a) is not str or type(b) is not str:
        return None
    return _by_time(a, b, holds) if kind in TIMED and other in TIMED else holds(a, b)


def _by_quantity(a: dict[str, Any], b: dict[str, Any], holds: Callable[[Any, Any], bool]) -> bool:
    x, y = a.get("value"), b.get("value")
    if not isinstance(x, NUMBERS) or not isinstance(y, NUMBERS) or _unit(a) != _unit(b):
        return True
    return holds(x, y)


def _unit(quantity: dict[str, Any]) -> tuple[Any, Any]:
    return quantity.get("system"), quantity.get("code", quantity.get("unit"))


def _by_time(a: str, b: str, holds: Callable[[Any, Any], bool]) -> bool:
    x, y = moment(a), moment(b)
    if x is not None and y is not None:
        return holds(x, y)
    shared = min(len(a.partition("T")[0]), len(b.partition("T")[0]))
    if a[:shared] == b[:shared] and len(a) != len(b):
        return True
    return holds(a[:shared], b[:shared])


def moment(text: str) -> tuple[datetime, Decimal] | None:
    """The second, and the part of one, of a text with time and zone; a leap second is the next one."""
    found = MOMENT.fullmatch(text)
    if found is None:
        return None
    minute, second, part, zone = found.groups()
    try:
        begun = datetime.fromisoformat(minute + ("+00:00" if zone == "Z" else zone))
        return begun + timedelta(seconds=int(second)), Decimal(f"0.{part}" if part else 0)
    except (ValueError, OverflowError):
        return None
