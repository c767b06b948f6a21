"""The chronic conditions under management that stand at a registration: said by whoever enrols somebody, and ended."""

from __future__ import annotations

from yigongti.kernel.access.actor import Actor
from yigongti.residents.models import Resident


def say_managed(*, by: Actor, resident: int, condition: str, managed: bool) -> None:
    """Add the condition to what everybody with a basis may know, or take it away; of all registrations of the human.

    Called inside the act that enrols or ends, which holds the person and is what the trail tells.
    """
    for row in Resident.objects.select_for_update().filter(master_id=resident).order_by("pk"):
        kept = [one for one in row.chronic if one != condition]
        told = [*kept, condition] if managed and row.pk == resident else kept
        if told != row.chronic:
            Resident.objects.filter(pk=row.pk).update(chronic=told, changed_by_id=by.post_id)
