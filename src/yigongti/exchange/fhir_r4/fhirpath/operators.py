"""What operators of FHIRPath say of nodes, with its three-valued logic."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yigongti.exchange.fhir_r4.definitions import is_a
from yigongti.exchange.fhir_r4.fhirpath.comparing import among, are_equal, identity, ordered, united
from yigongti.exchange.fhir_r4.fhirpath.nodes import FALSE, TRUE, Nodes, Surroundings


Compiled = Callable[[Nodes, Surroundings], Nodes]


def truth(nodes: Nodes) -> bool | None:
    """What nodes say where yes or no is asked; None is neither."""
    if not nodes:
        return None
    if len(nodes) == 1 and type(nodes[0][0]) is bool:
        return nodes[0][0]
    return True


def boolean(said: bool | None) -> Nodes:
    """Yes, no or neither as nodes."""
    return [] if said is None else TRUE if said else FALSE


def is_of(kind: str, wanted: str) -> bool:
    """Whether a node of this type is of the wanted one; FHIRPath's own names begin with capitals."""
    return is_a(kind, wanted) or (kind, wanted) in _SYSTEM


_SYSTEM = {("boolean", "Boolean"), ("string", "String"), ("integer", "Integer"), ("decimal", "Decimal")}


def typed(said: str, left: Compiled, kind: str) -> Compiled:
    """`left as Type`, which keeps what is of it, or `left is Type`, which asks."""
    if said == "as":
        return lambda focus, around: [node for node in left(focus, around) if is_of(node[1], kind)]

    def tested(focus: Nodes, around: Surroundings) -> Nodes:
        nodes = left(focus, around)
        return boolean(all(is_of(node[1], kind) for node in nodes)) if nodes else []

    return tested


def _order(holds: Callable[[Any, Any], bool]) -> Callable[[Compiled, Compiled], Compiled]:
    return lambda left, right: lambda focus, around: boolean(ordered(left(focus, around), right(focus, around), holds))


def _equal(left: Compiled, right: Compiled) -> Compiled:
    return lambda focus, around: boolean(are_equal(left(focus, around), right(focus, around)))


def _unequal(left: Compiled, right: Compiled) -> Compiled:
    def unequal(focus: Nodes, around: Surroundings) -> Nodes:
        same = are_equal(left(focus, around), right(focus, around))
        return boolean(None if same is None else not same)

    return unequal


def _and(left: Compiled, right: Compiled) -> Compiled:
    def both(focus: Nodes, around: Surroundings) -> Nodes:
        first = truth(left(focus, around))
        if first is False:
            return FALSE
        second = truth(right(focus, around))
        return FALSE if second is False else boolean(True if first and second else None)

    return both


def _or(left: Compiled, right: Compiled) -> Compiled:
    def either(focus: Nodes, around: Surroundings) -> Nodes:
        first = truth(left(focus, around))
        if first:
            return TRUE
        second = truth(right(focus, around))
        return TRUE if second else boolean(False if first is False and second is False else None)

    return either


def _xor(left: Compiled, right: Compiled) -> Compiled:
    def one(focus: Nodes, around: Surroundings) -> Nodes:
        first, second = truth(left(focus, around)), truth(right(focus, around))
        return [] if first is None or second is None else boolean(first is not second)

    return one


def _implies(left: Compiled, right: Compiled) -> Compiled:
    def follows(focus: Nodes, around: Surroundings) -> Nodes:
        first = truth(left(focus, around))
        if first is False:
            return TRUE
        second = truth(right(focus, around))
        return TRUE if second else boolean(None if first is None or second is None else False)

    return follows


def _union(left: Compiled, right: Compiled) -> Compiled:
    return lambda focus, around: united(left(focus, around), right(focus, around))


def _in(left: Compiled, right: Compiled) -> Compiled:
    def member(focus: Nodes, around: Surroundings) -> Nodes:
        nodes = left(focus, around)
        if not nodes:
            return []
        known = among(right(focus, around))
        return boolean(all(identity(value) in known for value, _kind in nodes))

    return member


def _sum(left: Compiled, right: Compiled) -> Compiled:
    def added(focus: Nodes, around: Surroundings) -> Nodes:
        first, second = left(focus, around), right(focus, around)
        if len(first) != 1 or len(second) != 1:
            return []
        a, b = first[0][0], second[0][0]
        if not isinstance(a, int | Decimal) or not isinstance(b, int | Decimal):
            return []
        return [(a + b, first[0][1])]

    return added


def _joined(left: Compiled, right: Compiled) -> Compiled:
    def joined(focus: Nodes, around: Surroundings) -> Nodes:
        sides = (left(focus, around), right(focus, around))
        return [("".join(str(value) for side in sides for value, _kind in side if value is not None), "string")]

    return joined


OPERATIONS: dict[str, Callable[[Compiled, Compiled], Compiled]] = {
    "=": _equal, "!=": _unequal, "and": _and, "or": _or, "xor": _xor, "implies": _implies, "|": _union, "in": _in,
    "contains": lambda left, right: _in(right, left), "+": _sum, "&": _joined,
    "<": _order(operator.lt), "<=": _order(operator.le), ">": _order(operator.gt), ">=": _order(operator.ge),
}  # fmt: skip
