"""Bundles: addresses of entries, what must stand beside them by the bundle's type, and references inside."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any
from urllib.parse import urlsplit

from yigongti.exchange.fhir_r4.definitions import ANY, resource_kinds
from yigongti.exchange.fhir_r4.faults import WARNING, Faults, shown
from yigongti.exchange.fhir_r4.references import is_absolute, kind_behind, refuse_target
from yigongti.exchange.fhir_r4.visits import Resource, Visit
from yigongti.kernel.language import phrase


ONCE = frozenset({"self", "first", "previous", "prev", "next", "last"})
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def check_bundle(value: Resource, holder: Resource, visit: Visit, faults: Faults) -> None:
    """What entries owe each other and the bundle."""
    listed = value.get("entry")
    entries = [one if isinstance(one, dict) else {} for one in listed] if isinstance(listed, list) else []
    for place, entry in enumerate(entries):
        since = len(faults)
        _check_address(entry, faults)
        if value.get("type") in ("transaction", "batch"):
            _check_request(entry, faults)
        elif value.get("type") == "searchset":
            _check_match(entry, _asked_for(value), faults)
        if len(faults) != since:
            faults.step(since, place)
            faults.step(since, "entry")
    _check_links(value, faults)
    if visit.named:
        _check_named(value, entries, visit, faults)


def _check_address(entry: Resource, faults: Faults) -> None:
    address = entry.get("fullUrl")
    if not isinstance(address, str):
        return
    if not is_absolute(address):
        words = phrase("fullUrl 应是完整的地址，不能是“{value}”。", value=shown(address))
        faults.add("value", "r4.full_url", words, "fullUrl")
        return
    resource = entry.get("resource")
    kind = kind_behind(address)
    if kind and isinstance(resource, dict) and isinstance(resource.get("id"), str):
        own = f"/{resource.get('resourceType')}/{resource['id']}"
        if not address.endswith(own):
            words = phrase("fullUrl“{value}”与资源的类型和编号“{own}”不一致。", value=shown(address), own=shown(own))
            faults.add("value", "r4.full_url", words, "fullUrl")


def _check_request(entry: Resource, faults: Faults) -> None:
    request = entry.get("request")
    method = request.get("method") if isinstance(request, dict) else None
    if isinstance(method, str) and method in WITH_BODY and "resource" not in entry:
        faults.add("required", "r4.request", phrase("{method} 请求要带资源。", method=method), "resource")


def _check_match(entry: Resource, asked: str | None, faults: Faults) -> None:
    resource, search = entry.get("resource"), entry.get("search")
    if not isinstance(resource, dict):
        return
    mode = search.get("mode") if isinstance(search, dict) else None
    kind = resource.get("resourceType")
    if "id" not in resource and mode != "outcome" and kind != "OperationOutcome":
        faults.add("required", "r4.search_id", phrase("查询结果里的资源要有编号（id）。"), "resource", "id")
    if mode == "match" and asked and kind != asked:
        words = phrase("查询的是 {asked}，结果里却有 {kind}。", asked=asked, kind=shown(kind))
        faults.add("value", "r4.search_kind", words, "resource")


def _asked_for(value: Resource) -> str | None:
    """The type that the self link asks for, if it names one."""
    links = value.get("link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("relation") == "self" and isinstance(link.get("url"), str):
            last = urlsplit(link["url"]).path.rsplit("/", 1)[-1]
            return last if last in resource_kinds() else None
    return None


def _check_links(value: Resource, faults: Faults) -> None:
    seen: set[str] = set()
    links = value.get("link")
    for place, link in enumerate(links if isinstance(links, list) else ()):
        relation = link.get("relation") if isinstance(link, dict) else None
        if isinstance(relation, str) and relation in ONCE:
            if relation in seen:
                words = phrase("“{relation}”链接只能有一个。", relation=relation)
                faults.add("business-rule", "r4.link", words, "link", place, "relation")
            seen.add(relation)


def _check_named(value: Resource, entries: list[Resource], visit: Visit, faults: Faults) -> None:
    known: dict[str, Any] = {}
    for entry in entries:
        resource, address = entry.get("resource"), entry.get("fullUrl")
        if isinstance(address, str):
            known[address] = resource.get("resourceType") if isinstance(resource, dict) else None
    wrong = {address: targets for address, targets in visit.named if not _is_met(known, address, targets)}
    for address, steps in _places(value, wrong, []) if wrong else ():
        if address in known:
            refuse_target(str(known[address]), wrong[address], faults, *steps)
        else:
            _refuse_unmet(value, address, faults, steps)


def _is_met(known: dict[str, Any], address: str, targets: tuple[str, ...]) -> bool:
    address = address.partition("#")[0]
    if address not in known:
        return False
    return known[address] is None or not targets or ANY in targets or known[address] in targets


def _refuse_unmet(value: Resource, address: str, faults: Faults, steps: list[str | int]) -> None:
    """In a transaction nobody else can say who is meant; elsewhere another bundle may hold it."""
    words = phrase("引用“{value}”在这个 Bundle 里没有对应的 fullUrl。", value=shown(address))
    if value.get("type") == "transaction":
        faults.add("not-found", "r4.unresolved", words, *steps)
    else:
        faults.add("not-found", "r4.unresolved", words, *steps, severity=WARNING)


def _places(found: Any, wrong: Container[str], steps: list[str | int]) -> Iterator[tuple[str, list[str | int]]]:
    """The ways to every reference with one of these addresses."""
    if isinstance(found, dict):
        address = found.get("reference")
        if isinstance(address, str) and address in wrong:
            yield address, [*steps, "reference"]
        for name, child in found.items():
            if isinstance(child, dict | list):
                yield from _places(child, wrong, [*steps, name])
    elif isinstance(found, list):
        for place, child in enumerate(found):
            yield from _places(child, wrong, [*steps, place])
