"""Whom a resource is about: the patients that it refers to, the one it is of first; and its special classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from yigongti.exchange.fhir.indexing import target_of
from yigongti.exchange.fhir_r4.search_values import Link
from yigongti.exchange.policy.fhir_systems import ICD10
from yigongti.kernel.workflow import rooms


OF = ("patient", "subject", "beneficiary", "individual", "member", "actor")
"""The parameters that say whose a resource is, the strongest first."""

Judge = Callable[[str], Iterable[str]]

ALONE = frozenset({"text", "id", "extension"})
"""A concept in words, or a note."""


def patients_of(links: Sequence[tuple[str, Link]], base: str) -> list[str]:
    """The ids of our patients that a resource refers to, the one it is of first; `links` by what found them."""
    patients = [(code, link) for code, link in links if link.kind == "Patient"]
    first = [link for wanted in OF for code, link in patients if code == wanted]
    found = [link.id for link in [*first, *(link for _, link in patients)] if link.id
             and target_of(link, base) == f"Patient/{link.id}"]  # fmt: skip
    return list(dict.fromkeys(str(one) for one in found))


def judging() -> Judge:
    """Who tells the special classes of what is said; of the same again he need not think again."""
    return cache(rooms.classifiers["diagnosis"])


def classes_of(resource: dict[str, Any], judge: Judge) -> set[str]:
    """The special classes that its codes and words bear: ICD-10 by its code, words where there is no such code."""
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
