"""One checker for each type of R4, made of its definition the first time it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from yigongti.exchange.fhir_r4 import narrative
from yigongti.exchange.fhir_r4.bundles import check_bundle
from yigongti.exchange.fhir_r4.contained import check_contained
from yigongti.exchange.fhir_r4.definitions import Element, Kind, is_a, is_primitive, resource_kinds, rules, shape
from yigongti.exchange.fhir_r4.extensions import addressed, check_extension
from yigongti.exchange.fhir_r4.faults import Faults, shown
from yigongti.exchange.fhir_r4.primitives import TESTS, wanted
from yigongti.exchange.fhir_r4.references import pointing
from yigongti.exchange.fhir_r4.ruling import Rules, ruled
from yigongti.exchange.fhir_r4.terms import bound
from yigongti.exchange.fhir_r4.visits import Check, Resource, Visit, nothing
from yigongti.kernel.language import phrase


class Objects:
    """Checks values of one complex type, of a part of a type, or of a resource type."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.fields: dict[str, Check] = {}
        self.labels: dict[str, str] = {}
        self.required: list[tuple[str, frozenset[str]]] = []
        self.choices: list[tuple[str, frozenset[str]]] = []
        self.rules: Rules | None = None
        self.more = _more(code)
        self.is_ready = False

    def __call__(self, value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        """Every name in the value, every name that should be, then the rules."""
        if not self.is_ready:
            self.prepare()
        if type(value) is not dict or not value or (len(value) == 1 and "id" in value):
            refuse_object(self.code, value, faults)
            return
        fields = self.fields
        for name, child in value.items():
            field = fields.get(name)
            if field is None:
                self.refuse_name(name, faults)
                continue
            since = len(faults)
            field(child, value, visit, faults)
            if len(faults) != since:
                faults.step(since, self.labels.get(name) or name)
        for name, keys in self.required:
            if keys.isdisjoint(value):
                faults.add("required", "r4.required", phrase("缺少必填的元素“{name}”。", name=name), name)
        for name, keys in self.choices:
            present = keys & value.keys()
            if len(present) > 1:
                self.choose(name, present, faults)
        if self.rules is not None:
            self.rules.check(value, visit, faults)
        if self.more is not None:
            self.more(value, holder, visit, faults)

    def prepare(self) -> None:
        """Look at all elements; done late, because types are made of one another, and harmless when done twice."""
        elements = shape(self.code).values()
        said = rules(self.code)
        self.rules = Rules(self.code, said) if said else None
        self.required = [(one.name, _names(one)) for one in elements if one.least]
        self.choices = [(one.name, _names(one)) for one in elements if one.choice]
        self.labels = {name: label for one in elements for name, label in _labels(one)}
        self.fields = {name: check for one in elements for name, check in _fields(self.code, one)}
        self.is_ready = True

    def choose(self, name: str, present: frozenset[str], faults: Faults) -> None:
        """Of a choice only one; a value and what stands beside it are one."""
        if len({key.removeprefix("_") for key in present}) > 1:
            said = ", ".join(sorted(present))
            faults.add(
                "structure", "r4.choice", phrase("“{name}”只能选一种，这里有：{keys}。", name=name, keys=said), name
            )

    def refuse_name(self, name: str, faults: Faults) -> None:
        """A name that R4 does not know there."""
        words = phrase("{kind} 没有“{name}”这个元素。", kind=self.code, name=shown(name))
        faults.add("structure", "r4.unknown", words, shown(name))


class Resources(Objects):
    """Checks resources of one type."""

    def prepare(self) -> None:
        """As of any type, with the name of the type itself."""
        super().prepare()
        self.fields = {"resourceType": nothing, **self.fields}


class Lists:
    """Checks elements that may be repeated."""

    def __init__(self, check: Check, *, most: int | None, beside: str = "") -> None:
        self.check = check
        self.most = most
        self.beside = beside

    def __call__(self, value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        """Each item, by its place."""
        if type(value) is not list:
            faults.add("structure", "r4.array", phrase("应是数组。"))
            return
        if not value:
            faults.add("structure", "r4.empty", phrase("数组不能是空的：没有值就不写这个元素。"))
        if self.most is not None and len(value) > self.most:
            faults.add(
                "structure", "r4.most", phrase("最多 {most} 个，这里有 {count} 个。", most=self.most, count=len(value))
            )
        check = self.check
        for place, item in enumerate(value):
            since = len(faults)
            if item is None and self.beside:
                self.check_null(place, holder, faults)
            else:
                check(item, holder, visit, faults)
            if len(faults) != since:
                faults.step(since, place)

    def check_null(self, place: int, holder: Resource, faults: Faults) -> None:
        """A null keeps a place free for what stands beside it; alone it says nothing."""
        other = holder.get(self.beside)
        if not isinstance(other, list) or place >= len(other) or other[place] is None:
            faults.add("structure", "r4.null", phrase("null 只能为“{name}”里同一位置的扩展占位。", name=self.beside))


@cache
def checker(code: str) -> Check:
    """The checker of a type, or of a part of one."""
    if code == "xhtml":
        return _check_narrative
    if code == "Resource":
        return check_resource
    if is_primitive(code):
        return _primitive(code)
    return Resources(code) if code in resource_kinds() else Objects(code)


def check_resource(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
    """A resource of whatever type, inside another one that does not contain it."""
    own = Visit(value, value) if isinstance(value, dict) else visit
    check_of_own_kind(value, holder, own, faults)
    visit.named += own.named


def check_of_own_kind(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
    """A resource, by its own word about its type."""
    if not isinstance(value, dict):
        refuse_object("Resource", value, faults)
        return
    kind = value.get("resourceType")
    if isinstance(kind, str) and kind in resource_kinds():
        checker(kind)(value, holder, visit, faults)
    elif kind is None:
        faults.add("required", "r4.kind", phrase("缺少 resourceType。"), "resourceType")
    else:
        words = phrase("“{kind}”不是 R4 的资源类型。", kind=shown(kind))
        faults.add("structure", "r4.kind", words, "resourceType")


def refuse_object(code: str, value: Any, faults: Faults) -> None:
    """What should have been an object with something in it."""
    if type(value) is list:
        faults.add("structure", "r4.single", phrase("只能有一个值，不应写成数组。"))
    elif value is None:
        faults.add("structure", "r4.null", phrase("不能是 null：没有值就不写这个元素。"))
    elif type(value) is not dict:
        faults.add("structure", "r4.object", phrase("应是 {kind} 对象。", kind=code))
    else:
        faults.add("invariant", "ele-1", phrase("元素不能是空的：至少要有一个值或下级元素。"))


def _names(element: Element) -> frozenset[str]:
    """All names in JSON that say this element."""
    return frozenset(name for kind in element.kinds for name in _names_of(element, kind))


def _names_of(element: Element, kind: Kind) -> list[str]:
    key = element.key(kind)
    return [key, "_" + key] if is_primitive(kind.code) and kind.code != "xhtml" else [key]


def _labels(element: Element) -> Iterator[tuple[str, str]]:
    """Names in JSON, with the step of FHIRPath that leads there."""
    for kind in element.kinds:
        label = f"{element.name}.ofType({kind.code})" if element.choice else element.name
        yield from ((name, label) for name in _names_of(element, kind))


def _fields(holder: str, element: Element) -> Iterator[tuple[str, Check]]:
    """Names in JSON, with the check of what stands there."""
    for kind in element.kinds:
        key, *beside = _names_of(element, kind)
        yield key, _checked(holder, element, kind)
        for name in beside:
            yield name, _beside(element, key)


def _checked(holder: str, element: Element, kind: Kind) -> Check:
    if element.name == "contained":
        return Lists(_check_inner, most=None)
    check = checker(kind.code)
    if kind.code == "Reference":
        check = pointing(check, kind.targets)
    elif kind.code == "Extension" and holder != "Extension":
        check = addressed(check)
    elif element.name == "id" and holder not in resource_kinds():
        check = _element_id
    check = bound(check, kind.code, element.value_set)
    path = f"{holder}.{element.name}" + ("[x]" if element.choice else "")
    if kind.code != path:  # a part has the rules of its path as its own
        check = ruled(check, kind.code, rules(path))
    if element.most == 1:
        return check
    return Lists(check, most=element.most, beside="_" + element.key(kind) if is_primitive(kind.code) else "")


def _beside(element: Element, key: str) -> Check:
    """What stands in `_name` beside `name`: ids and extensions of primitive values."""
    whole = checker("Element")

    def check(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        if type(value) is dict and value.keys() == {"id"} and key in holder:
            since = len(faults)
            _element_id(value["id"], value, visit, faults)
            faults.step(since, "id")
        else:
            whole(value, holder, visit, faults)

    return check if element.most == 1 else Lists(check, most=element.most, beside=key)


def _check_inner(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
    """A contained resource: what it refers to by `#` is found in the resource around it."""
    inner = Visit(visit.root, value, visit.named, known=visit.contained()) if isinstance(value, dict) else visit
    check_of_own_kind(value, holder, inner, faults)


def _element_id(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
    """Inside a resource an id stands once; definitions say the same ids in snapshot and differential."""
    if type(value) is not str or not TESTS["string"](value):
        _refuse_value("string", value, faults)
    elif value in visit.ids and visit.resource.get("resourceType") != "StructureDefinition":
        faults.add("business-rule", "r4.element_id", phrase("元素编号“{id}”在这个资源里重复了。", id=shown(value)))
    visit.ids.add(str(value))


def _more(code: str) -> Check | None:
    if code in resource_kinds() and is_a(code, "DomainResource"):
        return check_contained
    return {"Bundle": check_bundle, "Extension": check_extension}.get(code)


def _check_narrative(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
    narrative.check(value, faults)


def _primitive(code: str) -> Check:
    test = TESTS[code]

    def checked(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        if not test(value):
            _refuse_value(code, value, faults)

    return checked


def _refuse_value(code: str, value: Any, faults: Faults) -> None:
    if type(value) is list:
        faults.add("structure", "r4.single", phrase("只能有一个值，不应写成数组。"))
    elif value is None:
        faults.add("structure", "r4.null", phrase("不能是 null：没有值就不写这个元素。"))
    elif value == "":
        faults.add("value", "r4.empty", phrase("不能是空的文字：没有值就不写这个元素。"))
    else:
        words = phrase("“{value}”不符合 {type} 的格式：{wanted}。", value=shown(value), type=code, wanted=wanted(code))
        faults.add("value", f"r4.{code}", words)
