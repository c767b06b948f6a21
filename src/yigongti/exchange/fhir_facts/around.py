"""What is referred to and came before: names of people and places, results of reports, goals of plans."""

from __future__ import annotations

from django.db.models import Q

from yigongti.exchange.fhir.models import Resource
from yigongti.exchange.fhir_facts.calls import Call
from yigongti.exchange.fhir_facts.words import references
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.policy.fhir_systems import REGISTERS


def look_around(call: Call) -> None:
    """Read it from the store: registers of everybody, all else as far as the same sender brought it."""
    asked = {call.target({"reference": one}) for resource in call.resources.values() for one in references(resource)}
    pairs = [one.split("/") for one in asked - set(call.resources) if one.count("/") == 1]
    rows = Resource.objects.filter(
        Q(type__in=REGISTERS) | Q(sender=call.sender), type__in={kind for kind, _ in pairs},
        id__in=[name for _, name in pairs], deleted=False,
    )  # fmt: skip
    found = {f"{kind}/{name}": body for kind, name, body in rows.values_list("type", "id", "body")}
    call.around = {address: read(body.encode()) for address, body in found.items() if address in asked}
