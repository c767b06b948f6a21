"""Trees of FHIRPath become closures over nodes."""

from __future__ import annotations

from functools import cache

from yigongti.exchange.fhir_r4.definitions import is_a
from yigongti.exchange.fhir_r4.fhirpath import parsing
from yigongti.exchange.fhir_r4.fhirpath.functions import FUNCTIONS, OF_TYPE
from yigongti.exchange.fhir_r4.fhirpath.nodes import Kept, Nodes, Surroundings, children, resource_node
from yigongti.exchange.fhir_r4.fhirpath.operators import OPERATIONS, Compiled, typed
from yigongti.exchange.fhir_r4.fhirpath.parsing import BadPath, Tree


UCUM: Nodes = [("http://unitsofmeasure.org", "uri")]


@cache
def compiled(expression: str) -> Compiled:
    """The expression, ready to be asked of nodes."""
    return _build(parsing.parse(expression))


def _build(tree: Tree) -> Compiled:
    match tree:
        case parsing.Literal(value, kind):
            written: Nodes = [(value, kind)]
            return lambda focus, around: written
        case parsing.Name(name):
            return _first_step(name) if name[:1].isupper() else _step(name)
        case parsing.Variable(name):
            return _variable(name)
        case parsing.Call():
            return _called(_focus, tree)
        case parsing.Chain(left, right):
            made = _chained(_build(left), right)
            return _kept(made) if _is_fixed(tree) else made
        case parsing.Typed(said, left, kind):
            return typed(said, _build(left), kind)
        case parsing.Operation(said, left, right):
            return OPERATIONS[said](_build(left), _build(right))


def _focus(focus: Nodes, around: Surroundings) -> Nodes:
    return focus


def _step(name: str) -> Compiled:
    def step(focus: Nodes, around: Surroundings) -> Nodes:
        if len(focus) == 1:
            return children(focus[0], name)
        return [child for node in focus for child in children(node, name)]

    return step


def _first_step(kind: str) -> Compiled:
    """`Patient.name` asked of a patient; of anything else it is nothing."""
    return lambda focus, around: [node for node in focus if is_a(node[1], kind)]


def _variable(name: str) -> Compiled:
    match name:
        case "$this":
            return _focus
        case "%resource":
            return lambda focus, around: [resource_node(around.resource)]
        case "%rootResource":
            return lambda focus, around: [resource_node(around.root)]
        case "%context":
            return lambda focus, around: [around.context]
        case "%ucum":
            return lambda focus, around: UCUM
    raise BadPath(name)


def _is_fixed(tree: Tree) -> bool:
    """Whether it begins at `%resource` or the like and asks nothing of the element at hand."""
    match tree:
        case parsing.Chain(left, right):
            return _is_fixed(left) and (isinstance(right, parsing.Name) or right == parsing.Call("first", ()))
        case parsing.Variable(name):
            return name in ("%resource", "%rootResource", "%context")
    return False


def _kept(made: Compiled) -> Compiled:
    key = object()

    def once(focus: Nodes, around: Surroundings) -> Nodes:
        if around.kept is None:
            around.kept = {}
        found = around.kept.get(key)
        if found is None:
            found = around.kept[key] = Kept(made(focus, around))
        return found

    return once


def _chained(left: Compiled, right: Tree) -> Compiled:
    if isinstance(right, parsing.Call):
        return _called(left, right)
    if not isinstance(right, parsing.Name):
        raise BadPath(str(right))
    step = _step(right.name)
    return lambda focus, around: step(left(focus, around), around)


def _called(before: Compiled, call: parsing.Call) -> Compiled:
    if call.name in OF_TYPE:
        kind = call.arguments[0] if len(call.arguments) == 1 else None
        if not isinstance(kind, parsing.Name):
            raise BadPath(f"{call.name}()")
        return OF_TYPE[call.name](before, kind.name)
    if call.name not in FUNCTIONS:
        raise BadPath(f"{call.name}()")
    least, function = FUNCTIONS[call.name]
    if len(call.arguments) < least:
        raise BadPath(f"{call.name}()")
    return function(before, tuple(_build(one) for one in call.arguments))
