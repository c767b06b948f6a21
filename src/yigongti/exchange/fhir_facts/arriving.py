"""FHIR as files bring it: a Bundle, one resource, or a resource a line; checked whole before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from yigongti.exchange.fhir_facts.calls import address_of
from yigongti.exchange.fhir_facts.words import Resource, listed, text
from yigongti.exchange.fhir_r4 import reading
from yigongti.exchange.fhir_r4.faults import ERROR, FATAL
from yigongti.exchange.fhir_r4.reading import Unreadable
from yigongti.exchange.fhir_r4.validator import check
from yigongti.exchange.fhir_r4.writing import write
from yigongti.exchange.inbox import NoRuleYet
from yigongti.kernel.refusal import Refusal, raise_all


TAKEN = ("transaction", "batch", "collection", "document")
"""Types of Bundle that say how things are. A history, a search result or a message says something else."""
FAULTS = 20
"""So many faults of one message are told; how many more there are is said."""
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
PLACED = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/.*)?")


class WrongResource(Refusal):
    """{element}：{problem}"""

    status = 422


class ManyMore(Refusal):
    """还有 {count} 处问题没有列出。"""

    status = 422


@dataclass(slots=True, kw_only=True)
class Sent:
    """What a message holds: resources with ids, the addresses that stand for them, and what it deletes."""

    resources: list[Resource] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)


def opened(body: bytes) -> Sent:
    """What the bytes hold. Raises Unreadable, every fault that R4 forbids, NoRuleYet."""
    found = _read(body)
    raise_all(_told(list(_faults(found))))
    sent = Sent()
    for one in found:
        if one.get("resourceType") == "Bundle":
            _unpack(one, sent)
        else:
            sent.resources.append(_with_id(one, ""))
    return sent


def kind_of(body: bytes) -> str:
    """What the message is called in the inbox: Bundle transaction, Patient, …; '' where it cannot be read."""
    try:
        found = _read(body)
    except Refusal:
        return ""
    first = f"{found[0].get('resourceType', '')} {found[0].get('type', '')}" if _is_bundle(found[0]) else ""
    return (first or "、".join(sorted({text(one.get("resourceType")) for one in found})))[:60]


def _is_bundle(found: Resource) -> bool:
    return found.get("resourceType") == "Bundle" and isinstance(found.get("type"), str)


def _read(body: bytes) -> list[dict[str, Any]]:
    try:
        return [reading.read(body)]
    except Unreadable as whole:
        lines = [line for line in body.splitlines() if line.strip()]
        if whole.rule != "fhir.json" or len(lines) < 2 or not all(line.strip().endswith(b"}") for line in lines):
            raise
    return [reading.read(line) for line in lines]


def _faults(found: Sequence[Resource]) -> Iterator[WrongResource]:
    for number, one in enumerate(found, 1):
        place = f"第 {number} 行 " if len(found) > 1 else ""
        for issue in check(one):
            if issue.severity in (ERROR, FATAL):
                where, rule = f"{place}{issue.expression}", f"r4.{issue.rule.removeprefix('r4.')}"
                yield WrongResource(field=where, rule=rule, element=where, problem=issue.words)


def _told(faults: Sequence[WrongResource]) -> list[Refusal]:
    more = len(faults) - FAULTS
    return [*faults[:FAULTS], *([ManyMore(count=more)] if more > 0 else [])]


def _unpack(bundle: Resource, sent: Sent) -> None:
    """Resources take their ids from themselves, else from their address; both ways to name one lead to it."""
    if bundle.get("type") not in TAKEN:
        raise NoRuleYet(kind=f"Bundle {bundle.get('type')}")
    for entry in listed(bundle.get("entry")):
        asked = _request(entry)
        if asked.get("method") in ("PATCH",):
            raise NoRuleYet(kind="Bundle PATCH")
        if asked.get("method") == "DELETE":
            sent.deleted += _deleted(asked)
        elif isinstance(entry.get("resource"), dict):
            address = text(entry.get("fullUrl"))
            resource = _with_id(entry["resource"], address)
            sent.resources.append(resource)
            if address:
                sent.ids[address] = address_of(resource)


def _request(entry: Resource) -> Mapping[str, Any]:
    found = entry.get("request")
    return found if isinstance(found, dict) else {}


def _deleted(asked: Mapping[str, Any]) -> list[str]:
    named = PLACED.fullmatch(text(asked.get("url")))
    if named is None:
        raise NoRuleYet(kind="Bundle DELETE ?")
    return [named[1]]


def _with_id(resource: Resource, address: str) -> Resource:
    """Its own id, that of its address, or one that follows from what it says."""
    if ID.fullmatch(text(resource.get("id"))):
        return resource
    last = re.split(r"[/:]", address)[-1]
    return {**resource, "id": last if ID.fullmatch(last) else sha256(write(resource)).hexdigest()}
