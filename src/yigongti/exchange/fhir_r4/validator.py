"""Whether a resource is right by R4, as far as that can be told without a terminology or profile server."""

from __future__ import annotations

from typing import Any

from yigongti.exchange.fhir_r4.checkers import check_of_own_kind
from yigongti.exchange.fhir_r4.faults import ERROR, FATAL, Faults, Issue, shown
from yigongti.exchange.fhir_r4.visits import Visit
from yigongti.kernel.language import phrase


def check(resource: Any, *, kind: str | None = None) -> list[Issue]:
    """Everything that is wrong, at once; `kind` is the type that the place asks for, if it asks for one."""
    faults = Faults()
    root = resource.get("resourceType") if isinstance(resource, dict) else None
    visit = Visit(resource, resource) if isinstance(resource, dict) else Visit({}, {})
    if kind is not None and isinstance(root, str) and root != kind:
        words = phrase("这里应是 {kind}，收到的是 {other}。", kind=kind, other=shown(root))
        faults.add("invalid", "r4.kind", words, "resourceType")
    try:
        check_of_own_kind(resource, {}, visit, faults)
    except RecursionError:
        faults.add("too-long", "r4.depth", phrase("嵌套太深，没有检查完。"))
    return faults.issues(root if isinstance(root, str) else kind or "Resource")


def is_refused(issues: list[Issue]) -> bool:
    """Whether any of these forbids to take the resource in."""
    return any(issue.severity in (ERROR, FATAL) for issue in issues)
