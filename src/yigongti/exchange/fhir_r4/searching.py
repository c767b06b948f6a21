"""What a resource is found by: the values of a search parameter, as the standard's own expressions say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from yigongti.exchange.fhir_r4.definitions import is_primitive, keys, resource_kinds, search_parameters
from yigongti.exchange.fhir_r4.fhirpath.compiling import compiled
from yigongti.exchange.fhir_r4.fhirpath.nodes import Node, Nodes, Surroundings, resource_node
from yigongti.exchange.fhir_r4.fhirpath.operators import Compiled
from yigongti.exchange.fhir_r4.search_values import Amount, Link, Number, Span, Token, Value
from yigongti.exchange.fhir_r4.spans import span_between, span_of
from yigongti.exchange.fhir_r4.walking import Way, ways
from yigongti.kernel.refusal import Refusal


class UnknownParameter(Refusal):
    """{kind} 不能按“{parameter}”查询。"""

    status = 400


BEGINS = re.compile(r"\(*(?:[A-Z]\w*\.)?(extension(?=\()|[a-z]\w*\b(?!\())")
ADDRESS = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?")
ISO_4217 = "urn:iso:std:iso:4217"
NAMES = ("text", "family", "given", "prefix", "suffix")
ADDRESSES = ("text", "line", "city", "district", "state", "postalCode", "country")


def values_of(resource: dict[str, Any], parameter: str) -> list[Value]:
    """Each value once, in the resource's order; composite and special parameters are not values and are refused."""
    node = resource_node(resource)
    plan = _plan(node[1], parameter)
    if plan is None:
        raise UnknownParameter(rule="fhir.unknown_parameter", kind=node[1], parameter=parameter)
    return next((values for _, values in _found(resource, node, ((parameter, plan),))), [])


def all_values_of(resource: dict[str, Any], parameters: tuple[str, ...]) -> Iterator[tuple[str, list[Value]]]:
    """The same for many parameters of its type, of which most find nothing and are left out."""
    node = resource_node(resource)
    return _found(resource, node, _plans(node[1], parameters))


def _found(
    resource: dict[str, Any], node: Node, plans: tuple[tuple[str, _Plan], ...]
) -> Iterator[tuple[str, list[Value]]]:  # fmt: skip
    around, focus = Surroundings(resource, resource, node), [node]
    for parameter, plan in plans:
        if plan.begins is None or not plan.begins.isdisjoint(resource):
            values = dict.fromkeys(value for one in plan.nodes(resource, focus, around) for value in plan.read(one))
            if values:
                yield parameter, list(values)


@dataclass(frozen=True, slots=True)
class _Plan:
    expression: Compiled
    ways: tuple[Way, ...] | None
    read: Callable[[Node], Iterator[Value]]
    begins: frozenset[str] | None
    """Names in JSON of which one must stand in the resource for anything to be found; None where that is not so."""

    def nodes(self, resource: dict[str, Any], focus: Nodes, around: Surroundings) -> Nodes:
        """What the expression finds."""
        if self.ways is None:
            return self.expression(focus, around)
        if len(self.ways) == 1:
            return self.ways[0].nodes(resource, around)
        return [node for way in self.ways for node in way.nodes(resource, around)]


@cache
def _plan(kind: str, parameter: str) -> _Plan | None:
    asked = search_parameters(kind).get(parameter)
    if asked is None or asked.type not in _READERS:
        return None
    known = ways(asked.expression, kind)
    begins = _begins(asked.expression, kind) if known is None else _names(known)
    return _Plan(compiled(asked.expression), known, _READERS[asked.type], begins)


@cache
def _plans(kind: str, parameters: tuple[str, ...]) -> tuple[tuple[str, _Plan], ...]:
    return tuple((code, plan) for code in parameters if (plan := _plan(kind, code)) is not None)


def _begins(expression: str, kind: str) -> frozenset[str] | None:
    """Most parameters are of elements that a resource does not have: they need not be asked."""
    if "exists()" in expression:
        return None
    parts = [BEGINS.match(part) for part in expression.split(" | ")]
    names = [part[1] for part in parts if part]
    if len(names) < len(parts) or not set(names) <= keys(kind).keys():
        return None
    return frozenset(prefix + name for one in names for name, _code in keys(kind)[one] for prefix in ("", "_"))


def _names(known: tuple[Way, ...]) -> frozenset[str]:
    return frozenset(prefix + key for way in known for key, _ in way.first for prefix in ("", "_"))


# --- token


def _tokens(node: Node) -> Iterator[Token]:
    value, kind = node
    if type(value) is not dict:
        if is_primitive(kind) and value is not None:
            yield Token(None, str(value).lower() if type(value) is bool else str(value))
    elif kind == "CodeableConcept":
        codings = [one for one in _listed(value.get("coding")) if type(one) is dict]
        yield from (_coding(one, _text(value.get("text"))) for one in codings)
        if not codings and _text(value.get("text")):
            yield Token(None, None, _text(value.get("text")))
    elif kind == "Coding":
        yield _coding(value, None)
    elif kind == "Identifier":
        yield _identifier(value)
    elif kind == "ContactPoint":
        yield Token(None, _text(value.get("value")))


