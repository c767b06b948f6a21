"""Contained resources: one level deep, each with an id of its own, each referred to, none with a life of its own."""

from __future__ import annotations

from typing import Any

from yigongti.exchange.fhir_r4.faults import Faults, shown
from yigongti.exchange.fhir_r4.visits import Resource, Visit
from yigongti.kernel.language import phrase


def check_contained(value: Resource, holder: Resource, visit: Visit, faults: Faults) -> None:
    """What a resource contains, beyond what each of them says itself."""
    listed = value.get("contained")
    if not isinstance(listed, list):
        return
    used = set(_fragments(value))
    seen: set[str] = set()
    for place, one in enumerate(listed):
        if isinstance(one, dict):
            since = len(faults)
            _check_one(one, used, seen, faults)
            faults.step(since, place)
            faults.step(since, "contained")


def _check_one(one: Resource, used: set[str], seen: set[str], faults: Faults) -> None:
    if one.get("contained"):
        faults.add("invariant", "dom-2", phrase("被包含的资源不能再包含资源。"), "contained")
    meta = one.get("meta")
    if isinstance(meta, dict):
        for part in ("versionId", "lastUpdated"):
            if part in meta:
                faults.add("invariant", "dom-4", phrase("被包含的资源没有自己的版本和更新时间。"), "meta", part)
        if "security" in meta:
            faults.add("invariant", "dom-5", phrase("被包含的资源没有自己的密级标签。"), "meta", "security")
    name = one.get("id")
    if not isinstance(name, str):
        faults.add("required", "r4.contained_id", phrase("被包含的资源要有编号（id）。"), "id")
    elif name in seen:
        faults.add(
            "business-rule", "r4.contained_id", phrase("编号“{id}”在 contained 里重复了。", id=shown(name)), "id"
        )
    elif "#" + name not in used and "#" not in _fragments(one):
        faults.add("invariant", "dom-3", phrase("被包含的资源“{id}”没有被引用。", id=shown(name)))
    seen.add(str(name))


def _fragments(found: Any) -> list[str]:
    """Every text that points into the resource itself."""
    texts, pending = [], [found]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, str) and one.startswith("#"):
            texts.append(one)
    return texts
