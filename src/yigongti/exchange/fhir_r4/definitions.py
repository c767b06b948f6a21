"""What R4 defines, as facts: types, their elements, rules, code lists, formats, extensions, search parameters."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


PLACE = "data/r4.json.gz"
ANY = "Resource"


@dataclass(frozen=True, slots=True)
class Kind:
    """One type that an element may have; `key` ends its name in JSON where there is a choice."""

    code: str
    key: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type; `most` is None where any number may stand."""

    name: str
    least: int
    most: int | None
    kinds: tuple[Kind, ...]
    value_set: str
    choice: bool

    def key(self, kind: Kind) -> str:
        """The name it has in JSON when it is of this kind."""
        return self.name + kind.key if self.choice else self.name


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """How a resource can be searched: token, string, date, reference, quantity, number, uri, composite, special."""

    code: str
    type: str
    expression: str
    targets: tuple[str, ...]


@cache
def _facts() -> Any:
    packed = resources.files(__package__).joinpath(PLACE).read_bytes()
    return json.loads(gzip.decompress(packed))


def version() -> str:
    """Of the standard."""
    return str(_facts()["version"])


@cache
def resource_kinds() -> frozenset[str]:
    """Every resource type that can be sent."""
    return frozenset(name for name, (kind, _base, abstract) in _facts()["types"].items()
                     if kind == "resource" and not abstract)  # fmt: skip


@cache
def is_primitive(code: str) -> bool:
    """Whether values of this type are plain JSON values."""
    return bool(_facts()["types"].get(code, ("",))[0] == "primitive-type")


@cache
def is_a(code: str, ancestor: str) -> bool:
    """Whether the type is the other one or one of its kind."""
    while code != ancestor:
        known = _facts()["types"].get(code)
        if known is None:
            return ancestor in ("BackboneElement", "Element") and "." in code
        code = known[1]
        if not code:
            return False
    return True


@cache
def shape(name: str) -> dict[str, Element]:
    """Elements of a type, or of a part of one (`Patient.contact`), by name without `[x]`."""
    found = {}
    for named, (least, most, kinds, value_set) in _facts()["shapes"][name].items():
        plain = named.removesuffix("[x]")
        made = tuple(_kind(one) for one in kinds)
        found[plain] = Element(plain, least, None if most < 0 else most, made, value_set, plain != named)
    return found


def _kind(said: str) -> Kind:
    if said.startswith("#"):
        return Kind(said[1:], "")
    code, _colon, more = said.partition(":")
    key = code[:1].upper() + code[1:]
    if code == "Quantity" and more:
        return Kind(more, key)
    return Kind(code, key, tuple(more.split("|")) if more else ())


@cache
def keys(name: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Element → the names it may have in JSON, each with its type."""
    return {one.name: tuple((one.key(kind), kind.code) for kind in one.kinds) for one in shape(name).values()}


def rules(path: str) -> list[tuple[str, str]]:
    """Rules whose breach is an error, said of this type or element: name and FHIRPath."""
    return [(key, expression) for key, expression in _facts()["rules"].get(path, ())]


@cache
def codes(value_set: str) -> dict[str, frozenset[str]] | None:
    """System → codes of a value set; None where only a terminology server could tell."""
    found = _facts()["codes"].get(value_set)
    return None if found is None else {system: frozenset(listed) for system, listed in found.items()}


def regex(primitive: str) -> str:
    """The format that R4 gives to values of a primitive type."""
    return str(_facts()["regexes"].get(primitive, ""))


def extension_kinds(url: str) -> list[str] | None:
    """Types that the value of an extension of the standard may have, none if it is made of others; None: not ours."""
    found: list[str] | None = _facts()["extensions"].get(url)
    return found


@cache
def search_parameters(kind: str) -> dict[str, SearchParameter]:
    """By which parameters this type is searched, those of every resource among them."""
    listed = {**_facts()["search"][ANY], **_facts()["search"].get(kind, {})}
    return {code: SearchParameter(code, type_, said, tuple(to)) for code, (type_, said, to) in listed.items()}


@cache
def compartment(kind: str) -> dict[str, tuple[str, ...]]:
    """Resource type → parameters by which it belongs to a patient, practitioner, encounter, device or relative."""
    return {member: tuple(names) for member, names in _facts()["compartments"][kind].items()}
