"""What a refresh of the lake has brought: how many figures, of which periods."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from yigongti.indicators.models import Value
from yigongti.kernel.measures.periods import KINDS, Period
from yigongti.kernel.measures.words import PeriodKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """The figures of one kind of period that were computed."""

    kind: PeriodKind
    periods: int
    first: str
    last: str
    figures: int


def computed_from(*, snapshot: str) -> list[Computed]:
    """What stands as that snapshot of the lake gave it, by kind of period."""
    rows = Value.objects.filter(snapshot=snapshot).values_list("period").annotate(n=Count("pk")).order_by()
    found = {Period.read(code): n for code, n in rows}
    kinds = [(kind, sorted(one for one in found if one.kind == kind)) for kind in KINDS]
    return [
        Computed(kind=kind, periods=len(periods), first=periods[0].code, last=periods[-1].code,
                 figures=sum(found[one] for one in periods))
        for kind, periods in kinds if periods
    ]  # fmt: skip
