"""What is referred to and may have come before: names of people and places, results of reports, goals of plans."""

from __future__ import annotations

from yigongti.exchange.fhir_facts.calls import Call
from yigongti.exchange.fhir_facts.words import references


def referred(call: Call) -> set[tuple[str, str]]:
    """Type and id of whatever the resources name and did not come along."""
    asked = {call.target({"reference": one}) for resource in call.resources.values() for one in references(resource)}
    return {(kind, name) for kind, bar, name in (one.partition("/") for one in asked - set(call.resources))
            if bar and kind and name and "/" not in name}  # fmt: skip
