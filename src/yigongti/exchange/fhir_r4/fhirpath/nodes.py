"""Nodes that expressions walk over: a JSON value and its type; the value is None where only extensions came of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from yigongti.exchange.fhir_r4.definitions import is_primitive, keys, resource_kinds, shape


Node = tuple[Any, str]
Nodes = list[Node]


class Kept(list[Node]):
    """Nodes that are asked for again, with what helps to find one among them."""

    __slots__ = ("among",)

    def __init__(self, nodes: Nodes) -> None:
        super().__init__(nodes)
        self.among: frozenset[Hashable] | None = None


TRUE: Nodes = [(True, "boolean")]
FALSE: Nodes = [(False, "boolean")]


@dataclass(slots=True)
class Surroundings:
    """What `%resource`, `%rootResource` and `%context` mean, and what `resolve()` can look into."""

    resource: dict[str, Any]
    root: dict[str, Any]
    context: Node
    kept: dict[object, Kept] | None = None
    """What was found from there already: a rule may ask it again of every one of ten thousand elements."""

    def contained(self, fragment: str) -> dict[str, Any] | None:
        """The resource that `#fragment` names."""
        listed = self.root.get("contained")
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and one.get("id") == fragment:
                return one
        return None


def resource_node(resource: dict[str, Any]) -> Node:
    """A resource by its own word about its type."""
    kind = resource.get("resourceType")
    return resource, kind if isinstance(kind, str) and kind in resource_kinds() else "Resource"


def children(node: Node, name: str) -> Nodes:
    """The elements of this name, in all types that it may have."""
    value, kind = node
    if type(value) is not dict:
        return []
    known = _keys(kind).get(name)
    if known is None:
        return []
    found: Nodes = []
    for key, code in known:
        if key in value:
            told = value[key]
            if code == "Resource":
                _add(found, told)
            elif type(told) is list:
                found += [(one, code) for one in told]
            else:
                found.append((told, code))
        elif "_" + key in value:
            _add_void(found, value["_" + key], code)
    return found


@cache
def _keys(kind: str) -> dict[str, tuple[tuple[str, str], ...]]:
    return {"extension": (("extension", "Extension"),)} if is_primitive(kind) else keys(kind)


def _add(found: Nodes, value: Any) -> None:
    """Resources inside a resource."""
    for one in value if type(value) is list else [value]:
        found.append(resource_node(one) if type(one) is dict else (one, "Resource"))


def _add_void(found: Nodes, value: Any, code: str) -> None:
    found.extend((None, code) for _each in (value if type(value) is list else [value]))


def all_children(node: Node) -> Nodes:
    """Every element right below."""
    value, kind = node
    if type(value) is not dict or is_primitive(kind):
        return []
    return [child for name in shape(kind) for child in children(node, name)]


def descendants(node: Node) -> Iterator[Node]:
    """Every element below, however deep."""
    pending = all_children(node)
    while pending:
        child = pending.pop()
        yield child
        pending += all_children(child)
