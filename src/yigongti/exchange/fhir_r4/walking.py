"""Search expressions that are plain ways through a resource, walked without FHIRPath: most of them are.

What a way is: names one after the other, a type kept with `as`, and references kept by the type that they name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from yigongti.exchange.fhir_r4.definitions import is_a, keys
from yigongti.exchange.fhir_r4.fhirpath import parsing
from yigongti.exchange.fhir_r4.fhirpath.functions import resolved
from yigongti.exchange.fhir_r4.fhirpath.nodes import Node, Nodes, Surroundings, children
from yigongti.exchange.fhir_r4.fhirpath.operators import is_of


Step = Callable[[Nodes, Surroundings], Nodes]


@dataclass(frozen=True, slots=True)
class Way:
    """The names in JSON of the first element, each with its type; then the steps from there."""

    first: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]

    def nodes(self, resource: dict[str, Any], around: Surroundings) -> Nodes:
        """Where it leads."""
        found: Nodes = []
        for key, code in self.first:
            if key in resource:
                told = resource[key]
                found += [(one, code) for one in told] if type(told) is list else [(told, code)]
            elif "_" + key in resource:
                void = resource["_" + key]
                found += [(None, code) for _ in (void if type(void) is list else [void])]
        for step in self.steps:
            found = step(found, around)
        return found


def ways(expression: str, kind: str) -> tuple[Way, ...] | None:
    """All of an expression, asked of a resource of this type; None where it is more than ways."""
    found = [_way(tree, kind) for tree in _alternatives(parsing.parse(expression))]
    return None if None in found else tuple(one for one in found if one is not None)


def _alternatives(tree: parsing.Tree) -> Iterator[parsing.Tree]:
    match tree:
        case parsing.Operation("|", left, right):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case _:
            yield tree


def _way(tree: parsing.Tree, kind: str) -> Way | None:
    """Outermost first: what an expression ends with is looked at before what it begins with."""
    match tree:
        case parsing.Chain(parsing.Name(root), parsing.Name(name)) if root[:1].isupper():
            known = keys(kind).get(name) if is_a(kind, root) else None
            plain = known is not None and all(code != "Resource" for _, code in known)
            return Way(known, ()) if plain and known is not None else None
        case parsing.Chain(left, parsing.Name(name)):
            return _longer(_way(left, kind), partial(_below, name))
        case parsing.Typed("as", left, wanted) | parsing.Chain(left, parsing.Call("as", (parsing.Name(wanted),))):
            return _of_type(_way(left, kind), wanted)
        case parsing.Chain(left, parsing.Call("where", (parsing.Typed("is", parsing.Call("resolve", ()), wanted),))):
            return _longer(_way(left, kind), partial(_to, wanted))
    return None


def _longer(way: Way | None, step: Step) -> Way | None:
    return Way(way.first, (*way.steps, step)) if way else None


def _of_type(way: Way | None, wanted: str) -> Way | None:
    if way is None or way.steps:
        return _longer(way, partial(_kept, wanted))
    return Way(tuple((key, code) for key, code in way.first if is_of(code, wanted)), ())


def _below(name: str, nodes: Nodes, around: Surroundings) -> Nodes:
    return [child for node in nodes for child in children(node, name)]


def _kept(wanted: str, nodes: Nodes, around: Surroundings) -> Nodes:
    return [node for node in nodes if is_of(node[1], wanted)]


def _to(wanted: str, nodes: Nodes, around: Surroundings) -> Nodes:
    return [node for node in nodes if _leads_to(wanted, resolved(node, around))]


def _leads_to(wanted: str, behind: list[Node]) -> bool:
    return bool(behind) and all(is_of(kind, wanted) for _, kind in behind)
