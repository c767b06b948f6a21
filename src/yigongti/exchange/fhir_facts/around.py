"""What is referred to and may have come before: names of people and places, results of reports, goals of plans."""

from __future__ import annotations

from collections.abc import Iterable

from yigongti.exchange.fhir_facts.calls import Call
from yigongti.exchange.fhir_facts.words import Resource, references


def referred(call: Call) -> set[tuple[str, str]]:
    """Type and id of whatever the resources name and did not come along."""
    return _named(call, call.resources.values()) - _places(call.resources)


def referred_further(call: Call) -> set[tuple[str, str]]:
    """What the claims name that responses answer: a response alone says neither where nor for whom it was paid."""
    claims = [call.behind(one.get("request")) or {} for one in call.of("ClaimResponse")]
    return _named(call, claims) - _places(call.resources) - _places(call.around)


def _named(call: Call, resources: Iterable[Resource]) -> set[tuple[str, str]]:
    return _places(call.target({"reference": one}) for resource in resources for one in references(resource))


def _places(addresses: Iterable[str]) -> set[tuple[str, str]]:
    return {(kind, name) for kind, bar, name in (one.partition("/") for one in addresses)
            if bar and kind and name and "/" not in name}  # fmt: skip
