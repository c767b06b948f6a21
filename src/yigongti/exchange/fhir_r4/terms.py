"""Codes of required bindings, where R4 lists them in full."""

from __future__ import annotations

import re
from typing import Any

from yigongti.exchange.fhir_r4.definitions import codes
from yigongti.exchange.fhir_r4.faults import Faults, shown
from yigongti.exchange.fhir_r4.visits import Check, Resource, Visit
from yigongti.kernel.language import phrase


SHOWN = 12
MIME_TYPES = "http://hl7.org/fhir/ValueSet/mimetypes"
# What BCP 13 makes of a name, which no list could hold; FHIR's own short words beside it.
MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+*\-]+(\s*;.*)?|json|xml|ttl")


def bound(check: Check, kind: str, value_set: str) -> Check:
    """The check of an element with that of its code behind it; the same check where only a server could tell."""
    if value_set == MIME_TYPES:
        return _mime_check(check)
    listed = codes(value_set) if value_set else None
    if listed is None:
        return check
    if kind == "code":
        return _code_check(check, value_set, frozenset().union(*listed.values()))
    return _concept_check(check, value_set, listed) if kind == "CodeableConcept" else check


def _code_check(check: Check, value_set: str, allowed: frozenset[str]) -> Check:
    def checked(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        if type(value) is str and value in allowed:
            return
        since = faults.total
        check(value, holder, visit, faults)
        if faults.total == since:
            _refuse(value, value_set, allowed, faults)

    return checked


def _mime_check(check: Check) -> Check:
    def checked(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        since = faults.total
        check(value, holder, visit, faults)
        if faults.total == since and not MIME_TYPE.fullmatch(value):
            words = phrase("“{value}”不是媒体类型，应写作 text/plain 这样的“大类/小类”。", value=shown(value))
            faults.add("code-invalid", "r4.code", words)

    return checked


def _concept_check(check: Check, value_set: str, listed: dict[str, frozenset[str]]) -> Check:
    allowed = frozenset().union(*listed.values())

    def checked(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        since = faults.total
        check(value, holder, visit, faults)
        if faults.total != since:
            return
        coded = [(one.get("system"), one.get("code")) for one in value.get("coding", ())]
        if not any(code in listed.get(system, ()) for system, code in coded):
            _refuse(", ".join(f"{system}|{code}" for system, code in coded), value_set, allowed, faults)

    return checked


def _refuse(value: str, value_set: str, allowed: frozenset[str], faults: Faults) -> None:
    name = value_set.rsplit("/", 1)[-1]
    if len(allowed) > SHOWN:
        words = phrase("“{value}”不在代码表 {name} 里。", value=shown(value), name=name)
    else:
        said = ", ".join(sorted(allowed))
        words = phrase("“{value}”不在代码表 {name} 里，允许的是：{codes}。", value=shown(value), name=name, codes=said)
    faults.add("code-invalid", "r4.code", words)
