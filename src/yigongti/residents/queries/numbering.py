"""The number of a person's file, where a list says of whom without saying who."""

from __future__ import annotations

from collections.abc import Iterable

from yigongti.kernel.access.actor import Actor
from yigongti.residents.models import Resident


def record_numbers(*, for_: Actor, ids: Iterable[int]) -> dict[int, str]:
    """File numbers by key, for who may read the trail: no name, no paper, nothing that tells who it is."""
    found = Resident.objects.filter(pk__in=list(ids)) if for_.may("audit.see") else Resident.objects.none()
    return dict(found.values_list("pk", "record_no"))
