"""Claims by their insurers' numbers: for who takes in, shown nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yigongti.fund.models import Claim
from yigongti.kernel.access.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The version that stands: under which number of whose, by which source of ours, and as what it was told there."""

    id: int
    numbering: str
    number: str
    source: str
    told_as: str


def standing(*, for_: Actor, numbers: Sequence[str]) -> list[Standing]:
    """What stands under these numbers, whoever the insurer is."""
    for_.require("fund.take_in")
    rows = Claim.objects.filter(number__in=list(numbers), stands=True)
    return [
        Standing(id=pk, numbering=numbering, number=number, source=source, told_as=detail.get("fhir", ""))
        for pk, numbering, number, source, detail in rows.values_list("pk", "numbering", "number", "source", "detail")
    ]
