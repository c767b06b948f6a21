"""References: how an address may be written, and which types may stand behind it."""

from __future__ import annotations

import re
from typing import Any

from yigongti.exchange.fhir_r4.definitions import ANY, resource_kinds
from yigongti.exchange.fhir_r4.faults import Faults, shown
from yigongti.exchange.fhir_r4.visits import Check, Resource, Visit
from yigongti.kernel.language import phrase


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
RELATIVE = re.compile(r"([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?")
ABSOLUTE = re.compile(r"https?://.*/([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?")
CONDITIONAL = re.compile(r"([A-Za-z]+)\?.+")


def is_absolute(address: str) -> bool:
    """Whether it begins with a scheme, as `http:` or `urn:`."""
    return SCHEME.match(address) is not None


def kind_behind(address: str) -> str | None:
    """The type that an address tells of itself, if it does."""
    found = RELATIVE.fullmatch(address) or ABSOLUTE.fullmatch(address) or CONDITIONAL.fullmatch(address)
    return found[1] if found and (found[1] in resource_kinds() or not is_absolute(address)) else None


def pointing(check: Check, targets: tuple[str, ...]) -> Check:
    """The check of a Reference with that of its address and target behind it."""
    allowed = frozenset() if not targets or ANY in targets else frozenset(targets)

    def checked(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        since = faults.total
        check(value, holder, visit, faults)
        if faults.total == since:
            _check_target(value, targets, allowed, visit, faults)

    return checked


def _check_target(
    value: Resource, targets: tuple[str, ...], allowed: frozenset[str], visit: Visit, faults: Faults
) -> None:
    address, told = value.get("reference"), value.get("type")
    behind = _behind(address, targets, visit, faults) if address is not None else None
    if behind is not None and behind not in resource_kinds():
        words = phrase("引用“{value}”里的“{kind}”不是 R4 的资源类型。", value=shown(address), kind=shown(behind))
        faults.add("value", "r4.reference", words, "reference")
    elif behind and told in resource_kinds() and told != behind:
        words = phrase("引用“{value}”与所写的类型“{kind}”不一致。", value=shown(address), kind=told)
        faults.add("value", "r4.reference", words, "type")
    else:
        kind = behind or told
        if kind and allowed and kind not in allowed and kind in resource_kinds():
            refuse_target(kind, targets, faults, "reference" if behind else "type")


def refuse_target(kind: str, targets: tuple[str, ...], faults: Faults, *steps: str | int) -> None:
    """Says which types may stand there instead."""
    words = phrase("这里不能引用 {kind}，只能引用：{kinds}。", kind=kind, kinds=", ".join(targets))
    faults.add("structure", "r4.target", words, *steps)


def _behind(address: str, targets: tuple[str, ...], visit: Visit, faults: Faults) -> str | None:
    if address.startswith("#"):
        return _contained(address, visit, faults)
    if address.startswith("urn:"):
        visit.named.append((address, targets))
        return None
    kind = kind_behind(address)
    if kind is None and not is_absolute(address):
        words = phrase("引用“{value}”应写作“类型/编号”、完整地址或“#编号”。", value=shown(address))
        faults.add("value", "r4.reference", words, "reference")
    return kind


def _contained(address: str, visit: Visit, faults: Faults) -> str | None:
    if address == "#":
        return str(visit.root.get("resourceType"))
    kind = visit.contained().get(address[1:])
    if kind is None:
        words = phrase("引用“{value}”在 contained 里没有对应的资源。", value=shown(address))
        faults.add("invariant", "ref-1", words, "reference")
    return kind
