"""Claims by their insurers' numbers, and by what they were told as: for who takes in, shown nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from yigongti.fund.models import TOLD_AS, Claim
from yigongti.kernel.access.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A version of a claim: under which number of whose, by which source of ours, and as what it was told there."""

    id: int
    numbering: str
    number: str
    source: str
    told_as: str
    stands: bool


def standing(*, for_: Actor, numbers: Sequence[str]) -> list[Numbered]:
    """What stands under these numbers, whoever the insurer is."""
    for_.require("fund.take_in")
    return _read(Claim.objects.filter(number__in=list(numbers), stands=True))


def told_as(*, for_: Actor, source: str, names: Collection[str]) -> list[Numbered]:
    """Every version, under whichever number, that a source has told as one of these and that is not taken back."""
    for_.require("fund.take_in")
    if not names:
        return []
    rows = Claim.objects.filter(source=source, withdrawn_at=None, detail__has_key="fhir")
    return _read(rows.annotate(told_as=TOLD_AS).filter(told_as__in=list(names)))


def _read(rows: QuerySet[Claim]) -> list[Numbered]:
    return [
        Numbered(id=one.pk, numbering=one.numbering, number=one.number, source=one.source, stands=one.stands,
                 told_as=one.detail.get("fhir", ""))
        for one in rows.only("numbering", "number", "source", "stands", "detail")
    ]  # fmt: skip