def _coding(value: dict[str, Any], text: str | None) -> Token:
    return Token(_text(value.get("system")), _text(value.get("code")), text or _text(value.get("display")))


def _identifier(value: dict[str, Any]) -> Token:
    kind = value.get("type")
    said = kind.get("text") if type(kind) is dict else None
    return Token(_text(value.get("system")), _text(value.get("value")), _text(said))


# --- string and uri


def _strings(node: Node) -> Iterator[str]:
    value, kind = node
    if type(value) is str:
        yield value
    elif type(value) is dict and kind in ("HumanName", "Address"):
        for name in NAMES if kind == "HumanName" else ADDRESSES:
            yield from (one for one in _listed(value.get(name)) if type(one) is str)
    elif type(value) is dict and kind == "CodeableConcept":
        yield from (token.text for token in _tokens(node) if token.text)


def _uris(node: Node) -> Iterator[str]:
    if type(node[0]) is str:
        yield node[0]


# --- date


def _spans(node: Node) -> Iterator[Span]:
    value, kind = node
    if type(value) is str:
        found = [span_of(value)]
    elif type(value) is not dict:
        found = []
    elif kind == "Period":
        found = [span_between(value.get("start"), value.get("end"))]
    else:
        found = _timing(value) if kind == "Timing" else []
    yield from (one for one in found if one is not None)


def _timing(value: dict[str, Any]) -> list[Span | None]:
    """Its moments, and the outer limits of what is repeated."""
    repeated = value.get("repeat")
    limits = repeated.get("boundsPeriod") if type(repeated) is dict else None
    found = [span_of(one) for one in _listed(value.get("event"))]
    return [*found, span_between(limits.get("start"), limits.get("end"))] if type(limits) is dict else found


# --- reference


def _links(node: Node) -> Iterator[Link]:
    value, _kind = node
    if type(value) is str:
        yield _link(value, None, None)
    elif type(value) is dict:
        address, told, own = _text(value.get("reference")), _text(value.get("type")), value.get("identifier")
        identifier = _identifier(own) if type(own) is dict else None
        if (address and not address.startswith("#")) or identifier:
            yield _link(address, told, identifier)


def _link(address: str | None, told: str | None, identifier: Token | None) -> Link:
    found = ADDRESS.fullmatch(address) if address and not address.startswith("#") else None
    if found and found[1] in resource_kinds():
        return Link(found[1], found[2], address, identifier)
    return Link(told, None, address, identifier)


# --- number and quantity


def _numbers(node: Node) -> Iterator[Number]:
    made = _number(node[0])
    if made is not None:
        yield made


def _number(value: Any, comparator: Any = None) -> Number | None:
    """5.40 stands for 5.395 until 5.405, 100 for 99.5 until 100.5; `<` and `>` are open at one end."""
    if type(value) is not int and not isinstance(value, Decimal):
        return None
    exact = Decimal(str(value))
    exponent = exact.as_tuple().exponent
    half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
    low, high = exact - half, exact + half
    if comparator in ("<", "<="):
        return Number(exact, None, exact)
    return Number(exact, exact, None) if comparator in (">", ">=") else Number(exact, low, high)


def _amounts(node: Node) -> Iterator[Amount]:
    value, kind = node
    if type(value) is not dict:
        return
    if kind == "Money":
        made = _number(value.get("value"))
        if made is not None:
            yield Amount(made, ISO_4217, _text(value.get("currency")), None)
    elif kind == "Range":
        yield from _range(value)
    else:
        made = _number(value.get("value"), value.get("comparator"))
        if made is not None:
            yield Amount(made, _text(value.get("system")), _text(value.get("code")), _text(value.get("unit")))


def _range(value: dict[str, Any]) -> Iterator[Amount]:
    low, high = _dict(value.get("low")), _dict(value.get("high"))
    least, most = _number(low.get("value")), _number(high.get("value"))
    either, unit = least or most, low or high
    if either is not None:
        number = Number(either.value, least.value if least else None, most.value if most else None)
        yield Amount(number, _text(unit.get("system")), _text(unit.get("code")), _text(unit.get("unit")))


def _listed(value: Any) -> list[Any]:
    return value if type(value) is list else [] if value is None else [value]


def _dict(value: Any) -> dict[str, Any]:
    return value if type(value) is dict else {}


def _text(value: Any) -> str | None:
    return value if type(value) is str else None


_READERS: dict[str, Callable[[Node], Iterator[Value]]] = {
    "token": _tokens, "string": _strings, "uri": _uris, "date": _spans, "reference": _links, "number": _numbers,
    "quantity": _amounts,
}  # fmt: skip
