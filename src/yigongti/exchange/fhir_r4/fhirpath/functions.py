"""The functions of FHIRPath that R4's rules and search parameters call."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from yigongti.exchange.fhir_r4.definitions import resource_kinds
from yigongti.exchange.fhir_r4.fhirpath.comparing import among, distinct, identity
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
from yigongti.exchange.fhir_r4.fhirpath.operators import Compiled, boolean, truth, typed


Build = Callable[[Compiled, tuple[Compiled, ...]], Compiled]

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

    def made(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
        def called(focus: Nodes, around: Surroundings) -> Nodes:
            nodes = before(focus, around)
            values = [argument(focus, around) for argument in arguments]
            if len(nodes) != 1 or type(nodes[0][0]) is not str or not all(values):
                return []
            return [(function(nodes[0][0], *(value[0][0] for value in values)), kind)]

        return called

    return made


def _by_criteria(function: Callable[[list[bool | None], Nodes], Nodes]) -> Build:
    """Of the nodes and what the argument says of each."""

    def made(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
        criteria = arguments[0]

        def called(focus: Nodes, around: Surroundings) -> Nodes:
            nodes = before(focus, around)
            return function([truth(criteria([node], around)) for node in nodes], nodes)

        return called

    return made


# --- the functions


def _exists(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
    if arguments:
        before = _where(before, arguments)
    return lambda focus, around: TRUE if before(focus, around) else FALSE


def _select(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
    projection = arguments[0]
    return lambda focus, around: [found for node in before(focus, around) for found in projection([node], around)]


def _iif(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
    condition, yes = arguments[:2]
    no = arguments[2] if len(arguments) > 2 else None

    def chosen(focus: Nodes, around: Surroundings) -> Nodes:
        nodes = before(focus, around)
        if truth(condition(nodes, around)):
            return yes(nodes, around)
        return no(nodes, around) if no else []

    return chosen


def _paired(function: Callable[[Nodes, Nodes], Nodes]) -> Build:
    """Of the nodes and another collection."""

    def made(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
        other = arguments[0]
        return lambda focus, around: function(before(focus, around), other(focus, around))

    return made


def _intersection(left: Nodes, right: Nodes) -> Nodes:
    known = among(right)
    return distinct([node for node in left if identity(node[0]) in known])


def _not(nodes: Nodes) -> Nodes:
    said = truth(nodes)
    return boolean(None if said is None else not said)


def _extension(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
    asked = arguments[0]

    def extensions(focus: Nodes, around: Surroundings) -> Nodes:
        url = asked(focus, around)[0][0]
        listed = [one for node in before(focus, around) for one in children(node, "extension")]
        return [one for one in listed if type(one[0]) is dict and one[0].get("url") == url]

    return extensions


def _has_extension(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
    return _exists(_extension(before, arguments), ())


def _at(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
    """`nodes[0]`."""
    asked = arguments[0]

    def indexed(focus: Nodes, around: Surroundings) -> Nodes:
        number = asked(focus, around)[0][0]
        return before(focus, around)[number : number + 1]

    return indexed


def _resolve(before: Compiled, arguments: tuple[Compiled, ...]) -> Compiled:
    """What is contained, itself; of anything else the type alone, as its address or `type` tells it."""
    return lambda focus, around: [found for node in before(focus, around) for found in resolved(node, around)]


def resolved(node: Node, around: Surroundings) -> Nodes:
    """What a reference tells of what is behind it."""
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

FUNCTIONS: dict[str, tuple[int, Build]] = {
    "all": (1, _by_criteria(lambda said, nodes: boolean(all(said)))),
    "allFalse": (0, _plain(lambda nodes: boolean(all(value is False for value, _kind in nodes)))),
    "at": (1, _at),
    "children": (0, _each(all_children)),
    "combine": (1, _paired(lambda left, right: left + right)),
    "contains": (1, _of_text(lambda text, part: part in text, "boolean")),
    "count": (0, _plain(lambda nodes: [(len(nodes), "integer")])),
    "descendants": (0, _each(lambda node: list(descendants(node)))),
    "distinct": (0, _plain(distinct)),
    "empty": (0, _plain(lambda nodes: FALSE if nodes else TRUE)),
    "exists": (0, _exists),
    "extension": (1, _extension),
    "first": (0, _plain(lambda nodes: nodes[:1])),
    "hasExtension": (1, _has_extension),
    "hasValue": (0, _plain(_has_value)),
    "iif": (2, _iif),
    "intersect": (1, _paired(_intersection)),
    "isDistinct": (0, _plain(lambda nodes: boolean(len(distinct(nodes)) == len(nodes)))),
    "matches": (1, _of_text(lambda text, said: _pattern(said).search(text) is not None, "boolean")),
    "not": (0, _plain(_not)),
    "replaceMatches": (2, _of_text(lambda text, said, new: _pattern(said).sub(new, text), "string")),
    "resolve": (0, _resolve),
    "select": (1, _select),
    "startsWith": (1, _of_text(lambda text, part: text.startswith(part), "boolean")),
    "substring": (1, _of_text(lambda text, begin: text[begin:], "string")),
    "tail": (0, _plain(lambda nodes: nodes[1:])),
    "toInteger": (0, _each(_to_integer)),
    "toString": (0, _each(lambda node: [(str(node[0]), "string")] if node[0] is not None else [])),
    "trace": (0, lambda before, arguments: before),
    "where": (1, _where),
}
"""By name: how many arguments it needs, and what makes it."""

OF_TYPE: dict[str, Callable[[Compiled, str], Compiled]] = {
    "as": lambda before, kind: typed("as", before, kind),
    "is": lambda before, kind: typed("is", before, kind),
    "ofType": lambda before, kind: typed("as", before, kind),
}
"""Those that are told a type."""
