"""Addresses inside a transaction: what an entry is called there, and what a search in a reference means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yigongti.exchange.fhir import criteria
from yigongti.exchange.fhir.asking import asked, pairs_of
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import NotOne, OutOfScope, Unresolved
from yigongti.exchange.fhir.own import fetching
from yigongti.exchange.fhir.searching import Row
from yigongti.exchange.fhir.wishes import Done, Wish
from yigongti.exchange.fhir_r4.definitions import resource_kinds
from yigongti.exchange.fhir_r4.relinking import relinked
from yigongti.kernel.refusal import Refusal, raise_all


PLACED = re.compile(r"https?://.+/([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/.*)?")
ASKING = re.compile(r"([A-Z][A-Za-z]+)\?(.+)", re.DOTALL)


def link(wishes: Sequence[Wish], settled: Mapping[int, Done], *, by: Caller) -> None:
    """Let every reference name what it will be called in the store. Raises Unresolved for searches that find nobody."""
    addresses = dict(_named(wishes, settled)) | _searched(wishes, by)
    if not addresses:
        return
    for wish in wishes:
        if wish.resource is not None:
            wish.resource = relinked(wish.resource, addresses)


def _named(wishes: Sequence[Wish], settled: Mapping[int, Done]) -> Iterator[tuple[str, str]]:
    """Each entry by its full address and, where that is an address of another server, by the end of it too."""
    for number, wish in enumerate(wishes):
        found = settled.get(number)
        name = found.id if found is not None else wish.id
        if not wish.full_url or not name or wish.method == "DELETE":
            continue
        yield wish.full_url, f"{wish.kind}/{name}"
        placed = PLACED.fullmatch(wish.full_url)
        if placed:
            yield placed[1], f"{wish.kind}/{name}"


def _searched(wishes: Sequence[Wish], by: Caller) -> dict[str, str]:
    found: dict[str, str] = {}
    faults: list[Refusal] = []
    for said in {one for wish in wishes if wish.resource is not None for one in _searches(wish.resource)}:
        read = ASKING.fullmatch(said)
        kind = read[1] if read else ""
        if read is None or kind not in resource_kinds():
            continue
        if not by.scopes.allow(kind, "s"):
            raise OutOfScope(kind=kind, what="s")
        row = criteria.meant(kind, read[2], for_=by) or _ours(kind, read[2], by)
        if row is None:
            faults.append(Unresolved(rule="fhir.unresolved", element="reference", place=said[:200]))
        else:
            found[said] = row.address
    raise_all(faults)
    return found


def _ours(kind: str, text: str, by: Caller) -> Row | None:
    """The one of the register whom it finds, where no client sent one. Raises NotOne for several."""
    question = asked(kind, pairs_of(text), for_=by)
    if question.ours is None or not question.ours.asked:
        return None
    found = fetching.page(kind, question.ours.conditions, question.values, most=2, for_=by)
    if len(found) > 1:
        raise NotOne(rule="fhir.multiple_matches", criteria=f"{kind}?{text}"[:200])
    return found[0] if found else None


def _searches(value: Any) -> Iterator[str]:
    """References that are written as a search."""
    if isinstance(value, dict):
        said = value.get("reference")
        if isinstance(said, str) and "?" in said:
            yield said
        for child in value.values():
            if isinstance(child, dict | list):
                yield from _searches(child)
    elif isinstance(value, list):
        for child in value:
            yield from _searches(child)
