"""The functions of FHIRPath that R4's rules and search parameters call."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from yigongti.exchange.fhir_r4.definitions import resource_kinds
from yigongti.exchange.fhir_r4.fhirpath.comparing import distinct, identity
from yigongti.exchange.fhir_r4.fhirpath.compiling import Compiled, boolean, build, is_of, truth
from yigongti.exchange.fhir_r4.fhirpath.nodes import (
    FALSE,
    TRUE,
    Node,
    Nodes,
    Surroundings,
    all_children,
    children,
    descendants,
    resource_node,
)
from yigongti.exchange.fhir_r4.fhirpath.parsing import BadPath, Name, Tree


Build = Callable[[Compiled, tuple[Tree, ...]], Compiled]

REFERENCE = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")


# --- how functions are made


def _plain(function: Callable[[Nodes], Nodes]) -> Build:
    """Of the nodes alone."""
    return lambda before, arguments: lambda focus, around: function(before(focus, around))


def _each(function: Callable[[Node], Nodes]) -> Build:
    """Of every node for itself."""
    return lambda before, arguments: (
        lambda focus, around: [found for node in before(focus, around) for found in function(node)]
    )


def _of_text(function: Callable[..., Any], kind: str) -> Build:
    """Of one text, with texts as arguments; nothing of nothing."""

    def made(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
        asked = [build(one) for one in arguments]

        def called(focus: Nodes, around: Surroundings) -> Nodes:
            nodes = before(focus, around)
            values = [argument(focus, around) for argument in asked]
            if len(nodes) != 1 or type(nodes[0][0]) is not str or not all(values):
                return []
            return [(function(nodes[0][0], *(value[0][0] for value in values)), kind)]

        return called

    return made


def _by_criteria(function: Callable[[list[bool | None], Nodes], Nodes]) -> Build:
    """Of the nodes and what the argument says of each."""

    def made(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
        criteria = build(arguments[0])

        def called(focus: Nodes, around: Surroundings) -> Nodes:
            nodes = before(focus, around)
            return function([truth(criteria([node], around)) for node in nodes], nodes)

        return called

    return made


# --- the functions


def _exists(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    if arguments:
        before = _where(before, arguments)
    return lambda focus, around: TRUE if before(focus, around) else FALSE


def _select(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    projection = build(arguments[0])
    return lambda focus, around: [found for node in before(focus, around) for found in projection([node], around)]


def _of_type(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    kind = _type_name(arguments)
    return lambda focus, around: [node for node in before(focus, around) if is_of(node[1], kind)]


def _is(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    kind = _type_name(arguments)

    def tested(focus: Nodes, around: Surroundings) -> Nodes:
        nodes = before(focus, around)
        return boolean(all(is_of(node[1], kind) for node in nodes)) if nodes else []

    return tested


def _type_name(arguments: tuple[Tree, ...]) -> str:
    if len(arguments) != 1 or not isinstance(arguments[0], Name):
        raise BadPath(str(arguments))
    return arguments[0].name


def _iif(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    condition, yes = build(arguments[0]), build(arguments[1])
    no = build(arguments[2]) if len(arguments) > 2 else None

    def chosen(focus: Nodes, around: Surroundings) -> Nodes:
        nodes = before(focus, around)
        if truth(condition(nodes, around)):
            return yes(nodes, around)
        return no(nodes, around) if no else []

    return chosen


def _paired(function: Callable[[Nodes, Nodes], Nodes]) -> Build:
    """Of the nodes and another collection."""

    def made(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
        other = build(arguments[0])
        return lambda focus, around: function(before(focus, around), other(focus, around))

    return made


def _intersection(left: Nodes, right: Nodes) -> Nodes:
    among = {identity(value) for value, _kind in right}
    return distinct([node for node in left if identity(node[0]) in among])


def _not(nodes: Nodes) -> Nodes:
    said = truth(nodes)
    return boolean(None if said is None else not said)


def _extension(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    asked = build(arguments[0])

    def extensions(focus: Nodes, around: Surroundings) -> Nodes:
        url = asked(focus, around)[0][0]
        listed = [one for node in before(focus, around) for one in children(node, "extension")]
        return [one for one in listed if type(one[0]) is dict and one[0].get("url") == url]

    return extensions


def _has_extension(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    return _exists(_extension(before, arguments), ())


def _at(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    """`nodes[0]`."""
    asked = build(arguments[0])

    def indexed(focus: Nodes, around: Surroundings) -> Nodes:
        number = asked(focus, around)[0][0]
        return before(focus, around)[number : number + 1]

    return indexed


def _resolve(before: Compiled, arguments: tuple[Tree, ...]) -> Compiled:
    """What is contained, itself; of anything else the type alone, as its address or `type` tells it."""
    return lambda focus, around: [found for node in before(focus, around) for found in _resolved(node, around)]


def _resolved(node: Node, around: Surroundings) -> Nodes:
    value, told = (node[0].get("reference"), node[0].get("type")) if type(node[0]) is dict else (node[0], None)
    if type(value) is str and value.startswith("#"):
        found = around.contained(value[1:])
        return [resource_node(found)] if found else []
    match = REFERENCE.fullmatch(value) if type(value) is str else None
    kind = match[1] if match else told
    return [({}, kind)] if kind in resource_kinds() else []


def _has_value(nodes: Nodes) -> Nodes:
    return boolean(len(nodes) == 1 and nodes[0][0] is not None and type(nodes[0][0]) not in (dict, list))


def _to_integer(node: Node) -> Nodes:
    value = node[0]
    if type(value) is int:
        return [(value, "integer")]
    if type(value) is str and len(value) < 20 and re.fullmatch(r"[+-]?[0-9]+", value):
        return [(int(value), "integer")]
    return []


@cache
def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(said)


_where = _by_criteria(lambda said, nodes: [node for node, yes in zip(nodes, said, strict=True) if yes])

FUNCTIONS: dict[str, Build] = {
    "all": _by_criteria(lambda said, nodes: boolean(all(said))),
    "allFalse": _plain(lambda nodes: boolean(all(value is False for value, _kind in nodes))),
    "as": _of_type,
    "at": _at,
    "children": _each(all_children),
    "combine": _paired(lambda left, right: left + right),
    "contains": _of_text(lambda text, part: part in text, "boolean"),
    "count": _plain(lambda nodes: [(len(nodes), "integer")]),
    "descendants": _each(lambda node: list(descendants(node))),
    "distinct": _plain(distinct),
    "empty": _plain(lambda nodes: FALSE if nodes else TRUE),
    "exists": _exists,
    "extension": _extension,
    "first": _plain(lambda nodes: nodes[:1]),
    "hasExtension": _has_extension,
    "hasValue": _plain(_has_value),
    "iif": _iif,
    "intersect": _paired(_intersection),
    "is": _is,
    "isDistinct": _plain(lambda nodes: boolean(len(distinct(nodes)) == len(nodes))),
    "matches": _of_text(lambda text, said: _pattern(said).search(text) is not None, "boolean"),
    "not": _plain(_not),
    "ofType": _of_type,
    "replaceMatches": _of_text(lambda text, said, new: _pattern(said).sub(new, text), "string"),
    "resolve": _resolve,
    "select": _select,
    "startsWith": _of_text(lambda text, part: text.startswith(part), "boolean"),
    "substring": _of_text(lambda text, begin: text[begin:], "string"),
    "tail": _plain(lambda nodes: nodes[1:]),
    "toInteger": _each(_to_integer),
    "toString": _each(lambda node: [(str(node[0]), "string")] if node[0] is not None else []),
    "trace": lambda before, arguments: before,
    "where": _where,
}
