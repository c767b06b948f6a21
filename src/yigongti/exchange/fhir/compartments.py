"""Whom a resource is about: the patients that it refers to, the one it is of first; and its special classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yigongti.exchange.fhir.indexing import target_of
from yigongti.exchange.fhir_r4.definitions import search_parameters
from yigongti.exchange.fhir_r4.search_values import Link
from yigongti.exchange.fhir_r4.searching import values_of
from yigongti.exchange.policy.fhir_systems import ICD10
from yigongti.kernel.workflow import rooms


OF = ("patient", "subject", "beneficiary", "individual", "member", "actor")
"""The parameters that say whose a resource is, the strongest first."""

ALONE = frozenset({"text", "id", "extension"})
"""A concept in words, or a note."""


def patients_of(resource: dict[str, Any], links: list[Link], base: str) -> list[str]:
    """The ids of our patients that it refers to anywhere, the one it is of first."""
    kind = resource["resourceType"]
    known = search_parameters(kind)
    first = [value for code in OF if code in known and known[code].type == "reference"
             for value in values_of(resource, code) if isinstance(value, Link)]  # fmt: skip
    found = [link.id for link in [*first, *links] if link.kind == "Patient" and link.id
             and target_of(link, base) == f"Patient/{link.id}"]  # fmt: skip
    return list(dict.fromkeys(str(one) for one in found))


def classes_of(resource: dict[str, Any]) -> set[str]:
    """The special classes that its codes and words bear: ICD-10 by its code, words where there is no such code."""
    judge = rooms.classifiers["diagnosis"]
    found: set[str] = set()
    for concept in _concepts(resource):
        codings = [one for one in concept.get("coding") or () if isinstance(one, dict)]
        icd = [str(one.get("code", "")) for one in codings if one.get("system") in ICD10]
        words = [str(concept.get("text") or ""), *(str(one.get("display") or "") for one in codings)]
        for said in icd or words:
            found.update(judge(said) if said else ())
    return found


def _concepts(value: Any) -> Iterator[dict[str, Any]]:
    """Every CodeableConcept below: what has codings, or a text beside nothing else than an id and extensions."""
    if isinstance(value, dict):
        if isinstance(value.get("coding"), list) or (isinstance(value.get("text"), str) and value.keys() <= ALONE):
            yield value
        for child in value.values():
            if isinstance(child, dict | list):
                yield from _concepts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _concepts(child)
