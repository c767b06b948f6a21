"""Which of several actors stand in a standing relation to one person: for who decides to whom something is sent."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BooleanField, Case, F, Value, When

from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.residents.models import Resident


def held(*, for_: Sequence[Actor], resident_id: int) -> list[bool]:
    """For each actor, in their order, whether one of their standing bases holds; one query for all of them."""
    cases = {
        f"held_{n}": Case(
            When(bases.standing_condition(for_=one), then=Value(True)), default=Value(False),
            output_field=BooleanField(),
        )
        for n, one in enumerate(for_)
    }  # fmt: skip
    human = Resident.objects.filter(aliases=resident_id, pk=F("aliases__master_id"))
    found = human.annotate(**cases).values_list(*cases).first() if cases else None
    return list(found) if found else [False] * len(for_)
