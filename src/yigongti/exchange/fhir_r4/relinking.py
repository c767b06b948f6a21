"""Addresses of a transaction's entries become those that its resources got: in references, uris and narratives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from yigongti.exchange.fhir_r4.definitions import is_primitive, resource_kinds, shape


ADDRESSED = frozenset({"uri", "url", "oid", "uuid"})
IN_NARRATIVE = re.compile(r"""(\b(?:href|src)\s*=\s*["'])([^"'#]+)""")


def relinked(resource: dict[str, Any], addresses: Mapping[str, str]) -> dict[str, Any]:
    """The resource with every such address replaced; the one given stays as it is.

    What looks like an address but is of another type, as the value of an identifier, is not touched.
    """
    made: dict[str, Any] = _relinked(resource, "Resource", addresses)
    return made


def _relinked(value: Any, code: str, addresses: Mapping[str, str]) -> Any:
    if type(value) is list:
        return [_relinked(one, code, addresses) for one in value]
    if type(value) is dict:
        kind = value.get("resourceType") if code == "Resource" else code
        known = code != "Resource" or (type(kind) is str and kind in resource_kinds())
        kinds = _kinds(kind) if known else {}
        return {name: _relinked(child, kinds.get(name, ""), addresses) for name, child in value.items()}
    if type(value) is not str:
        return value
    if code == "xhtml":
        return IN_NARRATIVE.sub(lambda found: found[1] + _replaced(found[2], addresses), value)
    return _replaced(value, addresses) if code in ADDRESSED else value


def _replaced(address: str, addresses: Mapping[str, str]) -> str:
    whole, sign, fragment = address.partition("#")
    return addresses.get(whole, whole) + sign + fragment


@cache
def _kinds(code: str) -> dict[str, str]:
    """Name in JSON → type; the address in a Reference is a string by type, but what this is about."""
    if not code or is_primitive(code):
        return {}
    found = {}
    for element in shape(code).values():
        for kind in element.kinds:
            key = element.key(kind)
            found[key] = kind.code
            found["_" + key] = "Element"
    return found | {"reference": "uri"} if code == "Reference" else found
